"""What must hold of anything that archc says or writes, whatever was in the spec."""

from __future__ import annotations

import ast
import builtins
import json
import os
import symtable
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from archc.backend import find
from archc.compile import compile_graph
from archc.diagnostics import FORMATS, render
from archc.document import Source
from archc.graph import Graph
from archc.problems import Problem, Problems, SpecError
from archc.summary import summarize

BACKENDS = ("torch", "keras")
SECRET = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
BLANK = "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0"
IMPORTS = {"torch", "torch.nn", "keras", "math", "sys", "collections.abc"}


def obeyed(text: str) -> list[str]:
    """Return the characters of `text`, line ends aside, that a terminal obeys or that do not show."""
    if text.isascii() and text.replace("\n", "").isprintable():
        return []
    return [
        char
        for char in text
        if char != "\n"
        and (
            unicodedata.category(char) in SECRET
            or char in BLANK
            or "\ufe00" <= char <= "\ufe0f"
            or char >= "\U000e0000"
        )
    ]


def shown(found: Problems | SpecError) -> None:
    """Render findings in every format, and judge what a terminal, a page or a robot would get to see."""
    problems = found.problems if isinstance(found, SpecError) else found.found
    for form in FORMATS:
        text = render(problems, found.sources, form)
        assert not obeyed(text), (form, obeyed(text)[:3])
        if form in ("json", "sarif"):
            json.loads(text)
        if form == "github":
            assert len(text.splitlines()) == len(set(problems))
            assert all(line.startswith(("::error file=", "::warning file=")) for line in text.splitlines())
    render(problems, found.sources, colour=True)


def located(problem: Problem, sources: dict[str, Source]) -> None:
    """Judge that a finding has a code and points into a text that was read."""
    mark = problem.mark
    assert len(problem.code) == 5, problem
    assert problem.code.startswith("E0"), problem
    assert problem.message, problem
    text = sources[mark.file].text.replace("\r\n", "\n").replace("\r", "\n")
    assert 1 <= mark.line <= text.count("\n") + 1, problem
    assert 1 <= mark.column <= len(sources[mark.file].line(mark.line)) + 1, problem
    assert (mark.end_line, mark.end_column) >= (mark.line, mark.column), problem


def sources_of(graph: Graph, origin: str = "net.yaml") -> dict[str, str]:
    """Emit a graph with every backend, and judge the sources; what a backend refuses must be refused in place."""
    found = {name: source for name in BACKENDS if (source := emitted(graph, name, origin)) is not None}
    for source in found.values():
        sound(source)
    return found


def emitted(graph: Graph, backend: str, origin: str = "net.yaml") -> str | None:
    """Return a graph's source; None where the backend refuses it, and then in its place."""
    try:
        return compile_graph(graph, find(backend), origin=origin).source
    except SpecError as error:
        refusal = error
    for problem in refusal.problems:
        located(problem, refusal.sources)
        assert problem.code in ("E0601", "E0602"), problem
    return None


def summed_up(graph: Graph) -> None:
    """Print a graph's summary in every format."""
    summary = summarize(graph)
    for text in (summary.text(), summary.markdown(), json.dumps(summary.to_json())):
        assert not obeyed(text)
        assert text.isascii()


def sound(source: str) -> ast.Module:
    """Judge emitted source: it parses, shows all that it holds, imports what it may, and knows every name."""
    assert not obeyed(source), obeyed(source)[:3]
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            assert {alias.name for alias in node.names} <= IMPORTS
        elif isinstance(node, ast.ImportFrom):
            assert node.module in IMPORTS
    assert unknown_names(source) == set()
    return tree


def unknown_names(source: str) -> set[str]:
    """Return the names that source uses and nothing in it defines."""
    module = symtable.symtable(source, "source", "exec")
    known = {symbol.get_name() for symbol in module.get_symbols() if symbol.is_assigned() or symbol.is_imported()}
    known |= {child.get_name() for child in module.get_children()} | set(dir(builtins))
    unknown: set[str] = set()
    todo = [module]
    while todo:
        table = todo.pop()
        todo += table.get_children()
        unknown |= {symbol.get_name() for symbol in table.get_symbols() if symbol.is_global()} - known
    return unknown


