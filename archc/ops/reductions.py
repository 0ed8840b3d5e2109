"""Reductions: one number for all values along some axes, which go away."""

from __future__ import annotations

from typing import ClassVar

from archc.ops.base import Example, Op, ShapeError, arg, op
from archc.ops.inputs import axis_there, described, floats
from archc.ops.words import AxisOrAxes, Flag
from archc.shapes import Image, Sequence, Shape, Vector, Volume

AXIS = "The axis to reduce, or a list of several."
KEEP = "Leave the axes there, with size 1."

LEFT = {
    1: ("features",),
    2: ("length", "channels"),
    3: ("height", "width", "channels"),
    4: ("depth", "height", "width", "channels"),
}
"""The axes that come out, by how many are left."""

EVERY_KIND = (
    Example({"axis": "length"}, Sequence(4, 3), Vector(3)),
    Example({"axis": "channels"}, Sequence(4, 3), Vector(4)),
    Example({"axis": ["height", "width"]}, Image(2, 3, 4), Vector(4)),
    Example({"axis": "height"}, Image(2, 3, 4), Sequence(3, 4)),
    Example({"axis": ["width"]}, Image(2, 3, 4), Sequence(2, 4)),
    Example({"axis": "channels"}, Image(2, 3, 4), Sequence(2, 3)),
    Example({"axis": ["channels", "height"]}, Image(2, 3, 4), Vector(3)),
    Example({"axis": "depth"}, Volume(2, 3, 4, 5), Image(3, 4, 5)),
    Example({"axis": "channels"}, Volume(2, 3, 4, 5), Image(2, 3, 4)),
    Example({"axis": ["height", "width", "depth"]}, Volume(2, 3, 4, 5), Vector(5)),
    Example({"axis": "channels", "keep": True}, Image(2, 3, 4), Image(2, 3, 1)),
    Example({"axis": ["height", "width"], "keep": True}, Image(2, 3, 4), Image(1, 1, 4)),
    Example({"axis": "length", "keep": True}, Sequence(4, 3), Sequence(1, 3)),
    Example({"axis": "features", "keep": True}, Vector(5), Vector(1)),
    Example({"axis": "height", "keep": False}, Image(2, 3, 4), Sequence(3, 4)),
)


class Reduction(Op):
    """One number for all values along some axes.

    What is left, in its order, is a volume, an image, a sequence or a vector, by how many axes there are: without its
    height an image is a sequence as long as it is wide. `keep` leaves the axes there with size 1.
    """

    axis: AxisOrAxes
    keep: Flag

    examples: ClassVar = EVERY_KIND

    def output(self, x: Shape) -> Shape:
        dropped = self.over(x)
        if self.keep:
            return Shape(x.axes, tuple(1 if a in dropped else n for a, n in zip(x.axes, x.sizes, strict=True)))
        left = tuple(n for a, n in zip(x.axes, x.sizes, strict=True) if a not in dropped)
        if len(left) not in LEFT:
            raise ShapeError(
                "E0301",
                f"`{self.name}` leaves no axis of {described(x)}",
                argument="axis",
                help="leave one axis out, or say `keep: true`, which leaves them there with size 1",
            )
        return Shape(LEFT[len(left)], left)

    def over(self, x: Shape) -> tuple[str, ...]:
        """Return the axes that are reduced, in the order of `x`."""
        named = (self.axis,) if isinstance(self.axis, str) else self.axis
        for axis in named:
            axis_there(self, floats(self, x), axis, "axis")
        return tuple(axis for axis in x.axes if axis in named)

    def left(self, x: Shape) -> tuple[str, ...]:
        """Return the axes of `x` that stay, by their names there."""
        dropped = self.over(x)
        return tuple(axis for axis in x.axes if self.keep or axis not in dropped)


@op("mean")
class Mean(Reduction):
    """Take the mean along axes, which go away.

    What is left, in its order, is a volume, an image, a sequence or a vector, by how many axes there are: without its
    height an image is a sequence as long as it is wide.
    """

    axis: AxisOrAxes = arg(AXIS)
    keep: Flag = arg(KEEP, default=False)


@op("sum")
class Sum(Reduction):
    """Add up along axes, which go away; what is left is named as `mean` says."""

    axis: AxisOrAxes = arg(AXIS)
    keep: Flag = arg(KEEP, default=False)


@op("max")
class Max(Reduction):
    """Keep the largest value along axes, which go away; what is left is named as `mean` says.

    Equal largest values share the gradient.
    """

    axis: AxisOrAxes = arg(AXIS)
    keep: Flag = arg(KEEP, default=False)


@op("min")
class Min(Reduction):
    """Keep the smallest value along axes, which go away; what is left is named as `mean` says.

    Equal smallest values share the gradient.
    """

    axis: AxisOrAxes = arg(AXIS)
    keep: Flag = arg(KEEP, default=False)
