"""Python source as text: values, names, comments and lines, laid out as `ruff format` leaves them."""

from __future__ import annotations

import builtins
import keyword
import math
import textwrap
import unicodedata
from collections.abc import Iterable
from typing import Any

from archc.emit.links import bare, links
from archc.emit.spelling import Code

WIDTH = 100
"""Emitted lines are at most this long."""


def spell(value: Any) -> str:
    """Return a checked value as Python source. Raises TypeError for what has none."""
    if isinstance(value, Code):
        return str(value)
    if value is None or isinstance(value, bool):
        return repr(value)
    if isinstance(value, int):
        return repr(bool(value)) if getattr(value, "boolean", False) else int.__repr__(value)
    if isinstance(value, float):
        return float.__repr__(value) if math.isfinite(value) else f'float("{float.__repr__(value)}")'
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, (tuple, list)):  # nothing that is emitted changes a list
        return f"({', '.join(map(spell, value))}{',' if len(value) == 1 else ''})"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{spell(key)}: {spell(part)}' for key, part in value.items())}}}"
    raise TypeError(f"{type(value).__name__} has no spelling")


def quoted(text: str) -> str:
    """Return a string literal in double quotes, with everything that is not plain ASCII escaped."""
    safe = text.encode("unicode_escape").decode("ascii")
    return '"' + safe.replace('"', '\\"') + '"'


# Letters and marks that show nothing.
_BLANK = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0"
    + "".join(map(chr, [*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)]))
)


def prose(text: str, limit: int = 2_000) -> str:
    """Make text safe for a comment or docstring: one line, nothing that ends it, steers a terminal or reorders text."""
    shown = []
    for char in text[:limit]:
        if char == "\\" or (char != " " and unicodedata.category(char)[0] in "CZ") or char in _BLANK:
            shown.append(
                " " if char in "\n\r\t\x0b\x0c\x85\u2028\u2029" else char.encode("unicode_escape").decode("ascii")
            )
        else:
            shown.append(char)
    return " ".join("".join(shown).replace('"""', "'''").split()).replace("\\", "\\\\")


def docstring(lines: Iterable[str], indent: int = 0) -> list[str]:
    """Return a docstring's lines, broken where they are too long; a user's text must have gone through `prose`."""
    room = WIDTH - indent - 6
    body = [part for line in lines for part in wrapped(line, room)]
    pad = " " * indent
    if len(body) == 1:
        text = body[0] + " " if body[0].endswith('"') else body[0]
        return [f'{pad}"""{text}"""']
    return [f'{pad}"""{body[0]}', *[pad + line if line else "" for line in body[1:]], f'{pad}"""']


def wrapped(text: str, room: int) -> list[str]:
    """Break text into lines. A backslash is written as two: a line end between them would make other text of both."""
    lines = textwrap.wrap(text, room, break_on_hyphens=False) or [""]
    for place, line in enumerate(lines):
        if (len(line) - len(line.rstrip("\\"))) % 2:
            lines[place] = line[:-1]
            lines[place + 1] = "\\" + lines[place + 1]
    return lines


class Identifiers:
    """Gives out names that clash with nothing: keywords, builtins, what is taken already."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self.taken = set(taken)

    def free(self, name: str) -> bool:
        return not (
            name in self.taken or keyword.iskeyword(name) or keyword.issoftkeyword(name) or hasattr(builtins, name)
        )

    def give(self, wish: str, longest: int = 40) -> str:
        """Return `wish`, shortened, or with `_` or a number where it is taken."""
        wish = wish[:longest].rstrip("_") if len(wish) > longest else wish
        name, number = wish, 1
        while not self.free(name):
            number += 1
            name = (
                f"{wish}_" if number == 2 and not wish[-1].isdigit() and self.free(f"{wish}_") else f"{wish}_{number}"
            )
        self.taken.add(name)
        return name


def split(start: str, value: str, indent: int, end: str = "") -> list[str]:
    """Lay out `start + value + end`; too long a call goes to one argument a line, with a trailing comma."""
    pad = " " * indent
    whole = f"{pad}{start}{value}{end}"
    if len(whole) <= WIDTH:
        return [whole]
    parts = links(value)
    if len(parts) > 2 and not end and start:  # a chain of methods: on a line of its own, or one a line
        parts = [value] if indent + 4 + len(value) <= WIDTH else parts
        return [f"{pad}{start}(", *[line for part in parts for line in split("", part, indent + 4)], f"{pad})"]
    opening = _opening(value)
    head, inner = value[: max(opening, 0)], value[opening + 1 : -1]
    chained = _chained(head)
    short = len(f"{pad}{start}{head}(") <= WIDTH
    if chained:  # a method of what a call gives: that call is split
        rest = f"{head[chained:]}({inner}){end}"
        return (_one_a_line if short else split)(start, head[:chained], indent, rest)
    if head.endswith((")", "]")) and value[-1] == "]":
        return split(start, head, indent, f"[{inner}]{end}")  # a list and the place in it: the list is split
    if head.endswith(")") and not short:
        return split(start, head, indent, f"({inner}){end}")  # a call of what a call gives: the first one is split
    if head.endswith(")") and inner.isidentifier() and _opening(head) > 0:
        return _one_a_line(start, head, indent, f"({inner}){end}")
    if opening > 0 or (opening == 0 and (value[0] == "[" or inner[-1:] == "," or len(top_level(inner)) > 1)):
        lines = [f"{pad}{start}{value[: opening + 1]}"]
        inside = f"{pad}    {value[opening + 1 : -1]}"
        parts = top_level(value[opening + 1 : -1].removesuffix(","))
        loop = _loop(parts[0]) if len(parts) == 1 else -1
        if (opening > 0 or loop >= 0) and len(pad) + 4 < len(inside) <= WIDTH:
            return [*lines, inside, f"{pad}{value[-1]}{end}"]
        if loop >= 0:  # a comprehension takes no comma at its end
            lines += [*split("", parts[0][:loop], indent + 4), f"{pad}    {parts[0][loop + 1 :]}"]
            return [*lines, f"{pad}{value[-1]}{end}"]
        for part in parts:
            lines += split(*_keyword(part), indent + 4, ",")
        return [*lines, f"{pad}{value[-1]}{end}"]
    parts = operands(value)
    if len(parts) > 1:
        inside = " " * (indent + 4)
        return [f"{pad}{start}(", *[inside + operand for operand in parts], f"{pad}){end}"]
    return [whole]


def _one_a_line(start: str, value: str, indent: int, end: str) -> list[str]:
    """Lay out a call with one argument a line, where ruff would sooner split what comes after it."""
    pad, opening = " " * indent, _opening(value)
    parts = [line for part in top_level(value[opening + 1 : -1]) for line in split(*_keyword(part), indent + 4, ",")]
    return [f"{pad}{start}{value[: opening + 1]}", *parts, f"{pad}){end}"]


def _chained(head: str) -> int:
    """Return where a method's name begins behind a call that is long, as in `Conv(...).requires_grad_`; else 0."""
    place = head.rfind(").") + 1
    return place if place and head[place + 1 :].isidentifier() and len(head) > 40 else 0


