"""Normalisation: bring values to a common mean and spread, or damp them by their neighbours."""

from __future__ import annotations

from typing import ClassVar

from archc.ops.base import Example, Op, ShapeError, Weight, arg, op
from archc.ops.convolutions import divided
from archc.ops.inputs import axis_there, channels, described, floats, spatial
from archc.ops.words import AxisName, Flag, Number, Positive, PositiveNumber, Share
from archc.shapes import Image, Sequence, Shape, Vector, Volume

EPSILON = "Added to the variance under the root."
AFFINE = "Multiply by a learned number and add one, for each channel."
KINDS = (Sequence(4, 6), Image(3, 2, 4), Volume(2, 3, 2, 2))
EVERY_KIND = (Vector(6), *KINDS)


def scale_and_shift(count: int) -> dict[str, Weight]:
    """Return the learned numbers of an affine norm, which start by changing nothing."""
    return {"weight": Weight((count,), ("ones",)), "bias": Weight((count,), ("zeros",))}


class Norm(Op):
    """An op that normalises and changes no shape."""

    epsilon: PositiveNumber
    affine: Flag

    def output(self, x: Shape) -> Shape:
        channels(self, x)
        return x

    def weights(self, x: Shape) -> dict[str, Weight]:
        return scale_and_shift(channels(self, x)) if self.affine else {}


@op("batch_norm")
class BatchNorm(Norm):
    """Normalise each channel over the batch and all places: weight * (x - mean) / sqrt(variance + epsilon) + bias.

    In training the batch's own mean and variance (divided by n) are used, and the running ones follow:
    running = momentum * running + (1 - momentum) * batch. Otherwise the running ones are used.
    """

    paper = "Ioffe and Szegedy, Batch Normalization, 2015, arXiv:1502.03167"

    epsilon: PositiveNumber = arg(EPSILON, default=1e-5)
    momentum: Share = arg("The share of the running mean and variance that a step keeps.", default=0.9)
    affine: Flag = arg(AFFINE, default=True)

    examples: ClassVar = (
        *(Example({}, x, x) for x in EVERY_KIND),
        Example({"epsilon": 1e-3, "momentum": 0.99}, Image(3, 2, 4), Image(3, 2, 4)),
        Example({"affine": False}, Image(3, 2, 4), Image(3, 2, 4)),
    )

    def weights(self, x: Shape) -> dict[str, Weight]:
        count = channels(self, x)
        return {
            **super().weights(x),
            "running_mean": Weight((count,), ("zeros",), trainable=False),
            "running_var": Weight((count,), ("ones",), trainable=False),
        }


@op("layer_norm")
class LayerNorm(Norm):
    """Normalise each place over its channels: weight * (x - mean) / sqrt(variance + epsilon) + bias."""

    paper = "Ba, Kiros and Hinton, Layer Normalization, 2016, arXiv:1607.06450"

    epsilon: PositiveNumber = arg(EPSILON, default=1e-5)
    affine: Flag = arg(AFFINE, default=True)

    examples: ClassVar = (
        *(Example({}, x, x) for x in EVERY_KIND),
        Example({"epsilon": 1e-3}, Image(3, 2, 4), Image(3, 2, 4)),
        Example({"affine": False}, Sequence(4, 6), Sequence(4, 6)),
    )


@op("group_norm")
class GroupNorm(Norm):
    """Normalise each group of neighbouring channels over all places.

    The formula is that of `layer_norm`: weight * (x - mean) / sqrt(variance + epsilon) + bias.
    """

    paper = "Wu and He, Group Normalization, 2018, arXiv:1803.08494"

    groups: Positive = arg("Into how many groups the channels are split.")
    epsilon: PositiveNumber = arg(EPSILON, default=1e-5)
    affine: Flag = arg(AFFINE, default=True)

    examples: ClassVar = (
        *(Example({"groups": 2}, x, x) for x in EVERY_KIND),
        Example({"groups": 1, "epsilon": 1e-3}, Image(3, 2, 4), Image(3, 2, 4)),
        Example({"groups": 4, "affine": False}, Image(3, 2, 4), Image(3, 2, 4)),
    )

    def output(self, x: Shape) -> Shape:
        divided(self, "channels", channels(self, x), self.groups)
        return x


