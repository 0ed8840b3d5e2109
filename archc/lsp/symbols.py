"""The outline of a text: params, inputs, blocks and steps, each with what it holds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from archc import roles
from archc.document import Mapping, Mark, Node, Scalar, Sequence
from archc.roles import BESIDE, ITEM, Role


class Symbol(NamedTuple):
    """A line of the outline. `kind` is `param`, `input`, `block`, `branch`, `step` or `section`."""

    name: str
    detail: str
    kind: str
    whole: Mark
    own: Mark
    children: list[Symbol]


_SECTIONS = ("params", "input", "inputs", "blocks", "layers")


def symbols(root: Node | None) -> list[Symbol]:
    """Return the outline of a file."""
    if not isinstance(root, Mapping):
        return []
    found = []
    for name, key, value in root.items():
        if name in _SECTIONS:
            inside = list(_inside(value, roles.child(roles.FILE, name)))
            found.append(Symbol(name, "", "section", _joined(key, value), key.mark, inside))
    return found


def _inside(node: Node, role: Role) -> Iterable[Symbol]:
    if isinstance(node, Sequence):
        here = roles.child(role, ITEM)
        for item in node.items:
            if role.kind == "params":
                yield from _params(item)
            elif here.kind == "step":
                yield from _step(item)
    elif isinstance(node, Mapping):
        if role.kind == "params":
            yield from _params(node)
            return
        for name, key, value in node.items():
            yield from _entry(name, key, value, role)


def _entry(name: str, key: Scalar, value: Node, role: Role) -> Iterable[Symbol]:
    here = roles.child(role, name, scalar=isinstance(value, Scalar))
    kinds = {"blocks": "block", "inputs": "input", "branches": "branch", "merge": "branch"}
    if here.kind == "branches" or (role.kind in ("block", "branch") and here.kind in ("chain", "params")):
        yield from _inside(value, here)
    elif role.kind in kinds and here.kind in ("block", "axes", "branch"):
        yield Symbol(name, "", kinds[role.kind], _joined(key, value), key.mark, list(_inside(value, here)))


def _params(node: Node) -> Iterable[Symbol]:
    if isinstance(node, Scalar) and isinstance(node.value, str):
        yield Symbol(node.value, "", "param", node.mark, node.mark, [])
    elif isinstance(node, Mapping):
        for name, key, value in node.items():
            default = value.text if isinstance(value, Scalar) else ""
            yield Symbol(name, default, "param", _joined(key, value), key.mark, [])


def _step(node: Node) -> Iterable[Symbol]:
    if isinstance(node, Scalar) and isinstance(node.value, str) and node.value:
        yield Symbol(node.value, "", "step", node.mark, node.mark, [])
    if not isinstance(node, Mapping):
        return
    verb = next((name for name in node.keys if name not in BESIDE and name), None)
    if verb is None:
        return
    own = node.entries.get("name")
    named = isinstance(own, Scalar) and isinstance(own.value, str) and bool(own.value)
    name = str(own.value) if named and isinstance(own, Scalar) else verb
    inside = list(_inside(node.entries[verb], roles.used(verb)))
    yield Symbol(name, verb if named else "", "step", node.mark, node.keys[verb].mark, inside)


def _joined(key: Scalar, value: Node) -> Mark:
    end = max((key.end_line, key.end_column), (value.end_line, value.end_column))
    return key.mark._replace(end_line=end[0], end_column=end[1])
