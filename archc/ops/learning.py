"""How a layer's weights start and change in training: arguments that every op with weights takes."""

from __future__ import annotations

from typing import Any

from archc.ops.base import Argument, Op, Weight
from archc.ops.words import WORDS
from archc.shapes import Size

LEARNING = ("initializer", "regularizer", "trainable")
"""The arguments, in the order in which they are listed."""

DRAWN = frozenset({"glorot_uniform", "uniform"})
"""The distributions that `initializer` takes the place of."""

MATRICES = DRAWN | {"orthogonal"}
"""How the weights begin that `regularizer` keeps small: matrices and kernels, but no biases and no norms."""

FANS = frozenset(f"{who}_{how}" for who in ("glorot", "he", "lecun") for how in ("uniform", "normal"))
"""The distributions whose width depends on how many values a weight takes and gives."""

VALUES: dict[str, tuple[str, float | None]] = {
    "uniform": ("bound", 0.05),
    "normal": ("stddev", 0.05),
    "truncated_normal": ("stddev", 0.05),
    "constant": ("value", None),
    "orthogonal": ("gain", 1.0),
}
"""The one argument of each of the other distributions, and its default."""

HELP = {
    "initializer": "How kernels and matrices are drawn at the start, in place of the op's own way.",
    "regularizer": "What training adds to the loss: `l1` times the sum of the weights without sign, `l2` of squares.",
    "trainable": "Whether training changes the layer; a batch norm that stays also keeps its running statistics.",
}


def extend(op: type[Op]) -> None:
    """Give an op the arguments that suit its weights."""
    if op.weights is Op.weights:
        return
    kinds = {
        weight.initial[0]
        for example in op.examples
        for weight in _example(op, example.args).weights(*example.inputs).values()
    }
    found = {"trainable": Argument(HELP["trainable"], True, WORDS["Flag"], "trainable")}
    if kinds & DRAWN:
        words = {"initializer": WORDS["Initializer"], "regularizer": WORDS["Regularizer"]}
        found = {name: Argument(HELP[name], None, word, name) for name, word in words.items()} | found
    op.arguments = {**op.arguments, **found}
    op.defaults = {**op.defaults, **{name: argument.default for name, argument in found.items()}}


def _example(op: type[Op], args: dict[str, Any]) -> Op:
    return op(**{name: op.arguments[name].freeze(value) for name, value in args.items()})


def learned(op: Op, *xs: Any) -> dict[str, Weight]:
    """Return the op's weights as the network holds them: drawn as `initializer` says, and trained or not."""
    found = op.weights(*xs)
    chosen = getattr(op, "initializer", None)
    if chosen is not None:
        found = {name: _drawn(op, weight, chosen) for name, weight in found.items()}
    if not getattr(op, "trainable", True):
        found = {name: weight._replace(trainable=False) for name, weight in found.items()}
    return found


def _drawn(op: Op, weight: Weight, chosen: Any) -> Weight:
    if weight.initial[0] not in DRAWN:
        return weight
    name, values = (chosen, {}) if isinstance(chosen, str) else next(iter(chosen.items()))
    if name in FANS:
        return weight._replace(initial=(str(name), *map(float_of, fans(op, weight))))
    if name not in VALUES:
        return weight._replace(initial=(str(name),))
    argument, default = VALUES[name]
    value: Any = (values or {}).get(argument, default)
    return weight._replace(initial=(str(name), float(value)))


def float_of(size: Size) -> float:
    """Return a size, which is known wherever weights are, as a number."""
    assert isinstance(size, int)
    return float(size)


def fans(op: Op, weight: Weight) -> tuple[Size, Size]:
    """Return how many values a kernel takes for one that it gives, and the other way, from its PyTorch layout.

    An embedding takes one of its vocabulary.
    """
    out, into, *kernel = weight.shape
    area: Size = 1
    for size in kernel:
        area = area * size
    return (out, into) if op.name == "embedding" else (into * area, out * area)


def penalised(op: Op, *xs: Any) -> dict[str, tuple[float, float]]:
    """Return the weights that add to the loss, by name within the layer, with what their l1 and l2 sums count."""
    factors = getattr(op, "regularizer", None)
    if factors is None or not getattr(op, "trainable", True):
        return {}
    pair = (float(factors.get("l1", 0)), float(factors.get("l2", 0)))
    return {name: pair for name, weight in op.weights(*xs).items() if weight.initial[0] in MATRICES}