@op("instance_norm")
class InstanceNorm(Norm):
    """Normalise each channel of each example over its places: weight * (x - mean) / sqrt(variance + epsilon) + bias."""

    paper = "Ulyanov, Vedaldi and Lempitsky, Instance Normalization, 2016, arXiv:1607.08022"

    epsilon: PositiveNumber = arg(EPSILON, default=1e-5)
    affine: Flag = arg(AFFINE, default=True)

    examples: ClassVar = (
        *(Example({}, x, x) for x in KINDS),
        Example({"epsilon": 1e-3}, Image(3, 2, 4), Image(3, 2, 4)),
        Example({"affine": False}, Sequence(4, 6), Sequence(4, 6)),
    )

    def output(self, x: Shape) -> Shape:
        channels(self, spatial(self, x))
        if all(size == 1 for size in x.spatial):
            raise ShapeError(
                "E0301",
                f"`{self.name}` takes several places to normalise over, and {described(x)} has one",
                help="use `layer_norm`, which normalises over the channels",
            )
        return x


@op("rms_norm")
class RmsNorm(Op):
    """Divide each place by the root of the mean square of its channels: weight * x / sqrt(mean(x^2) + epsilon)."""

    paper = "Zhang and Sennrich, Root Mean Square Layer Normalization, 2019, arXiv:1910.07467"

    epsilon: PositiveNumber = arg("Added to the mean square under the root.", default=1e-5)

    examples: ClassVar = (
        *(Example({}, x, x) for x in EVERY_KIND),
        Example({"epsilon": 1e-3}, Image(3, 2, 4), Image(3, 2, 4)),
    )

    def output(self, x: Shape) -> Shape:
        channels(self, x)
        return x

    def weights(self, x: Shape) -> dict[str, Weight]:
        return {"weight": Weight((channels(self, x),), ("ones",))}


@op("l2_normalize")
class L2Normalize(Op):
    """Divide by the length of the vectors along an axis: x / max(sqrt(sum of x^2), epsilon)."""

    axis: AxisName | None = arg("The axis the vectors run along; channels or features where left out.", default=None)
    epsilon: PositiveNumber = arg("What a vector is divided by at least.", default=1e-12)

    examples: ClassVar = (
        *(Example({}, x, x) for x in EVERY_KIND),
        Example({"axis": "width"}, Image(3, 2, 4), Image(3, 2, 4)),
        Example({"axis": "length", "epsilon": 2}, Sequence(4, 3), Sequence(4, 3)),
    )

    def output(self, x: Shape) -> Shape:
        axis_there(self, floats(self, x), self.over(x), "axis")
        return x

    def over(self, x: Shape) -> str:
        """Return the name of the axis along which vectors run."""
        return x.axes[-1] if self.axis is None else self.axis


@op("lrn")
class Lrn(Op):
    """Damp each value by its neighbours along channels: x / (bias + alpha / size * sum of squares) ^ beta.

    The sum runs over the channels c - size // 2 to c + (size - 1) // 2.
    """

    paper = "Krizhevsky, Sutskever and Hinton, ImageNet Classification with Deep CNNs, 2012"

    size: Positive = arg("Over how many channels squares are summed.")
    alpha: Number = arg("Factor of the mean square.", default=1e-4)
    beta: Number = arg("Exponent.", default=0.75)
    bias: PositiveNumber = arg("Added to the mean square.", default=1.0)

    examples: ClassVar = (
        *(Example({"size": 3}, x, x) for x in KINDS),
        Example({"size": 2, "alpha": 0.5, "beta": 0.5, "bias": 2}, Image(3, 2, 4), Image(3, 2, 4)),
        Example({"size": 5}, Image(2, 2, 3), Image(2, 2, 3)),
    )

    def output(self, x: Shape) -> Shape:
        channels(self, spatial(self, x))
        return x
