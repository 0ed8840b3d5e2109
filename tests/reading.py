"""How the tests of reading ask for a text's values and findings."""

from __future__ import annotations

from typing import Any

import pytest

from archc.compile import load_text
from archc.document import Mapping, Node, Scalar, Sequence, Source
from archc.problems import Problem, Problems, SpecError
from archc.read import read


def reading(text: str) -> tuple[Node | None, list[Problem]]:
    problems = Problems()
    return read(Source("net.yaml", text), problems), problems.found


def values(node: Node | None) -> Any:
    if isinstance(node, Mapping):
        return {key: values(child) for key, _, child in node.items()}
    if isinstance(node, Sequence):
        return [values(child) for child in node.items]
    assert isinstance(node, Scalar)
    return node.value


def refused(text: str) -> list[Problem]:
    """Return what is wrong with a whole spec."""
    with pytest.raises(SpecError) as error:
        load_text(text)
    return error.value.problems


def good(text: str) -> Any:
    root, found = reading(text)
    assert found == []
    return values(root)
