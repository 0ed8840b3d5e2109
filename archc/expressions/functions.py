"""The functions that an expression may call. Each raises TypeError with what follows its name in a sentence."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

_NUMBERS = frozenset((int, float))


def _number(value: Any) -> Any:
    if type(value) not in _NUMBERS:
        raise TypeError("wants a number")
    return value


def _list_of_numbers(values: Any) -> Sequence[Any]:
    if type(values) not in (list, tuple):
        raise TypeError("wants a list of numbers")
    if any(type(value) not in _NUMBERS for value in values):
        raise TypeError("wants numbers only")
    return values  # type: ignore[no-any-return]


def _candidates(values: tuple[Any, ...]) -> Sequence[Any]:
    if len(values) > 1:
        return _list_of_numbers(values)
    if type(values[0]) in _NUMBERS:
        raise TypeError("wants a list, or two numbers and more")
    if not _list_of_numbers(values[0]):
        raise TypeError("wants a list that is not empty")
    return values[0]  # type: ignore[no-any-return]


def _len(value: Any) -> int:
    if type(value) not in (list, tuple, dict, str):
        raise TypeError("wants a list, a map or a string")
    return len(value)


def divisible(x: float, by: int) -> int:
    """Round `x` to a multiple of `by` that is at least `by` and never more than 10 % below `x` (MobileNet's rule)."""
    if type(by) is not int or by < 1:
        raise TypeError("wants a whole number above 0 to divide by")
    rounded = max(by, int(_number(x) + by / 2) // by * by)
    return rounded + by if rounded < 0.9 * x else rounded


APPLY: dict[str, Callable[..., Any]] = {
    "min": lambda *values: min(_candidates(values)),
    "max": lambda *values: max(_candidates(values)),
    "abs": lambda x: abs(_number(x)),
    "round": lambda x: round(_number(x)),
    "floor": lambda x: math.floor(_number(x)),
    "ceil": lambda x: math.ceil(_number(x)),
    "len": _len,
    "sum": lambda values: sum(_list_of_numbers(values)),
    "divisible": divisible,
}
"""Every function's meaning, by its name."""
