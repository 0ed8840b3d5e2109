"""The docstring that opens an emitted file: what the network is, where it comes from, what it costs."""

from __future__ import annotations

from archc import __version__
from archc.emit.source import docstring, prose
from archc.graph import Graph
from archc.shapes import Size, Unknown


def header(graph: Graph, origin: str, title: str) -> list[str]:
    """Return the lines of the file's docstring. `origin` is the spec's file name, `title` the framework's."""
    description = prose(graph.spec.description)
    opening = f"{graph.name}: {description}" if description else f"{graph.name}."
    made = f"Compiled by archc {__version__} from {prose(origin)} for {title}."
    return docstring([opening, "", made, costs(graph)])


def costs(graph: Graph) -> str:
    """Say how many values are learned and how many multiply-accumulates one example takes."""
    parameters, macs = 0, 0
    known = True
    for layer, count in graph.unlike(borrowing=True):
        cost = layer.macs
        parameters += count * sum(_number(weight.elements) for weight in layer.weights().values() if weight.trainable)
        macs += count * _number(cost)
        known = known and not isinstance(cost, Unknown)
    kinds = {shape.kind for shape in graph.inputs.values()}
    unit = "an image" if kinds == {"image"} else "an example"
    return f"{parameters:,} parameters" + (f", {macs:,} multiply-accumulates {unit}." if known else ".")


def _number(size: Size) -> int:
    return 0 if isinstance(size, Unknown) else int(size)
