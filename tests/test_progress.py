"""How far long work is, on a terminal and elsewhere."""

from __future__ import annotations

import io
import sys

import pytest

from archc.progress import lines, progress


class Terminal(io.StringIO):
    """Takes text as a terminal does."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_a_bar_that_goes_on_from_what_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    with progress(lines) as tell:
        tick = tell("runs", 3, 1)
        tick(2)
    assert "3/3" in terminal.getvalue()
    assert "of 3 runs" not in terminal.getvalue()


def test_elsewhere_each_part_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    with progress(lines) as tell:
        tick = tell("runs", 3, 1)
        tick(1)
        tick(1)
    assert capsys.readouterr().err == "2 of 3 runs\n3 of 3 runs\n"
