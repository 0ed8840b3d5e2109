"""Random expressions that have a wanted value where they stand."""

from __future__ import annotations

import math
from random import Random
from typing import Any

from archc.ops.words import Word
from archc.testing.scopes import Known, Scope

ODD_PARAMS = (
    "filters", "width", "depth_", "n", "stride", "rate", "kernel", "x", "self", "name", "i", "layers", "torch", "nn",
    "in_channels", "channels", "out_channels", "type", "list", "print", "keras", "k", "turns", "flag", "growth",
    "units", "index_", "super", "ops", "size", "kind", "conv", "relu", "range", "class", "none", "y", "plan",
)  # fmt: skip


def formula(random: Random, value: Any, scope: Scope, word: Word | None, *, most: int = 5) -> Any:
    """Return `value` as an expression, often over a param, which is made where there is none; lists part by part."""
    if isinstance(value, dict):
        return {k: formula(random, v, scope, None) if random.random() < 0.6 else v for k, v in value.items()}
    if isinstance(value, list) and random.random() < 0.5:
        return [formula(random, part, scope, None) if random.random() < 0.7 else part for part in value]
    if len(scope.params) < most and random.random() < 0.5:
        name = new_name(random, scope)
        scope.params[name] = Known(value, word)
        return f"${name}"
    offers = list(_offers(value, scope))
    return f"${random.choice(offers)}" if offers else value


def new_name(random: Random, scope: Scope) -> str:
    """Return a name that no param has yet."""
    taken = {*scope.params, *scope.inputs, *scope.names}
    return random.choice([name for name in ODD_PARAMS if name not in taken])


def _offers(value: Any, scope: Scope) -> Any:
    """Give expressions that have this value."""
    numbers = {n: k.value for n, k in scope.params.items() if type(k.value) is int}
    for name, known in scope.params.items():
        if known.value == value and type(known.value) is type(value):
            yield from (name, name)
        if isinstance(known.value, list):
            yield from (f"{name}[{place}]" for place, part in enumerate(known.value) if part == value)
            if len(known.value) == value:
                yield f"len({name})"
            if known.value[:1] == [value]:
                yield f"sum({name}[:1])"
    if isinstance(value, bool):
        yield from _conditions(value, numbers, scope)
    elif isinstance(value, int):
        yield from _integers(value, numbers, scope)
    elif isinstance(value, str):
        yield from (f"'{value}' if {name} == {n} else 'none'" for name, n in numbers.items())
        yield f"'{value}'"
    elif isinstance(value, float):
        yield from (f"{value * n!r} / {name}" for name, n in numbers.items() if n and value * n / n == value)
        yield f"{value!r}"


def _integers(value: int, numbers: dict[str, int], scope: Scope) -> Any:
    sizes = {
        f"{name}.{axis}": size
        for name, shape in scope.inputs.items()
        if scope.block
        for axis, size in zip(shape.axes, shape.sizes, strict=True)
    }
    for name, n in (numbers | {k: s for k, s in sizes.items() if isinstance(s, int)}).items():
        if n == value:
            yield name
        elif n < value:
            yield f"{name} + {value - n}"
            yield f"max({name}, {value})"
        else:
            yield f"{name} - {n - value}"
            yield f"min({name}, {value})"
        if n and value % n == 0:
            yield f"{name} * {value // n}"
        if value and n // value >= 1 and n // (n // value) == value:
            yield f"{name} // {n // value}"
        if value and n % value == 0 and n > value:
            yield f"{name} / {n // value}"
        yield f"{value} if {name} == {n} else {value + 1}"
    if scope.index:
        yield from (f"{value} + index", f"{value} * (index + 1)", f"{value} * 2 ** index")
        yield from (f"[{value}, {value + 1}, {value}][index]", f"{value} if index == 0 else {max(value, 2)}")
    yield from (f"{value + 1} - 1", f"ceil({value - 0.5})", f"sum([{value}, 0])")
    if value > 0 and not math.log2(value) % 1:
        yield f"2 ** {int(math.log2(value))}"


def _conditions(value: bool, numbers: dict[str, int], scope: Scope) -> Any:
    for name, known in scope.params.items():
        if type(known.value) is bool and known.value is not value:
            yield f"not {name}"
    for name, n in numbers.items():
        yield f"{name} == {n}" if value else f"{name} != {n}"
        yield f"{name} >= {n}" if value else f"{name} > {n}"
        yield f"{name} > {n - 1} and {name} < {n + 1}" if value else f"{name} > {n} or {name} < {n}"
    if scope.block:
        for name, shape in scope.inputs.items():
            size = shape.sizes[-1]
            yield f"{name}.{shape.axes[-1]} {'==' if value else '!='} {size}"
    yield "1 < 2" if value else "1 > 2"
