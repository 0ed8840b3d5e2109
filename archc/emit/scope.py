"""What names mean at a place of the emitted source: params, sizes, variables, and arguments that had to be added."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from archc.emit.slots import constant, parted, shared
from archc.emit.source import Identifiers, spell
from archc.emit.symbolic import bare
from archc.emit.walk import Walk
from archc.expressions import Axis, Expression, Name, axes, names, substitute
from archc.expressions import spell as spell_expression
from archc.shapes import Shape


class Var(NamedTuple):
    """A tensor in the emitted code: a variable, or an expression that is not assigned yet.

    `size` is the number of channels as an expression, `first` whether channels come first, `calls` how many calls stand
    within each other in an expression. What is `fresh` may be overwritten by the next step: its layer made it, nobody
    else reads it, and the layer's gradient does not ask for it.
    """

    text: str
    simple: bool
    size: Expression | None = None
    first: bool = True
    calls: int = 0
    shape: Shape | None = None
    fresh: bool = False


class Names:
    """The tensors that `from` may name, innermost chain first."""

    def __init__(self, outer: Names | None, values: dict[str, Var] | None = None) -> None:
        self.outer = outer
        self.values: dict[str, Var] = values if values is not None else {}

    def find(self, name: str) -> Var:
        scope: Names | None = self
        while scope is not None:
            found = scope.values.get(name)
            if found is not None:
                return found
            if scope.outer is None:
                return scope.missing(name)
            scope = scope.outer
        raise KeyError(name)

    def missing(self, name: str) -> Var:
        """Return a tensor from outside the unit. Raises KeyError where there is none."""
        raise KeyError(name)


class Extra(NamedTuple):
    """An argument that params cannot express: its value for each frame."""

    name: str
    values: list[Any]


class Scope:
    """Resolves values within one unit.

    `bound` replaces names in the spec's expressions (file params by their values); `texts` says how a name that is left
    is written. Names that start with `%` are emission's own.
    """

    def __init__(
        self,
        identifiers: Identifiers,
        frames: int,
        bound: Mapping[str | tuple[str, str], Expression],
        texts: dict[str | tuple[str, str], str],
        *,
        known_axes: bool,
    ) -> None:
        self.identifiers = identifiers
        self.frames = frames
        self.bound = dict(bound)
        self.texts = texts
        self.known_axes = known_axes
        self.used: dict[str, None] = {}
        self.used_axes: dict[tuple[str, str], None] = {}
        self.extras: dict[str, Extra] = {}
        self.needs: dict[str, None] = {}
        self.walks: list[Walk] = []
        self.index_used = False
        self.locals: dict[str, str] = {}
        self.branches: set[str] = set()

    def need(self, definitions: Iterable[str]) -> None:
        self.needs.update(dict.fromkeys(definitions))

    def local(self, name: str) -> str:
        """Return the variable of a step that is named later."""
        if name not in self.locals:
            self.locals[name] = self.identifiers.give(name)
        return self.locals[name]

    def branch(self, name: str, live: set[str], target: str) -> str:
        """Return a variable for a branch that is none of `live`, nor `target`."""
        name = name[:40].rstrip("_")
        if name not in self.branches and not self.identifiers.free(name):  # a keyword, say, or a block's function
            name = f"{name}_"
        number = 1
        while True:
            wish = name if number == 1 else f"{name}_{number}"
            if wish in self.branches and wish not in live and wish != target:
                return wish
            if wish not in self.branches and self.identifiers.free(wish):
                self.branches.add(wish)
                self.identifiers.taken.add(wish)
                return wish
            number += 1

    def translate(self, expression: Expression) -> Expression | None:
        """Return a spec's expression in terms of this unit; None where a name in it is not known there."""
        changed = substitute(expression, self.bound)
        if not names(changed) or (not self.known_axes and axes(changed)):
            return None  # a constant says itself what it is
        if any(name not in self.texts and name != "index" for name in _plain_names(changed)):
            return None
        return changed

    def text(self, expression: Expression, whole: bool = True, wish: str = "value") -> str:
        """Write an expression; what it names is then known to be used. `wish` is a name for a value out of a list."""
        for name in sorted(_plain_names(expression)):  # the same order in every process
            self.used[name] = None
        for pair in sorted(axes(expression)):
            self.used_axes[pair] = None
        spelling: dict[str | tuple[str, str], str] = dict(self.texts)
        if self.walks:
            spelling["index"] = self.walks[-1].index
        text, needs = spell_expression(expression, spelling, whole=whole)
        self.need(needs)
        if self.walks and "index" in names(expression):
            text = self.walks[-1].walked(text, wish, self.identifiers)
            self.index_used = self.index_used or self.walks[-1].asks(text)
        return text

    def walk_for(self, expression: Expression) -> None:
        """Let the innermost loop walk what an expression asks for; its names count as used once it is written."""
        used, used_axes = dict(self.used), dict(self.used_axes)
        self.text(expression)
        self.used, self.used_axes = used, used_axes

    def resolve(self, values: list[Any], hint: str, members: Sequence[Any], wish: str = "") -> str:
        """Return the text of a value that differs, or not, between uses.

        `hint` is a name for an argument, and `wish` for a variable, that may have to be added for it.
        """
        expression = shared(values)
        if expression is not None:
            return self.text(expression, not any(isinstance(value, float) for value in values), wish or hint)
        columns = parted(values)
        if columns is not None:
            texts = [self.resolve(column, f"{hint}{place}", members) for place, column in enumerate(columns)]
            if len(texts) > 3 and len(set(texts)) == 1:
                return f"({texts[0]},) * {len(texts)}"
            return f"({', '.join(texts)}{',' if len(texts) == 1 else ''})"
        if constant(values):
            return spell(values[0])
        return self.extra(values, hint, members)

    def resolve_late(self, values: list[Any], hint: str, members: Sequence[Any]) -> str:
        """Return the text of a value where the tensors flow; backends that make layers elsewhere override it."""
        return self.resolve(values, hint, members)

    def extra(self, values: list[Any], hint: str, members: Sequence[Any]) -> str:
        """Return the text of a value that no expression covers: an argument, within loops a list with one a turn."""
        depth = max(len(member.turns) for member in members)
        by_frame: dict[int, Any] = {}
        for member, value in zip(members, values, strict=True):
            _put(by_frame, (member.frame, *member.turns), bare(value))
        if depth and all(_flat(value) for value in by_frame.values()):
            listed, depth = {frame: _first(value) for frame, value in by_frame.items()}, 0
        else:
            listed = {frame: _lists(value, depth) for frame, value in by_frame.items()}
        filler = next(iter(listed.values()))  # for uses that leave the step out; None is a value like any other
        filled = [listed.get(frame, filler) for frame in range(self.frames)]
        subscript = (
            "".join(f"[{index}]" for index in [w.index for w in self.walks[len(self.walks) - depth :]]) if depth else ""
        )
        self.index_used = self.index_used or bool(depth)
        if constant([repr(value) for value in filled]):
            return spell(filled[0]) + subscript
        name = self.identifiers.give(hint)
        self.extras[name] = Extra(name, filled)
        return name + subscript


def _plain_names(expression: Expression) -> set[str]:
    inputs = {pair[0] for pair in axes(expression)}
    return {name for name in names(expression) if name not in inputs}


def _put(tree: dict[int, Any], path: tuple[int, ...], value: Any) -> None:
    for step in path[:-1]:
        tree = tree.setdefault(step, {})
    tree[path[-1]] = value


def _leaves(value: Any) -> list[Any]:
    return [leaf for part in value.values() for leaf in _leaves(part)] if isinstance(value, dict) else [value]


def _flat(value: Any) -> bool:
    return constant(_leaves(value))


def _first(value: Any) -> Any:
    return _leaves(value)[0]


def _lists(value: Any, depth: int) -> Any:
    """Turn maps by turn into lists; a turn that was left out gets its neighbour's value."""
    if depth == 0:
        return value
    filler = next(iter(value.values()))
    return [_lists(value.get(turn, filler), depth - 1) for turn in range(max(value) + 1)]


__all__ = ["Axis", "Extra", "Name", "Names", "Scope", "Var"]
