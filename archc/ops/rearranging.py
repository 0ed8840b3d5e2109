"""Ops that put values elsewhere: shuffles of channels and pixels."""

from __future__ import annotations

from archc.ops.activations import Elementwise
from archc.ops.base import Example, Op, ShapeError, arg, op
from archc.ops.convolutions import divided
from archc.ops.inputs import channels, described, spatial
from archc.ops.words import Positive
from archc.shapes import Image, Sequence, Shape, Volume


@op("channel_shuffle")
class ChannelShuffle(Op):
    """Deal the channels out, one of each group in turn: channel i * groups + g comes from place i of group g."""

    paper = "Zhang et al., ShuffleNet, 2017, arXiv:1707.01083"

    groups: Positive = arg("Into how many groups the channels are split.")

    examples = (
        Example({"groups": 2}, Sequence(3, 4), Sequence(3, 4)),
        Example({"groups": 3}, Image(2, 3, 6), Image(2, 3, 6)),
        Example({"groups": 2}, Image(2, 3, 6), Image(2, 3, 6)),
        Example({"groups": 2}, Volume(2, 1, 3, 8), Volume(2, 1, 3, 8)),
        Example({"groups": 1}, Image(2, 3, 2), Image(2, 3, 2)),
    )

    def output(self, x: Shape) -> Shape:
        divided(self, "channels", channels(self, spatial(self, x)), self.groups)
        return x


@op("pixel_shuffle")
class PixelShuffle(Op):
    """Make of every scale * scale channels a square of pixels of one channel.

    Pixel (scale * y + i, scale * x + j) of channel c comes from place (y, x) of channel (c * scale + i) * scale + j.
    """

    paper = "Shi et al., Real-Time Super-Resolution with a Sub-Pixel Convolutional Network, 2016, arXiv:1609.05158"

    scale: Positive = arg("By what factor height and width grow.")

    examples = (
        Example({"scale": 2}, Image(2, 3, 8), Image(4, 6, 2)),
        Example({"scale": 2}, Image(3, 2, 4), Image(6, 4, 1)),
        Example({"scale": 3}, Image(1, 2, 18), Image(3, 6, 2)),
        Example({"scale": 1}, Image(2, 3, 2), Image(2, 3, 2)),
    )

    def output(self, x: Shape) -> Shape:
        if spatial(self, x).rank != 2:
            raise ShapeError("E0301", f"`{self.name}` takes an image, not {described(x)}")
        count, area = channels(self, x), self.scale * self.scale
        if count % area != 0:
            raise ShapeError(
                "E0303",
                f"`{self.name}` cannot make squares of {area:d} pixels out of {count:d} channels",
                argument="scale",
                help=f"give it a multiple of {area:d} channels, as many times as channels shall come out",
            )
        height, width = x.spatial
        return x.with_spatial((height * self.scale, width * self.scale)).with_channels(count // area)


@op("identity")
class Identity(Elementwise):
    """Give back what comes in."""
