"""How moves of values and merges are written in ONNX."""

from __future__ import annotations

from functools import reduce

from archc.ops.merging import Add, Average, Concat, Maximum, Minimum, Multiply, Subtract
from archc.ops.shaping import Crop, Flatten, Permute, Reshape, Upsample, ZeroPad
from archc_onnx.parts import (
    ABSENT,
    Const,
    Tensor,
    Value,
    channels_first,
    channels_last,
    dimension,
    has_channels,
    layer,
    node,
    transposed,
    unsqueezed,
)
from archc_onnx.spell_windows import padded

END = 2**63 - 1
"""Where a slice ends that goes on to the end."""


@layer.register
def flatten(_op: Flatten, x: Tensor) -> Value:
    if x.rank == 0:
        return x.value
    stay = all(size == 1 for size in x.shape.spatial) or x.shape.channels == 1
    return node("Flatten", x.value if stay else channels_last(x), axis=1)


@layer.register
def reshape(op: Reshape, x: Tensor) -> Value:
    y = op.output(x.shape)
    # A zero leaves the axis there as long as it is: the batch.
    return channels_first(node("Reshape", channels_last(x), Const("shape", (0, *map(int, y.sizes)))), y)  # type: ignore[arg-type]


@layer.register
def permute(op: Permute, x: Tensor) -> Value:
    filled = dict(zip(x.shape.axes, op.to, strict=True))
    axes = sorted(x.shape.axes, key=lambda axis: dimension(x.shape, axis))
    return transposed(x.value, (0, *(dimension(x.shape, filled[axis]) for axis in axes)))


@layer.register
def zero_pad(op: ZeroPad, x: Tensor) -> Value:
    return padded(x, op.pads(x.shape))


@layer.register
def crop(op: Crop, x: Tensor) -> Value:
    cut = op.crop(x.shape)
    starts = Const("starts", tuple(before for before, _ in cut))
    ends = Const("ends", tuple(-after if after else END for _, after in cut))
    return node("Slice", x.value, starts, ends, Const("axes", tuple(range(2, x.rank + 2))))


@layer.register
def upsample(op: Upsample, x: Tensor) -> Value:
    mode = "linear" if op.method == "bilinear" else "nearest"
    scales = Const("scales", (1.0, 1.0, *map(float, op.scales(x.shape))), "scales")
    # Half-pixel places, of which the nearest lies inside by half a step: no rounding can miss it.
    return node("Resize", x.value, ABSENT, scales, mode=mode, coordinate_transformation_mode="half_pixel")


# Merges


def stretched(xs: tuple[Tensor, ...]) -> list[Value]:
    """Return the tensors as ONNX stretches them: a vector beside other kinds as one place."""
    rank = max(x.rank for x in xs)
    return [
        unsqueezed(x.value, *range(2, rank + 2)) if rank and not has_channels(x.shape) else x.value for x in xs
    ]  # fmt: skip


def of_any_number(pair: str, several: str, xs: tuple[Tensor, ...]) -> Value:
    """Return the operator for two, or the one that takes any number."""
    values = stretched(xs)
    return node(pair if len(values) == 2 else several, *values)


@layer.register
def add(_op: Add, *xs: Tensor) -> Value:
    return of_any_number("Add", "Sum", xs)


@layer.register
def subtract(_op: Subtract, *xs: Tensor) -> Value:
    return node("Sub", *stretched(xs))


@layer.register
def multiply(_op: Multiply, *xs: Tensor) -> Value:
    return reduce(lambda a, b: node("Mul", a, b), stretched(xs))


@layer.register
def average(_op: Average, *xs: Tensor) -> Value:
    return node("Mean", *stretched(xs))


@layer.register
def maximum(_op: Maximum, *xs: Tensor) -> Value:
    return node("Max", *stretched(xs))


@layer.register
def minimum(_op: Minimum, *xs: Tensor) -> Value:
    return node("Min", *stretched(xs))


@layer.register
def concat(op: Concat, *xs: Tensor) -> Value:
    return node("Concat", *(x.value for x in xs), axis=dimension(xs[0].shape, op.over(xs[0].shape)))
