"""The geometry of windows: where kernels stand, what is padded, and how many places come out.

Ops and backends take every number from here, so that a rule is written once.
"""

from __future__ import annotations

from typing import Any

from archc.ops.base import Op, ShapeError
from archc.ops.inputs import ceil_div, described, written
from archc.ops.words import Padding, Sizes
from archc.shapes import Shape, Size, Unknown

KERNEL_SIZE = "Size of the window along each spatial axis."
STRIDE = "Step between windows along each spatial axis."
PADDING = "`valid` pads nothing; `same` so that ceil(size / stride) places come out; or sizes before and after."
CONV_PADDING = (
    "`valid` pads nothing; `same` so that ceil(size / stride) places come out; `causal`, on a sequence, all before it, "
    "so that no place sees a later one; or sizes before and after."
)
DILATION = "Step between the places of one window along each spatial axis."

Pairs = tuple[tuple[int, int], ...]
"""Sizes before and after, for each spatial axis."""


def per_axis(value: Any, rank: int) -> tuple[Any, ...]:
    """Return one value for each of `rank` axes: a tuple as it is, anything else repeated."""
    return value if isinstance(value, tuple) else (value,) * rank


def sizes(op: Op, argument: str, x: Shape) -> tuple[int, ...]:
    """Return the sizes that an argument of `op` gives, one for each spatial axis of `x`."""
    return listed(op, argument, per_axis(getattr(op, argument), x.rank), x)


def pairs(op: Op, argument: str, x: Shape) -> Pairs:
    """Return the sizes before and after that an argument of `op` gives for each spatial axis of `x`."""
    value = getattr(op, argument)
    return listed(op, argument, value if isinstance(value, tuple) else ((value, value),) * x.rank, x)


def listed(op: Op, argument: str, values: tuple[Any, ...], x: Shape) -> tuple[Any, ...]:
    """Return `values` where there is one for each spatial axis of `x`."""
    if len(values) != x.rank:
        axes = ", ".join(x.axes[: x.rank])
        raise ShapeError(
            "E0305",
            f"`{op.name}` has {len(values)} values in `{argument}`, and {described(x)} has {x.rank} spatial axes",
            argument=argument,
            help=f"give one value for all axes, or one each for {axes}",
        )
    return values


def reach(kernel: int, dilation: int) -> int:
    """Return how many places a kernel spans, its gaps included."""
    return (kernel - 1) * dilation + 1


def same_pads(n: Size, span: int, stride: int) -> tuple[int, int]:
    """Return the padding before and after with which ceil(n / stride) windows fit; an odd one goes after.

    A size known only at run time is allowed with stride 1, where the padding does not depend on it.
    """
    total = span - 1 if isinstance(n, Unknown) else max((-(-n // stride) - 1) * stride + span - n, 0)
    return total // 2, total - total // 2


def fitting(n: Size, span: int, stride: int, before: int, after: int) -> Size:
    """Return how many windows fit into the padded axis: floor((n + before + after - span) / stride) + 1."""
    # The 1 goes into the numerator, so that a size known only at run time stays itself where nothing is lost.
    return (n - (span - before - after - stride)) // stride


def overhanging(n: int, span: int, stride: int, before: int, after: int) -> int:
    """Return how many windows there are where the last may hang over the end.

    It must begin in the input or in the padding before it.
    """
    count = ceil_div(n + before + after - span, stride) + 1
    assert isinstance(count, int)
    return count - 1 if (count - 1) * stride >= n + before else count


def overhang(n: int, span: int, stride: int, before: int, after: int) -> int:
    """Return how many places, beyond the padding, the last of these windows hangs over the end."""
    count = overhanging(n, span, stride, before, after)
    return max((count - 1) * stride + span - (n + before + after), 0)


def transposed(n: Size, kernel: int, stride: int) -> Size:
    """Return the whole length of a transposed convolution: (n - 1) * stride + max(kernel, stride)."""
    return n * stride + max(kernel - stride, 0)


def transposed_crop(kernel: int, stride: int) -> tuple[int, int]:
    """Return what `same` cuts off that length, before and after, so that n * stride places are left."""
    total = max(kernel - stride, 0)
    return total // 2, total - total // 2


class Window(Op):
    """An op with a kernel that steps over the spatial axes of its input."""

    kernel_size: Sizes
    stride: Sizes
    padding: Padding

    def kernel(self, x: Shape) -> tuple[int, ...]:
        """Return the kernel's size along each spatial axis."""
        return sizes(self, "kernel_size", x)

    def strides(self, x: Shape) -> tuple[int, ...]:
        """Return the step along each spatial axis."""
        return sizes(self, "stride", x)

    def dilations(self, x: Shape) -> tuple[int, ...]:
        """Return the step within a window along each spatial axis; 1 for ops without dilation."""
        return sizes(self, "dilation", x) if "dilation" in self.arguments else (1,) * x.rank

    def spans(self, x: Shape) -> tuple[int, ...]:
        """Return how many places a window spans along each spatial axis."""
        return tuple(reach(k, d) for k, d in zip(self.kernel(x), self.dilations(x), strict=True))

    def pads(self, x: Shape) -> Pairs:
        """Return the padding before and after along each spatial axis, as numbers."""
        if self.padding == "valid":
            return ((0, 0),) * x.rank
        if self.padding == "causal":
            return self._before(x)
        if self.padding != "same":
            return pairs(self, "padding", x)
        for axis, n, s in zip(x.axes, x.spatial, self.strides(x), strict=False):
            if isinstance(n, Unknown) and s != 1:
                raise ShapeError(
                    "E0308",
                    f"`{self.name}` cannot pad `same` with a stride of {s:d}: the {axis} of {described(x)} is known "
                    "only at run time",
                    argument="padding",
                    help=f"give the padding as a number, or the {axis} as one in place of `any` in the input",
                )
        return tuple(
            same_pads(n, span, s) for n, span, s in zip(x.spatial, self.spans(x), self.strides(x), strict=True)
        )

    def _before(self, x: Shape) -> Pairs:
        """Return padding that lets no place see a later one."""
        if x.rank != 1:
            raise ShapeError(
                "E0301",
                f"`{self.name}` can be `causal` only along one axis, and {described(x)} has {x.rank}",
                argument="padding",
                help="use `same`, or give the sizes, as in `[[2, 0], [1, 1]]`",
            )
        return tuple((span - 1, 0) for span in self.spans(x))

    def places(self, x: Shape) -> tuple[Size, ...]:
        """Return the number of windows along each spatial axis: the sizes that come out."""
        pads, spans, strides = self.pads(x), self.spans(x), self.strides(x)
        counts = tuple(
            ceil_div(n, s) if self.padding == "same" else self.count(n, span, s, *pad)
            for n, span, s, pad in zip(x.spatial, spans, strides, pads, strict=True)
        )
        if any(not isinstance(count, Unknown) and count < 1 for count in counts):
            padded = tuple(n + (before + after) for n, (before, after) in zip(x.spatial, pads, strict=True))
            with_padding = "" if padded == x.spatial else f", {written(padded)} with its padding"
            raise ShapeError(
                "E0302",
                f"`{self.name}` has a window of {written(spans)}, and its input is only {written(x.spatial)}"
                f"{with_padding}",
                argument="kernel_size",
                help="make `kernel_size` smaller, shrink the input less before it, or say `padding: same`",
            )
        return counts

    def count(self, n: Size, span: int, stride: int, before: int, after: int) -> Size:
        """Return the number of windows along an axis of `n` places with this padding."""
        return fitting(n, span, stride, before, after)
