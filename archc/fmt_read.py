"""From text to items: the YAML of a spec with its comments and blank lines, each beside what it belongs to."""

from __future__ import annotations

import re
from typing import Any

from archc import syntax

BLANK = ""
"""Stands for a blank line among comments."""

_COMMENT = re.compile(r"(?:(?<=[ \t\n])|\A)#[^\n]*")


class Item:
    """A value. `kind` is `scalar`, `alias`, `map` or `list`; `tail` holds comments after the last entry."""

    __slots__ = ("anchor", "column", "end", "entries", "flow", "kind", "lines", "style", "tail", "text")

    def __init__(self, kind: str, column: int, anchor: str | None = None) -> None:
        self.kind = kind
        self.column = column
        self.anchor = anchor
        self.text = ""
        self.style: str | None = None
        """Of a scalar: None where it is plain, else the character that starts it."""
        self.lines = 1
        self.end = 0
        self.flow = False
        self.entries: list[Entry] = []
        self.tail: list[str] = []

    @property
    def leaf(self) -> bool:
        return self.kind in ("scalar", "alias")

    @property
    def commented(self) -> bool:
        """Whether a comment stands anywhere within."""
        return bool(self.tail) or any(entry.commented for entry in self.entries)


class Entry:
    """A key and its value, or an item of a list (`key` is None), with its comments."""

    __slots__ = ("before", "key", "trailing", "value")

    def __init__(self, before: list[str]) -> None:
        self.before = before
        self.key: Item | None = None
        self.value: Item | None = None
        self.trailing: list[str] = []

    @property
    def commented(self) -> bool:
        return bool(self.trailing or any(self.before)) or (self.value is not None and self.value.commented)


def items(text: str) -> tuple[Item, list[str]]:
    """Return the root of a text that can be read, and the comments that follow it; lines end in a line feed."""
    builder = _Builder(text)
    following = syntax.events(text)
    while (event := following()) is not None:
        builder.take(event)
    builder.rest()
    return builder.root[0], builder.pending


def comments(text: str) -> list[str]:
    """Return all comments of a text, sorted."""
    root, after = items(text)
    found = [line for line in after if line]
    waiting = [root]
    while waiting:
        item = waiting.pop()
        found += [line for line in item.tail if line]
        for entry in item.entries:
            found += [line for line in entry.before if line] + entry.trailing
            waiting += [entry.value] if entry.value else []
    return sorted(found)


class _Builder:
    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0
        self.line = 1
        self.root: list[Item] = []
        self.open: list[Item] = []
        self.pending: list[str] = []
        self.handlers = {
            "ScalarEvent": self._scalar,
            "AliasEvent": self._alias,
            "MappingStartEvent": self._start,
            "SequenceStartEvent": self._start,
            "MappingEndEvent": self._end,
            "SequenceEndEvent": self._end,
        }

    def take(self, event: Any) -> None:
        """Take the next event, and the comments before it."""
        name = type(event).__name__
        handler = self.handlers.get(name)
        if handler is None:
            return
        closing = name.endswith("EndEvent")
        self._gap(event.start_mark.index, closing)
        handler(event)
        if event.end_mark.index > self.place:
            self.place = event.end_mark.index
            self.line = event.end_mark.line + 1

    def rest(self) -> None:
        """Take the comments after the last event."""
        self._gap(len(self.text), closing=False)
        while self.pending and not self.pending[-1]:
            self.pending.pop()

    # Events

    def _scalar(self, event: Any) -> None:
        item = Item("scalar", event.start_mark.column, event.anchor)
        item.text = event.value
        item.style = None if event.implicit[0] else event.style
        source = self.text[event.start_mark.index : event.end_mark.index].rstrip()
        item.lines = source.count("\n") + 1
        item.end = event.start_mark.line + item.lines
        self._put(item)
        if item.style in ("|", ">"):
            header = source.split("\n", 1)[0]
            beside = [match[0].rstrip() for match in _COMMENT.finditer(header)]
            (self.open[-1].entries[-1].trailing if self.open else self.pending).extend(beside)

    def _alias(self, event: Any) -> None:
        item = Item("alias", event.start_mark.column)
        item.text = event.anchor
        item.end = event.end_mark.line + 1
        self._put(item)

    def _start(self, event: Any) -> None:
        kind = "map" if type(event).__name__ == "MappingStartEvent" else "list"
        item = Item(kind, event.start_mark.column, event.anchor)
        item.flow = bool(event.flow_style)
        item.end = event.start_mark.line + 1
        self._put(item)
        self.open.append(item)

    def _end(self, event: Any) -> None:
        item = self.open.pop()
        if item.flow:
            item.end = event.end_mark.line + 1
            item.tail += _trimmed(self.pending)
            self.pending = []
        elif item.entries:
            last = item.entries[-1]
            end = last.value or last.key
            item.end = end.end if end is not None else item.end
        if not item.entries and item.tail and self.open:
            self.open[-1].entries[-1].before += item.tail
            item.tail = []

    def _put(self, item: Item) -> None:
        if not self.open:
            self.root.append(item)
            return
        around = self.open[-1]
        if around.kind == "list" or not around.entries or around.entries[-1].value is not None:
            if not around.entries and around.kind == "map":
                around.column = item.column  # an anchor stands before its map
            around.entries.append(Entry(self.pending))
            self.pending = []
            if around.kind == "map":
                around.entries[-1].key = item
                return
        entry = around.entries[-1]
        entry.value = item
        if item.leaf and self.pending:
            entry.before += self.pending
            self.pending = []

    # What stands between events

    def _gap(self, end: int, closing: bool) -> None:
        gap = self.text[self.place : end]
        if "\n" not in gap and "#" not in gap:
            return
        first, *others = gap.split("\n")
        if self.place == 0 or self.text[self.place - 1] == "\n":
            others.insert(0, first)
        elif (match := _COMMENT.search(" " + first)) is not None:
            self._trailing(match[0].rstrip())
        found = []
        for number, piece in enumerate(others):
            match = _COMMENT.search(piece)
            if match is not None:
                found.append((match.start(), match[0].rstrip()))
            elif not piece.strip() and number < len(others) - 1:
                found.append((-1, BLANK))
        self._share(found, end, closing)

    def _trailing(self, comment: str) -> None:
        """Put a comment beside what ends on its line, or else before what comes next."""
        around = next((item for item in reversed(self.open) if item.entries), None)
        if around is not None:
            entry = around.entries[-1]
            last = entry.value or entry.key
            if last is not None and last.end == self.line:
                entry.trailing.append(comment)
                return
        self.pending.append(comment)

    def _share(self, found: list[tuple[int, str]], end: int, closing: bool) -> None:
        """Give comments that stand further in than what comes next to the collection that ends here."""
        if closing and self.open and not self.open[-1].flow:
            here = self.text[self.text.rfind("\n", 0, end) + 1 : end]
            after = len(here) - len(here.lstrip(" ")) if end < len(self.text) else -1
            while (count := next((n for n, (column, _) in enumerate(found) if column > after), None)) is not None:
                if any(column >= 0 for column, _ in found[:count]):
                    break
                self._owner(found[count][0]).tail += [text for _, text in found[: count + 1]]
                del found[: count + 1]
        self.pending += [text for _, text in found]

    def _owner(self, column: int) -> Item:
        fitting = [item for item in self.open if item.column <= column and item.entries]
        return fitting[-1] if fitting else self.open[0]


def _trimmed(lines: list[str]) -> list[str]:
    return [line for line in lines if line]
