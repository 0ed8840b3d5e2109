"""Parts of tensors, and tensors put together: split, slice, take, stack, and the product of two matrices."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from archc.ops.attention import sequence
from archc.ops.base import Example, Op, ShapeError, arg, op
from archc.ops.inputs import axis_there, channels, described, fixed, floats, written
from archc.ops.merging import differing, other_axes
from archc.ops.words import AxisName, Choice, Count, Flag, Index, Parts, Positive, choice
from archc.shapes import Image, Sequence, Shape, Size, Vector, Volume

AXIS = "The axis; channels, or features of a vector, where left out."
SPATIAL_NAMES = ("depth", "height", "width", "length")
TAKEN: dict[tuple[str, str], Callable[..., Shape]] = {
    ("volume", "depth"): Image,
    ("image", "height"): Sequence,
    ("image", "width"): Sequence,
    ("sequence", "length"): Vector,
}


def place(op: Op, x: Shape, axis: str | None) -> int:
    """Return the place of an axis, the last one where none is named."""
    return x.axes.index(axis_there(op, floats(op, x), x.axes[-1] if axis is None else axis, "axis"))


def resized(x: Shape, at: int, size: Size) -> Shape:
    """Return the shape with another size of one axis."""
    return Shape(x.axes, (*x.sizes[:at], size, *x.sizes[at + 1 :]))


@op("split")
class Split(Op):
    """Cut a tensor into parts along an axis, and keep one of them."""

    parts: Parts = arg("How many equal parts, or a list of their sizes.")
    part: Count = arg("Which part to keep, counted from 0.")
    axis: AxisName | None = arg(AXIS, default=None)

    examples = (
        Example({"parts": 3, "part": 1}, Vector(6), Vector(2)),
        Example({"parts": 2, "part": 0}, Sequence(4, 6), Sequence(4, 3)),
        Example({"parts": 2, "part": 1, "axis": "length"}, Sequence(4, 3), Sequence(2, 3)),
        Example({"parts": [1, 3], "part": 1}, Image(2, 3, 4), Image(2, 3, 3)),
        Example({"parts": [1, 3, 2], "part": 2, "axis": "width"}, Image(2, 6, 2), Image(2, 2, 2)),
        Example({"parts": 2, "part": 1, "axis": "channels"}, Volume(2, 2, 3, 4), Volume(2, 2, 3, 2)),
    )

    def output(self, x: Shape) -> Shape:
        at = place(self, x, self.axis)
        sizes = self.sizes(x)
        if self.part >= len(sizes):
            raise ShapeError(
                "E0316",
                f"`split` makes {len(sizes)} parts, and `part: {self.part:d}` is none of them",
                argument="part",
                help=f"parts are counted from 0: the last is {len(sizes) - 1}",
            )
        return resized(x, at, sizes[self.part])

    def sizes(self, x: Shape) -> tuple[int, ...]:
        """Return the sizes of all parts."""
        axis = x.axes[place(self, x, self.axis)]
        size = fixed(self, x, axis)
        if isinstance(self.parts, tuple):
            if sum(self.parts) != size:
                raise ShapeError(
                    "E0303",
                    f"`split` is given parts of {sum(self.parts):d} in all, and {axis} of {described(x)} is {size:d}",
                    argument="parts",
                    help=f"choose sizes whose sum is {size:d}",
                )
            listed: tuple[int, ...] = self.parts
            return listed
        count: int = self.parts
        if size % count != 0:
            raise ShapeError(
                "E0303",
                f"`split` cannot cut {axis} of {size:d} into {count:d} equal parts",
                argument="parts",
                help=f"choose a number that divides {size:d}, or list the sizes",
            )
        return (size // count,) * count


@op("slice")
class Slice(Op):
    """Keep the places of an axis from `start` on, in steps of `step`, to before `stop`.

    A `start` or `stop` below 0 counts from the end.
    """

    axis: AxisName | None = arg(AXIS, default=None)
    start: Index = arg("The first place to keep, counted from 0.", default=0)
    stop: Index | None = arg("The first place not to keep; all to the end are kept where left out.", default=None)
    step: Positive = arg("How far the next place to keep is.", default=1)

    examples = (
        Example({"start": 1, "stop": 4}, Vector(6), Vector(3)),
        Example({"axis": "length", "start": -2}, Sequence(5, 3), Sequence(2, 3)),
        Example({"axis": "length", "start": 1, "stop": -1, "step": 2}, Sequence(6, 2), Sequence(2, 2)),
        Example({"axis": "width", "step": 2}, Image(2, 5, 3), Image(2, 3, 3)),
        Example({"axis": "channels", "stop": 2}, Image(2, 3, 4), Image(2, 3, 2)),
        Example({"axis": "depth", "start": 1}, Volume(3, 2, 2, 2), Volume(2, 2, 2, 2)),
    )

    def output(self, x: Shape) -> Shape:
        at = place(self, x, self.axis)
        kept = self.range(x)
        if not kept:
            raise ShapeError(
                "E0310",
                f"`slice` leaves nothing of {x.axes[at]} of {described(x)}",
                argument="stop" if self.stop is not None else "start",
                help=f"places are counted from 0 to {fixed(self, x, x.axes[at]) - 1:d}",
            )
        return resized(x, at, len(kept))

    def range(self, x: Shape) -> range:
        """Return the places that are kept."""
        size = fixed(self, x, x.axes[place(self, x, self.axis)])
        stop = None if self.stop is None else int(self.stop)
        return range(*slice(int(self.start), stop, int(self.step)).indices(int(size)))

    def written(self, x: Shape) -> Iterator[tuple[str, dict[str, int]]]:
        """Give ways to write the places between brackets: as they are given, then with all numbers."""
        slots = {"start": self.start} if self.start != 0 else {}
        slots |= {"stop": self.stop} if self.stop is not None else {}
        text = f"{'{start}' if 'start' in slots else ''}:{'{stop}' if 'stop' in slots else ''}"
        if self.step != 1:
            text, slots = f"{text}:{{step}}", {**slots, "step": self.step}
        if set(slots) != {"start", "stop", "step"}:
            yield text, slots
        kept = self.range(x)
        yield "{start}:{stop}:{step}", {"start": kept.start, "stop": kept.stop, "step": kept.step}


@op("take")
class Take(Op):
    """Keep one place of an axis, and drop the axis: of a sequence a vector, of an image a row or a column."""

    axis: Choice = arg("The axis that is dropped.", word=choice(*SPATIAL_NAMES))
    index: Index = arg("Which place to keep, counted from 0; below 0 from the end.")

    examples = (
        Example({"axis": "length", "index": 0}, Sequence(5, 3), Vector(3)),
        Example({"axis": "length", "index": -1}, Sequence(5, 3), Vector(3)),
        Example({"axis": "height", "index": 1}, Image(2, 3, 4), Sequence(3, 4)),
        Example({"axis": "width", "index": -2}, Image(2, 3, 4), Sequence(2, 4)),
        Example({"axis": "depth", "index": 0}, Volume(2, 3, 2, 2), Image(3, 2, 2)),
    )

    def output(self, x: Shape) -> Shape:
        axis = axis_there(self, floats(self, x), self.axis, "axis")
        if (x.kind, axis) not in TAKEN:
            raise ShapeError(
                "E0301",
                f"`take` drops length of a sequence, height or width of an image, depth of a volume; not {axis} of "
                f"{described(x)}",
                argument="axis",
                help="`slice` keeps the axis",
            )
        size = fixed(self, x, axis)
        if not -size <= self.index < size:
            raise ShapeError(
                "E0316",
                f"`take` wants place {self.index:d} of {axis}, and {described(x)} has {size:d}",
                argument="index",
                help=f"places are counted from 0 to {size - 1:d}, or from -1 down to {-size:d} from the end",
            )
        at = x.axes.index(axis)
        return TAKEN[x.kind, axis](*x.sizes[:at], *x.sizes[at + 1 :])


@op("stack")
class Stack(Op):
    """Put tensors beside each other along a new axis: vectors into a sequence, images into a volume."""

    merges = True

    examples = (
        Example({}, (Vector(3), Vector(3)), Sequence(2, 3)),
        Example({}, (Vector(2), Vector(2), Vector(2)), Sequence(3, 2)),
        Example({}, (Image(2, 3, 4), Image(2, 3, 4)), Volume(2, 2, 3, 4)),
    )

    def output(self, *xs: Shape) -> Shape:
        for i, x in enumerate(xs):
            if floats(self, x).axes != xs[0].axes:
                raise other_axes(self, xs, (0, i))
            if x.sizes != xs[0].sizes:
                raise differing(self, xs, (0, i), lambda _axis, _size: False)
        if xs[0].kind not in ("vector", "image"):
            raise ShapeError(
                "E0301",
                f"`stack` makes a sequence of vectors or a volume of images, and is given {described(xs[0])}",
                help="`concat` joins along an axis that is there already",
            )
        return Sequence(len(xs), *xs[0].sizes) if xs[0].kind == "vector" else Volume(len(xs), *xs[0].sizes)


@op("matmul")
class Matmul(Op):
    """Multiply two sequences as matrices, with places for rows and channels for columns."""

    merges = True
    exactly = 2

    transpose_first: Flag = arg("Take the first with its channels for rows.", default=False)
    transpose_second: Flag = arg("Take the second with its channels for rows.", default=False)

    examples = (
        Example({}, (Sequence(3, 4), Sequence(4, 2)), Sequence(3, 2)),
        Example({"transpose_second": True}, (Sequence(3, 4), Sequence(5, 4)), Sequence(3, 5)),
        Example({"transpose_first": True}, (Sequence(4, 3), Sequence(4, 2)), Sequence(3, 2)),
        Example({"transpose_first": True, "transpose_second": True}, (Sequence(4, 3), Sequence(2, 4)), Sequence(3, 2)),
        Example({"transpose_first": False}, (Sequence(1, 2), Sequence(2, 1)), Sequence(1, 1)),
        Example({"transpose_second": False}, (Sequence(2, 1), Sequence(1, 2)), Sequence(2, 2)),
    )

    def output(self, *xs: Shape) -> Shape:
        if len(xs) != 2:
            raise ShapeError("E0313", f"`matmul` takes exactly two branches, not {len(xs)}", help="multiply twice")
        rows, inner, other, columns = self.four(*xs)
        if inner != other:
            one, two = written((rows, inner)), written((other, columns))
            raise ShapeError(
                "E0304",
                f"`matmul` cannot multiply {one} by {two}",
                label=f"one is {one}, the other {two}",
                help="the columns of the first must be as many as the rows of the second",
                differing=(0, 1),
            )
        return Sequence(rows, columns)

    def four(self, x: Shape, y: Shape) -> tuple[Size, Size, Size, Size]:
        """Return the rows and columns of both, as they are multiplied."""
        channels(self, sequence(self, x))
        channels(self, sequence(self, y))
        one = x.sizes[::-1] if self.transpose_first else x.sizes
        two = y.sizes[::-1] if self.transpose_second else y.sizes
        return one[0], one[1], two[0], two[1]

    def macs(self, x: Shape, y: Shape, other: Shape) -> Size:
        return y.elements * self.four(x, other)[1]
