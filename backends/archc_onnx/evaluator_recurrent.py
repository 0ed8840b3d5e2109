"""ONNX's recurrent operators in float64, in both directions, in the form that the compiler writes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from onnx.reference.op_run import OpRun

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]
    State = tuple[Array, Array]
    Step = Callable[[Array, State, "Weights"], State]

FUNCTIONS: dict[str, Callable[[Array], Array]] = {"Tanh": np.tanh, "Relu": lambda x: np.maximum(x, 0)}


class Weights:
    """One direction's matrices, with one row of blocks a gate, and its two biases."""

    def __init__(self, into: Array, state: Array, bias: Array | None) -> None:
        self.into, self.state = into, state
        rows = into.shape[0]
        self.bias_into = bias[:rows] if bias is not None else np.zeros(rows)
        self.bias_state = bias[rows:] if bias is not None else np.zeros(rows)

    def parts(self, x: Array, h: Array, gates: int) -> tuple[list[Array], list[Array]]:
        """Return, for each gate, what comes from the input and what comes from the state."""
        a, b = x @ self.into.T + self.bias_into, h @ self.state.T + self.bias_state
        return np.split(a, gates, axis=1), np.split(b, gates, axis=1)


def sigmoid(x: Array) -> Array:
    """Return 1 / (1 + exp(-x))."""
    result: Array = 1 / (1 + np.exp(-x))
    return result


def walk(step: Step, x: Array, w: Array, r: Array, b: Array | None, direction: str) -> tuple[Array, Array]:
    """Return the states of all places, (length, directions, batch, units), and the last ones."""
    ways = {"forward": [1], "reverse": [-1], "bidirectional": [1, -1]}[direction]
    states = np.zeros((len(x), len(ways), x.shape[1], r.shape[2]), x.dtype)
    last = np.zeros(states.shape[1:], x.dtype)
    for number, way in enumerate(ways):
        weights = Weights(w[number], r[number], None if b is None else b[number])
        state = (last[number], last[number])
        for place in range(len(x))[::way]:
            state = step(x[place], state, weights)
            states[place, number] = state[0]
        last[number] = state[0]
    return states, last


class RNN(OpRun):
    """One vector is carried along."""

    def _run(
        self, x: Array, w: Array, r: Array, b: Array | None = None, *, direction: str, activations: list[str],
        **_others: Any,
    ) -> tuple[Array, Array]:  # fmt: skip
        function = FUNCTIONS[activations[0]]

        def step(at: Array, before: State, weights: Weights) -> State:
            (a,), (b,) = weights.parts(at, before[0], 1)
            return function(a + b), before[1]

        return walk(step, x, w, r, b, direction)


class LSTM(OpRun):
    """A state and a cell, with gates in the order input, output, forget, cell."""

    def _run(
        self, x: Array, w: Array, r: Array, b: Array | None = None, *, direction: str, **_others: Any
    ) -> tuple[Array, Array]:
        def step(at: Array, before: State, weights: Weights) -> State:
            write, show, forget, new = (a + b for a, b in zip(*weights.parts(at, before[0], 4), strict=True))
            cell = sigmoid(forget) * before[1] + sigmoid(write) * np.tanh(new)
            return sigmoid(show) * np.tanh(cell), cell

        return walk(step, x, w, r, b, direction)


class GRU(OpRun):
    """A state, with gates in the order update, reset, new; the reset acts behind the product."""

    def _run(
        self, x: Array, w: Array, r: Array, b: Array | None = None, *, direction: str, **_others: Any
    ) -> tuple[Array, Array]:
        def step(at: Array, before: State, weights: Weights) -> State:
            (z, reset, new), (z_state, reset_state, new_state) = weights.parts(at, before[0], 3)
            update = sigmoid(z + z_state)
            candidate = np.tanh(new + sigmoid(reset + reset_state) * new_state)
            return (1 - update) * candidate + update * before[0], before[1]

        return walk(step, x, w, r, b, direction)
