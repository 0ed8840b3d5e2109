"""The words of the expression language: functions, operators and bounds, and the error that all of it raises."""

from __future__ import annotations

from typing import Final

FUNCTIONS: Final = {
    "min": (1, 100),
    "max": (1, 100),
    "abs": (1, 1),
    "round": (1, 1),
    "floor": (1, 1),
    "ceil": (1, 1),
    "len": (1, 1),
    "sum": (1, 1),
    "divisible": (2, 2),
}
"""Every function, with the least and the most arguments that it takes."""

CONDITIONAL, OR, AND, NOT, COMPARE, SUM, PRODUCT, UNARY, POWER, ATOM = range(10)
"""How tightly an operator binds, as in Python."""

LEVELS: Final = {
    "if": CONDITIONAL,
    "or": OR,
    "and": AND,
    **dict.fromkeys(("in", "not", "not in", "<", "<=", ">", ">=", "==", "!="), COMPARE),
    **dict.fromkeys(("+", "-"), SUM),
    **dict.fromkeys(("*", "/", "//", "%"), PRODUCT),
    "**": POWER,
}
"""The level of each operator that stands between operands."""

LARGEST: Final = 2**63
"""No whole number in an expression goes beyond this, on either side of zero."""


class ExpressionError(Exception):
    """What is wrong with an expression. `start` and `end` count characters of its text, from after the `$`."""

    def __init__(self, code: str, message: str, start: int, end: int, help: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.start = start
        self.end = end
        self.help = help
