"""Activations: functions of each value alone, and softmax along an axis."""

from __future__ import annotations

from typing import Any, ClassVar

from archc.ops.base import OPS, Example, Op, ShapeError, Weight, arg, op
from archc.ops.inputs import axis_there, channels, floats
from archc.ops.words import WORDS, AxisName, Flag, Number, PositiveNumber
from archc.shapes import Image, Sequence, Shape, Vector, Volume

EVERY_KIND = tuple(Example({}, x, x) for x in (Vector(5), Sequence(4, 3), Image(3, 2, 4), Volume(2, 3, 2, 2)))


class Elementwise(Op):
    """An op that changes each value and no shape."""

    examples: ClassVar = EVERY_KIND

    def output(self, x: Shape) -> Shape:
        return floats(self, x)


@op("relu")
class Relu(Elementwise):
    """Keep what is positive: max(x, 0)."""

    paper = "Nair and Hinton, Rectified Linear Units Improve Restricted Boltzmann Machines, 2010"


@op("relu6")
class Relu6(Elementwise):
    """Keep what is positive, up to 6: min(max(x, 0), 6)."""

    paper = "Krizhevsky, Convolutional Deep Belief Networks on CIFAR-10, 2010"


@op("leaky_relu")
class LeakyRelu(Elementwise):
    """Let a share of what is negative through: x where x > 0, slope * x elsewhere."""

    paper = "Maas, Hannun and Ng, Rectifier Nonlinearities Improve Neural Network Acoustic Models, 2013"

    slope: Number = arg("The factor of negative values.", default=0.01)

    examples = (*EVERY_KIND, Example({"slope": 0.2}, Image(3, 2, 4), Image(3, 2, 4)))


@op("prelu")
class Prelu(Elementwise):
    """A leaky relu whose slope is learned, one for each channel; slopes start at 0.25."""

    paper = "He, Zhang, Ren and Sun, Delving Deep into Rectifiers, 2015, arXiv:1502.01852"

    def output(self, x: Shape) -> Shape:
        channels(self, x)
        return x

    def weights(self, x: Shape) -> dict[str, Weight]:
        return {"weight": Weight((channels(self, x),), ("constant", 0.25))}


@op("elu")
class Elu(Elementwise):
    """Exponential linear unit: x where x > 0, alpha * (exp(x) - 1) elsewhere."""

    paper = "Clevert, Unterthiner and Hochreiter, Exponential Linear Units, 2015, arXiv:1511.07289"

    alpha: Number = arg("The limit, negated, for very negative values.", default=1.0)

    examples = (*EVERY_KIND, Example({"alpha": 0.5}, Sequence(4, 3), Sequence(4, 3)))


@op("selu")
class Selu(Elementwise):
    """Scaled elu that keeps mean 0 and variance 1: 1.0507 * (x where x > 0, 1.6733 * (exp(x) - 1) elsewhere)."""

    paper = "Klambauer et al., Self-Normalizing Neural Networks, 2017, arXiv:1706.02515"


@op("gelu")
class Gelu(Elementwise):
    """Gaussian error linear unit: x * P(N <= x) = x * (1 + erf(x / sqrt 2)) / 2."""

    paper = "Hendrycks and Gimpel, Gaussian Error Linear Units, 2016, arXiv:1606.08415"

    approximate: Flag = arg(
        "Use x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3))) / 2 instead of the exact formula.", default=False
    )

    examples = (*EVERY_KIND, Example({"approximate": True}, Vector(5), Vector(5)))


@op("silu")
class Silu(Elementwise):
    """Sigmoid linear unit, also called swish: x / (1 + exp(-x))."""

    paper = "Elfwing, Uchibe and Doya, Sigmoid-Weighted Linear Units, 2017, arXiv:1702.03118"


@op("mish")
class Mish(Elementwise):
    """A smooth activation that dips below 0: x * tanh(softplus(x))."""

    paper = "Misra, Mish: A Self Regularized Non-Monotonic Activation Function, 2019, arXiv:1908.08681"


@op("celu")
class Celu(Elementwise):
    """An elu whose slope is continuous for every alpha: x where x > 0, alpha * (exp(x / alpha) - 1) elsewhere."""

    paper = "Barron, Continuously Differentiable Exponential Linear Units, 2017, arXiv:1704.07483"

    alpha: PositiveNumber = arg("The limit, negated, for very negative values.", default=1.0)

    examples = (*EVERY_KIND, Example({"alpha": 0.5}, Sequence(4, 3), Sequence(4, 3)))


@op("softsign")
class Softsign(Elementwise):
    """Press values between -1 and 1, slower than tanh: x / (1 + |x|)."""

    paper = "Bergstra et al., Quadratic Polynomials Learn Better Image Features, 2009"


