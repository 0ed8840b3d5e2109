"""Random weights and inputs with which a network shows at every depth what it computes.

All numbers fit float32 exactly, so that a run in float64 and one in float32 start from the same.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from archc.graph import Graph, Layer
from archc.ops.activations import activation_op
from archc.ops.base import Op, ShapeError
from archc.shapes import Shape, Unknown

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[Any]

SIZES = ((32, 40, 24), (24, 16, 32), (64, 96, 32), (64, 64, 64), (128, 128, 64), (224, 224, 64), (256, 256, 128))
"""What to try for `any` sizes, along the last axes first; unequal, so that axes taken for each other show."""

ENERGY = {
    "relu": 0.5, "leaky_relu": 0.5, "prelu": 0.53, "elu": 0.6, "gelu": 0.48, "silu": 0.45, "hard_swish": 0.45,
    "relu6": 0.45, "mish": 0.45, "celu": 0.6, "glu": 0.3, "max_pool": 2.0, "global_max_pool": 3.0, "avg_pool": 0.5,
    "global_avg_pool": 0.3,
    "mean": 0.3, "max": 3.0, "min": 3.0, "adaptive_avg_pool": 0.5, "adaptive_max_pool": 2.0, "scale": 1.05,
}  # fmt: skip
"""By what factor an op changes the mean square of its input, about."""

BOUNDED = {
    "sigmoid": 0.29, "hard_sigmoid": 0.42, "tanh": 0.4, "softsign": 0.4, "hard_tanh": 0.7, "exponential": 7.0,
    "simple_rnn": 0.4, "lstm": 0.1, "gru": 0.2,
}  # fmt: skip
"""The mean square of what never grows far, about."""

WIDE = 9.0
"""The mean square wanted before most activations: enough that values pass the bends at 3 and 6."""

CALM = frozenset({"tanh", "sigmoid", "softmax", "log_softmax", "exponential", "scaled_dot_product_attention"})
"""Ops before which a mean square of 1 is wanted: larger, and many of them in a row are chaos."""


class Draw(NamedTuple):
    """What a network is tried with; `batches` are the inputs of each training step."""

    weights: dict[str, Array]
    inputs: dict[str, Array]
    batches: list[dict[str, Array]]


def draw(graph: Graph, seed: int, steps: int) -> Draw:
    """Return weights, one batch of inputs and one for each training step."""
    import numpy as np

    source = np.random.default_rng(seed)
    shapes = input_shapes(graph)
    batch = batch_size(graph, shapes)
    drawn = weights(graph, source)
    first, *others = ({n: _input(source, batch, s) for n, s in shapes.items()} for _ in range(steps + 1))
    return Draw(drawn, first, others)


def targets(shapes: Mapping[str, tuple[int, ...]], seed: int, count: int) -> list[dict[str, Array]]:
    """Return something to learn for each of `count` batches, in the shape of each output."""
    import numpy as np

    source = np.random.default_rng([seed, 1])
    return [{name: narrow(source.standard_normal(shape)) for name, shape in shapes.items()} for _ in range(count)]


def output_shapes(graph: Graph, inputs: Mapping[str, Array]) -> dict[str, tuple[int, ...]]:
    """Return the shape of each output for a batch of inputs, with the batch axis."""
    sized = {name: shape._replace(sizes=inputs[name].shape[1:]) for name, shape in graph.inputs.items()}
    known = walk(graph, sized)
    made = {id(tensor): name for name, tensor in graph.run.inputs.items()}  # a network may give what it is given
    made |= {id(layer.turn.output): layer.path for layer in graph.layers}
    batch = next(iter(inputs.values())).shape[0]
    return {
        output.name: (batch, *(int(str(size)) for size in known[made[id(output.tensor)]].sizes))
        for output in graph.outputs
    }


def narrow(array: Array) -> Array:
    """Round to what float32 holds."""
    rounded: Array = array.astype("float32").astype("float64")
    return rounded


def batch_size(graph: Graph, shapes: Mapping[str, Shape]) -> int:
    """Return a batch that a small machine runs in seconds; odd where the network allows."""
    known = walk(graph, shapes)
    sized = (
        layer._replace(shapes=tuple(known[name] for name in layer.inputs), output=known[layer.path])
        for layer in graph.layers
        if layer.weights()
    )
    work = sum(int(str(layer.macs)) for layer in sized)
    return 5 if work < 20_000_000 else 3 if work < 500_000_000 else 2


def input_shapes(graph: Graph) -> dict[str, Shape]:
    """Return the inputs' shapes with a number for each `any`: the first sizes that the network can take."""
    if all(shape.known() for shape in graph.inputs.values()):
        return graph.inputs
    for sizes in SIZES:
        shapes = {name: _sized(shape, sizes) for name, shape in graph.inputs.items()}
        try:
            walk(graph, shapes)
        except ShapeError:
            continue
        return shapes
    return {name: _sized(shape, SIZES[3]) for name, shape in graph.inputs.items()}


