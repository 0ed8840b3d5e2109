"""The words that annotate an op's arguments. Each carries its JSON Schema and the same rule as a quick test."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

from archc.ops.words_learning import INITIALIZER, REGULARIZER, is_initializer, is_regularizer

LIMIT = 2**48
"""No size may be larger."""

MOST_PARTS = 1000
"""Nothing is cut into more parts."""

LARGEST = 1e300
"""No number may be further from 0."""


class Word(NamedTuple):
    """A type of argument: what is allowed as JSON Schema, as a predicate over plain values, and in words."""

    name: str
    schema: dict[str, Any]
    accepts: Callable[[Any], bool]
    expected: str
    whole: bool = False
    """Whether its numbers are whole, so that 2.0 stands for 2."""


def whole(value: Any, low: int = 1) -> bool:
    """Tell whether `value` is a whole number from `low` on; 2.0 is one, true is not."""
    if isinstance(value, int):
        return not isinstance(value, bool) and low <= value <= LIMIT
    return isinstance(value, float) and value.is_integer() and low <= value <= LIMIT


def number(value: Any) -> bool:
    """Tell whether `value` is a number that a float can hold; infinities are none."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and -LARGEST <= value <= LARGEST


def _pairs(value: Any) -> bool:
    return (
        isinstance(value, (list, tuple))
        and 1 <= len(value) <= 4
        and all(isinstance(pair, (list, tuple)) and len(pair) == 2 and all(whole(v, 0) for v in pair) for pair in value)
    )


def _sizes(low: int) -> Callable[[Any], bool]:
    def accepts(value: Any) -> bool:
        if isinstance(value, (list, tuple)):
            return 1 <= len(value) <= 4 and all(whole(v, low) for v in value)
        return whole(value, low)

    return accepts


_POSITIVE = {"type": "integer", "minimum": 1, "maximum": LIMIT}
_INTEGER = {"type": "integer", "minimum": -LIMIT, "maximum": LIMIT}
_COUNT = {"type": "integer", "minimum": 0, "maximum": LIMIT}
_NUMBER = {"type": "number", "minimum": -LARGEST, "maximum": LARGEST}
_PAIRS = {
    "type": "array",
    "minItems": 1,
    "maxItems": 4,
    "items": {"type": "array", "minItems": 2, "maxItems": 2, "items": _COUNT},
}


def _per_axis(items: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [items, {"type": "array", "minItems": 1, "maxItems": 4, "items": items}]}


# The annotations are for readers and type checkers; `WORDS` gives each its rule under the same name.
Positive: TypeAlias = int
Count: TypeAlias = int
Number: TypeAlias = float
PositiveNumber: TypeAlias = float
Rate: TypeAlias = float
Share: TypeAlias = float
Flag: TypeAlias = bool
Sizes: TypeAlias = Any
Pads: TypeAlias = Any
Padding: TypeAlias = Any
ConvPadding: TypeAlias = Any
AxisName: TypeAlias = str
AxisSizes: TypeAlias = Any
AxisNames: TypeAlias = Any
AxisOrAxes: TypeAlias = Any
Shifts: TypeAlias = Any
Index: TypeAlias = int
Parts: TypeAlias = Any
Choice: TypeAlias = str
Activation: TypeAlias = Any

AXIS_NAMES = ("depth", "height", "width", "length", "channels", "features")


def _axis_sizes(value: Any) -> bool:
    return isinstance(value, dict) and bool(value) and all(k in AXIS_NAMES and whole(v) for k, v in value.items())


def _axis_names(value: Any) -> bool:
    return (
        isinstance(value, (list, tuple))
        and bool(value)
        and all(isinstance(v, str) and v in AXIS_NAMES for v in value)
        and len(set(value)) == len(value)
    )


def _activation(value: Any) -> bool:
    from archc.ops.activations import ACTIVATIONS  # ops are made of words: they can be asked only once all are there

    if isinstance(value, str):
        return value == "none" or value in ACTIVATIONS
    return isinstance(value, dict) and len(value) == 1 and all(_takes(ACTIVATIONS.get(k), v) for k, v in value.items())


def _takes(op: Any, values: Any) -> bool:
    """Tell whether `op` is there and takes a map of arguments; null stands for an empty one."""
    if op is None or not (values is None or isinstance(values, dict)):
        return False
    return all(name in op.arguments and op.arguments[name].accepts(value) for name, value in (values or {}).items())


def choice(*options: str) -> Word:
    """Return the word for one of `options`."""
    listed = ", ".join(f"`{option}`" for option in options)
    return Word("Choice", {"enum": list(options)}, lambda v: isinstance(v, str) and v in options, f"one of {listed}")


