"""Ops that move values and change no meaning: flatten, reshape, permute, pad, crop, upsample."""

from __future__ import annotations

from archc.ops.base import Example, Op, ShapeError, arg, op
from archc.ops.inputs import described, fixed, floats, spatial, written
from archc.ops.windows import Pairs, pairs, sizes
from archc.ops.words import AxisNames, AxisSizes, Choice, Pads, Sizes, choice
from archc.shapes import AXES, Image, Sequence, Shape, Size, Unknown, Vector, Volume


@op("flatten")
class Flatten(Op):
    """Put all values into one vector, in the order of the axes: the last one, channels, varies fastest."""

    examples = (
        Example({}, Sequence(3, 2), Vector(6)),
        Example({}, Image(2, 3, 4), Vector(24)),
        Example({}, Volume(2, 3, 2, 2), Vector(24)),
        Example({}, Vector(5), Vector(5)),
    )

    def output(self, x: Shape) -> Shape:
        return Vector(floats(self, x).elements)


@op("reshape")
class Reshape(Op):
    """Read the same values, in the order of the axes, as another shape.

    Axes always stand in the order depth, height, width, length, channels, however they are written.
    """

    to: AxisSizes = arg("The axes that come out and their sizes, as in `{length: 196, channels: 768}`.")

    examples = (
        Example({"to": {"length": 6, "channels": 4}}, Image(2, 3, 4), Sequence(6, 4)),
        Example({"to": {"channels": 2, "width": 4, "height": 3}}, Vector(24), Image(3, 4, 2)),
        Example({"to": {"features": 12}}, Sequence(6, 2), Vector(12)),
        Example({"to": {"depth": 2, "height": 1, "width": 3, "channels": 2}}, Vector(12), Volume(2, 1, 3, 2)),
        Example({"to": {"height": 4, "width": 6, "channels": 1}}, Volume(2, 2, 3, 2), Image(4, 6, 1)),
    )

    def output(self, x: Shape) -> Shape:
        for axis in floats(self, x).axes:
            fixed(self, x, axis)
        axes = tuple(axis for axis in AXES if axis in self.to)
        self._refuse_mixed(axes)
        y = Shape(axes, tuple(self.to[axis] for axis in axes))
        if x.elements != y.elements:
            raise ShapeError(
                "E0306",
                f"`reshape` is given {written(x.sizes)}, which is {written((x.elements,))} values, and "
                f"{written(y.sizes)} would be {written((y.elements,))}",
                argument="to",
                help=f"choose sizes whose product is {written((x.elements,))}",
            )
        return y

    def _refuse_mixed(self, axes: tuple[str, ...]) -> None:
        if axes != ("features",) and (axes[-1] != "channels" or len(axes) == 1):
            raise ShapeError(
                "E0312",
                f"`reshape` cannot give a shape of the axes {', '.join(axes)}",
                argument="to",
                help="name `features` alone, or spatial axes and `channels`, which may be 1",
            )


@op("permute")
class Permute(Op):
    """Put the axes into another order. The names stay where they are, and are filled in the new order."""

    to: AxisNames = arg("All axes, in the new order, as in `[width, height, channels]`.")

    examples = (
        Example({"to": ["channels", "length"]}, Sequence(3, 2), Sequence(2, 3)),
        Example({"to": ["width", "height", "channels"]}, Image(2, 3, 4), Image(3, 2, 4)),
        Example({"to": ["channels", "height", "width"]}, Image(2, 3, 4), Image(4, 2, 3)),
        Example({"to": ["width", "depth", "channels", "height"]}, Volume(2, 3, 4, 5), Volume(4, 2, 5, 3)),
        Example({"to": ["features"]}, Vector(5), Vector(5)),
    )

    def output(self, x: Shape) -> Shape:
        if sorted(self.to) != sorted(floats(self, x).axes):
            raise ShapeError(
                "E0307",
                f"`permute` names {', '.join(self.to)}, and {described(x)} has the axes {', '.join(x.axes)}",
                argument="to",
                help="name every axis once",
            )
        return Shape(x.axes, tuple(x.sizes[place] for place in self.order(x)))

    def order(self, x: Shape) -> tuple[int, ...]:
        """Return, for each axis that comes out, the place of the axis of `x` that fills it."""
        return tuple(x.axes.index(axis) for axis in self.to)


