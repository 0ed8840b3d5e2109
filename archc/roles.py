"""What a place of a spec holds, told by the keys that lead there: for layout, completion and hover.

It follows the text and not the checked spec, so that it can be asked of a text that is wrong or half typed.
"""

from __future__ import annotations

from typing import NamedTuple

from archc.check_ops import BESIDE as BESIDE
from archc.ops import OPS
from archc.spec import GROUPS

ITEM = "-"
"""Stands for an item of a list in a path of keys."""


class Role(NamedTuple):
    """A kind of place. `name` is the op, the block or the argument that it belongs to, where there is one."""

    kind: str
    name: str = ""
    of: str = ""


FILE = Role("file")
CHAIN = Role("chain")
STEP = Role("step")
BRANCH = Role("branch")
AXES = Role("axes")
OTHER = Role("other")

_FILE = {
    "params": Role("params"),
    "variants": Role("variants"),
    "input": AXES,
    "inputs": Role("inputs"),
    "import": Role("paths"),
    "defaults": Role("defaults"),
    "blocks": Role("blocks"),
    "layers": CHAIN,
    "outputs": Role("names"),
    "training": Role("training"),
}
_BLOCK = {"params": Role("params"), "inputs": Role("input_names"), "layers": CHAIN}
_STEP = {
    "name": Role("new_name"),
    "from": Role("names"),
    "repeat": Role("condition"),
    "when": Role("condition"),
    "share": Role("names"),
}


def child(role: Role, key: str, *, scalar: bool = False) -> Role:
    """Return the role of what stands under `key` in a place of `role`; `scalar` where a single value stands there."""
    match role.kind:
        case "file":
            return _FILE.get(key, Role("value", key))
        case "params" if key == ITEM:
            return Role("param")
        case "blocks":
            return Role("block", key)
        case "block":
            return _BLOCK.get(key, OTHER)
        case "chain" | "branch" if key == ITEM:
            return STEP
        case "branch":
            return {"when": Role("condition"), "layers": CHAIN}.get(key, OTHER)
        case "branches":
            return BRANCH
        case "step":
            return _STEP.get(key) or used(key)
        case "merge":
            return _in_merge(role.name, key, scalar)
        case "args" | "call":
            return Role("argument", key, role.name)
        case "defaults":
            return Role("args", key) if key in OPS else OTHER
        case "argument" if role.name == "activation":
            return Role("args", key) if key in OPS else OTHER
        case "inputs":
            return AXES
        case "variants":
            return Role("settings", key)
        case "training":
            return Role("trained", key)
        case "trained" if not role.of:
            return Role("trained", role.name, key)
        case "names" | "input_names" | "paths":
            return role
    return OTHER


def used(verb: str) -> Role:
    """Return the role of what an op, a block or a group of steps is given."""
    if verb in GROUPS:
        return CHAIN
    op = OPS.get(verb)
    if op is None:
        return Role("call", verb)
    return Role("merge" if op.merges else "args", verb)


def _in_merge(op: str, key: str, scalar: bool) -> Role:
    if key == "branches":
        return Role("branches", op)
    return Role("argument", key, op) if scalar and key in OPS[op].arguments else BRANCH


def at(path: list[str]) -> Role:
    """Return the role of the place to which a path of keys leads."""
    role = FILE
    for key in path:
        role = child(role, key)
    return role
