"""How recurrent layers are written in Keras."""

from __future__ import annotations

from typing import Any

from archc.emit.spelling import Default, Make, Spelling, Use, View
from archc.ops.recurrent import Gru, Lstm, Recurrent, SimpleRnn
from archc_keras.layer import layer

FLIPPED = Use("ops.flip({x}, axis=1)")
"""Keras gives what it met first first, also where it walks from the end."""


def recurrent(op: Recurrent, kind: str, **more: Any) -> list[Spelling]:
    """Return the spelling of a layer, in a wrapper where it walks both ways."""
    back = op.direction == "reverse"
    keywords = {
        **more,
        "use_bias": Default(op.bias, True),
        "return_sequences": Default(op.return_sequences, False),
        "go_backwards": Default(back, False),
    }
    made = Make(f"layers.{kind}", (op.units,), keywords)
    if op.directions > 1:
        return [Spelling("bidirectional", (Make("layers.Bidirectional", (made,)),))]
    parts: tuple[Make | Use, ...] = (made, FLIPPED) if back and op.return_sequences else (made,)
    return [Spelling("flipped" if len(parts) > 1 else "plain", parts)]


@layer.register
def simple_rnn(op: SimpleRnn, _x: View) -> list[Spelling]:
    return recurrent(op, "SimpleRNN", activation=Default(op.nonlinearity, "tanh"))


@layer.register
def lstm(op: Lstm, _x: View) -> list[Spelling]:
    return recurrent(op, "LSTM")


@layer.register
def gru(op: Gru, _x: View) -> list[Spelling]:
    return recurrent(op, "GRU")
