"""What a picture says of costs: parameters, multiply-accumulates and receptive fields, of a layer or a whole block."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from archc.graph import Graph
from archc.summary import LayerSummary


class Facts(NamedTuple):
    """The cost of some layers together; None where it is known only at run time. `field` is the last one's."""

    parameters: int
    macs: int | None
    field: tuple[int | None, ...]


class Costs:
    """The cost of every layer and of every block, by path."""

    def __init__(self, layers: list[LayerSummary]) -> None:
        self.totals: dict[str, Facts] = {}
        for layer in layers:
            path = layer.name
            self.totals[path] = Facts(layer.parameters, layer.macs, tuple(layer.receptive_field))
            while "." in path:
                path = path.rpartition(".")[0]
                self.totals[path] = _sum(self.totals.get(path), self.totals[layer.name])

    def total(self, paths: Iterable[str]) -> Facts | None:
        """Return the cost of all that is at `paths` or below them; None where nothing is."""
        total = None
        for path in paths:
            one = self.totals.get(path)
            total = total if one is None else _sum(total, one)
        return total


def facts_of(graph: Graph) -> Costs:
    """Return what every part of a network costs."""
    return Costs(graph.summary().layers)


def _sum(one: Facts | None, other: Facts) -> Facts:
    if one is None:
        return other
    macs = None if one.macs is None or other.macs is None else one.macs + other.macs
    return Facts(one.parameters + other.parameters, macs, other.field)
