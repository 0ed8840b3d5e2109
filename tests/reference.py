"""What each op computes, in plain NumPy and float64, written from the formulas and apart from the compiler.

Tensors are channels-last and have no batch axis. Each formula states the language's defaults as its own. Nothing is
taken from `archc`: windows are found by trying every start, `same` by what is left over, sums by adding up.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from tests.reference_recurrent import RECURRENT
from tests.reference_windows import POOLS, WEIGHTED, Array, Weights, each, multiplied

__all__ = ["FORMULAS", "batch_norm_training", "multiplied", "run"]

Formula: TypeAlias = Callable[..., Array]

AXES = {
    1: ["features"],
    2: ["length", "channels"],
    3: ["height", "width", "channels"],
    4: ["depth", "height", "width", "channels"],
}
ORDER = ["depth", "height", "width", "length", "channels", "features"]


def run(op: str, args: dict[str, Any], inputs: list[Array], weights: Weights | None = None) -> Array:
    """Return what `op` gives for `inputs`, as in evaluation, followed by its own activation."""
    args = dict(args)
    activation = args.pop("activation", None)
    y = FORMULAS[op](*inputs, **args, **({"w": weights} if weights else {}))
    if activation is None or activation == "none":
        return y
    name, values = (activation, None) if isinstance(activation, str) else next(iter(activation.items()))
    return FORMULAS[name](y, **(values or {}))


def axis_number(x: Array, name: str | None) -> int:
    return -1 if name is None else AXES[x.ndim].index(name)


# Shapes


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


def scale(x: Array, *, w: Weights, initial: float = 1.0) -> Array:
    assert math.isfinite(initial)
    return x * w["weight"]


# Merges


def merged(function: Callable[[list[float]], float]) -> Formula:
    """Return the formula that applies `function` at every place, reading stretched axes at 0."""

    def formula(*xs: Array) -> Array:
        rank = max(x.ndim for x in xs)
        placed = [x.reshape([1] * (rank - x.ndim) + list(x.shape)) for x in xs]
        y = np.zeros([max(x.shape[axis] for x in placed) for axis in range(rank)])
        for place in np.ndindex(*y.shape):
            y[place] = function(
                [x[tuple(0 if n == 1 else i for i, n in zip(place, x.shape, strict=True))] for x in placed]
            )
        return y

    return formula


def concat(*xs: Array, axis: str | None = None) -> Array:
    return np.concatenate(xs, axis_number(xs[0], axis))


# Norms


def normalised(x: Array, mean: Any, variance: Any, epsilon: float) -> Array:
    return np.asarray((x - mean) / np.sqrt(variance + epsilon))


def affine_of(x: Array, w: Weights | None, affine: bool) -> Array:
    return x * w["weight"] + w["bias"] if affine and w is not None else x


def batch_norm(x: Array, *, w: Weights, epsilon: float = 1e-5, momentum: float = 0.9, affine: bool = True) -> Array:
    """Normalise by the running mean and variance, as in evaluation; `momentum` plays no part there."""
    assert 0 <= momentum <= 1
    return affine_of(normalised(x, w["running_mean"], w["running_var"], epsilon), w, affine)


def batch_norm_training(
    x: Array, *, w: Weights, epsilon: float = 1e-5, momentum: float = 0.9, affine: bool = True
) -> tuple[Array, Array, Array]:
    """Normalise a batch by its own mean and variance; return it and the running ones after this step.

    Here the first axis of `x` is the batch.
    """
    rows = x.reshape(-1, x.shape[-1])
    mean = sum(rows) / len(rows)
    variance = sum((row - mean) ** 2 for row in rows) / len(rows)
    y = affine_of(normalised(x, mean, variance, epsilon), w, affine)
    running_mean = momentum * w["running_mean"] + (1 - momentum) * mean
    running_var = momentum * w["running_var"] + (1 - momentum) * variance
    return y, running_mean, running_var


def layer_norm(x: Array, *, w: Weights | None = None, epsilon: float = 1e-5, affine: bool = True) -> Array:
    y = np.zeros(x.shape)
    for place in np.ndindex(*x.shape[:-1]):
        mean = sum(x[place]) / x.shape[-1]
        variance = sum((x[place] - mean) ** 2) / x.shape[-1]
        y[place] = normalised(x[place], mean, variance, epsilon)
    return affine_of(y, w, affine)


def group_norm(x: Array, *, groups: int, w: Weights | None = None, epsilon: float = 1e-5, affine: bool = True) -> Array:
    parts = []
    for part in np.split(x, groups, axis=-1):
        mean = sum(flatten(part)) / part.size
        variance = sum((flatten(part) - mean) ** 2) / part.size
        parts.append(normalised(part, mean, variance, epsilon))
    return affine_of(np.concatenate(parts, axis=-1), w, affine)


def lrn(x: Array, *, size: int, alpha: float = 1e-4, beta: float = 0.75, bias: float = 1.0) -> Array:
    y = np.zeros(x.shape)
    for c in range(x.shape[-1]):
        near = [x[..., i] ** 2 for i in range(c - size // 2, c + (size - 1) // 2 + 1) if 0 <= i < x.shape[-1]]
        y[..., c] = x[..., c] / (bias + alpha / size * sum(near)) ** beta
    return y


# Activations


def valued(function: Callable[..., float]) -> Formula:
    """Return the formula that applies a function of one number everywhere."""

    def formula(x: Array, **args: Any) -> Array:
        return np.array([function(value, **args) for value in x.reshape(-1)]).reshape(x.shape)

    formula.__wrapped__ = function  # type: ignore[attr-defined]
    return formula


def gelu(x: float, *, approximate: bool = False) -> float:
    if approximate:
        return x / 2 * (1 + math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))
    return x * (1 + math.erf(x / math.sqrt(2))) / 2


def leaky_relu(x: float, *, slope: float = 0.01) -> float:
    return x if x > 0 else slope * x


def elu(x: float, *, alpha: float = 1.0) -> float:
    return x if x > 0 else alpha * math.expm1(x)


def clip(x: float, *, min: float | None = None, max: float | None = None) -> float:
    if min is not None and x < min:
        return min
    return max if max is not None and x > max else x


def selu(x: float) -> float:
    return 1.0507009873554805 * elu(x, alpha=1.6732632423543772)


def hard_sigmoid(x: float) -> float:
    return min(max(x + 3, 0), 6) / 6


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def softmax(x: Array, *, axis: str | None = None) -> Array:
    powers = np.exp(x - x.max())
    return np.asarray(powers / powers.sum(axis=axis_number(x, axis), keepdims=True))


def prelu(x: Array, *, w: Weights) -> Array:
    return np.where(x > 0, x, w["weight"] * x)


def unchanged(x: Array, *, rate: float) -> Array:
    """Return what dropout gives in evaluation."""
    assert 0 <= rate < 1
    return x


FORMULAS: dict[str, Formula] = {
    **WEIGHTED,
    **POOLS,
    **RECURRENT,
    "global_avg_pool": lambda x: sum(x.reshape(-1, x.shape[-1])) / math.prod(x.shape[:-1]),
    "global_max_pool": lambda x: np.array([max(flatten(x[..., c])) for c in range(x.shape[-1])]),
    "mean": reduced(lambda values: sum(values) / len(values)),
    "sum": reduced(sum),
    "max": reduced(max),
    "min": reduced(min),
    "adaptive_avg_pool": adaptive(lambda part: sum(part) / len(part)),
    "adaptive_max_pool": adaptive(lambda part: np.max(part, axis=0)),
    "channel_shuffle": channel_shuffle,
    "pixel_shuffle": pixel_shuffle,
    "identity": lambda x: x,
    "scale": scale,
    "rescale": valued(lambda x, *, scale=1.0, offset=0.0: scale * x + offset),
    "flatten": flatten,
    "reshape": reshape,
    "permute": permute,
    "zero_pad": zero_pad,
    "crop": crop,
    "upsample": upsample,
    "concat": concat,
    "add": merged(sum),
    "subtract": merged(lambda values: values[0] - values[1]),
    "multiply": merged(math.prod),
    "average": merged(lambda values: sum(values) / len(values)),
    "maximum": merged(max),
    "minimum": merged(min),
    "batch_norm": batch_norm,
    "layer_norm": layer_norm,
    "group_norm": group_norm,
    "lrn": lrn,
    "dropout": unchanged,
    "drop_path": unchanged,
    "clip": valued(clip),
    "spatial_dropout": unchanged,
    "relu": valued(lambda x: max(x, 0)),
    "relu6": valued(lambda x: min(max(x, 0), 6)),
    "leaky_relu": valued(leaky_relu),
    "prelu": prelu,
    "elu": valued(elu),
    "selu": valued(selu),
    "gelu": valued(gelu),
    "silu": valued(lambda x: x * sigmoid(x)),
    "hard_sigmoid": valued(hard_sigmoid),
    "hard_swish": valued(lambda x: x * hard_sigmoid(x)),
    "sigmoid": valued(sigmoid),
    "tanh": valued(math.tanh),
    "softplus": valued(lambda x: max(x, 0) + math.log1p(math.exp(-abs(x)))),
    "softmax": softmax,
}
