"""What recurrent layers compute, step by step from the papers' formulas.

A part of `reference`, with its rules: channels-last, no batch axis, float64, nothing taken from `archc`.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from tests.reference_windows import Array, Weights, weighted_sum


def sigmoid(x: Array) -> Array:
    return np.array([1 / (1 + math.exp(-value)) for value in x])


def tanh(x: Array) -> Array:
    return np.array([math.tanh(value) for value in x])


def rectified(x: Array) -> Array:
    return np.array([max(value, 0.0) for value in x])


Step = Callable[[Array, tuple[Array, Array], Weights], tuple[Array, Array]]
"""Takes what stands at a place, the state and the cell before, and one direction's weights."""


def walked(step: Step, x: Array, w: Weights, units: int, return_sequences: bool, direction: str, bias: bool) -> Array:
    """Walk one way or both; both have the weights of the second way under names that end in `_reverse`."""
    ways = {"forward": [1], "reverse": [-1], "bidirectional": [1, -1]}[direction]
    results = []
    for number, way in enumerate(ways):
        end = "_reverse" if number else ""
        own = {kind: w[f"{kind}_l0{end}"] for kind in ("weight_ih", "weight_hh")}
        own |= {kind: w.get(f"{kind}_l0{end}", np.zeros(1)) if bias else np.zeros(1) for kind in ("bias_ih", "bias_hh")}
        states = np.zeros((len(x), units))
        state = np.zeros(units), np.zeros(units)
        for place in range(len(x))[::way]:
            state = step(x[place], state, own)
            states[place] = state[0]
        results.append(states if return_sequences else state[0])
    return np.concatenate(results, axis=-1)


def blocks(w: Weights, x: Array, h: Array, count: int) -> list[Array]:
    """Return W x + U h + b of each gate."""
    total = weighted_sum(w["weight_ih"], x) + weighted_sum(w["weight_hh"], h) + w["bias_ih"]
    return np.split(total, count)


def simple_rnn(
    x: Array,
    *,
    w: Weights,
    units: int,
    return_sequences: bool = False,
    direction: str = "forward",
    bias: bool = True,
    nonlinearity: str = "tanh",
) -> Array:
    function = {"tanh": tanh, "relu": rectified}[nonlinearity]

    def step(at: Array, before: tuple[Array, Array], own: Weights) -> tuple[Array, Array]:
        return function(blocks(own, at, before[0], 1)[0]), before[1]

    return walked(step, x, w, units, return_sequences, direction, bias)


def lstm(
    x: Array,
    *,
    w: Weights,
    units: int,
    return_sequences: bool = False,
    direction: str = "forward",
    bias: bool = True,
) -> Array:
    def step(at: Array, before: tuple[Array, Array], own: Weights) -> tuple[Array, Array]:
        write, forget, new, show = blocks(own, at, before[0], 4)
        cell = sigmoid(forget) * before[1] + sigmoid(write) * tanh(new)
        return sigmoid(show) * tanh(cell), cell

    return walked(step, x, w, units, return_sequences, direction, bias)


def gru(
    x: Array,
    *,
    w: Weights,
    units: int,
    return_sequences: bool = False,
    direction: str = "forward",
    bias: bool = True,
) -> Array:
    def step(at: Array, before: tuple[Array, Array], own: Weights) -> tuple[Array, Array]:
        h = before[0]
        from_x = np.split(weighted_sum(own["weight_ih"], at) + own["bias_ih"], 3)
        from_h = np.split(weighted_sum(own["weight_hh"], h) + own["bias_hh"], 3)
        reset, update = (sigmoid(a + b) for a, b in zip(from_x[:2], from_h[:2], strict=True))
        new = tanh(from_x[2] + reset * from_h[2])
        return (1 - update) * new + update * h, before[1]

    return walked(step, x, w, units, return_sequences, direction, bias)


RECURRENT: dict[str, Callable[..., Array]] = {"simple_rnn": simple_rnn, "lstm": lstm, "gru": gru}
