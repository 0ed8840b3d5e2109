"""The list of deliberate faults fits the sources, and its page; `python -m tests.faults` plants them."""

from __future__ import annotations

import ast
from pathlib import Path
from queue import Queue

import pytest

from tests.fault_list import FAULTS, Fault
from tests.faults import PAGE, ROOT, arguments, page, try_out


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.what)
def test_it_can_be_planted(fault: Fault) -> None:
    text = (ROOT / fault.file).read_text(encoding="utf-8")
    assert text.count(fault.old) == 1
    planted = text.replace(fault.old, fault.new)
    assert planted != text
    assert ast.dump(ast.parse(planted)) != ast.dump(ast.parse(text))
    assert (ROOT / arguments(fault.check)[0].partition("::")[0]).is_file()


def test_there_are_many_and_none_twice() -> None:
    assert len(FAULTS) >= 60
    assert len({fault.what for fault in FAULTS}) == len(FAULTS)


def test_the_page_has_the_list() -> None:
    assert page(FAULTS) in PAGE.read_text(encoding="utf-8")


def test_a_check_that_fails_is_told_from_one_that_passes(tmp_path: Path) -> None:
    (tmp_path / "rule.py").write_text("LARGER = 1 < 2\n")
    (tmp_path / "test_rule.py").write_text("from rule import LARGER\n\ndef test_it():\n    assert LARGER\n")
    trees: Queue[Path] = Queue()
    trees.put(tmp_path)
    codes = [
        try_out(trees, Fault("", "rule.py", "1 < 2", new, "test_rule.py::test_it")).code
        for new in ("2 > 1", "2 < 1", "(", "1 < 2")
    ]
    assert codes[0] == codes[3] == 0
    assert codes[1] == 1
    assert codes[2] not in (0, 1), "what cannot be imported is not caught, but broken"