def _parts(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return 2 <= len(value) <= MOST_PARTS and all(whole(v) for v in value)
    return whole(value) and value <= MOST_PARTS


WORDS = {
    word.name: word
    for word in (
        Word("Positive", _POSITIVE, whole, "a whole number, at least 1", whole=True),
        Word("Count", _COUNT, lambda v: whole(v, 0), "a whole number, at least 0", whole=True),
        Word("Number", _NUMBER, number, "a number"),
        Word(
            "PositiveNumber",
            {"type": "number", "exclusiveMinimum": 0, "maximum": LARGEST},
            lambda v: number(v) and v > 0,
            "a number above 0",
        ),
        Word(
            "Rate",
            {"type": "number", "minimum": 0, "exclusiveMaximum": 1},
            lambda v: number(v) and 0 <= v < 1,
            "a number from 0 to below 1",
        ),
        Word(
            "Share",
            {"type": "number", "minimum": 0, "maximum": 1},
            lambda v: number(v) and 0 <= v <= 1,
            "a number from 0 to 1",
        ),
        Word("Flag", {"type": "boolean"}, lambda v: isinstance(v, bool), "`true` or `false`"),
        Word(
            "Sizes",
            _per_axis(_POSITIVE),
            _sizes(1),
            "a whole number, at least 1, or a list with one for each spatial axis",
            whole=True,
        ),
        Word(
            "Pads",
            {"anyOf": [_COUNT, _PAIRS]},
            lambda v: whole(v, 0) or _pairs(v),
            "a whole number or `[[before, after], ...]` for each spatial axis",
            whole=True,
        ),
        Word(
            "Padding",
            {"anyOf": [{"enum": ["valid", "same"]}, _COUNT, _PAIRS]},
            lambda v: v in ("valid", "same") if isinstance(v, str) else whole(v, 0) or _pairs(v),
            "`valid`, `same`, a whole number or `[[before, after], ...]`",
            whole=True,
        ),
        Word(
            "ConvPadding",
            {"anyOf": [{"enum": ["valid", "same", "causal"]}, _COUNT, _PAIRS]},
            lambda v: v in ("valid", "same", "causal") if isinstance(v, str) else whole(v, 0) or _pairs(v),
            "`valid`, `same`, `causal`, a whole number or `[[before, after], ...]`",
            whole=True,
        ),
        Word(
            "AxisName",
            {"enum": list(AXIS_NAMES)},
            lambda v: isinstance(v, str) and v in AXIS_NAMES,
            "the name of an axis: " + ", ".join(f"`{name}`" for name in AXIS_NAMES),
        ),
        Word(
            "AxisSizes",
            {
                "type": "object",
                "minProperties": 1,
                "propertyNames": {"enum": list(AXIS_NAMES)},
                "additionalProperties": _POSITIVE,
            },
            _axis_sizes,
            "a map from axis names to sizes, as in `{length: 196, channels: 768}`",
            whole=True,
        ),
        Word(
            "AxisNames",
            {"type": "array", "minItems": 1, "uniqueItems": True, "items": {"enum": list(AXIS_NAMES)}},
            _axis_names,
            "a list of axis names, as in `[width, height, channels]`",
        ),
        Word(
            "AxisOrAxes",
            {
                "anyOf": [
                    {"enum": list(AXIS_NAMES)},
                    {"type": "array", "minItems": 1, "uniqueItems": True, "items": {"enum": list(AXIS_NAMES)}},
                ]
            },
            lambda v: v in AXIS_NAMES if isinstance(v, str) else _axis_names(v),
            "the name of an axis, or a list of them, as in `[height, width]`",
        ),
        Word(
            "Shifts",
            _per_axis(_INTEGER),
            _sizes(-LIMIT),
            "a whole number, which may be below 0, or a list of them",
            whole=True,
        ),
        Word("Index", _INTEGER, lambda v: whole(v, -LIMIT), "a whole number, which may be below 0", whole=True),
        Word(
            "Parts",
            {
                "anyOf": [
                    {"type": "integer", "minimum": 1, "maximum": MOST_PARTS},
                    {"type": "array", "minItems": 2, "maxItems": MOST_PARTS, "items": _POSITIVE},
                ]
            },
            _parts,
            "a whole number, at least 1, or a list of sizes, as in `[1, 3]`",
            whole=True,
        ),
        Word(
            "Initializer",
            INITIALIZER,
            is_initializer,
            "the name of a distribution, or one with its number, as in `{normal: {stddev: 0.02}}`",
        ),
        Word("Regularizer", REGULARIZER, is_regularizer, "a map with `l1`, `l2` or both, each a number above 0"),
        Word(
            "Activation",
            {},  # the module `activations` tells the names once they are known
            _activation,
            "the name of an activation without weights, one with its arguments, as in `{leaky_relu: {slope: 0.2}}`, "
            "or `none`",
        ),
    )
}
