"""Ops that put values elsewhere: shuffles, rolls, mirrored borders, gates."""

from __future__ import annotations

from archc.ops.activations import Elementwise
from archc.ops.base import Example, Op, ShapeError, arg, op
from archc.ops.convolutions import divided
from archc.ops.inputs import axis_there, channels, described, fixed, floats, spatial
from archc.ops.shaping import padded
from archc.ops.windows import Pairs, pairs, per_axis
from archc.ops.words import AxisName, AxisOrAxes, Pads, Positive, Shifts
from archc.shapes import Image, Sequence, Shape, Unknown, Vector, Volume


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


@op("roll")
class Roll(Op):
    """Move values along axes; what leaves at one end comes in at the other."""

    paper = "Liu et al., Swin Transformer, 2021, arXiv:2103.14030"

    shift: Shifts = arg("How far, towards the end; below 0 towards the start. One number, or one for each axis named.")
    axis: AxisOrAxes = arg("The axis to move along, or a list of several.")

    examples = (
        Example({"shift": 1, "axis": "length"}, Sequence(4, 3), Sequence(4, 3)),
        Example({"shift": -2, "axis": "features"}, Vector(5), Vector(5)),
        Example({"shift": -1, "axis": ["height", "width"]}, Image(3, 4, 2), Image(3, 4, 2)),
        Example({"shift": [1, -2], "axis": ["width", "height"]}, Image(3, 5, 2), Image(3, 5, 2)),
        Example({"shift": 7, "axis": "channels"}, Image(2, 2, 5), Image(2, 2, 5)),
        Example({"shift": [1, 0, 2], "axis": ["depth", "height", "width"]}, Volume(2, 3, 4, 2), Volume(2, 3, 4, 2)),
    )

    def output(self, x: Shape) -> Shape:
        axes, shifts = self.over(floats(self, x)), self.shift
        if isinstance(shifts, tuple) and len(shifts) != len(axes):
            raise ShapeError(
                "E0305",
                f"`roll` has {len(shifts)} values in `shift`, and {len(axes)} in `axis`",
                argument="shift",
                help="give one value for all axes, or one for each that is named",
            )
        return x

    def over(self, x: Shape) -> tuple[str, ...]:
        """Return the axes to move along, as they are named."""
        axes = (self.axis,) if isinstance(self.axis, str) else self.axis
        return tuple(axis_there(self, x, axis, "axis") for axis in axes)

    def shifts(self, x: Shape) -> tuple[int, ...]:
        """Return how far each of these axes is moved."""
        return per_axis(self.shift, len(self.over(x)))


@op("reflect_pad")
class ReflectPad(Op):
    """Put around the spatial axes what lies inside, mirrored at the border places, which are not repeated."""

    padding: Pads = arg("How many places: a number for every side, or `[[before, after], ...]` for each spatial axis.")

    examples = (
        Example({"padding": 1}, Sequence(3, 2), Sequence(5, 2)),
        Example({"padding": 2}, Image(3, 4, 2), Image(7, 8, 2)),
        Example({"padding": 1}, Volume(2, 2, 3, 1), Volume(4, 4, 5, 1)),
        Example({"padding": [[1, 0], [2, 3]]}, Image(2, 4, 2), Image(3, 9, 2)),
        Example({"padding": 0}, Image(2, 3, 2), Image(2, 3, 2)),
    )

    def output(self, x: Shape) -> Shape:
        pads = self.pads(spatial(self, x))
        for axis, n, pad in zip(x.axes, x.spatial, pads, strict=False):
            if not isinstance(n, Unknown) and max(pad) >= n:
                raise ShapeError(
                    "E0315",
                    f"`reflect_pad` mirrors {max(pad):d} places along the {axis}, and {described(x)} has {n:d}",
                    argument="padding",
                    help=f"pad at most {n - 1:d} there, or use `zero_pad`",
                )
        return padded(x, pads)

    def pads(self, x: Shape) -> Pairs:
        """Return the places before and after along each spatial axis."""
        return pairs(self, "padding", x)


@op("glu")
class Glu(Op):
    """A gated linear unit: the first half of the channels times the sigmoid of the second half."""

    paper = "Dauphin et al., Language Modeling with Gated Convolutional Networks, 2016, arXiv:1612.08083"

    axis: AxisName | None = arg("The axis to halve; channels or features where left out.", default=None)

    examples = (
        Example({}, Vector(6), Vector(3)),
        Example({}, Sequence(3, 4), Sequence(3, 2)),
        Example({}, Image(2, 3, 2), Image(2, 3, 1)),
        Example({}, Volume(2, 1, 3, 4), Volume(2, 1, 3, 2)),
        Example({"axis": "width"}, Image(2, 4, 3), Image(2, 2, 3)),
        Example({"axis": "length"}, Sequence(4, 3), Sequence(2, 3)),
    )

    def output(self, x: Shape) -> Shape:
        axis = axis_there(self, floats(self, x), self.over(x), "axis")
        count = fixed(self, x, axis)
        if count % 2 != 0:
            raise ShapeError(
                "E0303",
                f"`glu` cannot halve {count:d} {axis}",
                argument="axis",
                help="give it twice as many as shall come out",
            )
        return Shape(x.axes, tuple(count // 2 if a == axis else n for a, n in zip(x.axes, x.sizes, strict=True)))

    def over(self, x: Shape) -> str:
        """Return the name of the axis that is halved."""
        return x.axes[-1] if self.axis is None else self.axis
