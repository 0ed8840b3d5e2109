"""Expressions rewritten and written down: folding, substitution, builders and spelling, case by case."""

from __future__ import annotations

from typing import Any

import pytest

from archc.expressions import (
    DIVISIBLE_SOURCE,
    Axis,
    Call,
    Expression,
    ExpressionError,
    Literal,
    Name,
    add,
    evaluate,
    floordiv,
    fold,
    modulo,
    multiply,
    parse,
    spell,
    substitute,
    subtract,
)


def folded(text: str) -> str:
    return spell(fold(parse(text)), {})[0]


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("64 * 4", "256"),
        ("64 / 4", "16"),
        ("a * 1 + 0", "a"),
        ("1 * a / 1", "a"),
        ("0 + a + b", "a + b"),
        ("a + 16 + 16", "a + 32"),
        ("a + 16 + b - 20", "a - 4 + b"),
        ("16 + a - 16", "a"),
        ("16 - a + 4", "20 - a"),
        ("a + 4 - 4", "a"),
        ("true and a > 1", "a > 1"),
        ("a > 1 or true or b", "a > 1 or True"),
        ("false and a", "False"),
        ("not true", "False"),
        ("not not flag", "flag"),
        ("a if 1 < 2 else b", "a"),
        ("a ** 1", "a"),
        ("x.height // 1", "x.height"),
        ("a // 1", "a // 1"),
        ("[1, 2][1] * a", "2 * a"),
        ("a[1:][:3][2]", "a[3]"),
        ("a[b:][2]", "a[b:][2]"),
        ("a[-2:][1]", "a[-2:][1]"),
        ("a[1:][-1]", "a[1:][-1]"),
        ("sum([1, 2, 4][:2]) * a", "3 * a"),
        ("a[:0 + b]", "a[:b]"),
        ("a[b + 1:]", "a[b + 1 :]"),
        ("a[:len(b)]", "a[: len(b)]"),
        ("a[b / 2:-1]", "a[b // 2 : -1]"),
        ("round(0.5 * 5) + a", "2 + a"),
        ("a / 0", "a / 0"),
        ("1 / 0", "1 / 0"),
        ("a * 0.5", "a * 0.5"),
    ],
)
def test_fold(text: str, result: str) -> None:
    assert folded(text) == result


def test_substitute() -> None:
    expression = parse("filters * 4 + input.channels // stride")
    put: dict[str | tuple[str, str], Expression] = {"filters": Literal(16), "stride": Literal(1)}
    assert spell(substitute(expression, put), {})[0] == "64 + input.channels"
    put = {("input", "channels"): parse("a + b"), "stride": Name("step"), "input": Name("skip")}
    assert spell(substitute(expression, put), {})[0] == "filters * 4 + (a + b) // step"
    assert substitute(parse("input.height"), put) == Axis("skip", "height")
    assert spell(substitute(parse("n // 1"), {}, whole={"n"}), {})[0] == "n"
    assert spell(substitute(parse("c // 2"), {"c": parse("n * 2")}, whole={"n"}), {})[0] == "n"
    assert spell(substitute(parse("c // 3"), {"c": parse("n * 6")}, whole={"n"}), {})[0] == "n * 2"
    assert spell(substitute(parse("c // 4"), {"c": parse("n * 6")}, whole={"n"}), {})[0] == "n * 6 // 4"
    assert spell(substitute(parse("c // 2"), {"c": parse("n * 2")}), {})[0] == "n * 2 // 2"
    assert spell(substitute(parse("c + n + n + n"), {"c": parse("n * 4 // 4")}, whole={"n"}), {})[0] == "n * 4"
    assert spell(substitute(parse("c + n * 2 + n"), {}, whole={"n", "c"}), {})[0] == "c + n * 3"
    assert spell(substitute(parse("c + n * 3"), {"c": parse("n")}, whole={"n"}), {})[0] == "n * 4"
    assert spell(substitute(parse("n * 2 + n * 4"), {}, whole={"n"}), {})[0] == "n * 2 + n * 4"
    assert spell(substitute(parse("n + n"), {}), {})[0] == "n + n"


