"""Walks over the tree of a text."""

from __future__ import annotations

from collections.abc import Iterator

from archc.document import Node, Scalar, Sequence


def nodes(root: Node | None) -> Iterator[Node]:
    """Yield a node and all values below it; what has an alias comes once."""
    waiting = [] if root is None else [root]
    seen: set[int] = set()
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, Scalar) or id(node) in seen:
            continue
        seen.add(id(node))
        below = node.items if isinstance(node, Sequence) else list(getattr(node, "entries", {}).values())
        waiting.extend(reversed(below))
