"""Ops that act in training alone."""

from __future__ import annotations

from archc.ops.base import Example, Op, arg, op
from archc.ops.inputs import floats, spatial
from archc.ops.words import PositiveNumber, Rate
from archc.shapes import Image, Sequence, Shape, Vector, Volume

OF_PLACES = (
    Example({"rate": 0.25}, Sequence(4, 3), Sequence(4, 3)),
    Example({"rate": 0.1}, Image(3, 2, 4), Image(3, 2, 4)),
    Example({"rate": 0}, Volume(2, 3, 2, 2), Volume(2, 3, 2, 2)),
)


@op("dropout")
class Dropout(Op):
    """In training, zero each value with probability rate and divide the others by 1 - rate."""

    paper = "Srivastava et al., Dropout, 2014"

    rate: Rate = arg("The share of values that is zeroed.")

    examples = (Example({"rate": 0.5}, Vector(5), Vector(5)), *OF_PLACES)

    def output(self, x: Shape) -> Shape:
        return floats(self, x)


@op("spatial_dropout")
class SpatialDropout(Op):
    """In training, zero each whole channel with probability rate and divide the others by 1 - rate."""

    paper = "Tompson et al., Efficient Object Localization Using Convolutional Networks, 2014, arXiv:1411.4280"

    rate: Rate = arg("The share of channels that is zeroed.")

    examples = OF_PLACES

    def output(self, x: Shape) -> Shape:
        return spatial(self, x)


@op("drop_path")
class DropPath(Op):
    """In training, zero each whole example with probability rate and divide the others by 1 - rate.

    Before an `add` this leaves out a residual branch, which is stochastic depth.
    """

    paper = "Huang et al., Deep Networks with Stochastic Depth, 2016, arXiv:1603.09382"

    rate: Rate = arg("The share of examples that are zeroed.")

    examples = (Example({"rate": 0.5}, Vector(5), Vector(5)), *OF_PLACES)

    def output(self, x: Shape) -> Shape:
        return floats(self, x)


@op("gaussian_noise")
class GaussianNoise(Op):
    """In training, add to each value a number drawn from the normal distribution."""

    paper = "Bishop, Training with Noise is Equivalent to Tikhonov Regularization, 1995"

    stddev: PositiveNumber = arg("The standard deviation of what is added.")

    examples = (
        Example({"stddev": 0.5}, Vector(5), Vector(5)),
        Example({"stddev": 0.25}, Sequence(4, 3), Sequence(4, 3)),
        Example({"stddev": 1}, Image(3, 2, 4), Image(3, 2, 4)),
        Example({"stddev": 0.01}, Volume(2, 3, 2, 2), Volume(2, 3, 2, 2)),
    )

    def output(self, x: Shape) -> Shape:
        return floats(self, x)
