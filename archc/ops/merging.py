"""Ops that make one tensor of several."""

from __future__ import annotations

from collections.abc import Callable

from archc.ops.base import Example, Op, ShapeError, arg, op
from archc.ops.inputs import axis_there, described, floats, written
from archc.ops.words import AxisName
from archc.shapes import Image, Sequence, Shape, Size, Unknown, Vector, Volume

MERGED = (
    Example({}, (Vector(3), Vector(3)), Vector(3)),
    Example({}, (Sequence(4, 3), Sequence(4, 3)), Sequence(4, 3)),
    Example({}, (Image(2, 3, 4), Image(2, 3, 4)), Image(2, 3, 4)),
    Example({}, (Volume(2, 3, 2, 2), Volume(2, 3, 2, 2)), Volume(2, 3, 2, 2)),
    Example({}, (Image(2, 3, 4), Image(2, 1, 4)), Image(2, 3, 4)),
    Example({}, (Image(1, 1, 4), Image(2, 3, 1)), Image(2, 3, 4)),
    Example({}, (Image(2, 3, 4), Vector(4)), Image(2, 3, 4)),
    Example({}, (Vector(3), Sequence(4, 3)), Sequence(4, 3)),
    Example({}, (Volume(2, 3, 2, 2), Vector(1)), Volume(2, 3, 2, 2)),
)
SEVERAL = (
    *MERGED,
    Example({}, (Image(2, 3, 4), Image(2, 3, 4), Vector(4)), Image(2, 3, 4)),
    Example({}, (Sequence(4, 1), Sequence(1, 3), Sequence(4, 3), Sequence(1, 1)), Sequence(4, 3)),
)


PLURAL = ("channels", "features")


class Merge(Op):
    """An op of several tensors, place by place.

    An axis of size 1 is stretched to the others' size, and a vector beside other kinds counts as one place with its
    features as channels.
    """

    merges = True

    def output(self, *xs: Shape) -> Shape:
        placed = self.placed(*xs)
        sizes = []
        for column in zip(*(x.sizes for x in placed), strict=True):
            first = next((i for i, size in enumerate(column) if size != 1), 0)
            for i, size in enumerate(column):
                if size not in (1, column[first]):
                    raise differing(self, placed, (first, i), lambda _, size: size == 1)
            sizes.append(column[first])
        return Shape(placed[0].axes, tuple(sizes))

    def placed(self, *xs: Shape) -> tuple[Shape, ...]:
        """Return the inputs with the same axes: where a vector stands beside others, as one place."""
        for x in xs:
            floats(self, x)
        lead = next((i for i, x in enumerate(xs) if x.axes[-1] == "channels"), 0)
        axes, rank = xs[lead].axes, xs[lead].rank
        placed = tuple(Shape(axes, (*(1,) * rank, x.channels)) if x.axes == ("features",) and rank else x for x in xs)
        for i, x in enumerate(placed):
            if x.axes != axes:
                raise other_axes(self, xs, (lead, i))
        return placed


def other_axes(op: Op, xs: tuple[Shape, ...], pair: tuple[int, int]) -> ShapeError:
    """Return the error that two inputs have other axes."""
    one, other = (described(xs[i]) for i in pair)
    return ShapeError(
        "E0304",
        f"`{op.name}` joins branches whose axes differ: {one} and {other}",
        label=f"one gives {one}, another gives {other}",
        help="bring both to the same axes, with `reshape`, `flatten` or a global pool",
        differing=pair,
    )


def differing(
    op: Op, xs: tuple[Shape, ...], pair: tuple[int, int], agreeing: Callable[[str, Size], bool]
) -> ShapeError:
    """Return the error that two inputs have other sizes, where `agreeing` does not excuse the axis or a size of it."""
    one, other = (xs[i] for i in pair)
    sizes = [
        (axis, a, b)
        for axis, a, b in zip(one.axes, one.sizes, other.sizes, strict=True)
        if a != b and not agreeing(axis, a) and not agreeing(axis, b)
    ]
    axes = [axis for axis, _, _ in sizes]
    differ = "differs" if len(axes) == 1 and axes[0] not in PLURAL else "differ"
    first, second = written(one.sizes), written(other.sizes)
    if all(isinstance(size, Unknown) for size in sizes[0][1:]):
        help = "sizes known only at run time agree only by the same arithmetic: give a number in place of `any`"
    elif axes[0] in ("channels", "features"):
        help = "give both the same number: a `conv` of kernel size 1, or a `dense`, changes it"
    else:
        help = "keep the sizes alike: with `padding: same` and equal strides in both"
    return ShapeError(
        "E0304",
        f"`{op.name}` joins branches whose {' and '.join(axes)} {differ}: {first} and {second}",
        label=f"one gives {first}, another gives {second}",
        help=help,
        differing=pair,
    )


