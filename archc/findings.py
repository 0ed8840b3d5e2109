"""What the reader finds wrong with a text, in words for its user; the codes are listed in `read.py`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NoReturn

from archc.document import Mapping, Mark, Node, Place, Scalar, Source
from archc.plain import LONGEST_NUMBER
from archc.problems import MOST_PROBLEMS, Note, Problems, nearest
from archc.syntax import Written

_MOST_GUESSES = 20  # looking for a near word is slow, so only the first findings have one
_LONGEST_QUOTE = 60


class StopReading(Exception):
    """Reading cannot go on; why is among the problems."""


class Findings:
    """The problems of one text, up to a bound."""

    def __init__(self, source: Source, problems: Problems) -> None:
        self.source = source
        self.problems = problems
        self.before = len(problems.found)

    def add(
        self, code: str, message: str, mark: Mark, *, label: str = "", notes: Iterable[Note] = (), help: str = ""
    ) -> None:
        """Add a problem; stop the reading when there are too many."""
        self.problems.add(code, message, mark, label=label, notes=notes, help=help)
        if len(self.problems.found) - self.before >= MOST_PROBLEMS:
            message = f"more than {MOST_PROBLEMS:,} findings; the rest of the file was not read"
            self.problems.add("E0120", message, mark, help="mend the ones before this first")
            raise StopReading

    def mark(self, event: Written) -> Mark:
        """Return the place of an event."""
        start, end = event.start_mark, event.end_mark
        return Mark(self.source.name, start.line + 1, start.column + 1, end.line + 1, end.column + 1)

    def duplicate_key(self, key: str, first: Mark, event: Written) -> None:
        notes = [Note(f"{quote(key)} is first here", first)]
        message = f"the key {quote(key)} is written twice"
        self.add("E0105", message, self.mark(event), label="again here", notes=notes, help="keep one of the two")

    def tag(self, tag: str, event: Written) -> None:
        name = tag.replace("tag:yaml.org,2002:", "!!")
        help = "remove it; what a value means follows from where it stands"
        self.add("E0106", f"a spec has no tags, and {quote(name)} is one", self.mark(event), help=help)

    def odd_key(self, node: Node | None, event: Written) -> None:
        """Report a key that is not text; `node` is None for an alias."""
        kind, help = "an alias", "write the key itself"
        if isinstance(node, Scalar) and not node.text:
            self.add("E0107", "a key is missing before this `:`", self.mark(event), help="write `key: value`")
            return
        if isinstance(node, Scalar):
            kind = "null" if node.value is None else "a boolean" if isinstance(node.value, bool) else "a number"
            help = f'a key of this name is written in quotes: `"{node.text[:_LONGEST_QUOTE]}"`'
        elif node is not None:
            kind, help = "a map" if isinstance(node, Mapping) else "a list", "write `key: value`"
        what = quote(node.text) if isinstance(node, Scalar) else "this"
        self.add("E0107", f"a key must be text, and {what} is {kind}", self.mark(event), help=help)

    def merge_key(self, keys: dict[str, Scalar], entries: dict[str, Node]) -> None:
        """Report a `<<`, and fill in what it was meant to, so that nothing else seems to lack."""
        help = "write the keys out; `defaults` and blocks say a thing once for several steps"
        self.add("E0107", "a spec has no merge keys, and `<<` is one", keys["<<"].mark, help=help)
        del keys["<<"]
        other = entries.pop("<<")
        if isinstance(other, Mapping):
            for name in [name for name in other.keys if name not in keys]:
                keys[name], entries[name] = other.keys[name], other.entries[name]

    def not_finite(self, event: Written) -> None:
        help = "write a number below 1.8e308; for text, put it in quotes"
        self.add("E0108", f"{quote(event.value)} is not a finite number", self.mark(event), help=help)

    def too_long(self, event: Written) -> None:
        message = f"this number has {len(event.value):,} characters; {LONGEST_NUMBER} are the most"
        self.add("E0109", message, self.mark(event), help="for text, put it in quotes")

    def lost_alias(self, event: Written, anchors: Iterable[str]) -> None:
        few = len(self.problems.found) - self.before < _MOST_GUESSES
        near = nearest(event.anchor or "", list(anchors)[-50:]) if few else None
        help = f"did you mean `*{near}`?" if near else "write `&name` before the value, further up, and `*name` here"
        message = f"there is no anchor {quote(f'&{event.anchor}')} above this alias"
        self.add("E0116", message, self.mark(event), help=help)

    def endless_alias(self, event: Written) -> None:
        message = f"the alias {quote(f'*{event.anchor}')} is inside the value that it stands for"
        help = "a value cannot hold itself; `repeat` writes a step several times"
        self.add("E0117", message, self.mark(event), help=help)

    def needs_quotes(self, start: Place, end: int) -> str:
        """Report the expression from `start` to the offset `end`, and return its text on one line."""
        written = self.source.text[start.index : end].rstrip()
        text = " ".join(written.split())
        line, column = start.line + 1, start.column + 1
        mark = Mark(self.source.name, line, column, line, column + len(written.splitlines()[0]))
        message = "an expression with `,` `[` `]` `{` or `}` needs quotes inside `{}` or `[]`"
        quoted = "'" + text.replace("'", "''") + "'" if '"' in text else f'"{text}"'
        self.add("E0119", message, mark, label="YAML takes it apart", help=f"write `{quoted}`")
        return text

    def too_deep(self, event: Written, most: int) -> NoReturn:
        help = "move the inner steps into a block"
        self.add("E0113", f"this is nested more than {most} levels deep", self.mark(event), help=help)
        raise StopReading

    def too_many(self, event: Written, most: int) -> NoReturn:
        message = f"the file holds more than {most:,} values and keys"
        self.add("E0114", message, self.mark(event), help="use `repeat` and blocks in place of copies")
        raise StopReading

    def too_many_aliased(self, event: Written, most: int) -> NoReturn:
        message = f"the file holds more than {most:,} values and keys once its aliases are filled in"
        self.add("E0115", message, self.mark(event), help="use `repeat` and blocks in place of aliases")
        raise StopReading


def quote(text: str) -> str:
    """Return `text` as a message shows it, cropped."""
    return f"`{text}`" if len(text) <= _LONGEST_QUOTE else f"`{text[:_LONGEST_QUOTE]}…`"
