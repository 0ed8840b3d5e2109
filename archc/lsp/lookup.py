"""What stands at a place of the text: the keys that lead there, and what a name there means."""

from __future__ import annotations

import os
import re
from typing import NamedTuple

from archc import roles
from archc.document import Mapping, Mark, Node, Scalar, Sequence
from archc.lsp.analysis import Analysis
from archc.roles import ITEM, Role
from archc.spec import Block, Input, Param, Step

_WORD = re.compile(r"[A-Za-z_]\w*(?:\.\w+)?")


class Spot(NamedTuple):
    """A scalar of the text, the keys that lead to it (its own last, where it is a key), and the role of that place."""

    node: Scalar
    path: tuple[str, ...]
    role: Role
    key: bool
    around: tuple[Node, ...]
    """The collections that hold it, outermost first."""

    @property
    def block(self) -> str:
        """The block of this file in which it stands; empty outside of blocks."""
        return self.path[1] if len(self.path) > 2 and self.path[0] == "blocks" else ""


def spot(root: Node | None, line: int, column: int) -> Spot | None:
    """Return the scalar at a place (from 1), if there is one."""
    node, role = root, roles.FILE
    path: list[str] = []
    around: list[Node] = []
    while node is not None and not isinstance(node, Scalar):
        around.append(node)
        if isinstance(node, Mapping):
            found = _entry(node, line, column)
            if found is None:
                return None
            name, key, value = found
            path.append(name)
            if _holds(key, line, column):
                return Spot(key, tuple(path), role, True, tuple(around))
            role = roles.child(role, name, scalar=isinstance(value, Scalar))
            node = value
        else:
            assert isinstance(node, Sequence)
            node = next((item for item in node.items if _holds(item, line, column)), None)
            path.append(ITEM)
            role = roles.child(role, ITEM)
    return None if node is None else Spot(node, tuple(path), role, False, tuple(around))


def _entry(node: Mapping, line: int, column: int) -> tuple[str, Scalar, Node] | None:
    for name, key, value in node.items():
        if _holds(key, line, column) or _holds(value, line, column):
            return name, key, value
    return None


def _holds(node: Node, line: int, column: int) -> bool:
    return (node.line, node.column) <= (line, column) <= (node.end_line, node.end_column)


def word_at(text: str, column: int) -> tuple[str, int]:
    """Return the word of a line at a column (from 1), and its column; empty where there is none."""
    for match in _WORD.finditer(text):
        if match.start() < column <= match.end() + 1:
            return match[0], match.start() + 1
    return "", column


def formula(spot: Spot) -> bool:
    """Tell whether the scalar is an expression."""
    return not spot.key and isinstance(spot.node.value, str) and spot.node.value[:1] == "$"


def params(analysis: Analysis, block: str) -> dict[str, Param]:
    """Return the params that expressions see within a block of this file, or outside of blocks where it is empty."""
    if analysis.spec is None:
        return {}
    found = analysis.spec.blocks.get(block)
    return analysis.spec.params if found is None else found.params


def meant(analysis: Analysis, spot: Spot, line: int, column: int) -> Block | Step | Input | Param | None:
    """Return the definition that a name stands for."""
    spec = analysis.spec
    if spec is None:
        return None
    name = spot.path[-1] if spot.key else str(spot.node.value)
    if formula(spot):
        word, _ = word_at(spot.node.source.line(line), column)
        first, dot, _ = word.partition(".")
        if dot:
            return spec.inputs.get(first) if not spot.block else spec.blocks.get(spot.block)
        return params(analysis, spot.block).get(word)
    if spot.role.kind == "step":
        return spec.blocks.get(name)
    if spot.role.kind == "names":
        targets = (target for reference, target in analysis.references() if reference.mark == spot.node.mark)
        return next(targets, None)
    if spot.role.kind == "call" and spot.key and spot.role.name in spec.blocks:
        return spec.blocks[spot.role.name].params.get(name)
    if spot.role.kind == "settings" and spot.key:
        return spec.params.get(name)
    return None


def defined(analysis: Analysis, thing: Block | Step | Input | Param) -> Mark:
    """Return where a thing gets its name."""
    if isinstance(thing, Step):
        return (analysis.name_node(thing) or thing.node).mark
    return thing.node.mark if isinstance(thing, Block) else thing.mark


def definition(analysis: Analysis, line: int, column: int) -> Mark | None:
    """Return where what is named at a place is defined; an import leads to the start of its file."""
    found = spot(analysis.root, line, column)
    if found is None:
        return None
    if found.role.kind == "paths" and not found.key and isinstance(found.node.value, str):
        path = os.path.join(os.path.dirname(analysis.path), found.node.value)
        return Mark(path, 1, 1, 1, 1) if os.path.isfile(path) else None
    thing = meant(analysis, found, line, column)
    return None if thing is None else defined(analysis, thing)
