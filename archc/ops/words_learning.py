"""The words for how weights start and what keeps them small."""

from __future__ import annotations

from typing import Any

INITIALIZERS: dict[str, tuple[str, ...]] = {
    "glorot_uniform": (), "glorot_normal": (), "he_uniform": (), "he_normal": (), "lecun_uniform": (),
    "lecun_normal": (), "uniform": ("bound",), "normal": ("stddev",), "truncated_normal": ("stddev",), "zeros": (),
    "ones": (), "constant": ("value",), "orthogonal": ("gain",),
}  # fmt: skip
"""Every distribution, with its argument."""

NEEDED = frozenset({"constant"})
"""Those whose argument must be given."""

LARGEST = 1e300


def is_number(value: Any) -> bool:
    """Tell whether `value` is a number that a float can hold."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and -LARGEST <= value <= LARGEST


def is_initializer(value: Any) -> bool:
    """Tell whether `value` names a distribution, with its argument or without."""
    if isinstance(value, str):
        return value in INITIALIZERS and value not in NEEDED
    if not (isinstance(value, dict) and len(value) == 1):
        return False
    ((name, values),) = value.items()
    if name not in INITIALIZERS or not (values is None or isinstance(values, dict)):
        return False
    if name in NEEDED and not values:
        return False
    return all(key in INITIALIZERS[name] and _fits(key, number) for key, number in (values or {}).items())


def _fits(key: str, value: Any) -> bool:
    return is_number(value) and (key == "value" or value > 0)


def is_regularizer(value: Any) -> bool:
    """Tell whether `value` gives l1, l2 or both a number above 0."""
    return (
        isinstance(value, dict)
        and 1 <= len(value) <= 2
        and all(key in ("l1", "l2") and is_number(number) and number > 0 for key, number in value.items())
    )


_ABOVE = {"type": "number", "exclusiveMinimum": 0, "maximum": LARGEST}
_ANY = {"type": "number", "minimum": -LARGEST, "maximum": LARGEST}


def _settings(name: str, arguments: tuple[str, ...]) -> dict[str, Any]:
    properties = {key: _ANY if key == "value" else _ABOVE for key in arguments}
    if name in NEEDED:
        return {"type": "object", "properties": properties, "required": [*arguments], "additionalProperties": False}
    return {"type": ["object", "null"], "properties": properties, "additionalProperties": False}


INITIALIZER: dict[str, Any] = {
    "anyOf": [
        {"enum": [name for name in INITIALIZERS if name not in NEEDED]},
        {
            "type": "object",
            "minProperties": 1,
            "maxProperties": 1,
            "properties": {name: _settings(name, arguments) for name, arguments in INITIALIZERS.items()},
            "additionalProperties": False,
        },
    ]
}

REGULARIZER: dict[str, Any] = {
    "type": "object",
    "minProperties": 1,
    "properties": {"l1": _ABOVE, "l2": _ABOVE},
    "additionalProperties": False,
}
