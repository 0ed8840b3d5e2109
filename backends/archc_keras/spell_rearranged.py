"""Shuffles, and layers that multiply and add a number, in Keras."""

from __future__ import annotations

from archc.emit.spelling import Default, Make, Spelling, View
from archc.ops.rearranging import ChannelShuffle, Identity, PixelShuffle
from archc.ops.regularisation import DropPath
from archc.ops.scaling import Rescale, Scale
from archc_keras.layer import layer, made, spelled, used


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
def drop_path(op: DropPath, x: View) -> list[Spelling]:
    examples = (None, *(1,) * len(x.shape.axes))
    return spelled(made("Dropout", op.rate, noise_shape=examples))


@layer.register
def scale(op: Scale, _x: View) -> list[Spelling]:
    return spelled((Make("Scale", (), {"initial": Default(op.initial, 1.0)}),), needs=("Scale",))


@layer.register
def rescale(op: Rescale, _x: View) -> list[Spelling]:
    return spelled(made("Rescaling", op.scale, offset=Default(op.offset, 0.0)))
