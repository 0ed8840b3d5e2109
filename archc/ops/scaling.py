"""Ops that multiply and add numbers: given ones, or one learned for each channel."""

from __future__ import annotations

from archc.ops.activations import EVERY_KIND, Elementwise
from archc.ops.base import Example, Op, Weight, arg, op
from archc.ops.inputs import channels
from archc.ops.words import Number
from archc.shapes import Image, Sequence, Shape, Vector


@op("scale")
class Scale(Op):
    """Multiply each channel by a number that is learned."""

    paper = "Touvron et al., Going Deeper with Image Transformers, 2021, arXiv:2103.17239"

    initial: Number = arg("What the numbers are before training.", default=1.0)

    examples = (
        *EVERY_KIND,
        Example({"initial": 0.001}, Image(3, 2, 4), Image(3, 2, 4)),
        Example({"initial": 0.5}, Sequence(4, 3), Sequence(4, 3)),
    )

    def output(self, x: Shape) -> Shape:
        channels(self, x)
        return x

    def weights(self, x: Shape) -> dict[str, Weight]:
        return {"weight": Weight((channels(self, x),), ("constant", self.initial))}


@op("rescale")
class Rescale(Elementwise):
    """Multiply by one number and add another: scale * x + offset."""

    scale: Number = arg("The factor.", default=1.0)
    offset: Number = arg("What is added.", default=0.0)

    examples = (
        *EVERY_KIND,
        Example({"scale": 0.5}, Image(3, 2, 4), Image(3, 2, 4)),
        Example({"scale": 2.0, "offset": -1}, Image(3, 2, 4), Image(3, 2, 4)),
        Example({"scale": -0.25, "offset": 0.1}, Vector(5), Vector(5)),
        Example({"offset": 3}, Sequence(4, 3), Sequence(4, 3)),
    )