def _sized(shape: Shape, sizes: tuple[int, ...]) -> Shape:
    """Put a number in place of each unknown size."""
    filled = []
    for place, size in enumerate(reversed(shape.sizes)):
        filled.append(sizes[(place - 1) % len(sizes)] if isinstance(size, Unknown) else size)
    return shape._replace(sizes=tuple(reversed(filled)))


def walk(graph: Graph, shapes: Mapping[str, Shape]) -> dict[str, Shape]:
    """Return every layer's output shape, by path, for inputs of these shapes. Raises ShapeError."""
    known = dict(shapes)
    for layer in graph.layers:
        known[layer.path] = layer.op.output(*(known[name] for name in layer.inputs))
    return known


def _input(source: np.random.Generator, batch: int, shape: Shape) -> Array:
    import numpy as np

    sizes = (batch, *(int(str(size)) for size in shape.sizes))
    if shape.vocabulary is not None:
        ids: Array = source.integers(0, int(str(shape.vocabulary)), sizes)
        ids[:, 0] = (ids[0, 0] + np.arange(batch)) % int(str(shape.vocabulary))  # no two neighbours alike
        return ids
    array = source.standard_normal(sizes)
    spread = np.array(_spread(batch)).reshape(-1, *(1 for _ in shape.sizes))
    return narrow(array * spread)


def _spread(batch: int) -> list[float]:
    """Return each example's scale: small ones stay where functions are smooth, large ones pass every bend."""
    return [0.5 * 8.0 ** (number / max(batch - 1, 1)) for number in range(batch)]


def weights(graph: Graph, source: np.random.Generator) -> dict[str, Array]:
    """Return weights under which signals neither die nor explode, by estimating each layer's mean square."""
    energy = dict.fromkeys(graph.inputs, 5.0)
    aims = _aims(graph)
    drawn: dict[str, Array] = {}
    for layer in graph.layers:
        aim = aims[layer.path]
        into = [energy[name] for name in layer.inputs]
        for name, weight in layer.weights().items():
            shape = tuple(int(str(size)) for size in weight.shape)
            drawn[f"{layer.path}.{name}"] = _weight(source, layer.op, name, shape, into[0], aim).astype("float32")
        energy[layer.path] = min(max(_energy(layer, into, aim), 1e-6), 1e6)
    return drawn


def _aims(graph: Graph) -> dict[str, float]:
    """Return, for each layer with weights, the mean square wanted of it, before its activation."""
    readers: dict[str, set[str]] = {layer.path: set() for layer in graph.layers}
    for layer in graph.layers:
        fused = activation_op(getattr(layer.op, "activation", None))
        readers[layer.path] |= {fused.name} if fused is not None else set()
        for name in layer.inputs:
            readers.setdefault(name, set()).add(layer.op.name)
    return {path: WIDE if names.isdisjoint(CALM) else 1.0 for path, names in readers.items()}


