"""What Keras on TensorFlow computes in float32 although a model is float64."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable

from archc.compare import op_names
from archc.graph import Graph, Layer
from archc.ops.learning import penalised

WHY = {
    "leaky_relu": "TensorFlow holds its slope in float32",
    "gelu": "TensorFlow holds its constants in float32",
    "hard_sigmoid": "TensorFlow holds the slope of its gradient in float32",
    "upsample": "TensorFlow interpolates in float32",
    "max_pool": "TensorFlow pools volumes in float32 alone",
    "avg_pool": "TensorFlow pools volumes in float32 alone",
    "adaptive_avg_pool": "TensorFlow pools volumes in float32 alone",
    "adaptive_max_pool": "TensorFlow pools volumes in float32 alone",
}

ONLY: dict[str, Callable[[Layer], bool]] = {
    "upsample": lambda layer: getattr(layer.op, "method", "") == "bilinear",
    "max_pool": lambda layer: layer.shapes[0].rank == 3,
    "avg_pool": lambda layer: layer.shapes[0].rank == 3,
    "adaptive_avg_pool": lambda layer: layer.shapes[0].rank == 3,
    "adaptive_max_pool": lambda layer: layer.shapes[0].rank == 3,
}


def limits(graph: Graph, *, dtype: str) -> list[str]:
    """Return what holds only as far as float32 goes, in a float64 model, from these layers on."""
    if dtype != "float64":
        return []
    found = {
        name for layer in graph.layers for name in op_names(layer) if name in WHY and ONLY.get(name, _always)(layer)
    }
    said = [f"{name}: {why}; from there on equality is shown to float32's precision" for name, why in WHY.items()
            if name in found]  # fmt: skip
    if any(_rounded(factor) for layer in graph.layers for factor in _factors(layer)):
        said.append(
            "regularizer: TensorFlow rounds its factor to float32; equality of gradients and training is shown to that "
            "precision"
        )
    return said


def _factors(layer: Layer) -> Iterable[float]:
    return [factor for pair in penalised(layer.op, *layer.shapes).values() for factor in pair]


def _rounded(number: float) -> bool:
    """Tell whether float32 has another number in its place."""
    return bool(struct.unpack("<f", struct.pack("<f", number))[0] != number) if abs(number) < 3e38 else True


def _always(_layer: Layer) -> bool:
    return True
