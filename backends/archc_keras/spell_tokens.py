"""Tokens, and parts of tensors, in Keras: the ops of `tokens` and `selecting`."""

from __future__ import annotations

from itertools import accumulate

from archc.emit.spelling import Default, Make, Spelling, Use, View
from archc.ops.selecting import Matmul, Slice, Split, Stack, Take
from archc.ops.tokens import ClassToken, PositionEmbedding, Rotary, ToImage, ToSequence
from archc_keras.layer import Parts, layer, made, place, spelled, used


@layer.register
def to_sequence(_op: ToSequence, x: View) -> list[Spelling]:
    return spelled(made("Reshape", (-1, x.channels)))


@layer.register
def to_image(op: ToImage, x: View) -> list[Spelling]:
    return spelled(made("Reshape", (op.height, op.width, x.channels)))


@layer.register
def position_embedding(op: PositionEmbedding, _x: View) -> list[Spelling]:
    if op.method == "sinusoidal":
        return spelled((Make("SinusoidalPositions"),), "sinusoidal", needs=("SinusoidalPositions",))
    return spelled((Make("PositionEmbedding"),), "learned", needs=("PositionEmbedding",))


@layer.register
def class_token(_op: ClassToken, _x: View) -> list[Spelling]:
    return spelled((Make("ClassToken"),), needs=("ClassToken",))


@layer.register
def rotary(op: Rotary, _x: View) -> list[Spelling]:
    values = {"heads": Default(op.heads, 1), "base": Default(op.base, 10000.0)}
    return spelled((Make("Rotary", (), values),), needs=("Rotary",))


@layer.register
def split(op: Split, x: View) -> list[Spelling]:
    axis = place(x, x.shape.axes[-1] if op.axis is None else op.axis)
    ends = tuple(accumulate(map(int, op.sizes(x.shape))))[:-1]
    general = spelled(cut(ends, axis, op.part), "sizes") if ends else []
    return general if isinstance(op.parts, tuple) else spelled(cut(op.parts, axis, op.part), "equal") + general


def cut(parts: int | tuple[int, ...], axis: int, part: int) -> Parts:
    return used("ops.split({x}, {parts}, axis={axis})[{part}]", parts=parts, axis=axis, part=part)


@layer.register
def slice_(op: Slice, x: View) -> list[Spelling]:
    at = x.shape.axes.index(x.shape.axes[-1] if op.axis is None else op.axis)
    forms: list[Spelling] = []
    for text, slots in op.written(x.shape):
        forms += spelled(sliced(f"{':, ' * (at + 1)}{text}", **slots), f"{at} {text}")
    return forms


@layer.register
def take(op: Take, x: View) -> list[Spelling]:
    at = x.shape.axes.index(op.axis)
    return spelled(sliced(f"{':, ' * (at + 1)}{{index}}", index=op.index), f"{at}")


def sliced(places: str, **slots: int) -> Parts:
    """Return an expression of the places within brackets."""
    return (Use(f"{{x}}[{places}]", slots, call=False),)


@layer.register
def stack(_op: Stack, *xs: View) -> list[Spelling]:
    listed = ", ".join(f"{{{number}}}" for number in range(len(xs)))
    return spelled(used(f"ops.stack([{listed}], axis=1)"))


@layer.register
def matmul(op: Matmul, *_xs: View) -> list[Spelling]:
    one = "ops.swapaxes({0}, 1, 2)" if op.transpose_first else "{0}"
    other = "ops.swapaxes({1}, 1, 2)" if op.transpose_second else "{1}"
    return spelled(used(f"ops.matmul({one}, {other})"), f"{one} {other}")
