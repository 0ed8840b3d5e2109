"""How tokens, and parts of tensors, are written in PyTorch: the ops of `tokens` and `selecting`."""

from __future__ import annotations

from archc.emit.spelling import Make, Spelling, Use, View
from archc.ops.selecting import Matmul, Slice, Split, Stack, Take
from archc.ops.tokens import ClassToken, PositionEmbedding, Rotary, ToImage, ToSequence
from archc_torch.dispatch import dimension, layer
from archc_torch.spell_merges import inputs


@layer.register
def to_sequence(_op: ToSequence, _x: View) -> list[Spelling]:
    return [Spelling("plain", (Use("{x}.flatten(2).transpose(1, 2)", call=False),))]


@layer.register
def to_image(op: ToImage, _x: View) -> list[Spelling]:
    slots = {"height": op.height, "width": op.width}
    return [Spelling("plain", (Use("{x}.unflatten(2, ({height}, {width}))", slots, call=False),))]


@layer.register
def position_embedding(op: PositionEmbedding, x: View) -> list[Spelling]:
    if op.method == "sinusoidal":
        return [Spelling("sinusoidal", (Use("sinusoidal({x})"),), needs=("sinusoidal",))]
    made = Make("PositionEmbedding", (x.shape["length"], x.channels))
    return [Spelling("learned", (made,), needs=("PositionEmbedding",))]


@layer.register
def class_token(_op: ClassToken, x: View) -> list[Spelling]:
    return [Spelling("plain", (Make("ClassToken", (x.channels,)),), needs=("ClassToken",))]


@layer.register
def rotary(op: Rotary, _x: View) -> list[Spelling]:
    slots = {"heads": op.heads, "base": op.base}
    general = Spelling("base", (Use("rotary({x}, heads={heads}, base={base})", slots),), needs=("rotary",))
    if op.base != 10000:
        return [general]
    return [Spelling("plain", (Use("rotary({x}, heads={heads})", {"heads": op.heads}),), needs=("rotary",)), general]


@layer.register
def split(op: Split, x: View) -> list[Spelling]:
    slots = {"dim": dimension(x, x.shape.axes[-1] if op.axis is None else op.axis), "part": op.part}
    sizes = Use("{x}.split({sizes}, dim={dim})[{part}]", {"sizes": op.sizes(x.shape), **slots}, call=False)
    general = Spelling("sizes", (sizes,))
    if isinstance(op.parts, tuple):
        return [general]
    equal = Use("{x}.chunk({parts}, dim={dim})[{part}]", {"parts": op.parts, **slots}, call=False)
    return [Spelling("equal", (equal,)), general]


@layer.register
def slice_(op: Slice, x: View) -> list[Spelling]:
    before = ":, " * dimension(x, x.shape.axes[-1] if op.axis is None else op.axis)
    return [
        Spelling(f"{before}{text}", (Use(f"{{x}}[{before}{text}]", slots, call=False),))
        for text, slots in op.written(x.shape)
    ]


@layer.register
def take(op: Take, x: View) -> list[Spelling]:
    place = f"{':, ' * dimension(x, op.axis)}{{index}}"
    return [Spelling(place, (Use(f"{{x}}[{place}]", {"index": op.index}, call=False),))]


@layer.register
def stack(_op: Stack, *xs: View) -> list[Spelling]:
    template = f"torch.stack([{', '.join(inputs(xs))}], dim={2 if xs[0].rank else 1})"
    return [Spelling("plain", (Use(template),))]


@layer.register
def matmul(op: Matmul, *_xs: View) -> list[Spelling]:
    one = "{0}.mT" if op.transpose_first else "{0}"
    other = "{1}.mT" if op.transpose_second else "{1}"
    return [Spelling(f"{one} {other}", (Use(f"{one} @ {other}", call=False),))]
