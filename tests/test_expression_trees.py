"""Random expressions: Python and the language agree on them, folding keeps them, and `ruff format` leaves them."""

from __future__ import annotations

import math
import random
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from archc.expressions import (
    DIVISIBLE_SOURCE,
    Axis,
    Binary,
    Call,
    Compare,
    Conditional,
    Expression,
    ExpressionError,
    Index,
    Listing,
    Literal,
    Logic,
    Name,
    Slice,
    Unary,
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
    text_of,
)
from archc.shapes import Image

ENV: dict[str, Any] = {
    "a": 3,
    "b": 8,
    "c": 0,
    "rate": 0.25,
    "flag": True,
    "mode": "same",
    "items": (4, 1, 6),
    "table": {"small": 2, "large": [5]},
    "x": Image(7, 9, 16),
}
SPELLING: dict[str | tuple[str, str], str] = {
    "b": "self.b",
    ("x", "channels"): "x.shape[-1]",
    ("x", "height"): "height",
    ("x", "width"): "x.width",
}


def python_value(text: str) -> Any:
    """Return what Python makes of emitted source."""
    x = SimpleNamespace(shape=(7, 9, 16), width=9)
    scope: dict[str, Any] = {**ENV, "items": [4, 1, 6], "self": SimpleNamespace(b=8), "x": x, "height": 7, "math": math}
    exec(DIVISIBLE_SOURCE, scope)
    return eval(text, scope)


def tree(dice: random.Random, kind: str, depth: int) -> Expression:
    """Return a random expression that gives an int, a number, a boolean or a list."""
    if kind == "bool":
        return boolean(dice, depth)
    if kind == "list":
        if depth > 0 and dice.random() < 0.3:
            ends = [None, Literal(0), Literal(1), Unary("-", Literal(1)), number(dice, depth - 1, True)]
            return Slice(tree(dice, kind, depth - 1), dice.choice(ends), dice.choice(ends))
        items = [number(dice, depth - 1, True) for _ in range(dice.randint(1, 3))]
        return Name("items") if dice.random() < 0.5 else Listing(tuple(items))
    return number(dice, depth, kind == "int")


def number(dice: random.Random, depth: int, whole: bool) -> Expression:
    leaves: list[Expression] = [
        Literal(dice.randint(0, 9)),
        Name("a"),
        Name("b"),
        Name("c"),
        Literal(dice.randint(-5, 90)),
    ]
    leaves += [Axis("x", axis) for axis in ("channels", "height", "width")]
    if not whole:
        leaves += [Name("rate"), Literal(dice.choice([0.5, 1e-05, 2.25, 1e16]))]
    if depth <= 0:
        return dice.choice(leaves)

    def part(kind: str = "int" if whole else "number") -> Expression:
        return tree(dice, kind, depth - 1)

    match dice.randrange(9):
        case 0:
            return Unary(dice.choice("+-"), part())
        case 1:
            return Conditional(part(), part("bool"), part())
        case 2:
            places: list[Expression] = [Literal(0), Unary("-", Literal(1)), part("int")]
            return Index(part("list"), dice.choice(places))
        case 3:
            return Call(dice.choice(["min", "max"]), (part(), part(), part("number"))[: dice.randint(2, 3)])
        case 4:
            return Call(dice.choice(["round", "floor", "ceil"]), (part("number"),))
        case 5:
            choices = (("abs", part()), ("len", part("list")), ("sum", part("list")), ("min", part("list")))
            function, argument = dice.choice(choices)
            return Call(function, (argument,))
        case 6:
            return Call("divisible", (part("number"), part("int")))
        case 7:
            powers: list[Expression] = [Literal(2), Name("a"), part("int")]
            return Binary("**", part(), dice.choice(powers))
        case _:
            return Binary(dice.choice(["+", "-", "*", "/", "//", "%"]), part(), part())


