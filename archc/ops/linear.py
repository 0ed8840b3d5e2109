"""Layers that multiply by one matrix: dense, and embedding, which looks its rows up; and a dense tied to one."""

from __future__ import annotations

from archc.ops.activations import activated
from archc.ops.base import Example, Op, ShapeError, Weight, arg, op
from archc.ops.convolutions import ACTIVATION, glorot, with_bias
from archc.ops.inputs import channels, described, floats
from archc.ops.words import Activation, Flag, Positive
from archc.shapes import Sequence, Shape, Size, Tokens, Vector


@op("dense")
class Dense(Op):
    """Weighted sums of all features: y = W x + b. On a sequence, place by place."""

    units: Positive = arg("How many features come out.")
    bias: Flag = arg("Add a learned number to each feature.", default=True)
    activation: Activation | None = arg(ACTIVATION, default=None)

    examples = (
        Example({"units": 4}, Vector(6), Vector(4)),
        Example({"units": 4}, Sequence(5, 3), Sequence(5, 4)),
        Example({"units": 3, "bias": False}, Vector(6), Vector(3)),
        Example({"units": 3, "activation": "softmax"}, Vector(6), Vector(3)),
        Example({"units": 3, "activation": {"softmax": {"axis": "length"}}}, Sequence(4, 2), Sequence(4, 3)),
        Example({"units": 3, "activation": "none"}, Vector(6), Vector(3)),
    )

    def output(self, x: Shape) -> Shape:
        if floats(self, x).rank > 1:
            raise ShapeError(
                "E0301",
                f"`dense` takes a vector or a sequence, not {described(x)}",
                help="put `flatten` or `global_avg_pool` before it",
            )
        channels(self, x)
        return activated(self.activation, x.with_channels(self.units))

    def weights(self, x: Shape) -> dict[str, Weight]:
        into = channels(self, x)
        return with_bias({"weight": Weight((self.units, into), glorot(into, self.units))}, self.bias, self.units)

    def macs(self, x: Shape, y: Shape) -> Size:
        return x.elements * channels(self, y)


class TiedDense(Dense):
    """A dense whose matrix is an embedding's: a score for each of the vocabulary.

    Press and Wolf, Using the Output Embedding to Improve Language Models, 2016, arXiv:1608.05859.
    """


@op("embedding")
class Embedding(Op):
    """Look up a learned row of numbers for each token id."""

    paper = "Bengio et al., A Neural Probabilistic Language Model, 2003"

    units: Positive = arg("How many numbers stand for one token: the channels that come out.")

    examples = (
        Example({"units": 4}, Tokens(6, 11), Sequence(6, 4)),
        Example({"units": 1}, Tokens(1, 2), Sequence(1, 1)),
    )

    def output(self, x: Shape) -> Shape:
        self._vocabulary(x)
        return Shape((*x.axes, "channels"), (*x.sizes, self.units))

    def weights(self, x: Shape) -> dict[str, Weight]:
        return {"weight": Weight((self._vocabulary(x), self.units), ("uniform", 0.05))}

    def _vocabulary(self, x: Shape) -> Size:
        if x.vocabulary is None:
            raise ShapeError(
                "E0301",
                f"`embedding` takes token ids, not {described(x)}",
                help="declare the input as `{length: ..., vocabulary: ...}`, or use `dense`",
            )
        return x.vocabulary
