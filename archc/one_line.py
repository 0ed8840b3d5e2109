"""Plain values as YAML on one line."""

from __future__ import annotations

import json
import re
from typing import Any

_PLAIN = re.compile(r"[A-Za-z_$][A-Za-z0-9_$ .+*/%<>=!()-]*\Z")
_WORDS = frozenset({"true", "false", "null", "True", "False", "TRUE", "FALSE", "Null", "NULL"})


def one_line(value: Any) -> str:
    """Return a value, with quotes about text only where it would else be something other than text."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {one_line(part)}" for key, part in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(one_line, value)) + "]"
    plain = isinstance(value, str) and _PLAIN.match(value) and value not in _WORDS and not value.endswith(" ")
    return str(value) if plain else json.dumps(value)
