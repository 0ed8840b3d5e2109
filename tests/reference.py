"""What each op computes, in plain NumPy and float64, written from the formulas and apart from the compiler.

Tensors are channels-last and have no batch axis. Each formula states the language's defaults as its own. Nothing is
taken from `archc`: windows are found by trying every start, `same` by what is left over, sums by adding up.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from tests.reference_attention import ATTENTION
from tests.reference_recurrent import RECURRENT
from tests.reference_shapes import SHAPES, axis_number, flatten
from tests.reference_windows import POOLS, WEIGHTED, Array, Formula, Weights, multiplied

__all__ = ["FORMULAS", "batch_norm_training", "multiplied", "run"]


def spread(name: str) -> float:
    """Return how far inputs of an op are to be spread, so that values pass its bounds."""
    return 9.0 if name in ("relu6", "hard_sigmoid", "hard_swish", "hard_tanh", "clip") else 1.0


def run(op: str, args: dict[str, Any], inputs: list[Array], weights: Weights | None = None) -> Array:
    """Return what `op` gives for `inputs`, as in evaluation, followed by its own activation."""
    args = dict(args)
    activation = args.pop("activation", None)
    y = FORMULAS[op](*inputs, **args, **({"w": weights} if weights else {}))
    if activation is None or activation == "none":
        return y
    name, values = (activation, None) if isinstance(activation, str) else next(iter(activation.items()))
    return FORMULAS[name](y, **(values or {}))


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


def instance_norm(x: Array, *, w: Weights | None = None, epsilon: float = 1e-5, affine: bool = True) -> Array:
    return group_norm(x, groups=x.shape[-1], w=w, epsilon=epsilon, affine=affine)


def rms_norm(x: Array, *, w: Weights, epsilon: float = 1e-5) -> Array:
    y = np.zeros(x.shape)
    for place in np.ndindex(*x.shape[:-1]):
        y[place] = x[place] / math.sqrt(sum(x[place] ** 2) / x.shape[-1] + epsilon)
    return y * w["weight"]


def l2_normalize(x: Array, *, axis: str | None = None, epsilon: float = 1e-12) -> Array:
    def divided(vector: Array) -> Array:
        return vector / max(math.sqrt(sum(value**2 for value in vector)), epsilon)

    return np.apply_along_axis(divided, axis_number(x, axis), x)


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


def log_softmax(x: Array, *, axis: str | None = None) -> Array:
    return np.log(softmax(x, axis=axis))


def celu(x: float, *, alpha: float = 1.0) -> float:
    return max(0.0, x) + min(0.0, alpha * math.expm1(x / alpha))


def mish(x: float) -> float:
    return x * math.tanh(math.log1p(math.exp(x)))


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
    **SHAPES,
    **ATTENTION,
    "global_avg_pool": lambda x: sum(x.reshape(-1, x.shape[-1])) / math.prod(x.shape[:-1]),
    "global_max_pool": lambda x: np.array([max(flatten(x[..., c])) for c in range(x.shape[-1])]),
    "rescale": valued(lambda x, *, scale=1.0, offset=0.0: scale * x + offset),
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
    "instance_norm": instance_norm,
    "rms_norm": rms_norm,
    "l2_normalize": l2_normalize,
    "lrn": lrn,
    "dropout": unchanged,
    "drop_path": unchanged,
    "gaussian_noise": lambda x, *, stddev: x + 0 * stddev,
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
    "mish": valued(mish),
    "celu": valued(celu),
    "softsign": valued(lambda x: x / (1 + abs(x))),
    "hard_tanh": valued(lambda x: min(max(x, -1), 1)),
    "exponential": valued(math.exp),
    "log_softmax": log_softmax,
    "softmax": softmax,
}