@op("hard_tanh")
class HardTanh(Elementwise):
    """Keep values between -1 and 1: min(max(x, -1), 1)."""

    paper = "Collobert, Large Scale Machine Learning, 2004"


@op("exponential")
class Exponential(Elementwise):
    """The exponential function: exp(x)."""


@op("hard_sigmoid")
class HardSigmoid(Elementwise):
    """A sigmoid of three straight pieces: relu6(x + 3) / 6."""

    paper = "Howard et al., Searching for MobileNetV3, 2019, arXiv:1905.02244"


@op("hard_swish")
class HardSwish(Elementwise):
    """x times the hard sigmoid: x * relu6(x + 3) / 6."""

    paper = "Howard et al., Searching for MobileNetV3, 2019, arXiv:1905.02244"


@op("sigmoid")
class Sigmoid(Elementwise):
    """Press values between 0 and 1: 1 / (1 + exp(-x))."""


@op("tanh")
class Tanh(Elementwise):
    """Press values between -1 and 1: the hyperbolic tangent."""


@op("softplus")
class Softplus(Elementwise):
    """A smooth relu: log(1 + exp(x))."""

    paper = "Dugas et al., Incorporating Second-Order Functional Knowledge, 2000"


@op("clip")
class Clip(Elementwise):
    """Keep values between two bounds, or on one side of one: min where x < min, max where x > max, x elsewhere."""

    min: Number | None = arg("The lower bound; none where left out.", default=None)
    max: Number | None = arg("The upper bound; none where left out.", default=None)

    examples = (
        *(Example({"min": -0.5, "max": 0.75}, x, x) for x in (Vector(5), Sequence(4, 3), Volume(2, 3, 2, 2))),
        Example({"min": 0, "max": 20}, Image(3, 2, 4), Image(3, 2, 4)),
        Example({"min": 0.25}, Image(3, 2, 4), Image(3, 2, 4)),
        Example({"max": 0}, Image(3, 2, 4), Image(3, 2, 4)),
    )

    def output(self, x: Shape) -> Shape:
        if self.min is None and self.max is None:
            raise ShapeError("E0314", "`clip` has no bound", help="give it `min`, `max` or both")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ShapeError(
                "E0314",
                f"`clip` has a lower bound of {self.min:g}, which is above the upper one of {self.max:g}",
                argument="min",
                help="exchange the two",
            )
        return floats(self, x)


@op("softmax")
class Softmax(Elementwise):
    """Shares that sum to one along an axis: exp(x_i) / sum_j exp(x_j)."""

    axis: AxisName | None = arg("The axis to sum over; channels or features where left out.", default=None)

    examples = (*EVERY_KIND, Example({"axis": "width"}, Image(3, 2, 4), Image(3, 2, 4)))

    def output(self, x: Shape) -> Shape:
        axis_there(self, floats(self, x), self.over(x), "axis")
        return x

    def over(self, x: Shape) -> str:
        """Return the name of the axis that is summed over."""
        return x.axes[-1] if self.axis is None else self.axis


@op("log_softmax")
class LogSoftmax(Softmax):
    """The logarithm of the softmax along an axis: x_i - log sum_j exp(x_j)."""

    axis: AxisName | None = arg("The axis to sum over; channels or features where left out.", default=None)


ACTIVATIONS: dict[str, type[Op]] = {
    name: cls for name, cls in OPS.items() if cls.family == "activations" and cls.weights is Op.weights
}
"""The activations without weights, which `activation:` may name."""


def activation_op(value: Any) -> Op | None:
    """Return the op that the frozen value of an `activation` argument names; None for none."""
    if value is None or value == "none":
        return None
    if isinstance(value, str):
        return ACTIVATIONS[value]()
    ((name, values),) = value.items()
    return ACTIVATIONS[name](**(values or {}))


def activated(activation: Any, y: Shape) -> Shape:
    """Return `y`, the shape that an op's own activation is given and keeps, unless it cannot take it."""
    fused = activation_op(activation)
    if fused is not None:
        try:
            fused.output(y)
        except ShapeError as error:
            error.argument = "activation"
            raise
    return y


def _schema(cls: type[Op]) -> dict[str, Any]:
    properties = {
        name: {"anyOf": [argument.word.schema, {"type": "null"}]} if argument.default is None else argument.word.schema
        for name, argument in cls.arguments.items()
    }
    return {"type": ["object", "null"], "properties": properties, "additionalProperties": False}


WORDS["Activation"].schema["anyOf"] = [
    {"enum": ["none", *ACTIVATIONS]},
    {
        "type": "object",
        "minProperties": 1,
        "maxProperties": 1,
        "properties": {name: _schema(cls) for name, cls in ACTIVATIONS.items()},
        "additionalProperties": False,
    },
]
