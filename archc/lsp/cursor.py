"""Where in a spec one types: told from the text alone, since a line that is half typed is seldom YAML."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from archc.roles import ITEM

_LINE = re.compile(r"(?P<indent> *)(?P<dashes>(?:- +)*)(?:(?P<key>[A-Za-z_][\w.]*|\"[^\"]*\"|'[^']*')[ ]*:(?=\s|$))?")
_PIECE = re.compile(r"\"(?:[^\"\\]|\\.)*(?:\"|$)|'[^']*(?:'|$)|[\[\]{},]|:(?=\s|$)|(?:(?<=\s)|^)#.*|.", re.DOTALL)
_WORD = re.compile(r"[\w]*\Z")
_FARTHEST = 200


class Cursor(NamedTuple):
    """A place that is being typed at. `path` leads there from the top of the file."""

    path: tuple[str, ...]
    kind: str
    """`key`, `value` or `item`."""
    word: str
    """What is typed of it already."""
    formula: str | None
    """The text of the expression so far, where one is being typed."""
    taken: frozenset[str]
    """Keys that the same braces hold already."""
    flow: bool


class _Frame:
    """Braces or brackets that are open; `key` is the one whose value is being typed."""

    def __init__(self, opening: str) -> None:
        self.opening = opening
        self.key: str | None = None
        self.piece = ""
        self.taken: set[str] = set()


def cursor(lines: Sequence[str], row: int, column: int) -> Cursor | None:
    """Return where one types; None within a comment. `row` and `column` count from 0."""
    start = row
    while start > 0 and row - start < _FARTHEST and re.search(r"[\[{,]\s*(?:#.*)?$", lines[start - 1]):
        start -= 1
    text = "\n".join([*lines[start:row], lines[row][:column]])
    head = _LINE.match(text)
    assert head is not None
    if "\n" in head[0]:
        return None
    rest = text[head.end() :]
    frames, outer = _frames(rest)
    if frames is None:
        return None
    path = list(_above(lines, start, head))
    path += _on_line(head)
    for frame in frames:
        path += [ITEM] if frame.opening == "[" else []
        path += [frame.key] if frame.key is not None else []
    if frames:
        last = frames[-1]
        kind = "value" if last.key is not None else "key" if last.opening == "{" else "item"
        return _cursor(path, kind, last.piece, frozenset(last.taken), True)
    kind = "value" if head["key"] is not None else "item" if head["dashes"] else "key"
    if kind == "value" and not outer[:1].isspace():
        return None
    return _cursor(path, kind, outer, frozenset(), False)


def _cursor(path: list[str], kind: str, piece: str, taken: frozenset[str], flow: bool) -> Cursor:
    typed = piece.lstrip().lstrip("\"'")
    match = _WORD.search(typed)
    word = match[0] if match else ""
    return Cursor(tuple(path), kind, word, typed[1:] if typed[:1] == "$" else None, taken, flow)


def _frames(text: str) -> tuple[list[_Frame] | None, str]:
    """Return the brackets that are open at the end, and the text outside of any; no list where a comment has begun."""
    frames: list[_Frame] = []
    outer = ""
    for match in _PIECE.finditer(text):
        piece = match[0]
        if piece[0] == "#":
            if "\n" not in piece and match.end() == len(text):
                return None, ""
            continue
        plain = bool(outer.strip()) and not frames
        if piece in ("[", "{") and not plain and not (frames and frames[-1].piece.strip()[:1] == "$"):
            frames.append(_Frame(piece))
        elif not frames:
            outer += piece
        elif piece in ("]", "}"):
            frames.pop()
            if frames:
                frames[-1].piece += piece
        elif piece == "," and not _calling(frames[-1].piece):
            frames[-1].key, frames[-1].piece = None, ""
        elif piece == ":" and frames[-1].key is None:
            frames[-1].key = frames[-1].piece.strip().strip("\"'")
            frames[-1].taken.add(frames[-1].key)
            frames[-1].piece = ""
        else:
            frames[-1].piece += piece
    return frames, outer


def _calling(piece: str) -> bool:
    """Tell whether a comma belongs to the call of an expression, which lacks its quotes as long as it is typed."""
    return piece.strip()[:1] == "$" and piece.count("(") > piece.count(")")


def _on_line(head: re.Match[str]) -> list[str]:
    return [name for _, name in _elements(head)]


def _elements(head: re.Match[str]) -> list[tuple[int, str]]:
    """Return the dashes of a line and its key, each with its column."""
    begin = head.end("indent")
    found = [(begin + place, ITEM) for place, char in enumerate(head["dashes"]) if char == "-"]
    if head["key"] is not None:
        found.append((head.start("key"), head["key"].strip("\"'")))
    return found


def _above(lines: Sequence[str], row: int, head: re.Match[str]) -> list[str]:
    """Return the keys and dashes around a line, outermost first, as the indents of the lines above tell."""
    elements = _elements(head)
    limit, item = (elements[0][0], elements[0][1] == ITEM) if elements else (head.end("indent"), False)
    path: list[str] = []
    for number in range(row - 1, -1, -1):
        if limit == 0 and not item:
            break
        line = lines[number]
        above = _LINE.match(line)
        if above is None or not line.strip() or line.lstrip().startswith("#"):
            continue
        for column, name in reversed(_elements(above)):
            if column < limit or (item and column == limit and name != ITEM):
                path.insert(0, name)
                limit, item = column, name == ITEM
    return path