def boolean(dice: random.Random, depth: int) -> Expression:
    if depth <= 0:
        return Name("flag") if dice.random() < 0.4 else Literal(dice.random() < 0.5)
    match dice.randrange(5):
        case 0:
            return Unary("not", boolean(dice, depth - 1))
        case 1:
            rest = [
                (dice.choice(["<", "<=", ">", ">=", "==", "!="]), number(dice, depth - 1, False))
                for _ in range(dice.randint(1, 2))
            ]
            return Compare(number(dice, depth - 1, False), tuple(rest))
        case 2:
            return Compare(
                number(dice, depth - 1, True), ((dice.choice(["in", "not in"]), tree(dice, "list", depth - 1)),)
            )
        case 3:
            words = Listing(tuple(map(Literal, ["same", 'a"b', "it's", "back\\slash", "both '\""])))
            return Compare(Name("mode"), ((dice.choice(["in", "not in"]), words),))
        case _:
            operands = [boolean(dice, depth - 1) for _ in range(dice.randint(2, 3))]
            return Logic(dice.choice(["and", "or"]), tuple(operands))


@settings(max_examples=400, deadline=None)
@given(st.randoms(use_true_random=False), st.sampled_from(["int", "number", "bool", "list"]))
def test_python_agrees(dice: random.Random, kind: str) -> None:
    built = tree(dice, kind, 4)
    try:
        wanted = evaluate(built, ENV)
    except ExpressionError:
        return
    agree(python_value(spell(built, SPELLING)[0]), wanted)
    agree(evaluate(parse(text_of(built)), ENV), wanted)
    if type(wanted) is int:
        exact = python_value(spell(built, SPELLING, whole=True)[0])
        assert type(exact) is int
        agree(exact, wanted)


def agree(found: Any, wanted: Any) -> None:
    if isinstance(wanted, list | tuple):
        assert len(found) == len(wanted)
        for one, other in zip(found, wanted, strict=True):
            agree(one, other)
    elif isinstance(wanted, float) or abs(wanted) > 2**50:
        # Python's own `/` gives a float where the language keeps the whole quotient, which only far up differs.
        assert math.isclose(found, wanted, rel_tol=1e-9)
    else:
        assert found == wanted


@settings(max_examples=300, deadline=None)
@given(st.randoms(use_true_random=False), st.sampled_from(["int", "number", "bool"]))
def test_folding_keeps_the_value(dice: random.Random, kind: str) -> None:
    built = tree(dice, kind, 4)
    try:
        wanted = evaluate(built, ENV)
    except ExpressionError:
        return
    agree(evaluate(fold(built), ENV), wanted)
    replaced = substitute(built, {"a": Literal(3), "c": parse("b - 8"), ("x", "height"): Literal(7)})
    agree(evaluate(replaced, ENV), wanted)


@settings(max_examples=200, deadline=None)
@given(st.randoms(use_true_random=False))
def test_builders_keep_the_value(dice: random.Random) -> None:
    a, b = number(dice, 0, True), number(dice, 0, True)
    inner = dice.choice([add, subtract, multiply, floordiv])(a, b)
    last = number(dice, 0, True)
    left, right = evaluate_or_none(inner), evaluate(last, ENV)
    if left is None:
        return
    assert evaluate(add(inner, last), ENV) == left + right
    assert evaluate(subtract(inner, last), ENV) == left - right
    assert evaluate(multiply(inner, last), ENV) == left * right
    if right:
        assert evaluate(floordiv(inner, last), ENV) == left // right
        assert evaluate(modulo(inner, last), ENV) == left % right


def evaluate_or_none(expression: Expression) -> Any:
    try:
        return evaluate(expression, ENV)
    except ExpressionError:
        return None


def test_spelling_is_what_ruff_format_leaves() -> None:
    dice = random.Random(11)
    kinds = ["int", "number", "bool", "list"]
    lines: dict[str, None] = {}
    while len(lines) < 1500:
        built = tree(dice, dice.choice(kinds), dice.randint(1, 4))
        line = f"value = {spell(built, SPELLING, whole=dice.random() < 0.5)[0]}"
        if len(line) < 300:
            lines[line] = None
    source = "\n".join(lines) + "\n\n\n" + DIVISIBLE_SOURCE
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--line-length", "320", "-"]
    result = subprocess.run(command, input=source, capture_output=True, text=True, check=True)
    assert result.stdout.splitlines() == source.splitlines()