def padded(x: Shape, pads: Pairs) -> Shape:
    """Return a shape with so many places more before and after along each spatial axis."""
    return x.with_spatial(tuple(n + (before + after) for n, (before, after) in zip(x.spatial, pads, strict=True)))


@op("zero_pad")
class ZeroPad(Op):
    """Put zeros around the spatial axes."""

    padding: Pads = arg("How many zeros: a number for every side, or `[[before, after], ...]` for each spatial axis.")

    examples = (
        Example({"padding": 1}, Sequence(3, 2), Sequence(5, 2)),
        Example({"padding": 2}, Image(2, 3, 2), Image(6, 7, 2)),
        Example({"padding": 1}, Volume(2, 2, 3, 1), Volume(4, 4, 5, 1)),
        Example({"padding": [[1, 0], [2, 3]]}, Image(2, 3, 2), Image(3, 8, 2)),
        Example({"padding": 0}, Image(2, 3, 2), Image(2, 3, 2)),
    )

    def output(self, x: Shape) -> Shape:
        return padded(spatial(self, x), self.pads(x))

    def pads(self, x: Shape) -> Pairs:
        """Return the zeros before and after along each spatial axis."""
        return pairs(self, "padding", x)


@op("crop")
class Crop(Op):
    """Cut places off the ends of the spatial axes."""

    cropping: Pads = arg("How many places: a number for every side, or `[[before, after], ...]` for each spatial axis.")

    examples = (
        Example({"cropping": 1}, Sequence(5, 2), Sequence(3, 2)),
        Example({"cropping": 1}, Image(4, 5, 2), Image(2, 3, 2)),
        Example({"cropping": 1}, Volume(3, 4, 5, 1), Volume(1, 2, 3, 1)),
        Example({"cropping": [[1, 0], [2, 1]]}, Image(4, 5, 2), Image(3, 2, 2)),
        Example({"cropping": 0}, Sequence(5, 2), Sequence(5, 2)),
    )

    def output(self, x: Shape) -> Shape:
        steps = zip(spatial(self, x).spatial, self.crop(x), strict=True)
        left = tuple(n - (before + after) for n, (before, after) in steps)
        if any(not isinstance(n, Unknown) and n < 1 for n in left):
            raise ShapeError(
                "E0310",
                f"`crop` leaves nothing of {described(x)}",
                argument="cropping",
                help="cut off less than there is along each axis",
            )
        return x.with_spatial(left)

    def crop(self, x: Shape) -> Pairs:
        """Return what is cut off before and after along each spatial axis."""
        return pairs(self, "cropping", x)


@op("upsample")
class Upsample(Op):
    """Make spatial axes longer by whole factors.

    `nearest` repeats each value. `bilinear` reads place i at (i + 0.5) / scale - 0.5, between its neighbours in
    proportion to their distance; beyond the border the border's value stands.
    """

    scale: Sizes = arg("By what factor each spatial axis grows.")
    method: Choice = arg("`nearest`, or on images `bilinear`.", default="nearest", word=choice("nearest", "bilinear"))

    examples = (
        Example({"scale": 2}, Sequence(3, 2), Sequence(6, 2)),
        Example({"scale": 2}, Image(3, 4, 2), Image(6, 8, 2)),
        Example({"scale": 2}, Volume(2, 2, 3, 1), Volume(4, 4, 6, 1)),
        Example({"scale": [3, 1]}, Image(2, 3, 2), Image(6, 3, 2)),
        Example({"scale": 2, "method": "bilinear"}, Image(3, 4, 2), Image(6, 8, 2)),
        Example({"scale": [1, 3], "method": "bilinear"}, Image(3, 4, 2), Image(3, 12, 2)),
    )

    def output(self, x: Shape) -> Shape:
        if self.method == "bilinear" and spatial(self, x).rank != 2:
            raise ShapeError(
                "E0301",
                f"`upsample` is `bilinear` only on images, not on {described(x)}",
                argument="method",
                help="use `method: nearest`",
            )
        return x.with_spatial(self._grown(spatial(self, x)))

    def scales(self, x: Shape) -> tuple[int, ...]:
        """Return the factor along each spatial axis."""
        return sizes(self, "scale", x)

    def _grown(self, x: Shape) -> tuple[Size, ...]:
        return tuple(n * factor for n, factor in zip(x.spatial, self.scales(x), strict=True))