def _weight(source: np.random.Generator, op: Op, name: str, shape: tuple[int, ...], energy: float, aim: float) -> Array:
    last = name.rpartition(".")[2]
    if op.name == "prelu":
        return source.uniform(0.1, 0.4, shape)
    if op.name == "scale":
        return source.uniform(0.6, 1.4, shape)
    if last == "running_var":
        return source.uniform(0.5 * energy, 1.5 * energy, shape)
    if last.startswith("bias") or last == "running_mean":
        signed: Array = source.uniform(0.05, 0.3, shape) * source.choice((-1.0, 1.0), shape)
        return signed
    if len(shape) == 1:
        return source.uniform(0.6, 1.4, shape) * math.sqrt(aim)
    if last.startswith("weight_hh"):
        return source.uniform(-0.9, 0.9, shape) / math.sqrt(shape[1])  # a state that neither dies nor explodes
    if op.family == "recurrent":
        aim = 1.0
    if last == "position_bias":
        return source.uniform(-1.0, 1.0, shape)
    if op.name in ("multi_head_attention", "window_attention"):
        aim, energy = _in_attention(name, aim, energy)
    bound = math.sqrt(3.0 * aim / (_fan_in(op, shape) * (aim if name == "pointwise.weight" else energy)))
    return source.uniform(-bound, bound, shape)


def _in_attention(name: str, aim: float, energy: float) -> tuple[float, float]:
    """Return the mean square wanted of one of attention's matrices, and that of what it takes.

    Where queries and keys are large, a place sees one other alone; where values are weighed, they get smaller.
    """
    small = (1.0, energy)
    return {"query": small, "key": small, "qkv": small, "output": (aim, 0.5 * aim)}.get(
        name.partition(".")[0], (aim, energy)
    )


def _fan_in(op: Op, shape: tuple[int, ...]) -> float:
    """Return how many products are summed for one value."""
    if op.name in ("embedding", "position_embedding"):
        return 1.0
    if op.name != "conv_transpose":
        return math.prod(shape[1:])
    stride = op.stride  # type: ignore[attr-defined]
    strides = stride if isinstance(stride, tuple) else (stride,) * (len(shape) - 2)
    return shape[0] * math.prod(max(k / s, 1.0) for k, s in zip(shape[2:], strides, strict=True))


def _energy(layer: Layer, into: list[float], aim: float) -> float:
    """Return about the mean square of what a layer gives."""
    name = layer.op.name
    if name in ("softmax", "l2_normalize"):
        count = layer.output.sizes[layer.output.axes.index(layer.op.over(layer.output))]  # type: ignore[attr-defined]
        return 1.0 if isinstance(count, Unknown) else 2.7 / count**2 if name == "softmax" else 1 / count
    if name in ("add", "subtract"):
        return sum(into)
    if name == "multiply":
        return math.prod(into)
    if name == "average":
        return sum(into) / len(into) ** 2
    if name in ("concat", "maximum", "minimum"):
        return sum(into) / len(into)
    if name == "batch_norm":
        # The mean of 1 / variance over what is drawn is larger than 1, and in a deep network that adds up.
        return 1.1 * (1.05 * aim if layer.op.weights(*layer.shapes).get("weight") else 1.0)
    if name == "sum":
        return _summed(layer, into[0])
    if name == "rescale":
        return float(layer.op.scale**2 * into[0] + layer.op.offset**2)  # type: ignore[attr-defined]
    if layer.op.family == "recurrent":
        return BOUNDED[name]
    if name not in ("prelu", "scale") and layer.op.weights(*layer.shapes):
        fused = activation_op(getattr(layer.op, "activation", None))
        return aim if fused is None else _after(fused.name, aim)
    if layer.op.family == "norms" and name != "lrn":
        return 1.0  # without weights
    return _after(name, into[0])


def _summed(layer: Layer, energy: float) -> float:
    """Return the mean square of sums of so many values."""
    before, after = layer.shapes[0].elements, layer.output.elements
    known = isinstance(before, int) and isinstance(after, int)
    return energy * before / after if known else energy  # type: ignore[operator]


def _after(name: str, energy: float) -> float:
    return BOUNDED[name] if name in BOUNDED else energy * ENERGY.get(name, 1.0)
