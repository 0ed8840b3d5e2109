"""How PyTorch's weights (names and layouts) map to the variables of Keras layers, and back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from archc.graph import Graph

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]
    Turn = Callable[[Array, tuple[int, ...]], Array]


class Slot(NamedTuple):
    """A weight's place in a Keras layer: the attribute, and how its axes turn on the way there and back.

    `row` is set where the weight is that row of a variable, in which others stand too.
    """

    attribute: str
    there: Turn
    back: Turn
    row: int | None = None


class Held(NamedTuple):
    """A Keras variable, with the slot that it fills."""

    variable: Any
    slot: Slot

    def filled(self, array: Array, array_of: Callable[[Any], Array]) -> Array:
        """Return the variable's value with a weight in PyTorch's layout in it; `array_of` reads a variable."""
        shape = tuple(self.variable.shape)
        if self.slot.row is None:
            return np.ascontiguousarray(self.slot.there(array, shape))
        value = np.array(array_of(self.variable))
        value[self.slot.row] = self.slot.there(array, shape)
        return value

    def weight(self, value: Array) -> Array:
        """Return the weight, in PyTorch's layout, from the variable's value or gradient."""
        part = value if self.slot.row is None else value[self.slot.row]
        return np.ascontiguousarray(self.slot.back(part, ()))


def _same(array: Array, _shape: tuple[int, ...]) -> Array:
    return array


def _kernel_there(array: Array, _shape: tuple[int, ...]) -> Array:
    """Turn (out, in, *kernel) into (*kernel, in, out); a transposed convolution's (in, out, ...) likewise."""
    return array.transpose(*range(2, array.ndim), 1, 0)


def _kernel_back(array: Array, _shape: tuple[int, ...]) -> Array:
    return array.transpose(array.ndim - 1, array.ndim - 2, *range(array.ndim - 2))


def _depthwise_there(array: Array, shape: tuple[int, ...]) -> Array:
    """Turn (channels * multiplier, 1, *kernel) into (*kernel, channels, multiplier)."""
    split = array.reshape(*shape[-2:], *array.shape[2:])
    return split.transpose(*range(2, split.ndim), 0, 1)


def _depthwise_back(array: Array, _shape: tuple[int, ...]) -> Array:
    front = array.transpose(array.ndim - 2, array.ndim - 1, *range(array.ndim - 2))
    return front.reshape(-1, 1, *front.shape[2:])


def _matrix(array: Array, _shape: tuple[int, ...]) -> Array:
    return array.T


def _spread(array: Array, shape: tuple[int, ...]) -> Array:
    """Turn (channels,) into (1, ..., channels)."""
    return array.reshape(shape)


def _flat(array: Array, _shape: tuple[int, ...]) -> Array:
    return array.reshape(-1)


def _swapped(array: Array, _shape: tuple[int, ...]) -> Array:
    """Turn a GRU's gates r, z, n along the last axis into z, r, n, or back."""
    reset, update, new = np.split(array, 3, axis=-1)
    return np.concatenate((update, reset, new), axis=-1)


def _gates_there(array: Array, _shape: tuple[int, ...]) -> Array:
    return _swapped(array.T, ())


def _gates_back(array: Array, _shape: tuple[int, ...]) -> Array:
    return _swapped(array, ()).T


def _recurrent(cell: str = "cell", end: str = "_l0", gru: bool = False) -> dict[str, Slot]:
    """Return the slots of one direction of a recurrent layer, whose variables its `cell` holds."""
    there, back = (_gates_there, _gates_back) if gru else (_matrix, _matrix)
    slots = {
        f"weight_ih{end}": Slot(f"{cell}.kernel", there, back),
        f"weight_hh{end}": Slot(f"{cell}.recurrent_kernel", there, back),
    }
    if not gru:
        return {**slots, f"bias_ih{end}": Slot(f"{cell}.bias", _same, _same)}
    biases = {
        f"bias_{kind}{end}": Slot(f"{cell}.bias", _swapped, _swapped, row) for row, kind in enumerate(("ih", "hh"))
    }
    return {**slots, **biases}


def _both(gru: bool = False) -> dict[str, Slot]:
    """Return the slots of a wrapper of two recurrent layers, one for each direction."""
    return {
        **_recurrent("forward_layer.cell", gru=gru),
        **_recurrent("backward_layer.cell", "_l0_reverse", gru),
    }


def _heads_there(array: Array, shape: tuple[int, ...]) -> Array:
    """Turn (heads * key channels, in) into (in, heads, key channels)."""
    return array.T.reshape(shape)


def _heads_back(array: Array, _shape: tuple[int, ...]) -> Array:
    return array.reshape(array.shape[0], -1).T


def _joined_back(array: Array, _shape: tuple[int, ...]) -> Array:
    """Turn (heads, key channels, out) into (out, heads * key channels)."""
    return array.reshape(-1, array.shape[-1]).T


_BIAS = {"bias": Slot("bias", _same, _same)}
_SCALE = {"weight": Slot("gamma", _same, _same), "bias": Slot("beta", _same, _same)}
_CONVOLUTION = {"weight": Slot("kernel", _kernel_there, _kernel_back), **_BIAS}

