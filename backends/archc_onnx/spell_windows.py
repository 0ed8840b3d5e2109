"""How convolutions and pools are written in ONNX.

The padding is always written as numbers: before all axes, then after all axes.
"""

from __future__ import annotations

import math
from typing import Any

from archc.ops.convolutions import Conv, ConvTranspose, DepthwiseConv, SeparableConv
from archc.ops.pools import AvgPool, GlobalAvgPool, GlobalMaxPool, MaxPool, MaxUnpool, Pool
from archc.ops.windows import Pairs, Window
from archc.shapes import Unknown
from archc_onnx.parts import Const, Tensor, Value, activated, layer, node, weights


def before_and_after(pairs: Pairs) -> tuple[int, ...]:
    """Return sizes per axis in ONNX's order."""
    return (*(before for before, _ in pairs), *(after for _, after in pairs))


def window(op: Window, x: Tensor, pads: Pairs) -> dict[str, Any]:
    """Return the attributes that say where windows stand; dilations only where there are some."""
    found = {
        "kernel_shape": op.kernel(x.shape),
        "strides": op.strides(x.shape),
        "pads": before_and_after(pads),
    }
    dilations = op.dilations(x.shape)
    return {**found, "dilations": dilations} if any(d != 1 for d in dilations) else found


@layer.register
def conv(op: Conv, x: Tensor) -> Value:
    y = node("Conv", x.value, *weights(op, x), **window(op, x, op.pads(x.shape)), group=op.groups)
    return activated(op, x, y)


@layer.register
def depthwise_conv(op: DepthwiseConv, x: Tensor) -> Value:
    y = node("Conv", x.value, *weights(op, x), **window(op, x, op.pads(x.shape)), group=x.shape.channels)
    return activated(op, x, y)


@layer.register
def separable_conv(op: SeparableConv, x: Tensor) -> Value:
    depthwise, *pointwise = weights(op, x)
    between = node("Conv", x.value, depthwise, **window(op, x, op.pads(x.shape)), group=x.shape.channels)
    return activated(op, x, node("Conv", between, *pointwise, kernel_shape=(1,) * x.rank))


@layer.register
def conv_transpose(op: ConvTranspose, x: Tensor) -> Value:
    longer = tuple(max(s - k, 0) for k, s in zip(op.kernel(x.shape), op.strides(x.shape), strict=True))
    where = window(op, x, op.crop(x.shape))
    y = node("ConvTranspose", x.value, *weights(op, x), **where, output_padding=longer if any(longer) else None)
    return activated(op, x, y)


@layer.register
def max_pool(op: MaxPool, x: Tensor) -> Value:
    return node("MaxPool", x.value, **window(op, x, reached(op, x)))


@layer.register
def max_unpool(op: MaxUnpool, x: Tensor, y: Tensor) -> Value:
    # Runtimes disagree on what places mean where windows do not fill the tensor: they are made to.
    kernel, extra = op.kernel(y.shape), op.extra(y.shape)
    if any(extra):
        beyond = before_and_after(((0, 0), (0, 0), *((0, over) for over in extra)))
        filled = node("Pad", y.value, Const("pads", beyond), Const("lowest", -math.inf, "numbers"))
        starts, axes = Const("starts", (0,) * y.rank), Const("axes", tuple(range(2, y.rank + 2)))
        return node("Slice", put_back(op, x, filled), starts, Const("ends", y.shape.spatial), axes)  # type: ignore[arg-type]
    if all(not isinstance(n, Unknown) and n % k == 0 for n, k in zip(y.shape.spatial, kernel, strict=True)):
        return put_back(op, x, y.value)
    whole = node("Mul", node("Shape", x.value), Const("window", (1, 1, *kernel)))
    none = Const("none", (0,) * (y.rank + 2))
    reached = node("Slice", y.value, none, whole)
    rest = node("Concat", none, node("Sub", node("Shape", y.value), whole), axis=0)
    return node("Pad", put_back(op, x, reached), rest)


def put_back(op: MaxUnpool, x: Tensor, filled: Value) -> Value:
    """Return the values where the largest ones stand of the windows that fill a tensor."""
    kernel = op.kernel(x.shape)
    where = {"kernel_shape": kernel, "strides": kernel, "pads": (0,) * 2 * x.rank}
    return node("MaxUnpool", x.value, node("MaxPool", filled, **where)._replace(place=1), **where)


@layer.register
def avg_pool(op: AvgPool, x: Tensor) -> Value:
    if not op.count_padding:
        return node("AveragePool", x.value, **window(op, x, reached(op, x)), count_include_pad=0)
    pads, extra = op.pads(x.shape), op.extra(x.shape)
    if not any(extra):
        return node("AveragePool", x.value, **window(op, x, pads), count_include_pad=1)
    # What hangs over beyond the padding must not count, so the padding becomes part of the tensor first.
    beyond = tuple((0, over) for over in extra)
    return node("AveragePool", padded(x, pads), **window(op, x, beyond), count_include_pad=0)


def padded(x: Tensor, pads: Pairs) -> Value:
    """Return the tensor with zeros around its spatial axes."""
    everywhere = before_and_after(((0, 0), (0, 0), *pads))
    return node("Pad", x.value, Const("pads", everywhere))


def reached(op: Pool, x: Tensor) -> Pairs:
    """Return how far windows reach over the input's ends: the same windows as by rounding up."""
    steps = zip(op.pads(x.shape), op.extra(x.shape), strict=True)
    return tuple((before, after + beyond) for (before, after), beyond in steps)


@layer.register
def global_avg_pool(_op: GlobalAvgPool, x: Tensor) -> Value:
    return node("Flatten", node("GlobalAveragePool", x.value), axis=1)


@layer.register
def global_max_pool(_op: GlobalMaxPool, x: Tensor) -> Value:
    return node("Flatten", node("GlobalMaxPool", x.value), axis=1)
