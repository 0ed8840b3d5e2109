"""Recurrent layers: a state that is carried from place to place along a sequence."""

from __future__ import annotations

from typing import Any, ClassVar

from archc.ops.base import Example, Op, ShapeError, Weight, arg, op
from archc.ops.convolutions import glorot
from archc.ops.inputs import channels, described, floats
from archc.ops.words import Choice, Flag, Positive, choice
from archc.shapes import Sequence, Shape, Size, Vector

UNITS = "How many numbers the state of each direction holds: the channels that come out."
SEQUENCES = "Give the state at every place rather than the last one."
DIRECTION = (
    "Which way it walks: `forward`, `reverse` from the end to the start, or `bidirectional`: both, each with its own "
    "weights, and the results joined."
)
BIAS = "Add a learned number in every gate."


class Recurrent(Op):
    """A recurrent layer. The state starts at zero; the last state of `reverse` is that at the first place."""

    gates: ClassVar[int] = 1
    """How many blocks of `units` rows its matrices have."""
    second_bias: ClassVar[bool] = False
    """Whether what comes from the state has a bias of its own."""
    bias_start: ClassVar[tuple[str, ...]] = ("zeros",)

    units: Positive = arg(UNITS)
    return_sequences: Flag = arg(SEQUENCES, default=False)
    direction: Choice = arg(DIRECTION, default="forward", word=choice("forward", "reverse", "bidirectional"))
    bias: Flag = arg(BIAS, default=True)

    @property
    def directions(self) -> int:
        """How many ways it walks."""
        return 2 if self.direction == "bidirectional" else 1

    def output(self, x: Shape) -> Shape:
        if floats(self, x).kind != "sequence":
            raise ShapeError(
                "E0301",
                f"`{self.name}` takes a sequence, not {described(x)}",
                help="`reshape` to `{length: ..., channels: ...}` first",
            )
        channels(self, x)
        out = self.units * self.directions if self.directions > 1 else self.units
        return x.with_channels(out) if self.return_sequences else Vector(out)

    def weights(self, x: Shape) -> dict[str, Weight]:
        into, rows = channels(self, x), self.units * self.gates
        found = {}
        for end in ("_l0", "_l0_reverse")[: self.directions]:
            found[f"weight_ih{end}"] = Weight((rows, into), glorot(into, rows))
            found[f"weight_hh{end}"] = Weight((rows, self.units), ("orthogonal",))
            if self.bias:
                found[f"bias_ih{end}"] = Weight((rows,), self.bias_start)
                if self.second_bias:
                    found[f"bias_hh{end}"] = Weight((rows,), ("zeros",))
        return found

    def zeros(self, x: Shape) -> dict[str, tuple[Size, ...]]:
        if self.second_bias or not self.bias:
            return {}
        return {f"bias_hh{end}": (self.units * self.gates,) for end in ("_l0", "_l0_reverse")[: self.directions]}

    def macs(self, x: Shape, y: Shape) -> Size:
        rows = self.units * self.gates * self.directions
        return x.spatial[0] * (rows * (channels(self, x) + self.units))


def examples(units: int, **more: Any) -> tuple[Example, ...]:
    """Return the uses that tell what all recurrent layers share."""
    return (
        Example({"units": units}, Sequence(5, 3), Vector(units)),
        Example({"units": units, "return_sequences": True}, Sequence(5, 3), Sequence(5, units)),
        Example({"units": units, "direction": "reverse", **more}, Sequence(4, 2), Vector(units)),
        Example(
            {"units": units, "direction": "reverse", "return_sequences": True, "bias": False},
            Sequence(4, 2),
            Sequence(4, units),
        ),
        Example({"units": units, "direction": "bidirectional"}, Sequence(4, 3), Vector(2 * units)),
        Example(
            {"units": units, "direction": "bidirectional", "return_sequences": True, **more},
            Sequence(4, 3),
            Sequence(4, 2 * units),
        ),
        Example({"units": units, "bias": False, "return_sequences": False}, Sequence(3, 2), Vector(units)),
        Example({"units": 1, "direction": "forward"}, Sequence(1, 1), Vector(1)),
    )


@op("simple_rnn")
class SimpleRnn(Recurrent):
    """Carry one vector along: h = tanh(W x + U h + b), where h on the right is the state before."""

    paper = "Elman, Finding Structure in Time, 1990"

    nonlinearity: Choice = arg(
        "What the sum goes through to become the state: `tanh` or `relu`.",
        default="tanh",
        word=choice("tanh", "relu"),
    )

    examples = (
        *examples(4),
        Example({"units": 3, "nonlinearity": "relu"}, Sequence(4, 3), Vector(3)),
        Example({"units": 2, "nonlinearity": "relu", "direction": "bidirectional"}, Sequence(3, 2), Vector(4)),
    )


@op("lstm")
class Lstm(Recurrent):
    """Carry a state h and a cell c along, with gates that write to the cell, forget it and let it through.

    i, f, o = sigmoid(W x + U h + b), g = tanh(W x + U h + b), each with weights of its own, whose rows stand in the
    order i, f, g, o; c = f * c + i * g, h = o * tanh(c). The bias of f starts at 1 (Jozefowicz et al., 2015).
    """

    paper = "Hochreiter and Schmidhuber, Long Short-Term Memory, 1997; Gers et al., Learning to Forget, 2000"

    gates = 4
    bias_start = ("open_forget_gate",)

    examples = examples(4)


@op("gru")
class Gru(Recurrent):
    """Carry a state h along, with gates that keep or replace it.

    r, z = sigmoid(W x + b + U h + d), n = tanh(W x + b + r * (U h + d)), h = (1 - z) * n + z * h. The rows of the
    weights stand in the order r, z, n. The reset gate r acts after the product with U, as in cuDNN.
    """

    paper = "Cho et al., Learning Phrase Representations using RNN Encoder-Decoder, 2014, arXiv:1406.1078"

    gates = 3
    second_bias = True

    examples = examples(4)
