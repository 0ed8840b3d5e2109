"""Writes an expression down: as Python source in the form that `ruff format` gives it, or in the spec language."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from archc.expressions.grammar import (
    AND,
    ATOM,
    COMPARE,
    CONDITIONAL,
    LEVELS,
    NOT,
    OR,
    POWER,
    SUM,
    UNARY,
)
from archc.expressions.tree import (
    Axis,
    Binary,
    Call,
    Compare,
    Conditional,
    Expression,
    Index,
    Listing,
    Literal,
    Logic,
    Name,
    Slice,
    Unary,
)

DIVISIBLE_SOURCE = '''\
def divisible(x: float, by: int) -> int:
    """Round to a multiple of `by`: at least `by`, at most 10 % below `x`, as MobileNet does."""
    rounded = max(by, int(x + by / 2) // by * by)
    return rounded + by if rounded < 0.9 * x else rounded
'''
"""The source of the helper that emitted code needs where `spell` says "divisible"."""

_SIMPLE = re.compile(r"[-+]*(?:[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*|[0-9.]+(?:e-?[0-9]+)?)\Z")
_PLAIN = re.compile(r"(?:[-+]*(?:[A-Za-z_]\w*|[0-9]+))?\Z")
_IN_PYTHON = {"floor": "math.floor", "ceil": "math.ceil"}


def spell(
    expression: Expression, spelling: Mapping[str | tuple[str, str], str], *, whole: bool = False
) -> tuple[str, set[str]]:
    """Return Python source, and what it needs beyond builtins: "math", "divisible".

    `spelling` gives the text of names, axes and of the helper `divisible`; each must be an atom. With `whole` the
    value is known to be a whole number (`evaluate` gives an int), and the text gives an int as well.
    """
    speller = _Speller(spelling, python=True)
    return speller.inside(expression, CONDITIONAL, whole), speller.needs


def text_of(expression: Expression) -> str:
    """Return the expression in the spec language: the text that was parsed, or an equal one where it was built."""
    text: str | None = getattr(expression, "text", None)
    return text if text is not None else _Speller({}, python=False).inside(expression, CONDITIONAL)


def _string(value: str, python: bool) -> str:
    quote = "'" if value.count('"') > value.count("'") else '"'
    return quote + "".join(_escaped(character, quote, python) for character in value) + quote


def _escaped(character: str, quote: str, python: bool) -> str:
    if character in ("\\", quote):
        return "\\" + character
    # Not all that is printable shows, and text may run backwards. Python has escapes, the spec language none.
    plain = " " <= character <= "~" if python else character.isprintable()
    return character if plain else character.encode("unicode_escape").decode()


def _divides(node: Expression) -> bool:
    """Tell whether a `/` reaches the value as it is, not rounded."""
    if isinstance(node, Call) and node.function not in ("min", "max", "abs", "sum"):
        return False
    return (isinstance(node, Binary) and node.op == "/") or any(map(_divides, node.children()))


def _floors_alone(node: Expression) -> bool:
    """Tell whether the floor of the value comes out when `/` is written as `//`."""
    if isinstance(node, Binary) and node.op == "/":
        return not _divides(node.left) and not _divides(node.right)
    return not _divides(node)


class _Speller:
    """Puts down one expression. `whole` is true of nodes whose values are known to be whole where they matter.

    A result of arithmetic is an int only where the operands are, so `whole` holds for the operands as well.
    """

    __slots__ = ("needs", "python", "spelling")

    def __init__(self, spelling: Mapping[str | tuple[str, str], str], python: bool) -> None:
        self.spelling = spelling
        self.python = python
        self.needs: set[str] = set()

    def inside(self, node: Expression, least: int, whole: bool = False) -> str:
        """Return the text of a node, in parentheses where it binds less tightly than `least`."""
        text, level = _SPELL[type(node)](self, node, whole and self.python)
        return text if level >= least else f"({text})"

    def several(self, nodes: tuple[Expression, ...], whole: bool) -> str:
        return ", ".join(self.inside(node, CONDITIONAL, whole) for node in nodes)

    def literal(self, node: Literal, _whole: bool) -> tuple[str, int]:
        value = node.value
        if isinstance(value, str):
            return _string(value, self.python), ATOM
        if isinstance(value, bool):
            return str(value) if self.python else str(value).lower(), ATOM
        if not math.isfinite(value):
            return f'float("{value}")', ATOM
        return repr(value).replace("e+", "e"), UNARY if math.copysign(1, value) < 0 else ATOM

    def name(self, node: Name, _whole: bool) -> tuple[str, int]:
        return self.spelling.get(node.name, node.name), ATOM

    def axis(self, node: Axis, _whole: bool) -> tuple[str, int]:
        return self.spelling.get((node.input, node.axis)) or f"{node.input}.{node.axis}", ATOM

    def unary(self, node: Unary, whole: bool) -> tuple[str, int]:
        if node.op == "not":
            return f"not {self.inside(node.operand, NOT)}", NOT
        # A power binds more tightly than a sign, but is set in parentheses all the same: so does `ruff format`.
        powers = isinstance(node.operand, Binary) and node.operand.op == "**"
        return node.op + self.inside(node.operand, ATOM if powers else UNARY, whole), UNARY

    def binary(self, node: Binary, whole: bool) -> tuple[str, int]:
        op = "//" if whole and node.op == "/" else node.op
        level = LEVELS[op]
        if level == POWER:
            return self.power(node, whole), POWER
        return f"{self.inside(node.left, level, whole)} {op} {self.inside(node.right, level + 1, whole)}", level

    def power(self, node: Binary, whole: bool) -> str:
        left = self.inside(node.left, ATOM, whole)
        right = self.inside(node.right, UNARY, whole)
        beside = right
        if isinstance(node.right, Binary) and node.right.op == "**":
            beside = self.inside(node.right.left, ATOM, whole)
        return f"{left}**{right}" if _SIMPLE.match(left) and _SIMPLE.match(beside) else f"{left} ** {right}"

    def compare(self, node: Compare, _whole: bool) -> tuple[str, int]:
        rest = "".join(f" {op} {self.inside(operand, SUM)}" for op, operand in node.rest)
        return self.inside(node.first, SUM) + rest, COMPARE

    def logic(self, node: Logic, _whole: bool) -> tuple[str, int]:
        level = AND if node.op == "and" else OR
        first, *rest = node.operands
        words = [self.inside(first, level), *(self.inside(operand, level + 1) for operand in rest)]
        return f" {node.op} ".join(words), level

    def conditional(self, node: Conditional, whole: bool) -> tuple[str, int]:
        yes, no = self.inside(node.yes, OR, whole), self.inside(node.no, CONDITIONAL, whole)
        return f"{yes} if {self.inside(node.test, OR)} else {no}", CONDITIONAL

    def index(self, node: Index, whole: bool) -> tuple[str, int]:
        # Python takes no float for an index, so an exact `/` is `//` there in any case.
        return f"{self.inside(node.value, ATOM, whole)}[{self.inside(node.index, CONDITIONAL, True)}]", ATOM

    def slice(self, node: Slice, whole: bool) -> tuple[str, int]:
        first, last = (self.inside(bound, CONDITIONAL, True) if bound else "" for bound in (node.first, node.last))
        # As `ruff format` has it: spaces only beside what is more than a name or a number.
        plain = all(_PLAIN.match(text) for text in (first, last))
        between = ":" if plain else f"{first and ' '}:{last and ' '}"
        return f"{self.inside(node.value, ATOM, whole)}[{first}{between}{last}]", ATOM

    def call(self, node: Call, whole: bool) -> tuple[str, int]:
        function = node.function
        if not self.python:
            return f"{function}({self.several(node.arguments, False)})", ATOM
        if function == "divisible":
            self.needs.add("divisible")
            x, by = self.inside(node.arguments[0], CONDITIONAL), self.inside(node.arguments[1], CONDITIONAL, True)
            return f"{self.spelling.get('divisible', 'divisible')}({x}, {by})", ATOM
        if function in _IN_PYTHON:
            self.needs.add("math")
        if whole and function in ("min", "max"):
            return self.extreme(node), ATOM
        # The sum and the absolute value are whole where what they take is; `round` and its like take anything.
        arguments = self.several(node.arguments, whole and function in ("abs", "sum"))
        return f"{_IN_PYTHON.get(function, function)}({arguments})", ATOM

    def extreme(self, node: Call) -> str:
        """Spell the least or the greatest of values of which only the one that is picked is known to be whole."""
        values = node.arguments
        if len(values) == 1 and isinstance(values[0], Listing):
            values = values[0].items
        floors = all(map(_floors_alone, values))
        text = f"{node.function}({self.several(node.arguments, floors)})"
        return text if floors else f"int({text})"

    def listing(self, node: Listing, whole: bool) -> tuple[str, int]:
        items = self.several(node.items, whole)
        return f"({items}{',' if len(node.items) == 1 else ''})" if self.python else f"[{items}]", ATOM


_SPELL: dict[type[Expression], Any] = {
    Literal: _Speller.literal,
    Name: _Speller.name,
    Axis: _Speller.axis,
    Unary: _Speller.unary,
    Binary: _Speller.binary,
    Compare: _Speller.compare,
    Logic: _Speller.logic,
    Conditional: _Speller.conditional,
    Index: _Speller.index,
    Slice: _Speller.slice,
    Call: _Speller.call,
    Listing: _Speller.listing,
}
