"""What Keras computes in float32 although a model is float64, and what it gets wrong on other engines."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable

from archc.compare import ROUGH, Rough, op_names
from archc.emit.spelling import View
from archc.graph import Graph, Layer
from archc.ops.learning import penalised
from archc.ops.pools import AvgPool
from archc.ops.rearranging import ReflectPad
from archc.ops.windows import pairs, same_pads
from archc.shapes import Shape
from archc_keras.engines import TITLES
from archc_keras.spell_windows import paddings

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


SINGLE = "Keras on {} computes it in float32"
GRADIENT = "Keras on {} computes its gradient in float32"

ON_ENGINES: dict[str, dict[str, str]] = {
    "jax": {
        **dict.fromkeys(("tanh", "lstm", "gru", "multi_head_attention", "global_avg_pool", "mean"), SINGLE),
        **dict.fromkeys(("batch_norm", "layer_norm", "group_norm", "instance_norm", "rms_norm"), SINGLE),
        "hard_sigmoid": GRADIENT,
    },
    "torch": {
        **dict.fromkeys(("dense", "multi_head_attention", "scaled_dot_product_attention"), SINGLE),
        **dict.fromkeys(
            ("batch_norm", "layer_norm", "group_norm", "instance_norm", "rms_norm", "l2_normalize"), SINGLE
        ),
        **dict.fromkeys(("global_avg_pool", "mean"), SINGLE),
        **dict.fromkeys(("maximum", "minimum"), GRADIENT),
    },
}
"""For each engine and op, why a float64 model is none: Keras knows no type above float32 where two types meet."""

NO_SEED = "Keras on PyTorch cannot build it: it makes a parameter of the seed, which PyTorch refuses for whole numbers."
CARRIED = "Keras on JAX cannot run it in float64: its tanh gives float32, which its loop refuses."
REFLECTED = "Keras on PyTorch does not reflect volumes, nor images of which an axis is left as it is."
SEEDED = ("simple_rnn", "lstm", "gru")
"""Ops whose layers have a seed whatever their arguments."""

UNEVEN = "Keras on PyTorch averages the wrong places where `same` pads one place more after the input than before."


def limits_on(engine: str, graph: Graph, *, dtype: str) -> list[str]:
    """Return what holds on an engine only as far as float32 goes, in a float64 model, from these layers on."""
    if dtype != "float64":
        return []
    used = {name for layer in graph.layers for name in op_names(layer)}
    bound = f"{ROUGH.layer.relative:g}, of gradients to {ROUGH.gradient.relative:g}"
    return [
        Rough(f"{name}: {why.format(TITLES[engine])}; from there on equality is shown to {bound} of the largest value")
        for name, why in ON_ENGINES[engine].items()
        if name in used
    ]


def refused_on(engine: str, layer: Layer) -> str | None:
    """Return why Keras is wrong about a layer on an engine; None where it is right."""
    if engine != "torch":
        return CARRIED if layer.op.name == "simple_rnn" else None
    if layer.op.name in SEEDED or getattr(layer.op, "rate", 0) > 0 or getattr(layer.op, "stddev", 0) > 0:
        return NO_SEED
    if isinstance(layer.op, ReflectPad):
        around = pairs(layer.op, "padding", layer.shapes[0])
        return REFLECTED if len(around) > 2 or any(max(pair) == 0 for pair in around) else None
    return UNEVEN if isinstance(layer.op, AvgPool) and unevenly(layer.op, layer.shapes[0]) else None


def unevenly(op: AvgPool, x: Shape) -> bool:
    """Tell whether Keras's `same` pads one place more after the input; windows of two places come out right."""
    if "same" not in paddings(op, View(x, False)):
        return False
    pads = [same_pads(n, k, s) for n, k, s in zip(x.spatial, op.kernel(x), op.strides(x), strict=True)]
    return any(lo != hi and k > 2 for (lo, hi), k in zip(pads, op.kernel(x), strict=True))
