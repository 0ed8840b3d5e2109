"""How much memory training takes, as a formula: an estimate that no framework is needed for.

    bytes = weights + gradients + optimizer state + batch x (activations + gradients of activations)

in float32, where weights are all parameters, running statistics included; gradients are as many as trained parameters;
the state is that of STATES for each trained parameter; activations are the inputs and what every layer gives, kept once
for the backward pass; and the gradients of activations are, at their most, those of one layer's output and inputs.
A framework takes less where it computes in place or keeps nothing of a layer, and more for its workspaces.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from archc.shapes import Shape, Unknown

if TYPE_CHECKING:
    from archc.graph import Graph
    from archc.summary import Summary

FLOAT32 = 4
"""Bytes of a float32."""
STATES = {"sgd": 0, "momentum": 1, "rmsprop": 1, "adam": 2, "adamw": 2}
"""How many numbers an optimizer keeps for each trained parameter; `momentum` is `sgd` with it."""


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
    inputs: int | None
    outputs: int | None
    largest: int | None
    """Of any layer: what it takes and gives."""


def training_memory(tensors: Tensors, optimizer: str, batch_size: int) -> TrainingMemory:
    """Return what training takes with this optimizer and so many examples at once."""
    state = tensors.trained * STATES[optimizer]
    fixed = tensors.weights + tensors.trained + state
    kept = (
        None if tensors.inputs is None or tensors.outputs is None else batch_size * (tensors.inputs + tensors.outputs)
    )
    flowing = None if tensors.largest is None else batch_size * tensors.largest
    whole = None if kept is None or flowing is None else fixed + kept + flowing
    return TrainingMemory(
        optimizer, batch_size, tensors.weights, tensors.trained, state, kept, flowing, whole
    )  # fmt: skip


def bytes_of(shape: Shape) -> int | None:
    """Return the bytes of a tensor of this shape, in float32, for one example; None where known only at run time."""
    elements = shape.elements
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
        inputs=total([bytes_of(shape) for shape in graph.inputs.values()]),
        outputs=summary.activation_bytes,
        largest=_largest(graph),
    )
    return training_memory(tensors, optimizer or chosen, batch_size or recipe.batch_size)


def _largest(graph: Graph) -> int | None:
    flows = [total([bytes_of(shape) for shape in (*layer.shapes, layer.output)]) for layer in graph.layers]
    known = [flow for flow in flows if flow is not None]
    return max(known, default=0) if len(known) == len(flows) else None
