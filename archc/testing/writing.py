"""From plain data to the text of a spec, as a user would lay it out, or to the tree that it stands for."""

from __future__ import annotations

import json
from typing import Any

from archc.document import Mapping, Node, Scalar, Sequence, Source
from archc.one_line import one_line

WIDTH = 90


def text(spec: dict[str, Any]) -> str:
    """Return the YAML text of a spec."""
    return "\n".join(line for key, value in spec.items() for line in _entry(key, value, "")) + "\n"


class Nowhere:
    """The place of a value that no text holds."""

    index = line = column = 0


NOWHERE = Nowhere()
UNWRITTEN = Source("<data>", "")


def tree(value: Any) -> Node:
    """Return the tree that the text of a spec, or of a part of it, stands for; all of it stands nowhere."""
    if isinstance(value, dict):
        keys = {key: Scalar(UNWRITTEN, NOWHERE, NOWHERE, key, key, True) for key in value}
        entries = {key: tree(part) for key, part in value.items()}
        return Mapping(UNWRITTEN, NOWHERE, NOWHERE, keys, entries, False)
    if isinstance(value, (list, tuple)):
        return Sequence(UNWRITTEN, NOWHERE, NOWHERE, [tree(part) for part in value], False)
    return Scalar(UNWRITTEN, NOWHERE, NOWHERE, value, value if isinstance(value, str) else json.dumps(value), True)


def data(node: Node) -> Any:
    """Return the plain data that a tree holds."""
    if isinstance(node, Mapping):
        return {name: data(value) for name, _, value in node.items()}
    if isinstance(node, Sequence):
        return [data(item) for item in node.items]
    assert isinstance(node, Scalar)
    return node.value


def _entry(key: str, value: Any, indent: str) -> list[str]:
    line = f"{indent}{key}: {one_line(value)}"
    if value is None:
        return [f"{indent}{key}:"]
    if not isinstance(value, (dict, list)) or not value or (len(line) <= WIDTH and not _steps(value)):
        return [line]
    if isinstance(value, dict):
        return [f"{indent}{key}:", *(row for k, v in value.items() for row in _entry(k, v, indent + "  "))]
    return [f"{indent}{key}:", *(row for item in value for row in _item(item, indent + "  "))]


def _item(item: Any, indent: str) -> list[str]:
    if not isinstance(item, dict) or not item:
        return [f"{indent}- {one_line(item)}"]
    rows = [row for key, value in item.items() for row in _entry(key, value, indent + "  ")]
    return [f"{indent}- {rows[0].lstrip()}", *rows[1:]]


def _steps(value: Any) -> bool:
    """Tell whether lists of steps stand in a value, which are written a line each."""
    if isinstance(value, dict):
        return any(_steps(part) for part in value.values())
    return isinstance(value, list) and any(
        (isinstance(part, dict) and not all(isinstance(v, (int, float, bool)) for v in part.values()))
        or (isinstance(part, str) and part.isidentifier() and part in _ops())
        for part in value
    )


def _ops() -> Any:
    from archc.ops import OPS

    return OPS
