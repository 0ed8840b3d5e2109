"""What attention and the ops on tokens compute, place by place.

A part of `reference`, with its rules: channels-last, no batch axis, float64, nothing taken from `archc`.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from tests.reference_shapes import axis_number
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


def window_attention(x: Array, *, w: Weights, heads: int, window: int, shift: int = 0) -> Array:
    height, width, channels = x.shape
    size = channels // heads
    flat = product(x.reshape(-1, channels), w["qkv.weight"], w["qkv.bias"])
    query, key, value = flat.reshape(height, width, 3, heads, size).transpose(2, 0, 1, 3, 4)
    gathered = np.zeros((height, width, heads, size))
    multiplied[0] += height * width * 2 * channels * window**2

    def window_of(place: int, length: int) -> list[int]:
        """Return the places of one axis that share a window, and a side of the edge, with this one."""
        moved = shift if length > window else 0
        first = (place - moved) // window * window + moved
        return [other for other in range(first, first + window) if 0 <= other < length]

    for (i, j), h in itertools.product(np.ndindex(height, width), range(heads)):
        seen = [(k, m) for k in window_of(i, height) for m in window_of(j, width)]
        powers = [
            math.exp(
                sum(query[i, j, h] * key[k, m, h]) / math.sqrt(size)
                + w["position_bias"][(i - k + window - 1) * (2 * window - 1) + (j - m + window - 1), h]
            )
            for k, m in seen
        ]
        gathered[i, j, h] = sum(p * value[k, m, h] for p, (k, m) in zip(powers, seen, strict=True)) / sum(powers)
    y = product(gathered.reshape(-1, channels), w["output.weight"], w["output.bias"])
    return y.reshape(x.shape)


def to_sequence(x: Array) -> Array:
    return np.array([x[place] for place in np.ndindex(*x.shape[:-1])])


def to_image(x: Array, *, height: int, width: int) -> Array:
    return np.array([[x[row * width + column] for column in range(width)] for row in range(height)])


def position_embedding(x: Array, *, w: Weights | None = None, method: str = "learned") -> Array:
    if w is not None:
        return x + w["weight"]
    assert method == "sinusoidal"
    y = x.copy()
    for p, c in np.ndindex(*x.shape):
        angle = p / 10000 ** ((c - c % 2) / x.shape[1])
        y[p, c] += math.cos(angle) if c % 2 else math.sin(angle)
    return y


def rotary(x: Array, *, heads: int = 1, base: float = 10000.0) -> Array:
    size = x.shape[1] // heads
    y = x.copy()
    for p in range(x.shape[0]):
        for c in range(0, x.shape[1], 2):
            angle = p / base ** (c % size / size)
            turned = complex(x[p, c], x[p, c + 1]) * complex(math.cos(angle), math.sin(angle))
            y[p, c : c + 2] = turned.real, turned.imag
    return y


def split(x: Array, *, parts: Any, part: int, axis: str | None = None) -> Array:
    along = axis_number(x, axis)
    sizes = parts if isinstance(parts, (list, tuple)) else [x.shape[along] // parts] * parts
    before = sum(sizes[:part])
    return np.take(x, range(before, before + sizes[part]), along)


def sliced(x: Array, *, axis: str | None = None, start: int = 0, stop: int | None = None, step: int = 1) -> Array:
    along = axis_number(x, axis)
    return np.take(x, range(x.shape[along])[start:stop:step], along)


def matmul(x: Array, y: Array, *, transpose_first: bool = False, transpose_second: bool = False) -> Array:
    rows = x.T if transpose_first else x
    columns = y if transpose_second else y.T
    return product(rows, columns)


ATTENTION: dict[str, Callable[..., Array]] = {
    "multi_head_attention": multi_head_attention,
    "scaled_dot_product_attention": scaled_dot_product_attention,
    "window_attention": window_attention,
    "to_sequence": to_sequence,
    "to_image": to_image,
    "position_embedding": position_embedding,
    "class_token": lambda x, *, w: np.concatenate([[w["weight"]], x]),
    "rotary": rotary,
    "split": split,
    "slice": sliced,
    "take": lambda x, *, axis, index: np.take(x, index, axis_number(x, axis)),
    "stack": lambda *xs: np.array(xs),
    "matmul": matmul,
}
