"""The functions that emitted files hold: their text is taken from here, and each file gets those that it calls."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Array = NDArray[Any]
Sizes = tuple[int, ...]
Pairs = tuple[tuple[int, int], ...]


def windows(x: Array, kernel: Sizes, strides: Sizes, pads: Pairs, dilations: Sizes, fill: float = 0.0) -> Array:
    """Return the windows of a padded array: (batch, *places, channels, *kernel)."""
    x = np.pad(x, ((0, 0), *pads, (0, 0)), constant_values=fill)
    spans = tuple((k - 1) * d + 1 for k, d in zip(kernel, dilations, strict=True))
    found = sliding_window_view(x, spans, axis=tuple(range(1, x.ndim - 1)))
    places = tuple(slice(None, None, s) for s in strides)
    return found[(slice(None), *places, slice(None), *(slice(None, None, d) for d in dilations))]


def conv(
    x: Array, weight: Array, bias: Array | None, strides: Sizes, pads: Pairs, dilations: Sizes, groups: int
) -> Array:
    """Return a convolution's result; `weight` is (filters, channels / groups, *kernel)."""
    found = windows(x, weight.shape[2:], strides, pads, dilations)
    rank = len(strides)
    summed = (list(range(-rank - 1, 0)), list(range(1, rank + 2)))
    channels, filters = weight.shape[1], len(weight) // groups
    parts = []
    for group in range(groups):
        own: tuple[Any, ...] = (..., slice(group * channels, (group + 1) * channels), *(slice(None),) * rank)
        parts.append(np.tensordot(found[own], weight[group * filters : (group + 1) * filters], summed))
    y = np.concatenate(parts, axis=-1)
    return y if bias is None else y + bias


def max_pool(x: Array, kernel: Sizes, strides: Sizes, pads: Pairs) -> Array:
    """Return the largest value of each window; padded places never win."""
    found = windows(x, kernel, strides, pads, (1,) * len(kernel), -np.inf)
    y: Array = found.max(axis=tuple(range(-len(kernel), 0)))
    return y


def batch_norm(
    x: Array, weight: Array | None, bias: Array | None, mean: Array, variance: Array, epsilon: float
) -> Array:
    """Return values normalised by running statistics."""
    y: Array = (x - mean) / np.sqrt(variance + epsilon)
    return y if weight is None or bias is None else y * weight + bias


def softmax(x: Array, axis: int) -> Array:
    """Return exponentials that sum to 1 along an axis."""
    y: Array = np.exp(x - x.max(axis=axis, keepdims=True))
    y /= y.sum(axis=axis, keepdims=True)
    return y
