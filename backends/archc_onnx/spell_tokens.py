"""How tokens, and parts of tensors, are written in ONNX: the ops of `tokens` and `selecting`."""

from __future__ import annotations

import math

from archc.ops.selecting import Matmul, Slice, Split, Stack, Take
from archc.ops.tokens import ClassToken, PositionEmbedding, Rotary, ToImage, ToSequence
from archc_onnx.parts import Const, Held, Tensor, Value, dimension, layer, node, transposed, unsqueezed


@layer.register
def to_sequence(_op: ToSequence, x: Tensor) -> Value:
    return node("Reshape", x.value, Const("row", (0, 0, -1)))


@layer.register
def to_image(op: ToImage, x: Tensor) -> Value:
    return node("Reshape", x.value, Const("rows", (0, 0, op.height, op.width)))


def known(x: Tensor) -> tuple[int, int]:
    """Return the channels and the length of a sequence."""
    return int(str(x.shape.channels)), int(str(x.shape["length"]))


@layer.register
def position_embedding(op: PositionEmbedding, x: Tensor) -> Value:
    if op.method == "learned":
        return node("Add", x.value, transposed(Held("weight"), (1, 0)))
    channels, length = known(x)
    waves = [
        math.cos(p / 10000 ** ((c - 1) / channels)) if c % 2 else math.sin(p / 10000 ** (c / channels))
        for c in range(channels)
        for p in range(length)
    ]
    return node("Add", x.value, table("waves", waves, x))


def table(label: str, values: list[float], x: Tensor) -> Value:
    """Return a constant for each channel and place of a sequence."""
    return node("Reshape", Const(label, tuple(values), "numbers"), Const(f"{label}_shape", known(x)))


@layer.register
def class_token(_op: ClassToken, x: Tensor) -> Value:
    first = node("Slice", x.value, Const("start", (0,)), Const("end", (1,)), Const("axis", (2,)))
    token = node("Expand", unsqueezed(Held("weight"), 0, 2), node("Shape", first))
    return node("Concat", token, x.value, axis=2)


@layer.register
def rotary(op: Rotary, x: Tensor) -> Value:
    channels, length = known(x)
    size = channels // op.heads
    angles = [p / op.base ** ((c - c % 2) % size / size) for c in range(channels) for p in range(length)]
    signs = [1 if c % 2 else -1 for c in range(channels) for _ in range(length)]
    others = node("Gather", x.value, Const("others", tuple(c - 1 if c % 2 else c + 1 for c in range(channels))), axis=1)
    kept = node("Mul", x.value, table("cosines", [math.cos(angle) for angle in angles], x))
    sines = [sign * math.sin(angle) for sign, angle in zip(signs, angles, strict=True)]
    return node("Add", kept, node("Mul", others, table("sines", sines, x)))


def sliced(x: Tensor, axis: str | None, places: range) -> Value:
    """Return the places of an axis that a range counts."""
    dim = dimension(x.shape, x.shape.axes[-1] if axis is None else axis)
    bounds = (Const("start", (places.start,)), Const("end", (places.stop,)), Const("axis", (dim,)))
    return node("Slice", x.value, *bounds, Const("step", (places.step,)))


@layer.register
def split(op: Split, x: Tensor) -> Value:
    sizes = op.sizes(x.shape)
    before = sum(sizes[: op.part])
    return sliced(x, op.axis, range(before, before + sizes[op.part]))


@layer.register
def slice_(op: Slice, x: Tensor) -> Value:
    return sliced(x, op.axis, op.range(x.shape))


@layer.register
def take(op: Take, x: Tensor) -> Value:
    return node("Gather", x.value, Const("index", op.index), axis=dimension(x.shape, op.axis))


@layer.register
def stack(_op: Stack, *xs: Tensor) -> Value:
    return node("Concat", *(unsqueezed(x.value, 2) for x in xs), axis=2)


@layer.register
def matmul(op: Matmul, *xs: Tensor) -> Value:
    # Sequences are held as (N, C, L), so both stand transposed, and the product is that of the other order.
    one = transposed(xs[0].value, (0, 2, 1)) if op.transpose_first else xs[0].value
    other = transposed(xs[1].value, (0, 2, 1)) if op.transpose_second else xs[1].value
    return node("MatMul", other, one)
