"""What moves, reductions, shuffles and scales compute, place by place.

A part of `reference`, with its rules: channels-last, no batch axis, float64, nothing taken from `archc`.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from tests.reference_windows import Array, Formula, Weights, each, inside, taps, windows

AXES = {
    1: ["features"],
    2: ["length", "channels"],
    3: ["height", "width", "channels"],
    4: ["depth", "height", "width", "channels"],
}
ORDER = ["depth", "height", "width", "length", "channels", "features"]


def axis_number(x: Array, name: str | None) -> int:
    return -1 if name is None else AXES[x.ndim].index(name)


def flatten(x: Array) -> Array:
    return np.array([x[place] for place in np.ndindex(*x.shape)])


def reshape(x: Array, *, to: dict[str, int]) -> Array:
    y = np.zeros([to[axis] for axis in ORDER if axis in to])
    values = list(flatten(x))
    for place, value in zip(np.ndindex(*y.shape), values, strict=True):
        y[place] = value
    return y


def permute(x: Array, *, to: list[str]) -> Array:
    sources = [AXES[x.ndim].index(name) for name in to]
    y = np.zeros([x.shape[source] for source in sources])
    for place in np.ndindex(*y.shape):
        y[place] = x[tuple(place[sources.index(axis)] for axis in range(x.ndim))]
    return y


def sides(value: Any, rank: int) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [(value, value)] * rank


def zero_pad(x: Array, *, padding: Any) -> Array:
    pads = sides(padding, x.ndim - 1)
    y = np.zeros((*(n + sum(pad) for n, pad in zip(x.shape, pads, strict=False)), x.shape[-1]))
    for place in np.ndindex(*x.shape[:-1]):
        y[tuple(i + pad[0] for i, pad in zip(place, pads, strict=True))] = x[place]
    return y


def crop(x: Array, *, cropping: Any) -> Array:
    for axis, (before, after) in enumerate(sides(cropping, x.ndim - 1)):
        x = np.take(x, range(before, x.shape[axis] - after), axis)
    return x


def upsample(x: Array, *, scale: Any, method: str = "nearest") -> Array:
    for axis, factor in enumerate(each(scale, x.ndim - 1)):
        x = np.stack([between(x, axis, i, factor, method) for i in range(x.shape[axis] * factor)], axis)
    return x


def between(x: Array, axis: int, i: int, factor: int, method: str) -> Array:
    """Read `x` where place `i` of the longer axis stands, as if both axes covered the same length."""
    if method == "nearest":
        return np.asarray(np.take(x, i // factor, axis))
    at = min(max((i + 0.5) / factor - 0.5, 0), x.shape[axis] - 1)
    low = math.floor(at)
    high = min(low + 1, x.shape[axis] - 1)
    return np.asarray((1 - (at - low)) * np.take(x, low, axis) + (at - low) * np.take(x, high, axis))


# Reductions, shuffles and scales: what `axis` names, window by window, channel by channel


def reduced(function: Callable[[list[float]], float]) -> Formula:
    """Return the formula that gives one number for all values along axes."""

    def formula(x: Array, *, axis: Any, keep: bool = False) -> Array:
        gone = [axis_number(x, name) % x.ndim for name in ([axis] if isinstance(axis, str) else axis)]
        stay = [place for place in range(x.ndim) if place not in gone]
        found = np.zeros([x.shape[place] for place in stay])
        for place in np.ndindex(*found.shape):
            at: list[Any] = [slice(None)] * x.ndim
            for where, i in zip(stay, place, strict=True):
                at[where] = i
            found[place] = function([float(value) for value in x[tuple(at)].reshape(-1)])
        return found.reshape([1 if place in gone else n for place, n in enumerate(x.shape)]) if keep else found

    return formula


def adaptive(value: Callable[[Array], Any]) -> Formula:
    """Return the formula that gives one number for each of windows spread evenly."""

    def formula(x: Array, *, size: Any) -> Array:
        for axis, count in enumerate(each(size, x.ndim - 1)):
            n = x.shape[axis]
            spread = [range(math.floor(i * n / count), math.ceil((i + 1) * n / count)) for i in range(count)]
            x = np.stack([value(np.moveaxis(np.take(x, window, axis), axis, 0)) for window in spread], axis)
        return x

    return formula


def channel_shuffle(x: Array, *, groups: int) -> Array:
    parts = np.split(x, groups, axis=-1)
    return np.stack([part[..., i] for i in range(x.shape[-1] // groups) for part in parts], axis=-1)


def pixel_shuffle(x: Array, *, scale: int) -> Array:
    height, width, count = x.shape
    y = np.zeros((height * scale, width * scale, count // scale**2))
    for row, column, c in np.ndindex(*y.shape):
        from_channel = (c * scale + row % scale) * scale + column % scale
        y[row, column, c] = x[row // scale, column // scale, from_channel]
    return y


def unfold(x: Array, *, kernel_size: Any, stride: Any = 1, padding: Any = "valid", dilation: Any = 1) -> Array:
    shape, rank = x.shape[:-1], x.ndim - 1
    found = [f[0] for f in windows(shape, kernel_size, stride, padding, dilation)]
    kernel, steps = each(kernel_size, rank), each(dilation, rank)
    y = np.zeros((*(len(f) for f in found), math.prod(kernel) * x.shape[-1]))
    for place in itertools.product(*(range(len(f)) for f in found)):
        values: list[float] = []
        for tap in taps(kernel):
            at = tuple(f[i] + t * d for f, i, t, d in zip(found, place, tap, steps, strict=True))
            values.extend(x[at] if inside(at, shape) else [0.0] * x.shape[-1])
        y[place] = values
    return y


def fold(x: Array, *, kernel_size: Any) -> Array:
    kernel = each(kernel_size, x.ndim - 1)
    count = x.shape[-1] // math.prod(kernel)
    y = np.zeros((*(n * k for n, k in zip(x.shape[:-1], kernel, strict=True)), count))
    for *place, c in np.ndindex(*y.shape):
        within = 0
        for i, k in zip(place, kernel, strict=True):
            within = within * k + i % k
        y[(*place, c)] = x[(*(i // k for i, k in zip(place, kernel, strict=True)), within * count + c)]
    return y


def roll(x: Array, *, shift: Any, axis: Any) -> Array:
    for name, by in zip([axis] if isinstance(axis, str) else axis, each(shift, 9), strict=False):
        where, n = axis_number(x, name), x.shape[axis_number(x, name)]
        x = np.stack([np.take(x, (i - by) % n, where) for i in range(n)], where)
    return x


def reflect_pad(x: Array, *, padding: Any) -> Array:
    for axis, (before, after) in enumerate(sides(padding, x.ndim - 1)):
        n = x.shape[axis]
        mirrored = [n - 1 - abs(n - 1 - abs(i)) for i in range(-before, n + after)]
        x = np.stack([np.take(x, i, axis) for i in mirrored], axis)
    return x


def glu(x: Array, *, axis: str | None = None) -> Array:
    one, other = np.split(x, 2, axis=axis_number(x, axis))
    return np.asarray(one / (1 + np.exp(-other)))


def scale(x: Array, *, w: Weights, initial: float = 1.0) -> Array:
    assert math.isfinite(initial)
    return x * w["weight"]


SHAPES: dict[str, Formula] = {
    "mean": reduced(lambda values: sum(values) / len(values)),
    "sum": reduced(sum),
    "max": reduced(max),
    "min": reduced(min),
    "adaptive_avg_pool": adaptive(lambda part: sum(part) / len(part)),
    "adaptive_max_pool": adaptive(lambda part: np.max(part, axis=0)),
    "channel_shuffle": channel_shuffle,
    "pixel_shuffle": pixel_shuffle,
    "unfold": unfold,
    "fold": fold,
    "identity": lambda x: x,
    "roll": roll,
    "reflect_pad": reflect_pad,
    "glu": glu,
    "scale": scale,
    "flatten": flatten,
    "reshape": reshape,
    "permute": permute,
    "zero_pad": zero_pad,
    "crop": crop,
    "upsample": upsample,
}
