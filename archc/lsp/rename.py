"""Renaming a step, a param or a block within its file: every place that names it, or the reason why not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from archc import naming
from archc.document import Mapping, Mark, Node, Scalar
from archc.expressions import ExpressionError, Name, parse
from archc.expressions.tree import walk
from archc.fmt_scalars import bare
from archc.lsp.analysis import Analysis
from archc.lsp.lookup import Spot, formula, meant, params, spot, word_at
from archc.lsp.walk import nodes
from archc.spec import Block, Input, Param, Step
from archc.values import within


class Refused(Exception):
    """Why something cannot be renamed, in words for the user."""


def target(analysis: Analysis, line: int, column: int) -> tuple[Mark, str]:
    """Return the name at a place (from 1), and its mark. Raises Refused."""
    found, thing = _thing(analysis, line, column)
    if formula(found):
        word, start = word_at(found.node.source.line(line), column)
        return found.node.mark._replace(line=line, column=start, end_line=line, end_column=start + len(word)), word
    return found.node.mark, thing.name


def rename(analysis: Analysis, line: int, column: int, name: str) -> list[tuple[Mark, str]]:
    """Return the stretches of the text to replace, each with what is to stand there. Raises Refused."""
    _, thing = _thing(analysis, line, column)
    if isinstance(thing, Step):
        marks, fault = list(_step_marks(analysis, thing)), naming.step_fault(name)
    elif isinstance(thing, Block):
        marks, fault = list(_block_marks(analysis, thing)), naming.fault(name)
    else:
        marks, fault = list(_param_marks(analysis, thing)), naming.fault(name)
        if not fault and name in naming.FUNCTIONS | naming.WORDS | {"input", "index"}:
            fault = "is a word of expressions"
    if fault:
        raise Refused(f"`{name}` {fault}")
    written = name if bare(name, flow=True) else f'"{name}"'
    edits = [(mark, name if _inside(analysis, mark, thing.name) else written) for mark in dict.fromkeys(marks)]
    _prove(analysis, edits, name)
    return edits


def _thing(analysis: Analysis, line: int, column: int) -> tuple[Spot, Step | Param | Block]:
    found = spot(analysis.root, line, column)
    if found is None or analysis.spec is None:
        raise Refused("there is no name here")
    thing: Any = meant(analysis, found, line, column)
    if found.role.kind == "new_name" and not found.key:
        around = found.around[-1]
        thing = next((k.step for k in analysis.steps.values() if analysis.maps.get(id(k.step.node)) is around), None)
    elif found.role.kind == "param" or (found.role.kind == "params" and found.key):
        signature = params(analysis, found.block).values()
        thing = next((param for param in signature if param.mark == found.node.mark), None)
    elif found.role.kind == "blocks" and found.key:
        thing = analysis.spec.blocks.get(found.path[-1])
    if thing is None or isinstance(thing, Input):
        raise Refused("only steps that have a `name`, params and blocks can be renamed")
    if isinstance(thing, Step) and analysis.name_node(thing) is None:
        raise Refused(f"`{thing.name}` has no name of its own: give it one with `name:`")
    mark = thing.mark if isinstance(thing, Param) else thing.node.mark
    if mark.file != analysis.path:
        raise Refused(f"`{thing.name}` is defined in another file")
    return found, thing


def _step_marks(analysis: Analysis, step: Step) -> Iterator[Mark]:
    own = analysis.name_node(step)
    if own is not None:
        yield own.mark
    yield from (reference.mark for reference, thing in analysis.references() if thing is step)


def _block_marks(analysis: Analysis, block: Block) -> Iterator[Mark]:
    yield block.node.mark
    yield from (known.step.node.mark for known in analysis.steps.values() if known.step.block is block)


def _param_marks(analysis: Analysis, param: Param) -> Iterator[Mark]:
    yield param.mark
    root, spec = analysis.root, analysis.spec
    assert isinstance(root, Mapping)
    assert spec is not None
    block = next((block for block in spec.blocks.values() if block.params.get(param.name) is param), None)
    if block is None:
        for variant in nodes(root.entries.get("variants")):
            if isinstance(variant, Mapping) and variant is not root.entries.get("variants"):
                yield from (key.mark for name, key, _ in variant.items() if name == param.name)
        for key in ("input", "inputs", "layers"):
            yield from _in_formulas(root.entries.get(key), param.name)
        return
    for known in analysis.steps.values():
        around = analysis.maps.get(id(known.step.node)) if known.step.block is block else None
        given = around.entries.get(block.name) if around is not None else None
        if isinstance(given, Mapping) and param.name in given.keys:
            yield given.keys[param.name].mark
    blocks = root.entries.get("blocks")
    body = blocks.entries.get(block.name) if isinstance(blocks, Mapping) else None
    yield from _in_formulas(body, param.name)


def _in_formulas(root: Node | None, name: str) -> Iterator[Mark]:
    """Yield where expressions name a param."""
    for node in nodes(root):
        if not isinstance(node, Scalar) or not isinstance(node.value, str) or node.value[:1] != "$":
            continue
        try:
            expression = parse(node.value[1:])
        except ExpressionError:
            raise Refused(f"the expression in line {node.line} is wrong: mend it first") from None
        for part in walk(expression):
            if isinstance(part, Name) and part.name == name:
                mark = within(node, part.start, part.end)
                if node.source.line(mark.line)[mark.column - 1 : mark.end_column - 1] != name:
                    raise Refused(f"the expression in line {node.line} is written in a way that cannot be changed")
                yield mark


def _inside(analysis: Analysis, mark: Mark, name: str) -> bool:
    """Tell whether the old name stands bare in the text, as within an expression."""
    line = analysis.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[mark.line - 1]
    before = line[: mark.column - 1].rstrip()
    return line[mark.column - 1 : mark.end_column - 1] == name and not before.endswith((":", "-", "[", ",", "{"))


def _prove(analysis: Analysis, edits: list[tuple[Mark, str]], name: str) -> None:
    """Check the text with the new name: no new error, and every reference means what it meant."""
    after = Analysis(analysis.path, edited(analysis.text, edits), {})
    if len(after.findings) > len(analysis.findings):
        known = {problem.message for problem in analysis.findings}
        news = [problem.message for problem in after.findings if problem.message not in known]
        raise Refused(f"`{name}` cannot be taken: {news[0] if news else after.findings[0].message}")
    if _meanings(after) != _meanings(analysis):
        raise Refused(f"`{name}` is the name of another step here")


def _meanings(analysis: Analysis) -> list[int]:
    order = {id(known.step): place for place, known in enumerate(analysis.steps.values())}
    return [order.get(id(thing), -1) for _, thing in analysis.references()]


def edited(text: str, edits: list[tuple[Mark, str]]) -> str:
    """Return a text with stretches of single lines replaced; line ends become line feeds."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for mark, new in sorted(edits, reverse=True):
        line = lines[mark.line - 1]
        lines[mark.line - 1] = line[: mark.column - 1] + new + line[mark.end_column - 1 :]
    return "\n".join(lines)


__all__ = ["Refused", "edited", "rename", "target"]
