"""What is told of a word under the pointer: the page of an op, an argument's meaning, what a name stands for."""

from __future__ import annotations

from typing import Any

from archc.document import Mark
from archc.lsp.analysis import Analysis
from archc.lsp.hints import Steps, axes
from archc.lsp.lookup import Spot, formula, meant, spot, word_at
from archc.one_line import one_line
from archc.ops import OPS, REQUIRED
from archc.ops.base import Argument
from archc.reference import page
from archc.spec import Block, Given, Input, Param, Step
from archc.summary import grouped

BESIDE = {
    "name": "A handle for `from` and `outputs`, and the layer's name in the source.",
    "from": "Take these steps instead of the step before.",
    "repeat": "The step so many times over, in a chain; `$index` counts from 0.",
    "when": "Leave the step out unless this holds.",
    "share": "Use the weights of this earlier step of the same op or block, or an `embedding`'s in a `dense`.",
    "chain": "Steps taken as one, to `repeat` or to leave out.",
    "time_distributed": "Steps for each slice along the first axis, as for each image of a video (a volume).",
}
FUNCTIONS = {
    "min": "the least of its arguments, or of a list",
    "max": "the greatest of its arguments, or of a list",
    "abs": "the value without its sign",
    "round": "the nearest whole number",
    "floor": "the whole number below",
    "ceil": "the whole number above",
    "len": "how long a list is",
    "sum": "the sum of a list",
    "divisible": "the first argument rounded to a multiple of the second, as MobileNet does",
}


def hover(analysis: Analysis, steps: Steps, line: int, column: int) -> tuple[str, Mark] | None:
    """Return what to tell of a place (from 1), as Markdown, and the stretch that it is about."""
    found = spot(analysis.root, line, column)
    if found is None:
        return None
    mark = found.node.mark
    if formula(found):
        word, start = word_at(found.node.source.line(line), column)
        mark = mark._replace(line=line, column=start, end_line=line, end_column=start + len(word))
        text = _in_formula(analysis, found, word, line, column)
    else:
        text = _told(analysis, steps, found, line, column)
    return (text, mark) if text else None


def _in_formula(analysis: Analysis, found: Spot, word: str, line: int, column: int) -> str:
    if word in FUNCTIONS:
        return f"`{word}`: {FUNCTIONS[word]}"
    if word == "index":
        return "`index`: the turn of the innermost `repeat`, from 0"
    thing = meant(analysis, found, line, column)
    if isinstance(thing, Param):
        return _param(thing)
    return f"`{word}`: the size of that axis of what comes in" if "." in word and thing is not None else ""


def _told(analysis: Analysis, steps: Steps, found: Spot, line: int, column: int) -> str:
    name = found.path[-1] if found.key else str(found.node.value)
    kind = found.role.kind
    if kind == "step":
        return _step(analysis, steps, found, name)
    if kind in ("args", "merge") and found.key and name in OPS[found.role.name].arguments:
        return argument(OPS[found.role.name].arguments[name])
    if kind == "file" and found.key:
        from archc.schema import TOP

        return str(TOP[name]().get("description", "")) if name in TOP else ""
    if kind == "argument" and not found.key and found.role.name == "activation" and name in OPS:
        return page(OPS[name], {})
    if kind == "argument" and found.key and name in OPS:
        return page(OPS[name], {})
    if kind == "defaults" and name in OPS:
        return page(OPS[name], {})
    thing = meant(analysis, found, line, column)
    if isinstance(thing, Param):
        return _param(thing)
    if isinstance(thing, Step):
        return f"`{thing.name}`: a `{thing.verb}`" + _gives(steps, thing)
    return f"`{thing.name}`: an input" if isinstance(thing, Input) else ""


def _step(analysis: Analysis, steps: Steps, found: Spot, name: str) -> str:
    if found.key and name in BESIDE:
        return BESIDE[name]
    known = analysis.steps.get(id(found.node))
    gives = _gives(steps, known.step) if known is not None else ""
    if name in OPS:
        about = f"This step{gives}.\n\n---\n\n" if gives else ""
        return about + page(OPS[name], {})
    block = analysis.spec.blocks.get(name) if analysis.spec is not None else None
    return block_text(block) + (f"\n\nThis step{gives}." if gives else "") if block is not None else ""


def _gives(steps: Steps, step: Step) -> str:
    done = steps.by_node.get(id(step.node))
    last = next((turn for turn in reversed(done.turns) if turn is not None), None) if done is not None else None
    if done is None or last is None or last.output.shape is None:
        return ""
    taken = [tensor.shape for tensor in last.inputs if tensor.shape is not None]
    count = steps.parameters(done)
    parts = [f" takes {' and '.join(map(str, taken))} and" if taken else "", f" gives {axes(last.output.shape)}"]
    return "".join(parts) + (f"; {grouped(count)} parameters" if count else "")


def block_text(block: Block) -> str:
    """Return a block's signature."""
    params = ", ".join(p.name if p.default is None else f"{p.name}: {_given(p.default)}" for p in block.params.values())
    inputs = "" if block.inputs == ["input"] else f"\n\nIt takes {' and '.join(f'`{name}`' for name in block.inputs)}."
    return f"**{block.name}**: a block\n\n`params: [{params}]`{inputs}"


def _param(param: Param) -> str:
    default = "must be given" if param.default is None else f"`{_given(param.default)}` unless it is given"
    return f"`{param.name}`: a param, {default}"


def _given(given: Given) -> str:
    return one_line(_plain(given.value))


def _plain(value: Any) -> Any:
    if isinstance(value, Given):
        return _plain(value.value)
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return {key: _plain(part) for key, part in value.items()} if isinstance(value, dict) else value


def argument(known: Argument) -> str:
    """Return what an argument means."""
    default = "It must be given." if known.default is REQUIRED else f"Left out, it is `{one_line(known.default)}`."
    if known.default is None:
        default = ""
    return f"`{known.name}`: {known.help}\n\nTakes {known.word.expected}. {default}".rstrip()
