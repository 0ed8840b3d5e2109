"""How recurrent layers are written in ONNX, which has other orders of gates and walks (length, batch, channels)."""

from __future__ import annotations

from archc.ops.recurrent import Gru, Lstm, Recurrent, SimpleRnn
from archc_onnx.parts import Const, Held, Tensor, Value, layer, node, transposed

GATES = {"simple_rnn": (0,), "lstm": (0, 3, 1, 2), "gru": (1, 0, 2)}
"""Which of PyTorch's blocks of rows stands at each place in ONNX."""


def stacked(parts: list[Value]) -> Value:
    """Return what belongs to each direction as one tensor, directions first."""
    rows = [node("Unsqueeze", part, Const("axes", (0,))) for part in parts]
    return rows[0] if len(rows) == 1 else node("Concat", *rows, axis=0)


def ordered(op: Recurrent, name: str) -> Value:
    """Return a weight with its gates in ONNX's order."""
    if op.gates == 1:
        return Held(name)
    blocks = [place * op.units + row for place in GATES[op.name] for row in range(op.units)]
    return node("Gather", Held(name), Const("gates", tuple(map(int, blocks))), axis=0)


def bias(op: Recurrent, end: str) -> Value:
    """Return the biases of what comes in and of the state, one after the other."""
    if op.second_bias:
        state = ordered(op, f"bias_hh{end}")
    else:
        state = Const("zeros", (0.0,) * int(op.units * op.gates), "numbers")
    return node("Concat", ordered(op, f"bias_ih{end}"), state, axis=0)


def recurrent(op: Recurrent, kind: str, x: Tensor, **more: object) -> Value:
    """Return the layer, and the moves of axes around it."""
    ends = ("_l0", "_l0_reverse")[: op.directions]
    given = [stacked([ordered(op, f"{matrix}{end}") for end in ends]) for matrix in ("weight_ih", "weight_hh")]
    if op.bias:
        given.append(stacked([bias(op, end) for end in ends]))
    walked = node(
        kind, transposed(x.value, (2, 0, 1)), *given, hidden_size=int(op.units), direction=op.direction, **more
    )
    width = int(op.units * op.directions)
    if op.return_sequences:  # (length, directions, batch, units) to (batch, directions * units, length)
        return node("Reshape", transposed(walked, (2, 1, 3, 0)), Const("shape", (0, width, -1)))
    return node("Reshape", transposed(walked._replace(place=1), (1, 0, 2)), Const("shape", (0, width)))


@layer.register
def simple_rnn(op: SimpleRnn, x: Tensor) -> Value:
    activations = [op.nonlinearity.capitalize()] * op.directions
    return recurrent(op, "RNN", x, activations=activations)


@layer.register
def lstm(op: Lstm, x: Tensor) -> Value:
    return recurrent(op, "LSTM", x)


@layer.register
def gru(op: Gru, x: Tensor) -> Value:
    return recurrent(op, "GRU", x, linear_before_reset=1)