_ATTENTION = {
    **{f"{part}.weight": Slot(f"{part}_dense.kernel", _heads_there, _heads_back) for part in ("query", "key", "value")},
    **{f"{part}.bias": Slot(f"{part}_dense.bias", _spread, _flat) for part in ("query", "key", "value")},
    "output.weight": Slot("output_dense.kernel", _heads_there, _joined_back),
    "output.bias": Slot("output_dense.bias", _same, _same),
}

SLOTS: dict[str, dict[str, Slot]] = {
    "BaseConv": _CONVOLUTION,
    "BaseConvTranspose": _CONVOLUTION,
    "BaseDepthwiseConv": {"weight": Slot("kernel", _depthwise_there, _depthwise_back), **_BIAS},
    "BaseSeparableConv": {
        "depthwise.weight": Slot("depthwise_kernel", _depthwise_there, _depthwise_back),
        "pointwise.weight": Slot("pointwise_kernel", _kernel_there, _kernel_back),
        "pointwise.bias": Slot("bias", _same, _same),
    },
    "Dense": {"weight": Slot("kernel", _matrix, _matrix), **_BIAS},
    "Embedding": {"weight": Slot("embeddings", _same, _same)},
    "PReLU": {"weight": Slot("alpha", _spread, _flat)},
    "BatchNormalization": {
        **_SCALE,
        "running_mean": Slot("moving_mean", _same, _same),
        "running_var": Slot("moving_variance", _same, _same),
    },
    "LayerNormalization": _SCALE,
    "GroupNormalization": _SCALE,
    "RMSNormalization": {"weight": Slot("scale", _same, _same)},
    "Scale": {"weight": Slot("scale", _same, _same)},
    "SimpleRNN": _recurrent(),
    "LSTM": _recurrent(),
    "GRU": _recurrent(gru=True),
    "Bidirectional SimpleRNN": _both(),
    "Bidirectional LSTM": _both(),
    "Bidirectional GRU": _both(gru=True),
    "MultiHeadAttention": _ATTENTION,
    "WindowAttention": {
        "position_bias": Slot("position_bias", _same, _same),
        "qkv.weight": Slot("qkv.kernel", _matrix, _matrix),
        "qkv.bias": Slot("qkv.bias", _same, _same),
        "output.weight": Slot("projection.kernel", _matrix, _matrix),
        "output.bias": Slot("projection.bias", _same, _same),
    },
    "PositionEmbedding": {"weight": Slot("embeddings", _same, _same)},
    "ClassToken": {"weight": Slot("token", _same, _same)},
}
"""For each class of Keras layer, its weights by their names in PyTorch. Subclasses are as their class."""


def kind_of(layer: Any) -> str:
    """Return the key of `SLOTS` for a Keras layer; empty where it has none."""
    if hasattr(layer, "forward_layer"):
        return f"Bidirectional {kind_of(layer.forward_layer)}"
    return next((cls.__name__ for cls in type(layer).__mro__ if cls.__name__ in SLOTS), "")


def held(graph: Graph, model: Any) -> dict[str, Held]:
    """Return the variables of a Keras model by their names in PyTorch, in the graph's order; none that is missing."""
    layers = {layer.name: layer for layer in every(model)}
    found = {}
    for layer in graph.layers:
        for name in layer.weights():
            entry = _find(layers, layer.path, name)
            if entry is not None:
                found[f"{layer.path}.{name}"] = entry
    return found


def attribute(layer: Any, path: str) -> Any:
    """Return an attribute of a layer, or of a layer in it where `path` has dots; None where it is not there."""
    for name in path.split("."):
        layer = getattr(layer, name, None)
    return layer


def every(model: Any) -> list[Any]:
    """Return the layers of a model and of the models in it."""
    return [
        part for layer in model.layers for part in ([layer, *every(layer)] if hasattr(layer, "layers") else [layer])
    ]


def operations(model: Any) -> list[Any]:
    """Return all that a model computes, and the models in it."""
    inner = [operation for layer in every(model) for operation in getattr(layer, "operations", ())]
    return [*model.operations, *inner]


def _find(layers: dict[str, Any], path: str, name: str) -> Held | None:
    """Look for a weight in the layer of its path, then in one for each part: `sep_depthwise`, `sep_pointwise`."""
    part, _, rest = name.rpartition(".")
    for owner, local in ((path, name), (f"{path}.{part}", rest)):
        layer = layers.get(owner.replace(".", "_"))
        slot = SLOTS.get(kind_of(layer), {}).get(local)
        variable = None if slot is None else attribute(layer, slot.attribute)
        if slot is not None and variable is not None:
            return Held(variable, slot)
    return None


def strangers(model: Any, known: dict[str, Held]) -> dict[str, Any]:
    """Return the model's variables that hold no weight of the network, by Keras's own names; seeds are none."""
    taken = {id(entry.variable) for entry in known.values()}
    return {variable.path: variable for variable in model.weights if id(variable) not in taken}
