"""How recurrent layers are written in PyTorch: they give the states of all places, and the last ones beside them."""

from __future__ import annotations

from archc.emit.spelling import Default, Make, Spelling, Use, View
from archc.ops.recurrent import Gru, Lstm, Recurrent, SimpleRnn
from archc_torch.dispatch import layer

FLIPPED = Use("{x}.flip(1)", call=False)
JOINED = ".transpose(0, 1).flatten(1)"
"""The end of an expression that puts the last states of both directions, (2, batch, units), beside each other."""


def recurrent(op: Recurrent, made: Make, last: str) -> list[Spelling]:
    """Return the spelling of a layer; `last` are the places in its result where the last states stand."""
    made = made._replace(
        kwargs={
            **made.kwargs,
            "bias": Default(op.bias, True),
            "batch_first": True,
            "bidirectional": Default(op.directions > 1, False),
        }
    )
    if op.directions > 1:
        end = "[0]" if op.return_sequences else f"{last}{JOINED}"
    else:
        end = "[0]" if op.return_sequences else "[0][:, -1]"
    parts: list[Make | Use] = [made, Use("{x}" + end)]  # right behind the layer's call
    if op.direction == "reverse":
        parts = [FLIPPED, *parts, *([Use("{x}.flip(1)")] if op.return_sequences else [])]
    return [Spelling(f"{op.direction}, {'all' if op.return_sequences else 'last'}", tuple(parts))]


@layer.register
def simple_rnn(op: SimpleRnn, x: View) -> list[Spelling]:
    kind = {"nonlinearity": Default(op.nonlinearity, "tanh")}
    return recurrent(op, Make("nn.RNN", (x.channels, op.units), kind), "[1]")


@layer.register
def lstm(op: Lstm, x: View) -> list[Spelling]:
    return recurrent(op, Make("nn.LSTM", (x.channels, op.units)), "[1][0]")


@layer.register
def gru(op: Gru, x: View) -> list[Spelling]:
    return recurrent(op, Make("nn.GRU", (x.channels, op.units)), "[1]")
