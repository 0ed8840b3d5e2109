"""Shuffles, rolls, mirrored borders, gates, and layers that multiply and add a number, in Keras."""

from __future__ import annotations

from archc.emit.spelling import Default, Make, Spelling, View
from archc.ops.rearranging import ChannelShuffle, Glu, Identity, PixelShuffle, ReflectPad, Roll
from archc.ops.scaling import Rescale, Scale
from archc_keras.layer import layer, made, place, spelled, used


@layer.register
def channel_shuffle(op: ChannelShuffle, _x: View) -> list[Spelling]:
    return spelled(used("channel_shuffle({x}, {groups})", groups=op.groups), needs=("channel_shuffle",))


@layer.register
def pixel_shuffle(op: PixelShuffle, _x: View) -> list[Spelling]:
    nothing = spelled((), "nothing") if op.scale == 1 else []
    return nothing + spelled(used("pixel_shuffle({x}, {scale})", scale=op.scale), needs=("pixel_shuffle",))


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
def scale(op: Scale, _x: View) -> list[Spelling]:
    return spelled((Make("Scale", (), {"initial": Default(op.initial, 1.0)}),), needs=("Scale",))


@layer.register
def rescale(op: Rescale, _x: View) -> list[Spelling]:
    return spelled(made("Rescaling", op.scale, offset=Default(op.offset, 0.0)))