def twins(one: str, other: str, *, numbers: bool = False) -> str:
    """Say where two sources differ by more than names, texts and, if wished, numbers; empty where they do not.

    Names must go over into each other one to one, in each function and in the module.
    """
    names: dict[str, set[tuple[str, str]]] = {"": set()}
    difference = _twins(ast.parse(one), ast.parse(other), "", names, numbers)
    if difference:
        return difference
    for scope, pairs in names.items():
        everywhere = pairs if scope.startswith(("keywords", "attributes ")) else pairs | names[""]
        if len({a for a, _ in everywhere}) < len(everywhere) or len({b for _, b in everywhere}) < len(everywhere):
            changed = sorted(pair for pair in everywhere if pair[0] != pair[1])
            return f"names in {scope or 'the module'} fall together or part: {changed}"
    return ""


NAMED = {"id", "arg", "name", "attr"}


def _twins(one: Any, other: Any, scope: str, names: dict[str, set[tuple[str, str]]], numbers: bool) -> str:
    if type(one) is not type(other):
        return f"{_text(one)} became {_text(other)}"
    if isinstance(one, list):
        if len(one) != len(other):
            return f"{len(one)} parts became {len(other)} in {scope}"
        return next(filter(None, (_twins(a, b, scope, names, numbers) for a, b in zip(one, other, strict=True))), "")
    if isinstance(one, ast.Constant):
        same = isinstance(one.value, str) and isinstance(other.value, str)
        counted = numbers and isinstance(one.value, (int, float)) and isinstance(other.value, (int, float))
        return "" if same or counted or repr(one.value) == repr(other.value) else f"{_text(one)} became {_text(other)}"
    if not isinstance(one, ast.AST) or isinstance(one, ast.alias):
        same = one == other or (isinstance(one, ast.alias) and ast.dump(one) == ast.dump(other))
        return "" if same else f"{one!r} became {other!r}"
    inner = f"{scope}.{one.name}" if isinstance(one, (ast.FunctionDef, ast.ClassDef)) else scope
    for field, value in ast.iter_fields(one):
        became = getattr(other, field)
        if field in NAMED and isinstance(value, str) and isinstance(became, str):
            names.setdefault(_kind(one, scope), set()).add((value, became))
        elif difference := _twins(value, became, inner, names, numbers):
            return difference
    return ""


def _kind(node: ast.AST, scope: str) -> str:
    """Return where the names of such nodes live: in a function or the module, or among the attributes of something."""
    if isinstance(node, ast.Attribute):
        return f"attributes of {ast.unparse(node.value)}"
    return "keywords" if isinstance(node, ast.keyword) else scope


def _text(node: Any) -> str:
    return ast.unparse(node)[:80] if isinstance(node, ast.AST) else repr(node)[:80]


FORBIDDEN = (
    "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "subprocess.", "socket.", "ctypes.", "pickle.",
    "os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.chmod", "os.truncate", "shutil.",
    "webbrowser.", "code.__new__", "sys.addaudithook", "urllib.", "http.",
)  # fmt: skip
CACHING = {"open": 1, "os.mkdir": 1, "os.rename": 2}
"""What Python does to keep what it compiled at a first import: events, and how many of their arguments are paths."""
_watching: list[list[str]] = []


def _audit(event: str, args: tuple[Any, ...]) -> None:
    if not _watching:
        return
    paths = [os.fsdecode(arg).split(os.sep) for arg in args[: CACHING.get(event, 0)] if isinstance(arg, (str, bytes))]
    if paths and all("__pycache__" in parts for parts in paths):
        return
    if event == "open":
        written = set(args[1]) & set("wax+") if isinstance(args[1], str) else args[2] & (os.O_WRONLY | os.O_RDWR)
        if written:
            _watching[-1].append(f"open {args[0]!r}")
    elif event == "import":
        if str(args[0]).partition(".")[0] not in sys.stdlib_module_names | {
            "archc",
            "archc_torch",
            "archc_keras",
            "yaml",
        }:
            _watching[-1].append(f"import {args[0]}")
    elif event.startswith(FORBIDDEN):
        _watching[-1].append(f"{event} {args!r:.200}")


@contextmanager
def watched() -> Iterator[list[str]]:
    """List whatever the code within does to the world: writes, processes, connections, foreign imports."""
    if _audit not in _added:
        sys.addaudithook(_audit)
        _added.append(_audit)
    seen: list[str] = []
    _watching.append(seen)
    try:
        yield seen
    finally:
        _watching.remove(seen)


_added: list[Any] = []
