"""How far apart two runs of one network are, and how far apart they may be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from archc.graph import Graph, Layer
from archc.ops.activations import activation_op
from archc.ops.base import Op

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]


class Allowed(NamedTuple):
    """A bound on the largest difference: `relative` times the tensor's scale, and `absolute` besides."""

    relative: float
    absolute: float


class Bounds(NamedTuple):
    """What is allowed of each kind of tensor. That of gradients is `absolute` times the largest gradient of all."""

    layer: Allowed
    output: Allowed
    gradient: Allowed
    training: Allowed
    loss: Allowed


DOUBLE = Bounds(
    Allowed(1e-12, 1e-13), Allowed(1e-11, 1e-13), Allowed(1e-10, 1e-12), Allowed(1e-11, 1e-13), Allowed(1e-11, 1e-13)
)
"""Float64's rounding through a whole network, with two digits to spare: a difference of meaning is far larger."""

LOOSE = Bounds(Allowed(3e-6, 1e-7), Allowed(3e-6, 1e-7), Allowed(3e-5, 1e-6), Allowed(1e-5, 1e-7), Allowed(1e-5, 1e-7))
"""For what a framework computes in float32 even within a float64 model, and for what follows from it."""

ROUGH = Bounds(Allowed(3e-5, 1e-6), Allowed(3e-5, 1e-6), Allowed(3e-4, 1e-5), Allowed(1e-4, 1e-6), Allowed(1e-4, 1e-6))
"""For what a framework computes in float32 where a float64 model loses more of it: norms and attention."""


class Rough(str):
    """A limit under which `ROUGH` bounds hold, which it says, in place of `LOOSE` ones."""


SINGLE = Bounds(Allowed(1e-6, 1e-7), Allowed(1e-5, 1e-7), Allowed(2e-4, 2e-5), Allowed(1e-4, 1e-6), Allowed(1e-5, 1e-7))
"""For a run in float32, besides `CALIBRATION` times what a backend differs by from its own run in float64."""

CALIBRATION = 8.0
DEEPEST = 10.0


class Gap(NamedTuple):
    """How far apart two tensors are; `scale` is the first one's largest value."""

    absolute: float
    relative: float
    scale: float


def gap(a: Array, b: Array, least: float = 0.0) -> Gap:
    """Return the largest difference of two tensors of one shape. `relative` is over the scale, or `least` if larger."""
    if not a.size:
        return Gap(0.0, 0.0, 0.0)
    absolute, scale = float(abs(a.astype("float64") - b).max()), float(abs(a).max())
    over = max(scale, least)
    return Gap(absolute, absolute / over if over else float(absolute > 0.0), scale)


def finite(array: Array) -> bool:
    """Tell whether there is neither a NaN nor an infinity."""
    import numpy as np

    return bool(np.isfinite(array).all())


def varies(array: Array) -> bool:
    """Tell whether the examples of a batch give different values."""
    scale = float(abs(array).max()) if array.size else 0.0
    return scale > 0.0 and float((array.max(axis=0) - array.min(axis=0)).max()) > 1e-7 * scale


def largest(arrays: Mapping[str, Array]) -> float:
    """Return the largest absolute value of all."""
    return max((float(abs(array).max()) for array in arrays.values() if array.size), default=0.0)


def depths(graph: Graph) -> dict[str, int]:
    """Return, for each layer, how many layers a value passes up to and with it, on the longest way."""
    found = dict.fromkeys(graph.inputs, 0)
    for layer in graph.layers:
        found[layer.path] = 1 + max((found[name] for name in layer.inputs), default=0)
    return found


def subjects(limits: Iterable[str]) -> set[str]:
    """Return what limits speak of: `op`, for an op's result, or `op.weight`, for a weight after training."""
    return {limit.partition(":")[0].strip() for limit in limits}


def inexact(graph: Graph, limits: Iterable[str]) -> set[str]:
    """Return the layers that a limit on their op concerns, and all that follow from them."""
    ops = subjects(limits)
    found: set[str] = set()
    for layer in graph.layers:
        if not ops.isdisjoint(op_names(layer)) or not found.isdisjoint(layer.inputs):
            found.add(layer.path)
    return found


def ops_of(layer: Layer) -> list[Op]:
    """Return a layer's op, and the activation in it."""
    fused = activation_op(getattr(layer.op, "activation", None))
    return [layer.op] if fused is None else [layer.op, fused]


def op_names(layer: Layer) -> set[str]:
    """Return the names of a layer's op and of the activation in it."""
    return {op.name for op in ops_of(layer)}


def unclaimed_weights(graph: Graph, limits: Iterable[str]) -> set[str]:
    """Return the weights whose values after training no backend claims."""
    named = subjects(limits)
    return {
        f"{layer.path}.{name}"
        for layer in graph.layers
        for name in layer.weights()
        if f"{layer.op.name}.{name}" in named
    }
