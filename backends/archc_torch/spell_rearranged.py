"""How shuffles, and layers that multiply and add a number, are written in PyTorch."""

from __future__ import annotations

from archc.emit.spelling import Default, Make, Spelling, Use, View
from archc.ops.rearranging import ChannelShuffle, Identity, PixelShuffle
from archc.ops.regularisation import DropPath
from archc.ops.scaling import Rescale, Scale
from archc_torch.dispatch import first, layer
from archc_torch.spell_shapes import IDENTITY


@layer.register
def channel_shuffle(op: ChannelShuffle, _x: View) -> list[Spelling]:
    return [Spelling("plain", (Make("nn.ChannelShuffle", (op.groups,)),))]


@layer.register
def pixel_shuffle(op: PixelShuffle, _x: View) -> list[Spelling]:
    return [Spelling("plain", (Make("nn.PixelShuffle", (op.scale,)),))]


@layer.register
def identity(_op: Identity, _x: View) -> list[Spelling]:
    return [IDENTITY]


@layer.register
def drop_path(op: DropPath, _x: View) -> list[Spelling]:
    return [Spelling("plain", (Make("DropPath", (op.rate,)),), needs=("DropPath",))]


@layer.register
def scale(op: Scale, x: View) -> list[Spelling]:
    name = f"Scale{x.rank}d" if first(x) else "Scale"
    made = Make(name, (x.channels,), {"initial": Default(op.initial, 1.0)})
    return [Spelling("plain", (made,), needs=(name,))]


@layer.register
def rescale(op: Rescale, _x: View) -> list[Spelling]:
    forms = []
    if op.offset == 0:
        forms.append(Spelling("scaled", (Use("{x} * {scale}", {"scale": op.scale}, call=False),)))
    if op.scale == 1:
        forms.append(Spelling("shifted", (Use("{x} + {offset}", {"offset": op.offset}, call=False),)))
    slots = {"scale": op.scale, "offset": op.offset}
    return [*forms, Spelling("general", (Use("{x} * {scale} + {offset}", slots, call=False),))]
