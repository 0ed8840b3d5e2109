"""Specs that users could have written, each with what must be found as a comment on its line, and nothing else.

A first line `# $ archc COMMAND OPTIONS` says how it is found, where `archc check` alone does not find it. A line that
ends in `# x1000` stands a thousand times in the file that is read.
"""

from __future__ import annotations

import re
import shlex
import tempfile
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from archc.backend import find
from archc.bind import setting
from archc.compile import compile_graph, examine
from archc.explain import codes
from archc.problems import Problem, Problems, SpecError

FOLDER = Path(__file__).parent / "errors"
FILES = sorted(FOLDER.glob("*.yaml"))
EXPECTED = re.compile(r"# (E0\d\d\d)(?:: (.*?))?(?=\s+# |$)")
TIMES = re.compile(r"^(.*)  # x(\d+)$", re.MULTILINE)

# Not here: files to write and files of weights.
ELSEWHERE = {code for code in codes() if code.startswith("E07")}


class Case(NamedTuple):
    """A file of the catalogue as it is read: its lines, and the command that finds what it announces."""

    path: Path
    lines: list[str]
    command: list[str]

    def announced(self) -> list[tuple[int, str, str]]:
        """Return the line, the code and a piece of the message of each finding."""
        found = ((number, match) for number, line in enumerate(self.lines, 1) for match in EXPECTED.finditer(line))
        return [(number, match[1], match[2] or "") for number, match in found]

    def option(self, name: str) -> str | None:
        return self.command[self.command.index(name) + 1] if name in self.command else None


def case(path: Path) -> Case:
    text = path.read_bytes().decode("utf-8", "replace")
    text = TIMES.sub(lambda match: "\n".join([match[1]] * int(match[2])), text)
    lines = text.split("\n")
    command = re.match(r"# \$ archc (.*?)(?:  # |$)", lines[0])
    return Case(path, lines, shlex.split(command[1]) if command else ["check"])


@cache
def found(path: Path) -> tuple[Problem, ...]:
    wrong = case(path)
    if TIMES.search(path.read_bytes().decode("utf-8", "replace")) is None:
        return tuple(findings(path, wrong))
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / path.name
        whole.write_text("\n".join(wrong.lines), encoding="utf-8")
        return tuple(findings(whole, wrong))


def findings(path: Path, case: Case) -> list[Problem]:
    """Return what the command of a case finds in a file."""
    problems = Problems()
    settings = [setting(text, problems) for text in [case.option("--set")] if text]
    graph = examine(str(path), problems, case.option("--variant"), dict(settings))
    backend = case.option("--backend")
    if graph is None or backend is None:
        return problems.found
    with pytest.raises(SpecError) as error:
        compile_graph(graph, find(backend), origin=path.name)
    return error.value.problems


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_is_found_is_what_the_file_announces(path: Path) -> None:
    wrong = case(path)
    announced, problems = wrong.announced(), found(path)
    assert sorted((p.mark.line, p.code) for p in problems) == sorted((line, code) for line, code, _ in announced)
    said = {(p.mark.line, p.code): "" for p in problems}
    for p in problems:
        said[p.mark.line, p.code] += f"{p.message} {p.label} {p.help}\n"
    assert [(line, code, text) for line, code, text in announced if text not in said[line, code]] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_findings_point_into_the_text_and_read_well(path: Path) -> None:
    wrong = case(path)
    for problem in found(path):
        mark = problem.mark
        assert 1 <= mark.line <= mark.end_line <= len(wrong.lines)
        assert 1 <= mark.column <= len(wrong.lines[mark.line - 1]) + 1
        assert (mark.end_line, mark.end_column) >= (mark.line, mark.column)
        assert problem.message
        assert not problem.message.endswith(".")
        assert not any("\n" in text for text in (problem.message, problem.label, problem.help))


def test_every_code_is_announced_by_some_file() -> None:
    announced = {code for path in FILES for _, code, _ in case(path).announced()}
    assert announced == set(codes()) - ELSEWHERE


def test_there_are_many() -> None:
    assert len(FILES) >= 120
