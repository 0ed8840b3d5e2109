"""Windows as channels: unfold, which puts what each window holds into the channels of one place, and its inverse."""

from __future__ import annotations

from archc.ops.base import Example, Op, ShapeError, arg, op
from archc.ops.inputs import channels, described, spatial
from archc.ops.windows import DILATION, KERNEL_SIZE, PADDING, STRIDE, Window, sizes
from archc.ops.words import Padding, Sizes
from archc.shapes import Image, Sequence, Shape, Volume


@op("unfold")
class Unfold(Window):
    """Put all values of each window into the channels of one place (im2col).

    They stand in the order in which `flatten` would read the window: row by row, and at each place its channels. A
    convolution is a `dense` after it.
    """

    paper = "Chellapilla et al., High Performance Convolutional Neural Networks for Document Processing, 2006"

    kernel_size: Sizes = arg(KERNEL_SIZE)
    stride: Sizes = arg(STRIDE, default=1)
    padding: Padding = arg(PADDING, default="valid")
    dilation: Sizes = arg(DILATION, default=1)

    examples = (
        Example({"kernel_size": 3}, Sequence(6, 2), Sequence(4, 6)),
        Example({"kernel_size": 2}, Image(3, 4, 3), Image(2, 3, 12)),
        Example({"kernel_size": 2, "stride": 2}, Image(4, 6, 3), Image(2, 3, 12)),
        Example({"kernel_size": [2, 3], "stride": [1, 2]}, Image(5, 7, 2), Image(4, 3, 12)),
        Example({"kernel_size": 3, "padding": "same"}, Image(4, 3, 2), Image(4, 3, 18)),
        Example({"kernel_size": 3, "padding": "same", "stride": 2}, Image(6, 5, 2), Image(3, 3, 18)),
        Example({"kernel_size": 3, "padding": 1, "dilation": 2}, Image(6, 5, 1), Image(4, 3, 9)),
        Example({"kernel_size": 2, "padding": [[2, 0], [0, 1]], "stride": 2, "dilation": [1, 3]}, Image(4, 7, 2),
                Image(3, 3, 8)),
        Example({"kernel_size": 2, "stride": 2}, Volume(4, 2, 5, 2), Volume(2, 1, 2, 16)),
        Example({"kernel_size": [1, 2, 3], "padding": 1}, Volume(2, 2, 3, 1), Volume(4, 3, 3, 6)),
    )  # fmt: skip

    def output(self, x: Shape) -> Shape:
        into = channels(self, spatial(self, x))
        return x.with_spatial(self.places(x)).with_channels(area(self.kernel(x)) * into)


@op("fold")
class Fold(Op):
    """Lay the values that an `unfold` whose stride is its `kernel_size` put into the channels back side by side."""

    paper = "Mehta and Rastegari, MobileViT, 2021, arXiv:2110.02178"

    kernel_size: Sizes = arg("How many places of each spatial axis a place becomes.")

    examples = (
        Example({"kernel_size": 3}, Sequence(2, 6), Sequence(6, 2)),
        Example({"kernel_size": 2}, Image(2, 3, 12), Image(4, 6, 3)),
        Example({"kernel_size": [2, 3]}, Image(2, 1, 12), Image(4, 3, 2)),
        Example({"kernel_size": 1}, Image(2, 3, 2), Image(2, 3, 2)),
        Example({"kernel_size": [1, 2, 3]}, Volume(2, 2, 1, 12), Volume(2, 4, 3, 2)),
    )

    def output(self, x: Shape) -> Shape:
        count, window = channels(self, spatial(self, x)), area(self.kernel(x))
        if count % window != 0:
            raise ShapeError(
                "E0303",
                f"`fold` cannot lay {count:d} channels out as windows of {window:d} places: {described(x)} came in",
                argument="kernel_size",
                help=f"give it a multiple of {window:d} channels, as many times as channels shall come out",
            )
        steps = zip(x.spatial, self.kernel(x), strict=True)
        return x.with_spatial(tuple(n * k for n, k in steps)).with_channels(count // window)

    def kernel(self, x: Shape) -> tuple[int, ...]:
        """Return how many places each place becomes, along each spatial axis."""
        return sizes(self, "kernel_size", x)


def area(kernel: tuple[int, ...]) -> int:
    """Return how many places a window has."""
    count = 1
    for size in kernel:
        count = count * size
    return count
