"""Specs near and past the bounds: each is answered in time, in little memory."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from archc.document import Mark
from archc.problems import MOST_PROBLEMS, Problems, TooManyProblems

TESTS = Path(__file__).parent


@pytest.mark.thorough
def test_heavy_specs_are_answered_quickly_and_in_little_memory() -> None:
    done = subprocess.run([sys.executable, str(TESTS / "heavy.py")], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    answers = json.loads(done.stdout)
    assert len(answers) >= 30
    for name, (found, wanted, spent) in answers.items():
        assert found == wanted, name
        assert max(spent.values()) < 4, (name, spent)  # of processor time; under one on a machine at rest


def test_findings_are_bounded_and_the_last_says_so() -> None:
    problems = Problems()
    mark = Mark("net.yaml", 1, 1, 1, 2)
    for number in range(MOST_PROBLEMS):
        problems.add("E0204", f"number {number}", mark)
    for _ in range(3):
        with pytest.raises(TooManyProblems):
            problems.add("E0204", "one more", mark)
    assert len(problems.found) == MOST_PROBLEMS + 1
    assert problems.found[-1].code == "E0120"
