"""How reductions, adaptive pools, shuffles, rolls and gates are written in ONNX."""

from __future__ import annotations

from collections.abc import Sequence

from archc.ops.adaptive import AdaptiveAvgPool, AdaptiveMaxPool, AdaptivePool, Windows, evenly
from archc.ops.base import Op
from archc.ops.rearranging import ChannelShuffle, Glu, Identity, PixelShuffle, ReflectPad, Roll
from archc.ops.reductions import Reduction
from archc.ops.scaling import Rescale, Scale
from archc.shapes import Unknown
from archc_onnx.parts import Const, Held, Tensor, Value, dimension, layer, node, transposed, unsqueezed
from archc_onnx.spell_shapes import END
from archc_onnx.spell_windows import before_and_after


@layer.register
def reduction(op: Reduction, x: Tensor) -> Value:
    """Return what reduces, with what is left in its order."""
    axes = tuple(sorted(dimension(x.shape, axis) for axis in op.over(x.shape)))
    y = node(f"Reduce{op.name.capitalize()}", x.value, Const("axes", axes), keepdims=int(bool(op.keep)))
    left = op.left(x.shape)
    if op.keep or len(left) == 1:
        return y
    stand = sorted(left, key=lambda axis: dimension(x.shape, axis))
    return transposed(y, (0, *(stand.index(axis) + 1 for axis in (left[-1], *left[:-1]))))


# Adaptive pools


def unknown_windows(op: Op, x: Tensor) -> bool:
    """Tell whether windows would depend on a size known only at run time."""
    if not isinstance(op, AdaptivePool):
        return False
    return any(isinstance(n, Unknown) for n in x.shape.spatial) and any(size != 1 for size in op.sizes(x.shape))


def pooled(op: AdaptivePool, x: Tensor, kind: str) -> Value:
    """Return the pool of all places, a plain one with the same windows, or else each window apart."""
    if all(size == 1 for size in op.sizes(x.shape)) or unknown_windows(op, x):
        return node(f"Global{'Average' if kind == 'Mean' else 'Max'}Pool", x.value)
    windows = op.windows(x.shape)
    steps = [step for step in map(evenly, windows) if step is not None]
    if len(steps) < len(windows):
        return apart(x, windows, f"Reduce{kind}")
    geometry = {
        "kernel_shape": tuple(k for k, _ in steps),
        "strides": tuple(s for _, s in steps),
        "pads": (0,) * (2 * x.rank),
    }
    if kind == "Mean":
        return node("AveragePool", x.value, **geometry, count_include_pad=0)
    return node("MaxPool", x.value, **geometry)


def apart(x: Tensor, windows: Sequence[Windows], kind: str) -> Value:
    """Return windows of several sizes, axis after axis: each cut out and reduced."""
    y = x.value
    for axis, places in enumerate(windows, 2):
        parts = []
        for begin, end in places:
            cut = (Const("starts", (begin,)), Const("ends", (end,)), Const("axes", (axis,)))
            parts.append(node(kind, node("Slice", y, *cut), Const("axes", (axis,)), keepdims=1))
        y = node("Concat", *parts, axis=axis) if len(parts) > 1 else parts[0]
    return y


@layer.register
def adaptive_avg_pool(op: AdaptiveAvgPool, x: Tensor) -> Value:
    return pooled(op, x, "Mean")


@layer.register
def adaptive_max_pool(op: AdaptiveMaxPool, x: Tensor) -> Value:
    return pooled(op, x, "Max")


# Shuffles, and numbers to multiply by


@layer.register
def channel_shuffle(op: ChannelShuffle, x: Tensor) -> Value:
    channels = int(str(x.shape.channels))
    size = channels // op.groups
    order = tuple(c for i in range(size) for c in range(i, channels, size))
    return node("Gather", x.value, Const("order", order), axis=1)


@layer.register
def pixel_shuffle(op: PixelShuffle, x: Tensor) -> Value:
    return node("DepthToSpace", x.value, blocksize=op.scale, mode="CRD")


@layer.register
def identity(_op: Identity, x: Tensor) -> Value:
    return x.value


@layer.register
def roll(op: Roll, x: Tensor) -> Value:
    y = x.value
    for axis, shift in zip(op.over(x.shape), op.shifts(x.shape), strict=True):
        size = x.shape[axis]
        # Of an axis whose length is not known here so much is cut off at one end as a turn more or less allows.
        cut = -shift % size if isinstance(size, int) else -shift
        y = turned(y, dimension(x.shape, axis), cut)
    return y


def turned(y: Value, axis: int, cut: int) -> Value:
    """Return a tensor with its first `cut` places moved to the end; with the last ones at the start below 0."""
    if cut == 0:
        return y
    at = Const("at", (cut,))
    head = node("Slice", y, Const("start", (0,)), at, Const("axes", (axis,)))
    tail = node("Slice", y, at, Const("end", (END,)), Const("axes", (axis,)))
    return node("Concat", tail, head, axis=axis)


@layer.register
def reflect_pad(op: ReflectPad, x: Tensor) -> Value:
    everywhere = before_and_after(((0, 0), (0, 0), *op.pads(x.shape)))
    return node("Pad", x.value, Const("pads", everywhere), mode="reflect")


@layer.register
def glu(op: Glu, x: Tensor) -> Value:
    axis, size = dimension(x.shape, op.over(x.shape)), op.output(x.shape)[op.over(x.shape)]
    half, axes = Const("half", (int(str(size)),)), Const("axes", (axis,))
    first = node("Slice", x.value, Const("start", (0,)), half, axes)
    second = node("Slice", x.value, half, Const("end", (END,)), axes)
    return node("Mul", first, node("Sigmoid", second))


@layer.register
def scale(_op: Scale, x: Tensor) -> Value:
    return node("Mul", x.value, unsqueezed(Held("weight"), *range(1, x.rank + 1)))


@layer.register
def rescale(op: Rescale, x: Tensor) -> Value:
    y = x.value if op.scale == 1 else node("Mul", x.value, Const("scale", float(op.scale), "numbers"))
    return y if op.offset == 0 else node("Add", y, Const("offset", float(op.offset), "numbers"))
