"""What a network costs: shapes, parameters, multiply-accumulates, memory and receptive fields, per layer and in all."""

from __future__ import annotations

from typing import Any, NamedTuple

from archc.graph import Graph, Layer
from archc.receptive_field import Reach, reaches
from archc.shapes import Shape, Size, Unknown
from archc.training_memory import FLOAT32, TrainingMemory, bytes_of, total


class LayerSummary(NamedTuple):
    """A line of the table: a layer, or a folded block with all in it. What is known only at run time is None.

    `receptive_field`, `field_stride` and `field_start` hold a number for each spatial axis of the input, in pixels:
    how many a place sees, how far on the next place looks, and where the first begins (negative in the padding).
    `moved_bytes` are those that the layer reads (what goes in, its weights) and writes, in float32, for one example;
    `arithmetic_intensity` is floating-point operations (two to a multiply-accumulate) to a byte of these.
    """

    name: str
    op: str
    line: int
    inputs: list[str]
    output: dict[str, int | None]
    parameters: int
    macs: int | None
    receptive_field: list[int | None]
    activation_bytes: int | None
    field_stride: list[float | None]
    field_start: list[float | None]
    moved_bytes: int | None
    arithmetic_intensity: float | None
    training_bytes: int | None = None
    """What training takes for this line; told where the summary has `training`."""


class Summary(NamedTuple):
    """A network's layers and its totals; `depth` counts layers with weights on the longest path."""

    name: str
    inputs: dict[str, dict[str, int | None]]
    outputs: dict[str, dict[str, int | None]]
    parameters: int
    trainable_parameters: int
    macs: int | None
    depth: int
    layers: list[LayerSummary]
    activation_bytes: int | None = None
    training: TrainingMemory | None = None

    def to_json(self) -> dict[str, Any]:
        """Return what `archc summary --format json` prints."""
        layers = [layer._asdict() for layer in self.layers]
        found = {**self._asdict(), "layers": layers}
        del found["training"]
        if self.training is not None:
            return {**found, "training_memory": self.training._asdict()}
        for layer in layers:
            del layer["training_bytes"]
        return found

    def text(self) -> str:
        """Return a table with aligned columns, and the totals under it."""
        from archc.tables import text

        return text(self)

    def markdown(self) -> str:
        """Return the same as a Markdown table."""
        from archc.tables import markdown

        return markdown(self)

    def __str__(self) -> str:
        return self.text()


def summarize(graph: Graph) -> Summary:
    """Return the summary of a network."""
    reached = reaches(graph)
    layers, trainable = [], 0
    for layer in graph.layers:
        weights = layer.weights().values()
        trainable += sum(_count(weight.elements) for weight in weights if weight.trainable)
        layers.append(_line(layer, sum(_count(weight.elements) for weight in weights), reached[layer.path]))
    return Summary(
        name=graph.name,
        inputs={name: axes_of(shape) for name, shape in graph.inputs.items()},
        outputs={output.name: axes_of(output.tensor.shape) for output in graph.outputs if output.tensor.shape},
        parameters=sum(layer.parameters for layer in layers),
        trainable_parameters=trainable,
        macs=total([layer.macs for layer in layers]),
        depth=_depth(graph),
        layers=layers,
        activation_bytes=total([layer.activation_bytes for layer in layers]),
    )


def axes_of(shape: Shape) -> dict[str, int | None]:
    """Return a shape as JSON shows it: sizes by axis, null where known only at run time."""
    sizes = {axis: _known(size) for axis, size in zip(shape.axes, shape.sizes, strict=True)}
    return sizes if shape.vocabulary is None else {**sizes, "vocabulary": _known(shape.vocabulary)}


def _line(layer: Layer, parameters: int, reach: Reach) -> LayerSummary:
    given = bytes_of(layer.output, layer.times)
    macs = _known(layer.macs)
    taken = [bytes_of(shape, layer.times) for shape in layer.shapes]
    moved = total([*taken, given, parameters * FLOAT32])
    return LayerSummary(
        name=layer.path,
        op=layer.op.name,
        line=layer.mark.line,
        inputs=list(layer.inputs),
        output=axes_of(layer.output),
        parameters=parameters,
        macs=macs,
        receptive_field=reach.size,
        activation_bytes=given,
        field_stride=reach.stride,
        field_start=reach.start,
        moved_bytes=moved,
        arithmetic_intensity=intensity(macs, moved),
    )


def intensity(macs: int | None, moved: int | None) -> float | None:
    """Return how many floating-point operations come to a byte that is moved, to the hundredth."""
    return None if macs is None or not moved else round(2 * macs / moved, 2)


def _known(size: Size) -> int | None:
    return None if isinstance(size, Unknown) else int(size)


def _count(size: Size) -> int:
    assert not isinstance(size, Unknown), "weights have known sizes"
    return size


LIGHT = ("norms", "activations")
"""Families whose weights do not make a layer of the depth that the field counts: ResNet-50 has 50."""


def _depth(graph: Graph) -> int:
    depths: dict[str, int] = {}
    for layer in graph.layers:
        before = max((depths.get(name, 0) for name in layer.inputs), default=0)
        weighted = bool(layer.op.weights(*layer.shapes)) and layer.op.family not in LIGHT
        depths[layer.path] = before + weighted
    return max(depths.values(), default=0)


def grouped(count: int | None) -> str:
    """Write a number with commas; `?` where it is known only at run time."""
    return "?" if count is None else f"{count:,}"