def test_builders() -> None:
    a, b = Name("a"), Name("b")
    assert add(add(a, Literal(16)), Literal(16)) == parse("a + 32")
    assert add(Literal(16), a) == parse("a + 16")
    assert add(a, add(b, Literal(3))) == parse("a + b + 3")
    assert subtract(a, a) == Literal(0)
    assert subtract(a, Literal(0)) is a
    assert multiply(multiply(Literal(4), a), Literal(2)) == parse("a * 8")
    assert multiply(a, Literal(0)) == Literal(0)
    assert floordiv(parse("a * 4"), Literal(2)) == parse("a * 2")
    assert floordiv(parse("a // 2"), Literal(2)) == parse("a // 4")
    assert floordiv(a, Literal(1)) is a
    assert modulo(parse("a * 4"), Literal(2)) == Literal(0)
    assert modulo(Literal(7), Literal(4)) == Literal(3)


@pytest.mark.parametrize(
    ("text", "result", "needs"),
    [
        ("filters*4", "filters * 4", set()),
        ("2 ** i", "2**i", set()),
        ("2 ** f[0]", "2 ** f[0]", set()),
        ("(a + b) ** 2", "(a + b) ** 2", set()),
        ("-a ** 2", "-(a**2)", set()),
        ("(a * b) * c - (a - b)", "a * b * c - (a - b)", set()),
        ("(1 if a else 2) + 1", "(1 if a else 2) + 1", set()),
        ("not (a or b)", "not (a or b)", set()),
        ("floor(a) + ceil(b)", "math.floor(a) + math.ceil(b)", {"math"}),
        ("divisible(a * 0.5, 8)", "divisible(a * 0.5, 8)", {"divisible"}),
        ("'a' == \"b\"", '"a" == "b"', set()),
        ("true", "True", set()),
    ],
)
def test_spell(text: str, result: str, needs: set[str]) -> None:
    assert spell(parse(text), {}) == (result, needs)


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("a / 2", "a // 2"),
        ("a / 2 * 3 + b / 4", "a // 2 * 3 + b // 4"),
        ("round(a / 2)", "round(a / 2)"),
        ("a / 2 if a / 2 > 1.5 else 1", "a // 2 if a / 2 > 1.5 else 1"),
        ("max(1, a / 4)", "max(1, a // 4)"),
        ("max(1, a / 2 * 3)", "int(max(1, a / 2 * 3))"),
        ("[a / 2, b]", "(a // 2, b)"),
    ],
)
def test_spell_whole(text: str, result: str) -> None:
    assert spell(parse(text), {}, whole=True)[0] == result


def test_spelling_replaces_names() -> None:
    spelling: dict[str | tuple[str, str], str] = {
        "filters": "in_channels",
        ("input", "channels"): "x.shape[-1]",
        "divisible": "round_to",
    }
    text, needs = spell(parse("divisible(filters ** input.channels, 8)"), spelling)
    assert text == "round_to(in_channels ** x.shape[-1], 8)"
    assert needs == {"divisible"}


def test_spelling_escapes_what_cannot_be_seen() -> None:
    assert spell(Literal("a\tb\u2028"), {})[0] == '"a\\tb\\u2028"'


def test_repeated_substitution_is_bounded() -> None:
    doubled: Expression = Name("a")
    for _ in range(9):
        doubled = substitute(parse("a * a"), {"a": doubled})
    with pytest.raises(ExpressionError, match="too large") as caught:
        substitute(parse("a * a"), {"a": doubled})
    assert caught.value.code == "E0506"


def test_divisible_source_is_the_function() -> None:
    scope: dict[str, Any] = {}
    exec(DIVISIBLE_SOURCE, scope)
    for x in [1, 7.5, 24, 33.6, 100, 1280 * 1.4]:
        assert scope["divisible"](x, 8) == evaluate(Call("divisible", (Literal(x), Literal(8))), {})
