"""What an unquoted scalar means: the core rules of YAML 1.2, and the numbers that a spec does not take."""

from __future__ import annotations

import re
from math import isinf

from archc.document import Plain

LONGEST_NUMBER = 400

_WORDS: dict[str, Plain] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NUMBER = re.compile(
    r"(?P<ten>[-+]?[0-9]++)"
    r"|(?P<float>[-+]?(?:\.[0-9]++|[0-9]++(?:\.[0-9]*+)?)(?:[eE][-+]?[0-9]++)?)"
    r"|0o(?P<eight>[0-7]++)"
    r"|0x(?P<sixteen>[0-9a-fA-F]++)"
    r"|(?P<special>[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))"
)


class NotFiniteError(ValueError):
    """The text is infinity, not a number, or larger than a float holds."""


class TooLongError(ValueError):
    """The text is a number of more digits than anybody means."""


def resolve(text: str) -> Plain:
    """Return the value of the unquoted `text`; raise one of this module's errors for a number that is none."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "+-.0123456789":
        return text
    match = _NUMBER.fullmatch(text)
    return text if match is None else _number(text, match.lastgroup, match[match.lastgroup or 0])


def _number(text: str, kind: str | None, digits: str) -> int | float:
    if len(text) > LONGEST_NUMBER:
        raise TooLongError(text)
    if kind == "special":
        raise NotFiniteError(text)
    if kind == "float":
        value = float(digits)
        if isinf(value):
            raise NotFiniteError(text)
        return value
    return int(digits, {"ten": 10, "eight": 8, "sixteen": 16}[kind or "ten"])
