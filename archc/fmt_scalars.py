"""How a single value is written in a spec: without quotes wherever YAML takes it so."""

from __future__ import annotations

import re

from archc.fmt_read import Item
from archc.plain import NotFiniteError, TooLongError, resolve

_FIRST = re.compile(r"[^\s,\[\]{}#&*!|>'\"%@`?:-]|[?:-][^\s,\[\]{}]")
_ODD = re.compile("[^ -~\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]|[\u2028\u2029]")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0"}


def inline(item: Item, flow: bool) -> str | None:
    """Write a scalar on one line, within braces or brackets where `flow`; None where it takes a block of lines."""
    text = item.text
    if item.style in ("|", ">"):
        return None if not flow and _blocks(text) else _quoted(text)
    if item.style is not None or "\n" in text:  # a blank line within plain text stands for a line feed
        return text if bare(text, flow) else _quoted(text)
    return text if not flow or not text or bare(text, flow, known=True) else _quoted(text)


def bare(text: str, flow: bool, *, known: bool = False) -> bool:
    """Tell whether YAML reads `text` without quotes as itself; `known` where it needs none in a block."""
    if not _FIRST.match(text) or text != text.strip() or _ODD.search(text):
        return False
    if flow and re.search(r"[,\[\]{}]|:(?=\?|$)", text):
        return False
    if known:
        return True
    if ": " in text or " #" in text or text.endswith(":"):
        return False
    try:
        return isinstance(resolve(text), str)
    except (NotFiniteError, TooLongError):
        return False


def _quoted(text: str) -> str:
    if _ODD.search(text) or ("'" in text and '"' not in text and "\\" not in text):
        return '"' + "".join(_escaped(char) for char in text) + '"'
    if '"' in text or "\\" in text:
        return "'" + text.replace("'", "''") + "'"
    return f'"{text}"'


def _escaped(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    if not _ODD.match(char):
        return char
    number = ord(char)
    return f"\\x{number:02X}" if number < 256 else f"\\u{number:04X}"


def folded(text: str, width: int) -> list[str]:
    """Break a text of words between single spaces into lines of at most `width`, where words allow."""
    lines = [""]
    for word in text.split(" "):
        if not lines[-1]:
            lines[-1] = word
        elif len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += " " + word
        else:
            lines.append(word)
    return lines


def foldable(text: str) -> bool:
    """Tell whether `text` reads the same when it is broken between its words."""
    return bool(text) and text == " ".join(text.split()) and not re.search(r"(^| )(#|-|\?|:|---|\.\.\.)( |$)", text)


def _blocks(text: str) -> bool:
    """Tell whether a text can be written below `|` or `>`, as its lines are."""
    lines = text.removesuffix("\n").split("\n")
    return all(line == line.strip() and line and not _ODD.search(line) for line in lines)


def block(item: Item, width: int) -> tuple[str, list[str]]:
    """Return the sign that starts a block of lines, and its lines."""
    body = item.text.removesuffix("\n")
    chomp = "" if item.text.endswith("\n") else "-"
    if item.style == ">" and "\n" not in body and foldable(body):
        return ">" + chomp, folded(body, width)
    return "|" + chomp, body.split("\n")
