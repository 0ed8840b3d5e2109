"""What may be typed at a place: keys, ops, blocks, arguments, values, names of steps, and what expressions know."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from archc import naming, roles
from archc.check import BLOCK_KEYS, KEYS
from archc.lsp.analysis import Analysis
from archc.lsp.cursor import Cursor
from archc.lsp.hover import BESIDE, FUNCTIONS, argument, block_text
from archc.ops import ACTIVATIONS, OPS, REQUIRED
from archc.ops.base import Argument
from archc.schema_ops import summary
from archc.shapes import AXES
from archc.spec import GROUPS, Step
from archc.training.words import KEYS as TRAINING
from archc.training.words import options


class Choice(NamedTuple):
    """Something that may be typed. `insert` is its text, with places to fill in as `$1` where `snippet`."""

    label: str
    kind: str
    """`op`, `block`, `argument`, `key`, `value`, `step`, `param` or `function`."""
    detail: str = ""
    text: str = ""
    insert: str = ""
    snippet: bool = False


def choices(analysis: Analysis | None, cursor: Cursor, line: int) -> list[Choice]:
    """Return what may stand at the cursor; `analysis` is of the last text that could be read. Lines count from 1."""
    if cursor.formula is not None:
        return list(_in_formula(analysis, cursor))
    role = roles.at(list(cursor.path))
    if cursor.kind == "key":
        found = _keys(analysis, role, cursor)
    elif role.kind == "step" and cursor.kind == "item":
        found = [*_verbs(analysis), *_beside(("name", "from", "repeat", "when", "share"))]
    elif role.kind == "names":
        found = list(_steps(analysis, cursor, line))
    else:
        found = list(_values(analysis, role, cursor))
    return [choice for choice in found if choice.label not in cursor.taken]


# Keys


def _keys(analysis: Analysis | None, role: roles.Role, cursor: Cursor) -> list[Choice]:
    match role.kind:
        case "file":
            return [_key(key, _about(key)) for key in KEYS]
        case "block":
            return [_key(key) for key in BLOCK_KEYS]
        case "step":
            return [*_beside(tuple(BESIDE)[:4]), *(_verbs(analysis) if cursor.flow else ())]
        case "args":
            op = OPS.get(role.name)
            return [] if op is None else [_argument(known) for known in op.arguments.values()]
        case "merge":
            return [_key("branches", "named chains"), *map(_argument, OPS[role.name].arguments.values())]
        case "call":
            return list(_call(analysis, role.name))
        case "branch":
            return [_key("when", BESIDE["when"]), _key("layers")]
        case "axes":
            return [_key(axis) for axis in (*AXES, "vocabulary")]
        case "defaults":
            return [_key(name, summary(op)) for name, op in OPS.items()]
        case "settings":
            return [_key(name) for name in (analysis.spec.params if analysis and analysis.spec else ())]
        case "training":
            return [_key(name, rule.expected) for name, rule in TRAINING.items()]
        case "trained":
            return [_key(name) for name in options(role.name, role.of)]
        case "argument":
            return _in_argument(role)
    return []


def _key(name: str, detail: str = "") -> Choice:
    return Choice(name, "key", detail, insert=f"{name}: ")


def _about(key: str) -> str:
    from archc.schema import TOP

    return str(TOP[key]().get("description", ""))


def _beside(names: Iterable[str]) -> list[Choice]:
    return [_key(name, BESIDE[name]) for name in names]


def _argument(known: Argument) -> Choice:
    detail = "must be given" if known.default is REQUIRED else f"default {_plain(known.default)}"
    return Choice(known.name, "argument", detail, argument(known), f"{known.name}: ")


def _call(analysis: Analysis | None, block: str) -> Iterable[Choice]:
    found = analysis.spec.blocks.get(block) if analysis is not None and analysis.spec is not None else None
    for name, param in found.params.items() if found is not None else ():
        yield Choice(name, "argument", "must be given" if param.default is None else "", insert=f"{name}: ")


def _in_argument(role: roles.Role) -> list[Choice]:
    if role.name == "activation":
        return [_key(name, summary(op)) for name, op in ACTIVATIONS.items() if op.arguments]
    known = OPS[role.of].arguments.get(role.name) if role.of in OPS else None
    return [_key(axis) for axis in AXES] if known is not None and known.word.name == "AxisSizes" else []


# Steps


def _verbs(analysis: Analysis | None) -> list[Choice]:
    found = [_op(name) for name in OPS]
    blocks = analysis.spec.blocks if analysis is not None and analysis.spec is not None else {}
    for name, block in blocks.items():
        needed = [param.name for param in block.params.values() if param.default is None]
        found.append(Choice(name, "block", "block", block_text(block), _use(name, needed), bool(needed)))
    groups = [Choice(verb, "key", BESIDE[verb], insert=f"{verb}:\n    - $1", snippet=True) for verb in GROUPS]
    return [*found, *groups]


def _op(name: str) -> Choice:
    op = OPS[name]
    needed = [known.name for known in op.arguments.values() if known.default is REQUIRED]
    branched = op.merges and not needed
    insert = f"{name}:\n    ${{1:main}}:\n      - $2\n    ${{3:shortcut}}: []" if branched else _use(name, needed)
    return Choice(name, "op", summary(op), insert=insert, snippet=op.merges or bool(needed))


def _use(name: str, needed: list[str]) -> str:
    args = ", ".join(f"{key}: ${place}" for place, key in enumerate(needed, 1))
    return f"{name}: {{{args}}}" if args else name


def _steps(analysis: Analysis | None, cursor: Cursor, line: int) -> Iterable[Choice]:
    """Yield the steps that a `from` may name here, the nearest first; for `outputs`, all of `layers`."""
    if analysis is None or analysis.spec is None:
        return
    if cursor.path[:1] == ("outputs",):
        yield from (Choice(step.name, "step", step.verb) for step in analysis.spec.chain.steps)
        return
    block = cursor.path[1] if cursor.path[:1] == ("blocks",) and len(cursor.path) > 1 else ""
    here = [known for known in analysis.steps.values() if known.step.node.line <= line
            and (known.block.name if known.block is not None else "") == block]  # fmt: skip
    if not here:
        return
    nearest = max(here, key=lambda known: known.step.node.line)
    seen = {nearest.step.name} if nearest.step.node.line == line else set()
    for name, thing in reversed(list(nearest.visible.items())):
        if name not in seen and not (isinstance(thing, Step) and thing.node.line >= line):
            yield Choice(name, "step", thing.verb if isinstance(thing, Step) else "input")


# Values


def _values(analysis: Analysis | None, role: roles.Role, cursor: Cursor) -> Iterable[Choice]:
    if role.kind == "argument":
        known = OPS[role.of].arguments.get(role.name) if role.of in OPS else None
        yield from (_value(text) for text in _options(known.word.schema if known is not None else {}))
        if known is not None and known.word.name == "Activation":
            yield from (Choice(name, "op", summary(op)) for name, op in ACTIVATIONS.items())
            yield _value("none")
        yield from (_quoted(choice) for choice in _params(analysis, cursor))
    elif role.kind == "condition":
        yield from (_quoted(choice) for choice in _params(analysis, cursor))
    elif role.kind == "trained" and not role.of:
        yield from (_value(name) for name in options(role.name))
    elif role.kind == "axes":
        yield _value("any")
    elif role == roles.Role("value", "archc"):
        yield _value("1")


def _value(text: str) -> Choice:
    return Choice(text, "value")


def _quoted(choice: Choice) -> Choice:
    return choice._replace(label=f"${choice.label}")


def _options(schema: dict[str, Any]) -> list[str]:
    """Return the words that a schema names."""
    found = [str(option) for option in schema.get("enum", ())]
    if schema.get("type") == "boolean":
        found += ["true", "false"]
    for part in (*schema.get("anyOf", ()), schema.get("items")):
        found += _options(part) if isinstance(part, dict) else []
    return found


def _plain(value: Any) -> str:
    return {None: "none", True: "true", False: "false"}.get(value, str(value)) if not isinstance(value, list) else ""


# Expressions


def _params(analysis: Analysis | None, cursor: Cursor) -> Iterable[Choice]:
    spec = analysis.spec if analysis is not None else None
    inside = cursor.path[:1] == ("blocks",) and len(cursor.path) > 1
    block = spec.blocks.get(cursor.path[1]) if spec is not None and inside else None
    names = block.params if block is not None else spec.params if spec is not None and not inside else {}
    return [Choice(name, "param", "param") for name in names]


def _in_formula(analysis: Analysis | None, cursor: Cursor) -> Iterable[Choice]:
    before = (cursor.formula or "").removesuffix(cursor.word)
    if before.endswith("."):
        yield from (Choice(axis, "value", "axis") for axis in AXES)
        return
    yield from _params(analysis, cursor)
    spec = analysis.spec if analysis is not None else None
    block = (
        spec.blocks.get(cursor.path[1]) if spec and cursor.path[:1] == ("blocks",) and len(cursor.path) > 1 else None
    )
    inputs = block.inputs if block is not None else list(spec.inputs) if spec is not None else ["input"]
    yield from (Choice(name, "param", "what comes in: ask for an axis", insert=f"{name}.") for name in inputs)
    yield Choice("index", "param", "the turn of the innermost `repeat`, from 0")
    for name in sorted(naming.FUNCTIONS):
        yield Choice(name, "function", FUNCTIONS[name], insert=f"{name}($1)", snippet=True)
    yield from (_value(word) for word in sorted(naming.WORDS))
