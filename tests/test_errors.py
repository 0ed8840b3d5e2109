"""Specs that users could have written, each with what must be found as a comment on its line, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from archc.compile import examine
from archc.explain import codes
from archc.problems import Problem, Problems

FOLDER = Path(__file__).parent / "errors"
FILES = sorted(FOLDER.glob("*.yaml"))
EXPECTED = re.compile(r"# (E0\d\d\d)(?:: (.*?))?(?=\s+# E0|$)")

# Not here: what takes files of megabytes, a name from the command line, a backend, or a file to write.
ELSEWHERE = {"E0112", "E0114", "E0120", "E0414", "E0416"}


def expected(path: Path) -> list[tuple[int, str, str]]:
    """Return the line, the code and a piece of the message of each finding that a file announces."""
    lines = path.read_bytes().decode("utf-8", "replace").split("\n")
    found = ((number, match) for number, line in enumerate(lines, 1) for match in EXPECTED.finditer(line))
    return [(number, match[1], match[2] or "") for number, match in found]


def found(path: Path) -> list[Problem]:
    problems = Problems()
    examine(str(path), problems)
    return problems.found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_is_found_is_what_the_file_announces(path: Path) -> None:
    announced, problems = expected(path), found(path)
    assert sorted((p.mark.line, p.code) for p in problems) == sorted((line, code) for line, code, _ in announced)
    for line, code, text in announced:
        assert any(
            (p.mark.line, p.code) == (line, code) and text in f"{p.message} {p.label} {p.help}" for p in problems
        ), [p.message for p in problems if p.code == code]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_findings_point_into_the_text_and_read_well(path: Path) -> None:
    lines = path.read_bytes().decode("utf-8", "replace").split("\n")
    for problem in found(path):
        mark = problem.mark
        assert 1 <= mark.line <= mark.end_line <= len(lines)
        assert 1 <= mark.column <= len(lines[mark.line - 1]) + 1
        assert (mark.end_line, mark.end_column) >= (mark.line, mark.column)
        assert problem.message
        assert not problem.message.endswith(".")
        assert not any("\n" in text for text in (problem.message, problem.label, problem.help))


def test_every_code_for_specs_is_announced_by_some_file() -> None:
    announced = {code for path in FILES for _, code, _ in expected(path)}
    assert announced == {code for code in codes() if code[:3] not in ("E06", "E07")} - ELSEWHERE


def test_there_are_many() -> None:
    assert len(FILES) >= 60
