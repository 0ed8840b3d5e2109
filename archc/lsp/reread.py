"""Reading after an edit: where one step of a long spec changed, that step alone is read again."""

from __future__ import annotations

import re

from archc.document import Mapping, Node, Scalar, Sequence, Source
from archc.lsp.walk import nodes
from archc.problems import Problems
from archc.read import read

LEAST = 4000
"""Shorter texts are read whole: that takes no longer."""

# A text that starts here goes on as far as its lines stand further in, comments included.
_BLOCK = re.compile(r"[|>][-+0-9]*[ \t]*(?:#.*)?$", re.MULTILINE)


class Typed(Source):
    """A text in an editor. Every node of its tree shares it, and quotes from it."""

    def replace(self, text: str) -> None:
        self.text = text
        self._unix = ""
        self._starts = []


def reread(root: Node | None, old: str, new: str) -> bool:
    """Bring the tree of `old` up to `new`, in place. False where that cannot be done: the tree is then as it was.

    It is done where the edit lies within one step that starts and ends as before, and where no line comes or goes.
    """
    if len(new) < LEAST or not isinstance(root, Mapping) or not isinstance(root.source, Typed):
        return False
    if "&" in new or "\r" in new:  # an anchor's value may stand in many places
        return False
    before, after = old.split("\n"), new.split("\n")
    if len(before) != len(after):
        return False
    rows = [row for row, (a, b) in enumerate(zip(before, after, strict=True)) if a != b]
    if not rows or rows[-1] - rows[0] > 50:
        return False
    found = _step(root, rows[0] + 1, rows[-1] + 1)
    if found is None:
        return False
    steps, place, first, last = found
    step = _read("\n".join(after[first - 1 : last]), root.source, first, steps.column)
    if step is None:
        return False
    steps.items[place] = step
    root.source.replace(new)
    return True


class _Place:
    """A place in the whole text. Its index is that in the step's own lines, and asked for only while reading."""

    __slots__ = ("column", "index", "line")

    def __init__(self, index: int, line: int, column: int) -> None:
        self.index = index
        self.line = line
        self.column = column


def _step(root: Mapping, first: int, last: int) -> tuple[Sequence, int, int, int] | None:
    """Return the list of the innermost step that holds some lines, its place there, and its own lines."""
    found = None
    node: Node | None = root
    while node is not None and not isinstance(node, Scalar):
        inside: list[Node] = list(node.entries.values()) if isinstance(node, Mapping) else getattr(node, "items", [])
        place = next((n for n, part in enumerate(inside) if part.line <= first and last <= part.end_line), None)
        if place is None:
            break
        # Where the last step ends, all that is around it ends too.
        if isinstance(node, Sequence) and not node.flow and place + 1 < len(inside):
            above = inside[place - 1].end_line if place else 0
            if above < inside[place].line and inside[place].end_line < inside[place + 1].line:
                found = (node, place, inside[place].line, inside[place].end_line)
        node = inside[place]
    return found


def _read(text: str, source: Source, line: int, column: int) -> Node | None:
    """Read the lines of one step; None where they are not one in that column, or where anything is wrong with them."""
    if _BLOCK.search(text):
        return None
    problems = Problems()
    alone = Source(source.name, text)
    root = read(alone, problems)
    if problems.found or not isinstance(root, Sequence) or root.column != column or len(root.items) != 1:
        return None
    for node in nodes(root.items[0]):
        _move(node, source, line - 1)
    return root.items[0]


def _move(node: Node, source: Source, lines: int) -> None:
    for part in (node, *(node.keys.values() if isinstance(node, Mapping) else ())):
        part.source = source
        part.start, part.end = (_Place(at.index, at.line + lines, at.column) for at in (part.start, part.end))
