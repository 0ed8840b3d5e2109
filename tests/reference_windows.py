"""What convolutions, pools and dense layers compute, by trying every start of a window and adding up.

A part of `reference`, with its rules: channels-last, no batch axis, float64, nothing taken from `archc`.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]
Weights: TypeAlias = dict[str, Array]
Formula: TypeAlias = Callable[..., Array]

multiplied = [0]
"""How many multiply-accumulates the formulas have done so far."""


def each(value: Any, rank: int) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value] * rank


def starts(n: int, k: int, s: int, d: int, padding: Any, ceil: bool = False) -> tuple[list[int], int, int]:
    """Return where windows of one axis begin, and how far padding reaches before and after."""
    span = 1 + d * (k - 1)
    if padding == "same":
        left_over = n % s or s
        total = max(span - left_over, 0)
        return list(range(-(total // 2), n - total // 2, s)), total // 2, total - total // 2
    if padding == "causal":
        return [last - span + 1 for last in range(0, n, s)], span - 1, 0
    before, after = (0, 0) if padding == "valid" else padding
    found = [at for at in range(-before, n + after, s) if at + span <= n + after]
    next_one = found[-1] + s if found else -before
    reaches_the_end = bool(found) and found[-1] + span == n + after
    if ceil and not reaches_the_end and next_one < n:
        found.append(next_one)
    return found, before, after


def windows(shape: Sequence[int], kernel: Any, stride: Any, padding: Any, dilation: Any = 1, ceil: bool = False) -> Any:
    """Return, for each spatial axis, the starts of its windows and its padding."""
    rank = len(shape)
    pads = list(padding) if isinstance(padding, (list, tuple)) else [padding] * rank
    pads = [(p, p) if isinstance(p, int) else p for p in pads]
    steps = zip(shape, each(kernel, rank), each(stride, rank), each(dilation, rank), pads, strict=True)
    return [starts(*step, ceil) for step in steps]


def taps(kernel: Sequence[int]) -> Iterator[tuple[int, ...]]:
    return itertools.product(*(range(k) for k in kernel))


def inside(place: Iterable[int], shape: Sequence[int]) -> bool:
    return all(0 <= i < n for i, n in zip(place, shape, strict=True))


# Convolutions


def taps_first(weight: Array) -> Array:
    """Return a kernel with its two channel axes last, so that a tap picks a matrix."""
    return np.moveaxis(weight, (0, 1), (-2, -1))


def weighted_sum(w: Array, x: Array) -> Array:
    """Return w @ x and count its multiply-accumulates."""
    multiplied[0] += w.size
    return np.array([float(sum(a * b for a, b in zip(row, x, strict=True))) for row in w])


def conv(
    x: Array,
    *,
    w: Weights,
    filters: int,
    kernel_size: Any,
    stride: Any = 1,
    padding: Any = "valid",
    dilation: Any = 1,
    groups: int = 1,
    bias: bool = True,
) -> Array:
    shape, rank = x.shape[:-1], x.ndim - 1
    found = [f[0] for f in windows(shape, kernel_size, stride, padding, dilation)]
    kernel, steps = each(kernel_size, rank), each(dilation, rank)
    into, out = x.shape[-1] // groups, filters // groups
    y = np.zeros((*(len(f) for f in found), filters))
    for place in itertools.product(*(range(len(f)) for f in found)):
        for tap in taps(kernel):
            at = tuple(f[i] + t * d for f, i, t, d in zip(found, place, tap, steps, strict=True))
            values = x[at] if inside(at, shape) else np.zeros(x.shape[-1])
            for g in range(groups):
                part = taps_first(w["weight"])[tap][g * out : (g + 1) * out]
                y[place][g * out : (g + 1) * out] += weighted_sum(part, values[g * into : (g + 1) * into])
    return y + w["bias"] if bias else y


def depthwise_conv(
    x: Array,
    *,
    w: Weights,
    kernel_size: Any,
    stride: Any = 1,
    padding: Any = "valid",
    dilation: Any = 1,
    multiplier: int = 1,
    bias: bool = True,
) -> Array:
    c = x.shape[-1]
    shared = {"kernel_size": kernel_size, "stride": stride, "padding": padding, "dilation": dilation}
    each_channel = [
        conv(x[..., i : i + 1], w={"weight": part}, filters=multiplier, bias=False, **shared)
        for i, part in enumerate(np.split(w["weight"], c))
    ]
    y = np.concatenate(each_channel, axis=-1)
    return y + w["bias"] if bias else y


def separable_conv(
    x: Array,
    *,
    w: Weights,
    filters: int,
    kernel_size: Any,
    stride: Any = 1,
    padding: Any = "valid",
    dilation: Any = 1,
    multiplier: int = 1,
    bias: bool = True,
) -> Array:
    between = depthwise_conv(
        x,
        w={"weight": w["depthwise.weight"]},
        kernel_size=kernel_size,
        stride=stride,
        padding=padding,
        dilation=dilation,
        multiplier=multiplier,
        bias=False,
    )
    pointwise = {name.removeprefix("pointwise."): value for name, value in w.items() if name.startswith("pointwise.")}
    return conv(between, w=pointwise, filters=filters, kernel_size=1, bias=bias)


def conv_transpose(
    x: Array,
    *,
    w: Weights,
    filters: int,
    kernel_size: Any,
    stride: Any = 1,
    padding: str = "valid",
    bias: bool = True,
) -> Array:
    """Scatter to where a convolution over the output, with the same padding, would have read."""
    shape, rank = x.shape[:-1], x.ndim - 1
    kernel, steps = each(kernel_size, rank), each(stride, rank)
    same = padding == "same"
    length = [n * s if same else (n - 1) * s + max(k, s) for n, k, s in zip(shape, kernel, steps, strict=True)]
    read = [starts(n, k, s, 1, padding)[0] for n, k, s in zip(length, kernel, steps, strict=True)]
    y = np.zeros((*length, filters))
    for place in np.ndindex(*shape):
        for tap in taps(kernel):
            at = tuple(f[i] + t for f, i, t in zip(read, place, tap, strict=True))
            value = weighted_sum(taps_first(w["weight"])[tap].T, x[place])
            if inside(at, length):
                y[at] += value
    return y + w["bias"] if bias else y


def dense(x: Array, *, w: Weights, units: int, bias: bool = True) -> Array:
    y = np.zeros((*x.shape[:-1], units))
    for place in np.ndindex(*x.shape[:-1]):
        y[place] = weighted_sum(w["weight"], x[place])
    return y + w["bias"] if bias else y


def embedding(x: Array, *, w: Weights, units: int) -> Array:
    return np.array([w["weight"][int(i), :units] for i in x])


# Pools


def pool(x: Array, kernel_size: Any, stride: Any, padding: Any, ceil: bool, value: Callable[..., Any]) -> Array:
    """Give `value` each window's real values, how many of its places are padding, and take what it returns."""
    shape, rank = x.shape[:-1], x.ndim - 1
    kernel = each(kernel_size, rank)
    found = windows(shape, kernel, kernel if stride is None else stride, padding, 1, ceil)
    y = np.zeros((*(len(f[0]) for f in found), x.shape[-1]))
    padded = [range(-before, n + after) for n, (_, before, after) in zip(shape, found, strict=True)]
    for place in np.ndindex(*y.shape[:-1]):
        covered = [tuple(f[0][i] + t for f, i, t in zip(found, place, tap, strict=True)) for tap in taps(kernel)]
        real = np.array([x[at] for at in covered if inside(at, shape)])
        within = sum(all(i in r for i, r in zip(at, padded, strict=True)) for at in covered)
        y[place] = value(real, within)
    return y


