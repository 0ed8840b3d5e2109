"""What a network costs: shapes, parameters, multiply-accumulates, memory and receptive fields, per layer and in all."""

from __future__ import annotations

from typing import Any, NamedTuple

from archc.graph import Graph, Layer
from archc.ops import OPS
from archc.receptive_field import receptive_fields
from archc.shapes import Shape, Size, Unknown

FLOAT32 = 4
"""Bytes of a float32."""


class LayerSummary(NamedTuple):
    """A line of the table. What is known only at run time is None."""

    name: str
    op: str
    line: int
    inputs: list[str]
    output: dict[str, int | None]
    parameters: int
    macs: int | None
    receptive_field: list[int | None]
    activation_bytes: int | None


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

    def to_json(self) -> dict[str, Any]:
        """Return what `archc summary --format json` prints."""
        return {**self._asdict(), "layers": [layer._asdict() for layer in self.layers]}

    def text(self) -> str:
        """Return a table with aligned columns, and the totals under it."""
        rows = [HEADERS, *self._rows()]
        widths = [max(len(row[column]) for row in rows) for column in range(len(HEADERS))]
        lines = [_aligned(row, widths) for row in rows]
        rule = "-" * max(map(len, lines))
        total = _aligned(["total", "", "", *self._totals()], widths)
        return "\n".join([self._title(), "", lines[0], rule, *lines[1:], rule, total, "", *self._facts()]) + "\n"

    def markdown(self) -> str:
        """Return the same as a Markdown table."""
        rows = [HEADERS, ["---", "---", "---", "---:", "---:"], *self._rows()]
        rows.append(["**total**", "", "", *(f"**{total}**" for total in self._totals())])
        table = [f"| {' | '.join(row)} |" for row in rows]
        return "\n".join([f"# {self._title()}", "", *table, "", *self._facts()]) + "\n"

    def __str__(self) -> str:
        return self.text()

    def _rows(self) -> list[list[str]]:
        return [
            [layer.name, layer.op, _sizes(layer.output), grouped(layer.parameters), grouped(layer.macs)]
            for layer in self.layers
        ]

    def _totals(self) -> list[str]:
        return [grouped(self.parameters), grouped(self.macs)]

    def _title(self) -> str:
        takes = ", ".join(f"{name} {_sizes(axes)}" for name, axes in self.inputs.items())
        return f"{self.name}: {takes}"

    def _facts(self) -> list[str]:
        sizes = [layer.activation_bytes for layer in self.layers]
        known = [size for size in sizes if size is not None]
        activations = f"{_bytes(sum(known))} of activations" if len(known) == len(sizes) else "activations unknown"
        return [
            f"{grouped(self.trainable_parameters)} of the parameters are trained; "
            f"{counted(self.depth, 'layer')} with weights on the longest path",
            f"float32: {_bytes(self.parameters * FLOAT32)} of parameters, {activations} for one example",
        ]


HEADERS = ["layer", "op", "output", "parameters", "macs"]


def summarize(graph: Graph) -> Summary:
    """Return the summary of a network."""
    fields = receptive_fields(graph)
    layers, trainable = [], 0
    for layer in graph.layers:
        weights = layer.weights().values()
        trainable += sum(_count(weight.elements) for weight in weights if weight.trainable)
        layers.append(_line(layer, sum(_count(weight.elements) for weight in weights), fields[layer.path]))
    macs = [layer.macs for layer in layers]
    known = [count for count in macs if count is not None]
    return Summary(
        name=graph.name,
        inputs={name: axes_of(shape) for name, shape in graph.inputs.items()},
        outputs={output.name: axes_of(output.tensor.shape) for output in graph.outputs if output.tensor.shape},
        parameters=sum(layer.parameters for layer in layers),
        trainable_parameters=trainable,
        macs=sum(known) if len(known) == len(macs) else None,
        depth=_depth(
            graph, {layer.name: layer.parameters > 0 and OPS[layer.op].family not in LIGHT for layer in layers}
        ),
        layers=layers,
    )


def axes_of(shape: Shape) -> dict[str, int | None]:
    """Return a shape as JSON shows it: sizes by axis, null where known only at run time."""
    sizes = {axis: _known(size) for axis, size in zip(shape.axes, shape.sizes, strict=True)}
    return sizes if shape.vocabulary is None else {**sizes, "vocabulary": _known(shape.vocabulary)}


def _line(layer: Layer, parameters: int, field: list[int | None]) -> LayerSummary:
    elements = _known(layer.output.elements)
    return LayerSummary(
        name=layer.path,
        op=layer.op.name,
        line=layer.mark.line,
        inputs=list(layer.inputs),
        output=axes_of(layer.output),
        parameters=parameters,
        macs=_known(_macs(layer)),
        receptive_field=field,
        activation_bytes=None if elements is None else elements * FLOAT32,
    )


def _macs(layer: Layer) -> Size:
    return layer.op.macs(layer.shapes[0], layer.output, *layer.shapes[1:])


def _known(size: Size) -> int | None:
    return None if isinstance(size, Unknown) else int(size)


def _count(size: Size) -> int:
    assert not isinstance(size, Unknown), "weights have known sizes"
    return size


LIGHT = ("norms", "activations")
"""Families whose weights do not make a layer of the depth that the field counts: ResNet-50 has 50."""


def _depth(graph: Graph, weighted: dict[str, bool]) -> int:
    depths: dict[str, int] = {}
    for layer in graph.layers:
        before = max((depths.get(name, 0) for name in layer.inputs), default=0)
        depths[layer.path] = before + weighted[layer.path]
    return max(depths.values(), default=0)


def grouped(count: int | None) -> str:
    """Write a number with commas; `?` where it is known only at run time."""
    return "?" if count is None else f"{count:,}"


def counted(count: int, noun: str) -> str:
    """Write a number with its noun, in the plural where it is not one."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _sizes(axes: dict[str, int | None]) -> str:
    text = "x".join("any" if size is None else str(size) for axis, size in axes.items() if axis != "vocabulary")
    return f"{text} of {axes['vocabulary']} tokens" if "vocabulary" in axes else text


def _bytes(count: int) -> str:
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count} bytes"


def _aligned(row: list[str], widths: list[int]) -> str:
    cells = [cell.ljust(width) for cell, width in zip(row[:3], widths, strict=False)]
    numbers = [cell.rjust(width) for cell, width in zip(row[3:], widths[3:], strict=True)]
    return "  ".join([*cells, *numbers]).rstrip()
