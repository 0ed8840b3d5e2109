"""What attention and the ops on tokens compute, place by place.

A part of `reference`, with its rules: channels-last, no batch axis, float64, nothing taken from `archc`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from tests.reference_windows import Array, Weights, multiplied


def product(x: Array, weight: Array, bias: Any = 0.0) -> Array:
    """Multiply the rows of `x` by a matrix as PyTorch holds it, and count what that takes."""
    multiplied[0] += x.shape[0] * weight.size
    return np.asarray(np.array([[sum(row * line) for line in weight] for row in x]) + bias)


def gathered(query: Array, key: Array, value: Array, causal: bool) -> Array:
    """Return what one head gives: for each query the mean of the values, weighted by how well their keys match."""
    multiplied[0] += query.shape[0] * (key.size + value.size)
    rows = []
    for i, q in enumerate(query):
        seen = [j for j in range(len(key)) if j <= i or not causal]
        powers = [math.exp(sum(q * key[j]) / math.sqrt(len(q))) for j in seen]
        rows.append(sum(power / sum(powers) * value[j] for power, j in zip(powers, seen, strict=True)))
    return np.array(rows)


def scaled_dot_product_attention(
    query: Array, key: Array, value: Array, *, heads: int = 1, causal: bool = False
) -> Array:
    parts = [np.split(x, heads, axis=1) for x in (query, key, value)]
    return np.concatenate([gathered(q, k, v, causal) for q, k, v in zip(*parts, strict=True)], axis=1)


def multi_head_attention(
    x: Array,
    key: Array | None = None,
    value: Array | None = None,
    *,
    w: Weights,
    heads: int,
    key_channels: int | None = None,
    causal: bool = False,
    dropout: float = 0.0,
    bias: bool = True,
) -> Array:
    assert 0 <= dropout < 1
    assert key_channels is None or len(w["query.weight"]) == heads * key_channels
    key = x if key is None else key
    value = key if value is None else value

    def projected(name: str, given: Array) -> Array:
        return product(given, w[f"{name}.weight"], w[f"{name}.bias"] if bias else 0.0)

    three = [projected(name, given) for name, given in (("query", x), ("key", key), ("value", value))]
    y = scaled_dot_product_attention(three[0], three[1], three[2], heads=heads, causal=causal)
    return projected("output", y)


ATTENTION: dict[str, Callable[..., Array]] = {
    "multi_head_attention": multi_head_attention,
    "scaled_dot_product_attention": scaled_dot_product_attention,
}
