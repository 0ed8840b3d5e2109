"""Computes the value of an expression where its names are known. Every result is bounded; nothing costs much."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from typing import Any, NoReturn, TypeAlias

from archc.expressions.functions import APPLY
from archc.expressions.grammar import LARGEST, ExpressionError
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
from archc.problems import nearest
from archc.shapes import Shape, Unknown

Value: TypeAlias = Any
"""An int, float, bool or str, None, or a list, tuple or dict of such."""

_Env: TypeAlias = Mapping[str, Any]

_PLAIN = frozenset((int, float, bool, str, list, tuple, dict, type(None)))
_NUMBERS = frozenset((int, float))
_LISTS = frozenset((list, tuple))
_KINDS = {bool: "a boolean", str: "a string", list: "a list", tuple: "a list", dict: "a map", type(None): "nothing"}


def evaluate(expression: Expression, env: _Env) -> Value:
    """Return the value of an expression, `env` telling its names. Raises ExpressionError, located in its text."""
    return _EVALUATE[type(expression)](expression, env)


def _kind(value: Value) -> str:
    return _KINDS.get(type(value), "a number")


def _wrong(wanted: str, value: Value, node: Expression, help: str = "") -> NoReturn:
    raise ExpressionError("E0509", f"{wanted}, not {_kind(value)}", node.start, node.end, help)


def _literal(node: Literal, _env: _Env) -> Value:
    return node.value


def _name(node: Name, env: _Env) -> Value:
    try:
        value = env[node.name]
    except KeyError:
        _unknown(node, node.name, env)
    if type(value) in _PLAIN:
        return value
    if isinstance(value, Unknown):
        _at_run_time(node, node.name)
    help = f"ask for the size of an axis: `{node.name}.{value.axes[-1] if isinstance(value, Shape) else 'channels'}`"
    raise ExpressionError("E0509", f"`{node.name}` is a tensor, not a value", node.start, node.end, help)


def _unknown(node: Name | Axis, name: str, env: _Env) -> NoReturn:
    near = nearest(name, env)
    known = ", ".join(sorted(env)[:8])
    help = f"did you mean `{near}`?" if near else f"known here: {known}" if known else "no name is known here"
    raise ExpressionError("E0508", f"unknown name `{name}`", node.start, node.start + len(name), help)


def _at_run_time(node: Expression, text: str) -> NoReturn:
    raise ExpressionError("E0513", f"`{text}` is known only at run time", node.start, node.end, "give it a fixed size")


def _axis(node: Axis, env: _Env) -> Value:
    try:
        shape = env[node.input]
    except KeyError:
        _unknown(node, node.input, env)
    if type(shape) in _PLAIN:
        _wrong(f"`{node.input}.{node.axis}` asks an input", shape, node, "only inputs have axes")
    try:
        size = shape[node.axis]
    except ValueError:
        has = f"it has {', '.join(shape.axes)}" if isinstance(shape, Shape) else ""
        message = f"`{node.input}` has no axis `{node.axis}`"
        raise ExpressionError("E0514", message, node.start, node.end, has) from None
    if isinstance(size, Unknown):
        _at_run_time(node, f"{node.input}.{node.axis}")
    return size


def _unary(node: Unary, env: _Env) -> Value:
    value = _EVALUATE[type(node.operand)](node.operand, env)
    if node.op == "not":
        if type(value) is not bool:
            _wrong("`not` wants a boolean", value, node.operand, _COMPARE_IT)
        return not value
    if type(value) not in _NUMBERS:
        _wrong(f"`{node.op}` wants a number", value, node.operand)
    return -value if node.op == "-" else value


_COMPARE_IT = "compare it: `x > 0`, `x != 'none'`"


def _binary(node: Binary, env: _Env) -> Value:
    left = _EVALUATE[type(node.left)](node.left, env)
    right = _EVALUATE[type(node.right)](node.right, env)
    if type(left) not in _NUMBERS:
        _wrong(f"`{node.op}` wants numbers", left, node.left)
    if type(right) not in _NUMBERS:
        _wrong(f"`{node.op}` wants numbers", right, node.right)
    try:
        result = _ARITHMETIC[node.op](left, right)
    except ZeroDivisionError:
        message = "zero to a negative power" if node.op == "**" else f"`{node.op}` by zero"
        raise ExpressionError("E0511", message, node.right.start, node.right.end) from None
    except OverflowError:
        _out_of_bounds(node)
    return result if type(result) is int and -LARGEST <= result <= LARGEST else _bounded(result, node)


def _divide(left: float, right: float) -> float:
    # Only whole operands give a whole result: spelling relies on it when it writes `//` for an exact `/`.
    if type(left) is int and type(right) is int and not left % right:
        return left // right
    return left / right


def _power(left: float, right: float) -> Any:
    if type(left) is int and type(right) is int and right > 63 and abs(left) > 1:
        raise OverflowError
    return left**right


_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": _divide,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": _power,
}


def _bounded(result: Any, node: Expression) -> Any:
    """Return a result that the language allows."""
    if type(result) is complex:
        raise ExpressionError("E0510", "a negative number to a broken power is no number", node.start, node.end)
    if type(result) is int and not -LARGEST <= result <= LARGEST:
        _out_of_bounds(node)
    if type(result) is float and not math.isfinite(result):
        _out_of_bounds(node)
    return result


def _out_of_bounds(node: Expression) -> NoReturn:
    help = "whole numbers go up to 2**63, others as far as a float does"
    raise ExpressionError("E0510", "the result is too large", node.start, node.end, help) from None


def _compare(node: Compare, env: _Env) -> Value:
    place = node.first
    left = _EVALUATE[type(place)](place, env)
    for op, operand in node.rest:
        right = _EVALUATE[type(operand)](operand, env)
        if op in _ORDER:
            for value, at in ((left, place), (right, operand)):
                if type(value) not in _NUMBERS:
                    _wrong(f"`{op}` wants numbers", value, at)
            holds = _ORDER[op](left, right)
        elif op in ("==", "!="):
            holds = _equal(left, right, operand) is (op == "==")
        else:
            if type(right) not in _LISTS:
                _wrong(f"`{op}` wants a list after it", right, operand)
            holds = any(_equal(left, item, place) for item in right) is (op == "in")
        if not holds:
            return False
        left, place = right, operand
    return True


_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _equal(left: Value, right: Value, node: Expression) -> bool:
    if (type(left) is bool) is not (type(right) is bool) and (type(left) in _NUMBERS or type(right) in _NUMBERS):
        raise ExpressionError("E0509", "a boolean is compared with a number", node.start, node.end)
    if type(left) in _LISTS and type(right) in _LISTS:
        return bool(_plain(left) == _plain(right))
    return bool(left == right)


def _plain(value: Value) -> Value:
    """Return the value with its tuples as lists."""
    return [_plain(item) for item in value] if type(value) in _LISTS else value


def _logic(node: Logic, env: _Env) -> Value:
    ends = node.op == "or"
    for operand in node.operands:
        value = _EVALUATE[type(operand)](operand, env)
        if type(value) is not bool:
            _wrong(f"`{node.op}` wants booleans", value, operand, _COMPARE_IT)
        if value is ends:
            return ends
    return not ends


def _conditional(node: Conditional, env: _Env) -> Value:
    test = _EVALUATE[type(node.test)](node.test, env)
    if type(test) is not bool:
        _wrong("`if` wants a boolean", test, node.test, _COMPARE_IT)
    picked = node.yes if test else node.no
    return _EVALUATE[type(picked)](picked, env)


def _index(node: Index, env: _Env) -> Value:
    value = _EVALUATE[type(node.value)](node.value, env)
    at = _EVALUATE[type(node.index)](node.index, env)
    if type(value) is dict:
        if type(at) is not str:
            _wrong("a map is indexed by a string", at, node.index)
        if at in value:
            return value[at]
        near = nearest(at, [key for key in value if isinstance(key, str)])
        help = f"did you mean `{near}`?" if near else ""
        raise ExpressionError("E0512", f"the map has no key `{at:.80}`", node.index.start, node.index.end, help)
    if type(value) not in _LISTS:
        _wrong("`[...]` wants a list or a map before it", value, node.value)
    return value[_place(at, len(value), len(value) - 1, node.index)]


def _place(at: Value, count: int, last: int, node: Expression) -> Value:
    """Return a place in a list of `count` values, up to `last`; below 0 it is counted from the end."""
    if type(at) is not int:
        shown = f"{at}" if type(at) is float else _kind(at)
        raise ExpressionError("E0509", f"a list is indexed by a whole number, not {shown}", node.start, node.end)
    if not -count <= at <= last:
        raise ExpressionError("E0512", f"index {at} is outside a list of {count}", node.start, node.end)
    return at


def _slice(node: Slice, env: _Env) -> Value:
    value = _EVALUATE[type(node.value)](node.value, env)
    if type(value) not in _LISTS:
        _wrong("`[...:...]` wants a list before it", value, node.value)
    ends = [
        None if bound is None else _place(_EVALUATE[type(bound)](bound, env), len(value), len(value), bound)
        for bound in (node.first, node.last)
    ]
    return value[ends[0] : ends[1]]


def _call(node: Call, env: _Env) -> Value:
    values = [_EVALUATE[type(argument)](argument, env) for argument in node.arguments]
    try:
        return _bounded(APPLY[node.function](*values), node)
    except TypeError as error:
        at = node.arguments[0] if len(values) == 1 else node
        raise ExpressionError("E0509", f"`{node.function}` {error}", at.start, at.end) from None
    except (OverflowError, ValueError):
        _out_of_bounds(node)


def _listing(node: Listing, env: _Env) -> Value:
    return [_EVALUATE[type(item)](item, env) for item in node.items]


_EVALUATE: dict[type[Expression], Callable[[Any, _Env], Value]] = {
    Literal: _literal,
    Name: _name,
    Axis: _axis,
    Unary: _unary,
    Binary: _binary,
    Compare: _compare,
    Logic: _logic,
    Conditional: _conditional,
    Index: _index,
    Slice: _slice,
    Call: _call,
    Listing: _listing,
}
