"""Pooling: one value for each window, or for the whole of each channel."""

from __future__ import annotations

from typing import ClassVar

from archc.ops.base import Example, Op, ShapeError, arg, op
from archc.ops.inputs import described, spatial, written
from archc.ops.merging import differing, other_axes
from archc.ops.windows import (
    KERNEL_SIZE,
    PADDING,
    Window,
    fitting,
    overhang,
    overhanging,
    sizes,
)
from archc.ops.words import Flag, Padding, Sizes
from archc.shapes import Image, Sequence, Shape, Size, Unknown, Vector, Volume

STRIDE = "Step between windows along each spatial axis; `kernel_size` where left out."
CEIL = "Let the last window hang over the end, as long as it begins in the input or the padding before it."

SHARED_EXAMPLES = (
    Example({"kernel_size": 2}, Sequence(7, 3), Sequence(3, 3)),
    Example({"kernel_size": 2}, Image(6, 7, 2), Image(3, 3, 2)),
    Example({"kernel_size": 2}, Volume(4, 5, 6, 2), Volume(2, 2, 3, 2)),
    Example({"kernel_size": [3, 2], "stride": [2, 1]}, Image(7, 5, 2), Image(3, 4, 2)),
    Example({"kernel_size": 3, "stride": 2, "padding": "same"}, Image(6, 7, 2), Image(3, 4, 2)),
    Example({"kernel_size": 3, "stride": 1, "padding": "same"}, Sequence(5, 2), Sequence(5, 2)),
    Example({"kernel_size": 3, "stride": 2, "padding": 1}, Image(6, 7, 2), Image(3, 4, 2)),
    Example({"kernel_size": 3, "stride": 2, "padding": [[0, 1], [2, 0]]}, Image(6, 7, 2), Image(3, 4, 2)),
    Example({"kernel_size": 3, "stride": 2, "padding": [[1, 0]]}, Sequence(6, 2), Sequence(3, 2)),
    Example({"kernel_size": [2, 4], "stride": 2, "padding": [[1, 1], [2, 2]]}, Image(6, 7, 2), Image(4, 4, 2)),
    Example({"kernel_size": 3, "stride": 2, "ceil": True}, Image(6, 7, 2), Image(3, 3, 2)),
    Example({"kernel_size": 2, "stride": 3, "ceil": True}, Sequence(6, 2), Sequence(2, 2)),
    Example({"kernel_size": 3, "stride": 2, "padding": 1, "ceil": True}, Image(6, 5, 2), Image(4, 3, 2)),
    Example({"kernel_size": 3, "stride": 2, "padding": [[1, 2]], "ceil": True}, Sequence(5, 2), Sequence(3, 2)),
    Example({"kernel_size": 3, "stride": 2, "ceil": True}, Volume(4, 4, 5, 1), Volume(2, 2, 2, 1)),
    Example({"kernel_size": 2, "stride": 3, "ceil": True}, Volume(2, 1, 3, 1), Volume(1, 1, 1, 1)),
    Example({"kernel_size": 2, "padding": "same"}, Volume(3, 4, 5, 1), Volume(2, 2, 3, 1)),
    Example({"kernel_size": 3, "stride": 1, "padding": "same"}, Volume(2, 3, 4, 1), Volume(2, 3, 4, 1)),
)