def split_tuple(start: str, values: list[str], indent: int) -> list[str]:
    """Lay out `start` and values between commas; too many for a line go to one a line, within brackets."""
    pad = " " * indent
    whole = f"{pad}{start}{', '.join(values)}"
    if len(values) == 1 or len(whole) <= WIDTH:
        return split(start, ", ".join(values), indent) if len(values) == 1 else [whole]
    return [f"{pad}{start}(", *[line for value in values for line in split("", value, indent + 4, ",")], f"{pad})"]


def unpacked(names: list[str], value: str, indent: int) -> list[str]:
    """Lay out `names` as the targets of one assignment; too many for a line go to one a line, within brackets."""
    pad = " " * indent
    whole = f"{', '.join(names)} = "
    if indent + len(whole) + value.find("(") < WIDTH:
        return split(whole, value, indent)
    return [f"{pad}(", *[f"{pad}    {name}," for name in names], *split(") = ", value, indent)]


def _keyword(part: str) -> tuple[str, str]:
    """Divide `name=value`, so that a long value can be split."""
    name, equals, value = part.partition("=")
    return (name + equals, value) if equals and name.isidentifier() and value[:1] != "=" else ("", part)


def _opening(text: str) -> int:
    """Return where the bracket opens that the last character closes; -1 where the text is no single call or list."""
    if text[-1:] not in (")", "]"):
        return -1
    depth = 0
    for place, char in bare(text):
        if depth == 0 and char == " ":
            return -1
        if char in "([{":
            if depth == 0:
                start = place
            depth += 1
        elif char in ")]}":
            depth -= 1
    return start


def top_level(text: str) -> list[str]:
    """Divide arguments at their commas."""
    parts, depth, start = [], 0, 0
    for place, char in bare(text):
        depth += (char in "([{") - (char in ")]}")
        if char == "," and depth == 0:
            parts.append(text[start:place].strip())
            start = place + 1
    last = text[start:].strip()
    return [*parts, last] if last else parts


def _loop(text: str) -> int:
    """Return where the `for` of a comprehension stands, with the space before it; -1 where the text is none."""
    depth = 0
    for place, char in bare(text):
        depth += (char in "([{") - (char in ")]}")
        if depth == 0 and text.startswith(" for ", place):
            return place
    return -1


def operands(text: str) -> list[str]:
    """Divide a sum, or a chain of `or` or `and`, before its operators."""
    for operators in ((" or ",), (" and ",), (" + ", " - "), (" * ", " @ ", " / ", " // ", " % ")):
        cuts, depth = [], 0
        for place, char in bare(text):
            depth += (char in "([{") - (char in ")]}")
            if char == " " and depth == 0 and text.startswith(operators, place):
                cuts.append(place + 1)
        if cuts:
            return [text[a:b].strip() for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    return [text]


def uses(name: str, code: str) -> bool:
    """Tell whether `name`, which ends in a dot, opens an attribute somewhere in `code`."""
    place = code.find(name)
    while place > 0 and (code[place - 1].isalnum() or code[place - 1] in "_."):
        place = code.find(name, place + 1)
    return place >= 0


def call(callee: str, arguments: Iterable[str]) -> str:
    return f"{callee}({', '.join(arguments)})"


def signature(start: str, arguments: list[str], end: str, indent: int) -> list[str]:
    """Lay out a `def`: on one line, its arguments on one line of their own, or one a line."""
    pad = " " * indent
    whole = f"{pad}def {start}({', '.join(arguments)}){end}"
    if len(whole) <= WIDTH:
        return [whole]
    inside = f"{pad}    {', '.join(arguments)}"
    if len(inside) <= WIDTH:
        return [f"{pad}def {start}(", inside, f"{pad}){end}"]
    return [f"{pad}def {start}(", *[f"{pad}    {argument}," for argument in arguments], f"{pad}){end}"]
