"""The text of a spec as a tree of values, each with the place where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple, Protocol, TypeAlias


class Mark(NamedTuple):
    """A stretch of a file. Lines and columns count from 1, columns in characters; the end is exclusive."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int


# Where lines start is kept for each 256th: a list of all lines of a large file would be many times as large as it.
_STRIDE = 256
_LINES = re.compile(r"(?:[^\n]*+\n){256}")


class Source:
    """A file that was read: the name to show for it, and its text, from which diagnostics quote."""

    __slots__ = ("_starts", "_unix", "name", "text")

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self._unix = ""
        self._starts: list[int] = []

    def line(self, number: int) -> str:
        """Return line `number` (from 1) without its line end; empty past the last one."""
        if not self._starts:
            self._unix = self.text.replace("\r\n", "\n").replace("\r", "\n")
            self._starts.append(0)
        stride, rest = divmod(number - 1, _STRIDE)
        while len(self._starts) <= stride and (lines := _LINES.match(self._unix, self._starts[-1])):
            self._starts.append(lines.end())
        if not 0 <= stride < len(self._starts):
            return ""
        begin = self._starts[stride]
        for _ in range(rest):
            begin = self._unix.find("\n", begin) + 1
            if not begin:
                return ""
        end = self._unix.find("\n", begin)
        return self._unix[begin:] if end < 0 else self._unix[begin:end]


class Place(Protocol):
    """A place in a text as YAML gives it: lines, columns and the index of the character count from 0."""

    @property
    def index(self) -> int: ...
    @property
    def line(self) -> int: ...
    @property
    def column(self) -> int: ...


class Node:
    """A value in the text. It keeps YAML's own places: most nodes are never asked where they stand."""

    __slots__ = ("end", "source", "start")

    def __init__(self, source: Source, start: Place, end: Place) -> None:
        self.source = source
        self.start = start
        self.end = end

    @property
    def mark(self) -> Mark:
        return Mark(self.source.name, self.line, self.column, self.end_line, self.end_column)

    @property
    def line(self) -> int:
        return self.start.line + 1

    @property
    def column(self) -> int:
        return self.start.column + 1

    @property
    def end_line(self) -> int:
        return self.end.line + 1

    @property
    def end_column(self) -> int:
        return self.end.column + 1


Plain: TypeAlias = bool | int | float | str | None


class Scalar(Node):
    """A single value, resolved by the YAML 1.2 core rules. `text` is as written; `plain` is false for quoted ones."""

    __slots__ = ("plain", "text", "value")

    def __init__(self, source: Source, start: Place, end: Place, value: Plain, text: str, plain: bool) -> None:
        self.source = source  # not by super(): a large spec has a million nodes
        self.start = start
        self.end = end
        self.value = value
        self.text = text
        self.plain = plain


class Sequence(Node):
    """A list. `flow` is true where it was written in brackets."""

    __slots__ = ("flow", "items")

    def __init__(self, source: Source, start: Place, end: Place, items: list[Node], flow: bool) -> None:
        self.source = source  # not by super(): a large spec has a million nodes
        self.start = start
        self.end = end
        self.items = items
        self.flow = flow


class Mapping(Node):
    """A map from text to values, in the order written. `flow` is true where it was written in braces."""

    __slots__ = ("entries", "flow", "keys")

    def __init__(
        self,
        source: Source,
        start: Place,
        end: Place,
        keys: dict[str, Scalar],
        entries: dict[str, Node],
        flow: bool,
    ) -> None:
        self.source = source  # not by super(): a large spec has a million nodes
        self.start = start
        self.end = end
        self.keys = keys
        self.entries = entries
        self.flow = flow

    def items(self) -> Iterator[tuple[str, Scalar, Node]]:
        """Yield each key's text, the key's node and the value's node."""
        for name, key in self.keys.items():
            yield name, key, self.entries[name]
