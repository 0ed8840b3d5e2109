"""Lines under construction: what stands under one condition twice in a row is one `if`, unless its meaning changed."""

from __future__ import annotations

import pytest

from archc.emit.lines import Lines


def written(condition: str, between: list[str], again: str, under: str = "b()") -> list[str]:
    lines = Lines(0)
    lines.begin_if_anew(condition)
    lines.add(under)
    lines.end_if()
    for line in between:
        lines.add(line)
    lines.begin_if_anew(again)
    lines.add("c()")
    lines.end_if()
    return lines.text


def test_one_condition_is_one_if() -> None:
    assert written("deep", [], "deep") == ["if deep:", "    b()", "    c()"]
    assert written("deep", [], "deep", under="x = deeper(x)") == ["if deep:", "    x = deeper(x)", "    c()"]


@pytest.mark.parametrize(
    ("between", "again", "under"),
    [
        (["d()"], "deep", "b()"),
        ([], "not deep", "b()"),
        ([], "deep", "deep = f(deep)"),
        ([], "deep", "x, deep = f(x)"),
    ],
)
def test_what_is_not_one_condition_stays_apart(between: list[str], again: str, under: str) -> None:
    assert written("deep", between, again, under) == ["if deep:", f"    {under}", *between, f"if {again}:", "    c()"]


def test_after_an_else_an_if_begins_anew() -> None:
    lines = Lines(0)
    for condition, otherwise in (("a", False), ("", True)):
        lines.begin_if(condition, otherwise)
        lines.end_if()
    lines.begin_if_anew("a")
    lines.end_if()
    assert lines.text == ["if a:", "    pass", "else:", "    pass", "if a:", "    pass"]


def test_an_empty_if_that_goes_on_holds_what_comes() -> None:
    lines = Lines(0)
    for text in ("", "b()"):
        lines.begin_if_anew("a")
        if text:
            lines.add(text)
        lines.end_if()
    assert lines.text == ["if a:", "    b()"]