def max_pool(x: Array, *, kernel_size: Any, stride: Any = None, padding: Any = "valid", ceil: bool = False) -> Array:
    return pool(x, kernel_size, stride, padding, ceil, lambda real, _: real.max(axis=0))


def avg_pool(
    x: Array,
    *,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = "valid",
    ceil: bool = False,
    count_padding: bool = False,
) -> Array:
    def mean(real: Array, within: int) -> Any:
        return real.sum(axis=0) / (within if count_padding else len(real))

    return pool(x, kernel_size, stride, padding, ceil, mean)


def max_unpool(x: Array, y: Array, *, kernel_size: Any, ceil: bool = False) -> Array:
    """Find the largest of each window by going through it in order, and put the value there."""
    kernel, shape = each(kernel_size, y.ndim - 1), y.shape[:-1]
    found = windows(shape, kernel, kernel, "valid", 1, ceil)
    z = np.zeros_like(y)
    for place in itertools.product(*(range(len(f[0])) for f in found)):
        covered = [tuple(f[0][i] + t for f, i, t in zip(found, place, tap, strict=True)) for tap in taps(kernel)]
        for c in range(y.shape[-1]):
            best = None
            for at in covered:
                if inside(at, shape) and (best is None or y[at][c] > y[best][c]):
                    best = at
            assert best is not None
            z[best][c] = x[place][c]
    return z


WEIGHTED: dict[str, Callable[..., Array]] = {
    "conv": conv,
    "depthwise_conv": depthwise_conv,
    "separable_conv": separable_conv,
    "conv_transpose": conv_transpose,
    "dense": dense,
    "embedding": embedding,
}
POOLS: dict[str, Callable[..., Array]] = {"max_pool": max_pool, "max_unpool": max_unpool, "avg_pool": avg_pool}
