"""What `from` finds while a network is expanded: tensors by the names of steps, innermost chain first."""

from __future__ import annotations

from archc.graph import Tensor


class Left:
    """A step that `when` left out, where a tensor would stand."""


Value = Tensor | Left


class Handles:
    """The tensors that `from` may name, innermost chain first."""

    __slots__ = ("outer", "values")

    def __init__(self, outer: Handles | None, values: dict[str, Value]) -> None:
        self.outer = outer
        self.values = values

    def find(self, name: str) -> Value | None:
        scope: Handles | None = self
        while scope is not None:
            if name in scope.values:
                return scope.values[name]
            scope = scope.outer
        return None
