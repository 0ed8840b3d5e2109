"""Hostile text at every place of a spec: it stays text, or it is refused in its place; nothing else happens."""

from __future__ import annotations

import io
from collections import Counter
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path

import pytest

from archc.__main__ import main
from archc.compile import compile_graph, load_text
from archc.backend import find
from archc.diagnostics import render
from archc.problems import SpecError
from tests import payloads
from tests.oracles import BACKENDS, located, obeyed, shown, sound, sources_of, summed_up, twins, watched

CASES = payloads.cases()


@cache
def harmless() -> dict[str, str]:
    return sources_of(load_text(payloads.spec("", "", payloads.raw)))


def judged(place: str, text: str) -> str:
    """Judge one spec, and return `refused` or `accepted`."""
    try:
        graph = load_text(text)
    except SpecError as error:
        for problem in error.problems:
            located(problem, error.sources)
        shown(error)
        return "refused"
    summed_up(graph)
    sources = sources_of(graph)
    return "accepted"


@pytest.mark.parametrize("place", CASES)
def test_text_stays_text(place: str) -> None:
    pass
