"""What the file's params are in expressions of the top level: bound, hence written as values."""

from __future__ import annotations

from typing import Any

from archc.expressions import Expression, Listing, Literal
from archc.graph import Graph


def bound(graph: Graph) -> dict[str | tuple[str, str], Expression]:
    """Return each file param, and each known axis of an input, as a constant expression."""
    found: dict[str | tuple[str, str], Expression] = {}
    for name, value in graph.params.items():
        constant = as_expression(value)
        if constant is not None:
            found[name] = constant
    for name, shape in graph.inputs.items():
        for axis, size in zip(shape.axes, shape.sizes, strict=True):
            if isinstance(size, int):
                found[(name, axis)] = Literal(int(size))
    return found


def as_expression(value: Any) -> Expression | None:
    if isinstance(value, (list, tuple)):
        parts = [as_expression(part) for part in value]
        return (
            None if any(part is None for part in parts) else Listing(tuple(part for part in parts if part is not None))
        )
    return Literal(value) if isinstance(value, (bool, int, float, str)) else None
