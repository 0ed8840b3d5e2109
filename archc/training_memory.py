"""How much memory training takes, as a formula: an estimate that no framework is needed for.

    bytes = weights + gradients + optimizer state + batch x (activations + gradients of activations)

in float32, where weights are all parameters, running statistics included; gradients are as many as trained
parameters; the state is that of STATES for each trained parameter; activations are what the backward pass needs, each
kept once: what a layer takes, for all but KEEPS_NOTHING and KEEPS_OUTPUT, what those of KEEPS_OUTPUT give, and where
a max pool found its values, or its inverse puts them, in 64 bits; and the gradients of activations are, at their
most, those of one layer's output and inputs. Workspaces are not counted, nor what a framework keeps of a layer that
it makes of several functions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from archc.ops.activations import activation_op
from archc.shapes import Shape, Unknown

if TYPE_CHECKING:
    from archc.graph import Graph, Layer
    from archc.summary import Summary

FLOAT32 = 4
"""Bytes of a float32."""
INT64 = 8
STATES = {"sgd": 0, "momentum": 1, "rmsprop": 1, "adam": 2, "adamw": 2}
"""How many numbers an optimizer keeps for each trained parameter; `momentum` is `sgd` with it."""
KEEPS_OUTPUT = frozenset({"relu", "sigmoid", "tanh", "softmax", "dropout", "spatial_dropout"})
"""Ops whose gradient is told from what they give (for dropout, from its mask, which is as large)."""
KEEPS_NOTHING = frozenset(
    {"add", "subtract", "average", "concat", "flatten", "reshape", "permute", "zero_pad", "crop", "upsample", "roll",
     "reflect_pad", "channel_shuffle", "pixel_shuffle", "unfold", "fold", "identity", "mean", "sum", "global_avg_pool",
     "adaptive_avg_pool", "max_unpool", "drop_path", "gaussian_noise", "apart", "time_distributed"}
)  # fmt: skip
"""Ops whose gradient needs neither what they take nor what they give."""
BEFORE = " before its activation"


class TrainingMemory(NamedTuple):
    """Bytes, by what they are for; those of a size known only at run time are None."""

    optimizer: str
    batch_size: int
    weights: int
    gradients: int
    optimizer_state: int
    activations: int | None
    activation_gradients: int | None
    total: int | None


class Tensors(NamedTuple):
    """What the formula needs of a network: bytes, the activations' for one example."""

    weights: int
    trained: int
    kept: int | None
    """For the backward pass."""
    largest: int | None
    """Of any layer: what it takes and gives."""


def training_memory(tensors: Tensors, optimizer: str, batch_size: int) -> TrainingMemory:
    """Return what training takes with this optimizer and so many examples at once."""
    state = tensors.trained * STATES[optimizer]
    fixed = tensors.weights + tensors.trained + state
    kept = None if tensors.kept is None else batch_size * tensors.kept
    flowing = None if tensors.largest is None else batch_size * tensors.largest
    whole = None if kept is None or flowing is None else fixed + kept + flowing
    return TrainingMemory(
        optimizer, batch_size, tensors.weights, tensors.trained, state, kept, flowing, whole
    )  # fmt: skip


def bytes_of(shape: Shape, times: int = 1) -> int | None:
    """Return the bytes of `times` tensors of this shape, in float32; None where known only at run time."""
    elements = shape.elements * times
    return None if isinstance(elements, Unknown) else int(elements) * FLOAT32


def total(counts: list[int | None]) -> int | None:
    """Return the sum; None where one of them is known only at run time."""
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None


def trained(graph: Graph, summary: Summary, optimizer: str | None, batch_size: int | None) -> TrainingMemory:
    """Return what training a network takes; what is None is as its spec's `training` says."""
    from archc.training.recipe import recipe as recipe_of

    recipe = recipe_of(graph)
    chosen = recipe.optimizer.name
    if chosen == "sgd" and recipe.optimizer.settings.get("momentum"):
        chosen = "momentum"
    tensors = Tensors(
        weights=summary.parameters * FLOAT32,
        trained=summary.trainable_parameters * FLOAT32,
        kept=kept_bytes(graph),
        largest=_largest(graph),
    )
    return training_memory(tensors, optimizer or chosen, batch_size or recipe.batch_size)


def with_training(graph: Graph, summary: Summary, optimizer: str | None, batch_size: int | None) -> Summary:
    """Return a summary that tells what training takes, also line by line; what is None is as the spec says.

    A line has its weights, their gradients, the optimizer's state, and for the whole batch the tensors that its
    backward pass is the first to need. The gradients of activations come and go, and belong to no line.
    """
    memory = trained(graph, summary, optimizer, batch_size)
    copies = 1 + STATES[memory.optimizer]
    kept = kept_by_layer(graph)
    lines = []
    for layer, line in zip(graph.layers, summary.layers, strict=True):
        learned = sum(int(str(weight.elements)) for weight in layer.weights().values() if weight.trainable)
        own, needed = FLOAT32 * (line.parameters + copies * learned), kept[layer.path]
        lines.append(line._replace(training_bytes=None if needed is None else own + memory.batch_size * needed))
    return summary._replace(training=memory, layers=lines)


def kept_bytes(graph: Graph) -> int | None:
    """Return the bytes that one example's backward pass needs from its forward pass."""
    return total(list(kept_by_layer(graph).values()))


def kept_by_layer(graph: Graph) -> dict[str, int | None]:
    """Return these bytes by the layer, by its path, that is the first to need them."""
    sizes = {name: bytes_of(shape) for name, shape in graph.inputs.items()}
    seen: set[str] = set()
    kept: dict[str, int | None] = {}
    for layer in graph.layers:
        sizes[layer.path] = bytes_of(layer.output, layer.times)
        found = [sizes[name.removesuffix(BEFORE)] for name in dict.fromkeys(_kept(layer)) if name not in seen]
        seen.update(_kept(layer))
        if layer.op.name in ("max_pool", "max_unpool"):
            places = sizes[layer.path] if layer.op.name == "max_pool" else bytes_of(layer.shapes[0], layer.times)
            found.append(None if places is None else INT64 // FLOAT32 * places)
        kept[layer.path] = total(found)
    return kept


def _kept(layer: Layer) -> list[str]:
    """Return the names of the tensors that a layer's backward pass needs, and its own activation's."""
    fused = activation_op(layer.op.__dict__.get("activation"))
    found = [] if layer.op.name in KEEPS_NOTHING | KEEPS_OUTPUT else list(layer.inputs)
    if layer.op.name in KEEPS_OUTPUT or (fused is not None and fused.name in KEEPS_OUTPUT):
        found.append(layer.path)
    elif fused is not None:
        found.append(layer.path + BEFORE)
    return found


def _largest(graph: Graph) -> int | None:
    flows = [total([bytes_of(shape, layer.times) for shape in (*layer.shapes, layer.output)]) for layer in graph.layers]
    known = [flow for flow in flows if flow is not None]
    return max(known, default=0) if len(known) == len(flows) else None