@op("add")
class Add(Merge):
    """Sum place by place: a + b + ..."""

    paper = "He, Zhang, Ren and Sun, Deep Residual Learning for Image Recognition, 2015, arXiv:1512.03385"
    examples = SEVERAL


@op("subtract")
class Subtract(Merge):
    """Difference place by place, of exactly two: a - b."""

    exactly = 2
    examples = MERGED

    def output(self, *xs: Shape) -> Shape:
        if len(xs) != 2:
            raise ShapeError(
                "E0313",
                f"`subtract` takes exactly two branches, not {len(xs)}",
                help="subtract twice, or `add` those to be taken away first",
            )
        return super().output(*xs)


@op("multiply")
class Multiply(Merge):
    """Product place by place: a * b * ..."""

    paper = "Hu et al., Squeeze-and-Excitation Networks, 2017, arXiv:1709.01507"
    examples = SEVERAL


@op("average")
class Average(Merge):
    """Mean place by place: (a + b + ...) / how many there are."""

    examples = SEVERAL


@op("maximum")
class Maximum(Merge):
    """The larger value at each place; of equal ones the first, which also gets the gradient."""

    paper = "Goodfellow et al., Maxout Networks, 2013, arXiv:1302.4389"
    examples = SEVERAL


@op("minimum")
class Minimum(Merge):
    """The smaller value at each place; of equal ones the first, which also gets the gradient."""

    examples = SEVERAL


@op("concat")
class Concat(Op):
    """Put tensors one after another along an axis. All other sizes must be equal; nothing is stretched."""

    paper = "Szegedy et al., Going Deeper with Convolutions, 2014, arXiv:1409.4842"
    merges = True

    axis: AxisName | None = arg("The axis to join; channels, or features of vectors, where left out.", default=None)

    examples = (
        Example({}, (Vector(2), Vector(3)), Vector(5)),
        Example({}, (Sequence(4, 3), Sequence(4, 1)), Sequence(4, 4)),
        Example({}, (Image(2, 3, 4), Image(2, 3, 1), Image(2, 3, 2)), Image(2, 3, 7)),
        Example({}, (Volume(2, 3, 2, 2), Volume(2, 3, 2, 1)), Volume(2, 3, 2, 3)),
        Example({"axis": "height"}, (Image(2, 3, 4), Image(1, 3, 4)), Image(3, 3, 4)),
        Example({"axis": "length"}, (Sequence(4, 3), Sequence(1, 3)), Sequence(5, 3)),
        Example({"axis": "channels"}, (Image(2, 3, 4), Image(2, 3, 4)), Image(2, 3, 8)),
    )

    def output(self, *xs: Shape) -> Shape:
        for i, x in enumerate(xs):
            if floats(self, x).axes != xs[0].axes:
                raise other_axes(self, xs, (0, i))
        along = axis_there(self, xs[0], self.over(xs[0]), "axis")
        place = xs[0].axes.index(along)
        total = xs[0].sizes[place]
        for i, x in enumerate(xs[1:], 1):
            if (*x.sizes[:place], *x.sizes[place + 1 :]) != (*xs[0].sizes[:place], *xs[0].sizes[place + 1 :]):
                raise differing(self, xs, (0, i), lambda axis, _: axis == along)
            total = total + x.sizes[place]
        return Shape(xs[0].axes, (*xs[0].sizes[:place], total, *xs[0].sizes[place + 1 :]))

    def over(self, x: Shape) -> str:
        """Return the name of the axis that is joined."""
        return x.axes[-1] if self.axis is None else self.axis
