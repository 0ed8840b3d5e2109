"""Makes a failing spec small: drops and simplifies part after part, as long as it fails in the same way."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

from archc.check_ops import BESIDE
from archc.compile import load_text
from archc.document import Source
from archc.ops import OPS
from archc.problems import Problems, SpecError
from archc.read import read
from archc.spec import GROUPS
from archc.testing.writing import data as values
from archc.testing.writing import text

Path = tuple[str | int, ...]


def shrink(spec: str, fails: Callable[[str], bool], *, most: int = 4000) -> str:
    """Return a small spec that still fails. `most` bounds how many specs are tried."""
    root = read(Source("<text>", spec), Problems())
    assert root is not None, "no spec that was read before"
    data = values(root)
    tries = 0
    smaller = True
    while smaller and tries < most:
        smaller = False
        for candidate in moves(data):
            tries += 1
            if tries > most:
                break
            written = text(candidate)
            if _valid(written) and fails(written):
                data, smaller = candidate, True
                break
    return text(data)


def _valid(written: str) -> bool:
    try:
        load_text(written)
    except SpecError:
        return False
    return True


def moves(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Give specs a little smaller than this one: whole parts first, then what stands in them."""
    for path, part in _parts(data, ()):
        for smaller in _smaller(part, path, data):
            changed = _replaced(data, path, smaller)
            if changed is not None and changed != data:
                yield changed


class _Gone:
    """Stands for a part to be left out."""


class _Spread(list[Any]):
    """Steps to stand in place of one step."""


GONE = _Gone()


def _parts(part: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    yield path, part
    if isinstance(part, dict):
        for key in part:
            yield from _parts(part[key], (*path, key))
    elif isinstance(part, list):
        for place in range(len(part)):
            yield from _parts(part[place], (*path, place))


def _smaller(part: Any, path: Path, data: dict[str, Any]) -> Iterator[Any]:
    if path and path[-1] not in ("archc", "name", "input", "layers") and path != ("inputs",):
        yield GONE
    if isinstance(part, list) and len(part) > 3:
        half = len(part) // 2
        yield from (part[:half], part[half:])
    if isinstance(part, dict):
        yield from _simpler_step(part, data)
    if isinstance(part, str):
        if part in data.get("blocks", {}):
            yield _Spread(copy.deepcopy(data["blocks"][part]["layers"]))
        if part.startswith("$"):
            yield from (1, 2, 3, 4, True, False, "same", "relu")
    if type(part) is int and path != ("archc",):
        yield from (n for n in (1, 2, 3, part - 1) if 0 < n < part)


def _simpler_step(step: dict[str, Any], data: dict[str, Any]) -> Iterator[Any]:
    """Give what stands in a step in place of it, and for a block the steps that it holds."""
    for key, value in step.items():
        if key in GROUPS and isinstance(value, list):
            yield _Spread(value)
        op = OPS.get(key)
        if op is not None and op.merges and isinstance(value, dict):
            branches = value.get("branches", value)
            for branch in branches.values() if isinstance(branches, dict) else ():
                steps = branch.get("layers") if isinstance(branch, dict) else branch
                if isinstance(steps, list):
                    yield _Spread(steps)
        if key in data.get("blocks", {}) and (value is None or isinstance(value, dict)):
            yield _Spread(_bound(data["blocks"][key], value or {}))
    if not set(BESIDE).isdisjoint(step) and any(isinstance(v, dict) for v in step.values()):
        yield {k: v for k, v in step.items() if k not in BESIDE}


def _bound(block: dict[str, Any], args: dict[str, Any]) -> list[Any]:
    """Return a block's steps with its params' values in place of expressions that are their names."""
    values: dict[str, Any] = {}
    for param in block.get("params", ()):
        values.update(param if isinstance(param, dict) else {})
    values.update(args)

    def bound(part: Any) -> Any:
        if isinstance(part, dict):
            return {key: bound(value) for key, value in part.items()}
        if isinstance(part, list):
            return [bound(value) for value in part]
        if isinstance(part, str) and part[:1] == "$":
            return values.get(part[1:], part)
        return part

    return list(bound(copy.deepcopy(block["layers"])))


def _replaced(data: dict[str, Any], path: Path, part: Any) -> dict[str, Any] | None:
    """Return a copy of a spec with another part at `path`."""
    if not path:
        return None
    changed = copy.deepcopy(data)
    holder: Any = changed
    for key in path[:-1]:
        holder = holder[key]
    key = path[-1]
    if isinstance(part, _Spread):
        if not isinstance(holder, list):
            return None
        assert isinstance(key, int)
        holder[key : key + 1] = copy.deepcopy(list(part))
    elif part is GONE:
        del holder[key]
    else:
        holder[key] = copy.deepcopy(part)
    return changed
