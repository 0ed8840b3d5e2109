"""Shuffles, rolls, mirrored borders, gates, and layers that multiply and add a number, in Keras."""

from __future__ import annotations

from archc.emit.spelling import Default, Make, Spelling, View
from archc.ops.base import Op
from archc.ops.frames import Apart, Together
from archc.ops.patches import Fold, Unfold
from archc.ops.rearranging import ChannelShuffle, Glu, Identity, PixelShuffle, ReflectPad, Roll
from archc.ops.scaling import Rescale, Scale
from archc.shapes import Unknown
from archc_keras.layer import Parts, alike, bare, layer, made, place, spelled, used
from archc_keras.spell_windows import pads


@layer.register
def channel_shuffle(op: ChannelShuffle, _x: View) -> list[Spelling]:
    return spelled(used("channel_shuffle({x}, {groups})", groups=op.groups), needs=("channel_shuffle",))


@layer.register
def pixel_shuffle(op: PixelShuffle, _x: View) -> list[Spelling]:
    nothing = spelled((), "nothing") if op.scale == 1 else []
    return nothing + spelled(used("pixel_shuffle({x}, {scale})", scale=op.scale), needs=("pixel_shuffle",))


@layer.register
def apart(_op: Apart, _x: View) -> list[Spelling]:
    return spelled(used("ops.reshape({x}, (-1, *{x}.shape[2:]))"))


@layer.register
def together(op: Together, _x: View) -> list[Spelling]:
    return spelled(used("ops.reshape({x}, (-1, {frames}, *{x}.shape[1:]))", frames=op.frames))


@layer.register
def identity(_op: Identity, _x: View) -> list[Spelling]:
    return spelled((), "nothing")


@layer.register
def roll(op: Roll, x: View) -> list[Spelling]:
    places = tuple(place(x, axis) for axis in op.over(x.shape))
    if len(places) == 1:
        return spelled(used("ops.roll({x}, {shift}, axis={axis})", shift=op.shifts(x.shape)[0], axis=places[0]), "one")
    slots = {"shifts": op.shifts(x.shape), "axes": places}
    return spelled(used("ops.roll({x}, {shifts}, axis={axes})", **slots), "several")


@layer.register
def reflect_pad(op: ReflectPad, x: View) -> list[Spelling]:
    around = ((0, 0), *op.pads(x.shape), (0, 0))
    return spelled(used('ops.pad({x}, {pads}, mode="reflect")', pads=around))


@layer.register
def glu(op: Glu, x: View) -> list[Spelling]:
    return spelled(used("ops.glu({x}, axis={axis})", axis=place(x, op.over(x.shape))))


@layer.register
def unfold(op: Unfold, x: View) -> list[Spelling]:
    dilation, found = op.dilations(x.shape), pads(op, x)
    slots = {"kernel_size": op.kernel(x.shape), "strides": op.strides(x.shape)}
    forms = [("", used("unfold({x}, {kernel_size}, {strides})", **slots))] if bare(dilation, 1) else []
    gaps = used("unfold({x}, {kernel_size}, {strides}, {dilation_rate})", **slots, dilation_rate=dilation)
    around: list[tuple[str, Parts]] = [] if any(map(any, found)) else [("plain", ())]
    around.append(("padded", used("ops.pad({x}, {pads})", pads=((0, 0), *found, (0, 0)))))
    return [
        spelling
        for form, before in around
        for name, parts in (*forms, (", gaps", gaps))
        for spelling in spelled((*before, *parts), f"{form}{name}", needs=("unfold",))
    ]


@layer.register
def fold(op: Fold, x: View) -> list[Spelling]:
    kernel = op.kernel(x.shape)
    general = spelled((Make("Fold", (kernel,)),), needs=("Fold",))
    if x.rank != 2 or not alike(*kernel) or kernel[0] == 1:
        return general
    square = spelled(used("ops.depth_to_space({x}, {size})", size=kernel[0]), "square")
    return square if any(isinstance(n, Unknown) for n in x.spatial) else square + general


def unlaid(op: Op, xs: tuple[View, ...]) -> bool:
    """Tell whether windows would be laid out along a size that is known only at run time, which only squares can be."""
    if not isinstance(op, Fold) or not any(isinstance(n, Unknown) for n in xs[0].spatial):
        return False
    return layer(op, *xs)[0].form != "square"


@layer.register
def scale(op: Scale, _x: View) -> list[Spelling]:
    return spelled((Make("Scale", (), {"initial": Default(op.initial, 1.0)}),), needs=("Scale",))


@layer.register
def rescale(op: Rescale, _x: View) -> list[Spelling]:
    return spelled(made("Rescaling", op.scale, offset=Default(op.offset, 0.0)))