class Pool(Window):
    """One value for each window of each channel."""

    ceil: Flag

    def output(self, x: Shape) -> Shape:
        spatial(self, x)
        self._refuse_empty_windows(x)
        self._refuse_unknown_ceil(x)
        return x.with_spatial(self.places(x))

    def strides(self, x: Shape) -> tuple[int, ...]:
        return self.kernel(x) if self.stride is None else sizes(self, "stride", x)

    def count(self, n: Size, span: int, stride: int, before: int, after: int) -> Size:
        if self.ceil and not isinstance(n, Unknown):
            return overhanging(n, span, stride, before, after)
        return fitting(n, span, stride, before, after)

    def extra(self, x: Shape) -> tuple[int, ...]:
        """Return how far beyond the padding the last window hangs over the end, along each spatial axis.

        These places never win and never count. All 0 unless `ceil` is set.
        """
        if not self.ceil or self.padding == "same":
            return (0,) * x.rank
        return tuple(
            0 if isinstance(n, Unknown) else overhang(n, k, s, *pad)
            for n, k, s, pad in zip(x.spatial, self.kernel(x), self.strides(x), self.pads(x), strict=True)
        )

    def _refuse_empty_windows(self, x: Shape) -> None:
        for k, pad in zip(self.kernel(x), self.pads(x), strict=True):
            if max(pad) >= k:
                raise ShapeError(
                    "E0311",
                    f"`{self.name}` pads {max(pad):d} where its window is {k:d}, so that a window would hold nothing "
                    "but padding",
                    argument="padding",
                    help=f"pad at most {k - 1:d}, or use `zero_pad` if the zeros are meant to count",
                )

    def _refuse_unknown_ceil(self, x: Shape) -> None:
        for axis, n, s in zip(x.axes, x.spatial, self.strides(x), strict=False):
            if self.ceil and isinstance(n, Unknown) and s != 1:
                raise ShapeError(
                    "E0308",
                    f"`{self.name}` cannot round up: the {axis} of {described(x)} is known only at run time",
                    argument="ceil",
                    help=f"leave out `ceil`, or give the {axis} as a number in place of `any` in the input",
                )


@op("max_pool")
class MaxPool(Pool):
    """Keep the largest value of each window; padded places never win."""

    kernel_size: Sizes = arg(KERNEL_SIZE)
    stride: Sizes | None = arg(STRIDE, default=None)
    padding: Padding = arg(PADDING, default="valid")
    ceil: Flag = arg(CEIL, default=False)

    examples = SHARED_EXAMPLES


@op("avg_pool")
class AvgPool(Pool):
    """Take the mean of each window: sum over its places / number of places that count."""

    kernel_size: Sizes = arg(KERNEL_SIZE)
    stride: Sizes | None = arg(STRIDE, default=None)
    padding: Padding = arg(PADDING, default="valid")
    ceil: Flag = arg(CEIL, default=False)
    count_padding: Flag = arg(
        "Count padded places as zeros. What `ceil` lets hang over the end is never counted.", default=False
    )

    examples = (
        *SHARED_EXAMPLES,
        Example({"kernel_size": 3, "stride": 2, "padding": 1, "count_padding": True}, Image(6, 7, 2), Image(3, 4, 2)),
        Example(
            {"kernel_size": 3, "stride": 2, "padding": "same", "count_padding": True}, Image(6, 7, 2), Image(3, 4, 2)
        ),
        Example(
            {"kernel_size": 3, "stride": 2, "padding": 1, "ceil": True, "count_padding": True},
            Image(6, 5, 2),
            Image(4, 3, 2),
        ),
        Example({"kernel_size": 2, "padding": [[1, 0]], "count_padding": True}, Sequence(6, 2), Sequence(3, 2)),
        Example(
            {"kernel_size": 3, "stride": 2, "padding": 1, "count_padding": True}, Volume(1, 2, 3, 1), Volume(1, 1, 2, 1)
        ),
    )


class GlobalPool(Op):
    """One value for each channel."""

    examples: ClassVar = (
        Example({}, Sequence(5, 3), Vector(3)),
        Example({}, Image(4, 5, 3), Vector(3)),
        Example({}, Volume(2, 3, 4, 5), Vector(5)),
    )

    def output(self, x: Shape) -> Shape:
        return Vector(spatial(self, x).channels)


@op("global_avg_pool")
class GlobalAvgPool(GlobalPool):
    """Take the mean of each channel over all its places."""

    paper = "Lin, Chen and Yan, Network in Network, 2013, arXiv:1312.4400"


