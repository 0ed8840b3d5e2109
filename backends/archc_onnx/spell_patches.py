"""How windows become channels in ONNX, channels windows, and slices parts of the batch."""

from __future__ import annotations

from itertools import chain

from archc.ops.frames import Apart, Together
from archc.ops.patches import Fold, Unfold
from archc.shapes import Unknown
from archc_onnx.parts import Const, Tensor, Value, layer, node, sizes, transposed
from archc_onnx.spell_shapes import END
from archc_onnx.spell_windows import padded


@layer.register
def unfold(op: Unfold, x: Tensor) -> Value:
    pads = op.pads(x.shape)
    y = padded(x, pads) if any(map(any, pads)) else x.value
    steps = zip(op.kernel(x.shape), op.strides(x.shape), op.dilations(x.shape), strict=True)
    # Along the last axis first: its places then stand closest to the channels.
    for axis, (size, stride, step) in reversed(list(enumerate(steps, 2))):
        last = (size - 1) * step
        bounds = [(start, start - last or END) for start in range(0, last + 1, step)]
        at = Const("axes", (axis,)), Const("steps", (stride,))
        parts = [node("Slice", y, Const("start", (start,)), Const("end", (end,)), *at) for start, end in bounds]
        y = node("Concat", *parts, axis=1) if len(parts) > 1 else parts[0]
    return y


@layer.register
def apart(op: Apart, x: Tensor) -> Value:
    rank = x.rank
    # The first spatial axis stands before the channels, next to the batch.
    ahead = transposed(x.value, (0, 2, 1, *range(3, rank + 2)))
    return node("Reshape", ahead, Const("shape", (-1, *sizes(op.output(x.shape)))))


@layer.register
def together(op: Together, x: Tensor) -> Value:
    behind = node("Reshape", x.value, Const("shape", (-1, int(str(op.frames)), *sizes(x.shape))))
    return transposed(behind, (0, 2, 1, *range(3, x.rank + 3)))


@layer.register
def fold(op: Fold, x: Tensor) -> Value:
    kernel, y = op.kernel(x.shape), op.output(x.shape)
    if is_square(kernel):
        return node("DepthToSpace", x.value, blocksize=kernel[0], mode="DCR")
    rank = x.rank
    # A zero leaves the axis there as long as it is: the batch.
    apart = node("Reshape", x.value, Const("shape", (0, *kernel, y.channels, *x.shape.spatial)))  # type: ignore[arg-type]
    order = (0, rank + 1, *chain.from_iterable((rank + 2 + i, i + 1) for i in range(rank)))
    return node("Reshape", transposed(apart, order), Const("shape", (0, *sizes(y))))


def is_square(kernel: tuple[int, ...]) -> bool:
    """Tell whether windows are squares of an image, for which ONNX has an operator."""
    return len(kernel) == 2 and kernel[0] == kernel[1]


def unlaid(op: Fold, x: Tensor) -> bool:
    """Tell whether windows would be laid out along a size known only at run time, which only squares can be."""
    return not is_square(op.kernel(x.shape)) and any(isinstance(n, Unknown) for n in x.shape.spatial)
