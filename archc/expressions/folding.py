"""Rewrites expressions: names give way to other expressions, and what is constant is computed."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from typing import Any

from archc.expressions.evaluator import evaluate
from archc.expressions.grammar import ExpressionError
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

# What is built may grow past what may be written, but never so far that walking it costs much or recurses deeply.
_MOST_NODES = 2_000
_MOST_LEVELS = 100

_Replacements = Mapping[str | tuple[str, str], Expression]


def fold(expression: Expression, whole: Container[str] = ()) -> Expression:
    """Return an equal expression, simplified; `whole` holds the names that are known to be whole numbers.

    What holds literals alone is computed, neutral operands go, and the whole numbers of a sum are gathered.
    """
    return _rebuild(expression, {}, whole)


def substitute(expression: Expression, replacements: _Replacements, whole: Container[str] = ()) -> Expression:
    """Return the expression with names and axes replaced, and folded. A name put for an input renames it."""
    return _rebuild(expression, {key: fold(value, whole) for key, value in replacements.items()}, whole)


def add(a: Expression, b: Expression) -> Expression:
    """Return `a + b` for whole numbers, folded; the literal comes last."""
    if _whole_literal(a) is not None:
        a, b = b, a
    if isinstance(b, Binary) and b.op == "+":
        return add(add(a, b.left), b.right)
    return _combine("+", a, b)


def subtract(a: Expression, b: Expression) -> Expression:
    """Return `a - b` for whole numbers, folded."""
    return Literal(0) if a == b else _combine("-", a, b)


def multiply(a: Expression, b: Expression) -> Expression:
    """Return `a * b` for whole numbers, folded."""
    if _whole_literal(a) is not None:
        a, b = b, a
    factor, inner = _whole_literal(b), _right_literal(a, "*")
    if factor == 0:
        return Literal(0)
    if factor is not None and inner is not None and isinstance(a, Binary):
        return _combine("*", a.left, Literal(inner * factor))
    return _combine("*", a, b)


def floordiv(a: Expression, b: Expression) -> Expression:
    """Return `a // b` for whole numbers, folded."""
    by = _whole_literal(b)
    if by is not None and by > 0 and isinstance(a, Binary):
        factor, divided = _right_literal(a, "*"), _right_literal(a, "//")
        if factor is not None and not factor % by:
            return multiply(a.left, Literal(factor // by))
        if divided is not None and divided > 0:
            return _combine("//", a.left, Literal(divided * by))
    return _combine("//", a, b)


def modulo(a: Expression, b: Expression) -> Expression:
    """Return `a % b` for whole numbers, folded."""
    by, factor = _whole_literal(b), _right_literal(a, "*")
    if by == 1 or (by and factor is not None and not factor % by):
        return Literal(0)
    return _combine("%", a, b)


def _combine(op: str, a: Expression, b: Expression) -> Expression:
    return _binary(_bounded(Binary(op, a, b)), sure=True)


def _whole_literal(node: Expression) -> int | None:
    return node.value if isinstance(node, Literal) and type(node.value) is int else None


def _right_literal(node: Expression, op: str) -> int | None:
    return _whole_literal(node.right) if isinstance(node, Binary) and node.op == op else None


def _bounded(node: Expression) -> Any:
    if node.size > _MOST_NODES or node.depth > _MOST_LEVELS:
        raise ExpressionError("E0506", "the expression grows too large", node.start, node.end)
    return node


def _rebuild(node: Expression, put: _Replacements, whole: Container[str]) -> Expression:
    if isinstance(node, Literal):
        return node
    if isinstance(node, Name):
        return put.get(node.name, node)
    if isinstance(node, Axis):
        renamed = put.get(node.input)
        kept = Axis(renamed.name, node.axis, node.start, node.end) if isinstance(renamed, Name) else node
        return put.get((node.input, node.axis), kept)
    parts = tuple([_rebuild(part, put, whole) for part in node.children()])
    built = _bounded(_WITH[type(node)](node, parts))
    if all(map(_constant, parts)):
        return _computed(built)
    if isinstance(built, Binary):
        return _binary(built, _is_whole(built.left, whole))
    simplify = _SIMPLIFY.get(type(built))
    return simplify(built) if simplify else built


_WITH: dict[type[Expression], Callable[[Any, Any], Expression]] = {
    Unary: lambda node, parts: Unary(node.op, parts[0], node.start, node.end),
    Binary: lambda node, parts: Binary(node.op, parts[0], parts[1], node.start, node.end),
    Compare: lambda node, parts: Compare(
        parts[0], tuple(zip([op for op, _ in node.rest], parts[1:], strict=True)), node.start, node.end
    ),
    Logic: lambda node, parts: Logic(node.op, parts, node.start, node.end),
    Conditional: lambda node, parts: Conditional(parts[0], parts[1], parts[2], node.start, node.end),
    Index: lambda node, parts: Index(parts[0], parts[1], node.start, node.end),
    Slice: lambda node, parts: _sliced(node, list(parts)),
    Call: lambda node, parts: Call(node.function, parts, node.start, node.end),
    Listing: lambda node, parts: Listing(parts, node.start, node.end),
}


def _sliced(node: Slice, parts: list[Expression]) -> Slice:
    """Return the slice with its parts rebuilt, of which those are missing that it has not."""
    value, *ends = parts
    first = ends.pop(0) if node.first is not None else None
    return Slice(value, first, ends[0] if ends else None, node.start, node.end)


def _constant(node: Expression) -> bool:
    return isinstance(node, Literal) or (not isinstance(node, Name | Axis) and all(map(_constant, node.children())))


def _computed(node: Expression) -> Expression:
    """Return the value of an expression without names; the expression where it is an error, or not to be written."""
    try:
        value = evaluate(node, {})
    except ExpressionError:
        return node
    return Literal(value, node.start, node.end) if type(value) in (int, bool, str) else node


def _is_whole(node: Expression, names: Container[str]) -> bool:
    """Tell whether the value is a whole number for certain."""
    if isinstance(node, Binary):
        sure = node.op in ("+", "-", "*", "//", "%") or (node.op == "**" and (_whole_literal(node.right) or -1) > 0)
        return sure and _is_whole(node.left, names) and _is_whole(node.right, names)
    if isinstance(node, Unary):
        return _is_whole(node.operand, names)
    if isinstance(node, Call):
        return node.function in ("round", "floor", "ceil", "len", "divisible")
    return isinstance(node, Axis) or _whole_literal(node) is not None or (isinstance(node, Name) and node.name in names)


def _binary(node: Binary, sure: bool) -> Expression:
    """Simplify arithmetic; `sure` tells that the left operand is a whole number."""
    left, op, right = node.left, node.op, node.right
    if _constant(left) and _constant(right):
        return _computed(node)
    first, second = _whole_literal(left), _whole_literal(right)
    # `x // 1` rounds down where x is broken, so it goes only where x cannot be.
    if second == 1 and (op in ("*", "/", "**") or (op == "//" and sure)):
        return left
    if first == 1 and op == "*":
        return right
    if first == 0 and op == "+":
        return right
    if sure and op == "*" and second is not None and (inner := _right_literal(left, "*")) is not None:
        return Binary("*", left.left, Literal(inner * second), node.start, node.end)  # type: ignore[union-attr]
    if sure and op == "//" and second and (inner := _right_literal(left, "*")) is not None and not inner % second:
        return _binary(Binary("*", left.left, Literal(inner // second), node.start, node.end), sure)  # type: ignore[union-attr]
    if sure and op == "+" and (gathered := _one_more(left, right)) is not None:
        return gathered
    if second is not None and op in ("+", "-"):
        return _gathered(node, second if op == "+" else -second)
    return node


def _one_more(left: Expression, right: Expression) -> Expression | None:
    """Return a sum of whole numbers such as `a + b * 2 + b`, where one of the last terms is once the same, as one."""
    before, last = (left.left, left.right) if isinstance(left, Binary) and left.op == "+" else (None, left)
    (one, times), (other, more) = _multiple(last), _multiple(right)
    if one != other or _constant(one) or 1 not in (times, more):
        return None
    term = Binary("*", one, Literal(times + more))
    return term if before is None else Binary("+", before, term)


def _multiple(node: Expression) -> tuple[Expression, int]:
    if isinstance(node, Binary) and (factor := _right_literal(node, "*")) is not None:
        return node.left, factor
    return node, 1


def _gathered(node: Binary, amount: int) -> Expression:
    """Return the left operand plus `amount`, which goes into a whole number that the sum has already."""
    merged = _merged(node.left, amount) if amount else node.left
    return node if merged is None else merged


def _merged(node: Expression, amount: int) -> Expression | None:
    if not isinstance(node, Binary) or node.op not in ("+", "-"):
        return None
    present = _whole_literal(node.right)
    if present is not None:
        total = amount + (present if node.op == "+" else -present)
        return _plus(node.left, total)
    first = _whole_literal(node.left)
    if first is not None:
        total = first + amount
        alone = not total and node.op == "+"
        return node.right if alone else Binary(node.op, Literal(total), node.right, node.start, node.end)
    left = _merged(node.left, amount)
    return None if left is None else Binary(node.op, left, node.right, node.start, node.end)


def _plus(node: Expression, amount: int) -> Expression:
    if not amount:
        return node
    return Binary("+" if amount > 0 else "-", node, Literal(abs(amount)), node.start, node.end)


def _unary(node: Unary) -> Expression:
    inner = node.operand
    if node.op == "not" and isinstance(inner, Unary) and inner.op == "not":
        return inner.operand
    return node


def _logic(node: Logic) -> Expression:
    """Leave out neutral operands, and what comes after one that decides."""
    ends = node.op == "or"
    kept: list[Expression] = []
    for operand in node.operands:
        if isinstance(operand, Literal) and type(operand.value) is bool:
            if operand.value is not ends:
                continue
            kept.append(operand)
            break
        kept.append(operand)
    return kept[0] if len(kept) == 1 else Logic(node.op, tuple(kept), node.start, node.end)


def _conditional(node: Conditional) -> Expression:
    if isinstance(node.test, Literal) and type(node.test.value) is bool:
        return node.yes if node.test.value else node.no
    return node


def _index(node: Index) -> Expression:
    """Return the value that a place of a slice is, as a place of what is sliced."""
    inner, place = node.value, _whole_literal(node.index)
    if not isinstance(inner, Slice) or place is None or place < 0:
        return node
    before = 0 if inner.first is None else _whole_literal(inner.first)
    if before is None or before < 0:
        return node
    return _index(Index(inner.value, Literal(before + place), node.start, node.end))


_SIMPLIFY: dict[type[Expression], Callable[[Any], Expression]] = {
    Index: _index,
    Unary: _unary,
    Logic: _logic,
    Conditional: _conditional,
}
