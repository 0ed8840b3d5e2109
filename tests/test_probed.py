"""Source with probes is the plain one, or is found not to be; both ways of `logits` come of one call."""

from __future__ import annotations

import ast
from types import FunctionType
from typing import Any

import pytest

from archc.execute import execute, last_defined
from archc.probed import alike
from archc_keras.forking import forked

PLAIN = """
def scale(x):
    return x * 2


def unit(x, count, *, name):
    for _ in range(count):
        x = scale(x)
    return layer(f"{name}_conv")(x)


def net(*, logits=False):
    x = unit(inputs, 3, name="unit")
    x = scale(x)
    outputs = x if logits else softmax(x)
    return x, outputs
"""

PROBED = """
def scale(x, *, name):
    return _probe(f"{name}_multiply", x * 2)


def unit(x, count, *, name):
    for index in range(count):
        x = scale(x, name=f"{name}_{index}")
    return _probe(f"{name}_conv", layer(f"{name}_conv")(_probe("in", x)))


def net(*, logits=False):
    x = unit(inputs, 3, name="unit")
    x = scale(x, name="scale")
    outputs = x if logits else softmax(x)
    return x, outputs
"""

CHANGES = (
    ("x * 2", "x * 3"),
    ("x * 2", "2 * x"),
    ("x * 2", "x * 2.0"),
    ('f"{name}_conv")(_probe', 'f"{name}_other")(_probe'),
    ("scale(x, name=f", "scale(index, name=f"),
    ("scale(x, name=f", "scale(x, more=1, name=f"),
    ("x = scale(x, name=\"scale\")", "pass"),
    ("range(count)", "range(count + 1)"),
    ("def scale(x, *, name)", "def scale(x, y=1, *, name)"),
    ("x * 2", "x * name"),
    ('name="unit"', 'name="other"'),
    ("return x, outputs", "return x"),
)  # fmt: skip


def test_probes_and_what_they_need_are_no_difference() -> None:
    assert alike(PLAIN, ast.parse(PROBED), 1)
    assert not alike(PROBED, ast.parse(PLAIN), 1)
    assert not alike(PLAIN, ast.parse(PROBED), 0), "a probe gives back its value"


@pytest.mark.parametrize(("old", "new"), CHANGES)
def test_whatever_else_differs_is_found(old: str, new: str) -> None:
    assert PROBED.count(old) == 1
    assert not alike(PLAIN, ast.parse(PROBED.replace(old, new)), 1)


def test_a_name_that_is_read_within_a_loop_is_no_count_of_its_turns() -> None:
    plain = "for _ in x:\n    f(index)\n"
    assert not alike(plain, ast.parse("for index in x:\n    f(index)\n"), 1)
    assert alike(plain, ast.parse("for turn in x:\n    f(_probe(turn, index))\n"), 1)


def both(source: str) -> tuple[Any, list[Any]]:
    finals: list[Any] = []

    def fork(logits: Any, final: Any) -> Any:
        finals.append(final)
        return logits

    tree = forked(ast.parse(source))
    assert tree is not None
    given = {"inputs": 1, "layer": lambda _: abs, "softmax": lambda x: -x}
    function = last_defined(execute(source, "net", tree, _fork=fork, **given), FunctionType)
    return function(logits=True), finals


def test_both_ways_of_logits_come_of_one_call() -> None:
    assert both(PLAIN) == ((16, 16), [-16])
    swapped = PLAIN.replace("x if logits else softmax(x)", "softmax(x) if logits else x")
    assert both(swapped) == ((16, -16), [16])


@pytest.mark.parametrize(
    "line",
    ["outputs = x if not logits else softmax(x)", "outputs = x\n    if not logits:\n        outputs = softmax(x)"],
)
def test_what_asks_for_logits_in_other_ways_is_left_alone(line: str) -> None:
    assert forked(ast.parse(PLAIN.replace("outputs = x if logits else softmax(x)", line))) is None


def test_source_without_logits_is_left_alone() -> None:
    assert forked(ast.parse("def net():\n    return 1\n")) is None
