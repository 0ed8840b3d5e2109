"""Numbers that remember how they came about, so that emitted source can say `filters * 4` where a use has 256."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from archc.expressions import Expression, Index, Literal, Unary, add, floordiv, fold, multiply, subtract, width
from archc.shapes import Unknown

WIDEST = 24
"""An expression of more nodes helps no reader: it becomes an argument."""


class Whole(int):
    """A whole number, or a boolean, with its expression."""

    expression: Expression
    boolean: bool

    def __new__(cls, value: int, expression: Expression) -> Whole:
        made = super().__new__(cls, value)
        made.expression = expression
        made.boolean = isinstance(value, bool)
        return made

    def __add__(self, other: Any) -> Any:
        return _both(int.__add__, add, self, other)

    def __radd__(self, other: Any) -> Any:
        return _both(int.__add__, add, other, self)

    def __sub__(self, other: Any) -> Any:
        return _both(int.__sub__, subtract, self, other)

    def __rsub__(self, other: Any) -> Any:
        return _both(int.__sub__, subtract, other, self)

    def __mul__(self, other: Any) -> Any:
        return _both(int.__mul__, multiply, self, other)

    def __rmul__(self, other: Any) -> Any:
        return _both(int.__mul__, multiply, other, self)

    def __neg__(self) -> Any:
        return Whole(-int(self), Unary("-", self.expression))

    def __floordiv__(self, other: Any) -> Any:
        return _both(int.__floordiv__, floordiv, self, other)

    def __rfloordiv__(self, other: Any) -> Any:
        return _both(int.__floordiv__, floordiv, other, self)


class Real(float):
    """A number with its expression; arithmetic on it forgets."""

    expression: Expression

    def __new__(cls, value: float, expression: Expression) -> Real:
        made = super().__new__(cls, value)
        made.expression = expression
        return made


class Text(str):
    """A string with its expression."""

    expression: Expression

    def __new__(cls, value: str, expression: Expression) -> Text:
        made = super().__new__(cls, value)
        made.expression = expression
        return made


class Listed(tuple[Any, ...]):
    """Values that are all that a list has, in its order, with the list's expression."""

    expression: Expression

    def __new__(cls, values: Iterable[Any], expression: Expression) -> Listed:
        made = super().__new__(cls, values)
        made.expression = expression
        return made


def one(values: Iterable[Any]) -> Any:
    """Return the one value that all are, also in the expression that they carry; else all of them."""
    values = tuple(values)
    told = [expression_of(value) for value in values]
    if all(value == values[0] and its == told[0] for value, its in zip(values, told, strict=True)):
        return values[0]
    listed = told[0].value if isinstance(told[0], Index) else None
    if listed is not None and told == [Index(listed, Literal(place)) for place in range(len(values))]:
        return Listed(values, listed)
    return values


def expression_of(value: Any) -> Expression | None:
    return getattr(value, "expression", None)


def bare(value: Any) -> Any:
    """Return a value without its expression, which means nothing in another unit."""
    if isinstance(value, Whole):
        return bool(value) if value.boolean else int(value)
    if isinstance(value, Real):
        return float(value)
    if isinstance(value, Text):
        return str(value)
    if isinstance(value, (tuple, list)):
        return (tuple if isinstance(value, Listed) else type(value))(bare(part) for part in value)
    return value


def _both(
    compute: Callable[[int, int], int],
    build: Callable[[Expression, Expression], Expression],
    left: Any,
    right: Any,
) -> Any:
    if (
        isinstance(left, Unknown)
        or isinstance(right, Unknown)
        or not (isinstance(left, int) and isinstance(right, int))
    ):
        return NotImplemented
    result = compute(int(left), int(right))
    one, other = _told(left), _told(right)
    expression = multiply(one, Literal(2)) if build is add and one == other else build(one, other)
    if isinstance(expression, Literal) or width(expression) > WIDEST:
        return result
    return Whole(result, expression)


def _told(value: int) -> Expression:
    return value.expression if isinstance(value, Whole) else Literal(int(value))


def symbolic(value: Any, expression: Expression | None) -> Any:
    """Return `value` with its expression, where it can carry one."""
    if expression is None or isinstance(expression, Literal) or width(expression) > WIDEST:
        return value
    if isinstance(value, int):
        return Whole(value, expression)
    if isinstance(value, float):
        return Real(value, expression)
    if isinstance(value, str):
        return Text(value, expression)
    if isinstance(value, (tuple, list)):
        parts = (symbolic(part, fold(Index(expression, Literal(place)))) for place, part in enumerate(value))
        return Listed(parts, expression)
    return value