@op("global_max_pool")
class GlobalMaxPool(GlobalPool):
    """Keep the largest value of each channel."""


@op("max_unpool")
class MaxUnpool(Pool):
    """Put each value back where the largest one of its window stood; every other place is 0.

    Takes two: the values, and the tensor whose windows tell the places and whose size comes out. The windows stand side
    by side, as those of a `max_pool` with the same arguments. Of equal values the first counts, row by row; what the
    windows do not reach stays 0. No gradient flows to the second. The places are looked for anew, at a pool's cost.
    """

    paper = "Badrinarayanan, Kendall and Cipolla, SegNet, 2015, arXiv:1511.00561"
    merges = True
    exactly = 2
    absent: ClassVar = dict.fromkeys(
        ("stride", "padding"),
        "its windows stand side by side, from the first place on: where they overlapped, two values would meet",
    )

    kernel_size: Sizes = arg("Size of the window along each spatial axis, which is also the step between windows.")
    ceil: Flag = arg(CEIL, default=False)
    stride: Sizes | None = None
    padding: Padding = "valid"

    examples = (
        Example({"kernel_size": 2}, (Image(2, 3, 2), Image(4, 6, 2)), Image(4, 6, 2)),
        Example({"kernel_size": 2}, (Image(2, 3, 2), Image(5, 7, 2)), Image(5, 7, 2)),
        Example({"kernel_size": 2, "ceil": True}, (Image(3, 4, 2), Image(5, 7, 2)), Image(5, 7, 2)),
        Example({"kernel_size": [3, 2]}, (Image(2, 2, 3), Image(7, 5, 3)), Image(7, 5, 3)),
        Example({"kernel_size": [2, 3], "ceil": True}, (Image(1, 3, 1), Image(2, 7, 1)), Image(2, 7, 1)),
        Example({"kernel_size": 3}, (Sequence(2, 3), Sequence(8, 3)), Sequence(8, 3)),
        Example({"kernel_size": 3, "ceil": True}, (Sequence(3, 3), Sequence(8, 3)), Sequence(8, 3)),
        Example({"kernel_size": 1}, (Sequence(4, 2), Sequence(4, 2)), Sequence(4, 2)),
        Example({"kernel_size": 1}, (Image(3, 2, 2), Image(3, 2, 2)), Image(3, 2, 2)),
        Example({"kernel_size": 1}, (Volume(1, 3, 2, 2), Volume(1, 3, 2, 2)), Volume(1, 3, 2, 2)),
        Example({"kernel_size": 2}, (Volume(2, 1, 2, 2), Volume(4, 3, 5, 2)), Volume(4, 3, 5, 2)),
        Example({"kernel_size": [1, 2, 3], "ceil": True}, (Volume(2, 2, 2, 1), Volume(2, 3, 5, 1)), Volume(2, 3, 5, 1)),
    )

    def output(self, *xs: Shape) -> Shape:
        if len(xs) != 2:
            raise ShapeError(
                "E0313",
                f"`max_unpool` takes exactly two, not {len(xs)}: the values, and the tensor whose windows tell where",
                help="`from: [values, pooled]`, where `pooled` is what the `max_pool` was given",
            )
        x, y = (spatial(self, x) for x in xs)
        if x.axes != y.axes:
            raise other_axes(self, xs, (0, 1))
        if x.channels != y.channels:
            raise differing(self, xs, (0, 1), lambda axis, _: axis != "channels")
        places = super().output(y).spatial
        if x.spatial != places:
            raise ShapeError(
                "E0304",
                f"`max_unpool` is given {written(x.spatial)} values, and there are {written(places)} windows of "
                f"{written(self.kernel(y))} in {written(y.spatial)}",
                label=f"these are {written(x.spatial)}, and must be {written(places)}",
                help="name in `from` first the values, then what the `max_pool` of the same arguments was given",
                differing=(0, 1),
            )
        return y
