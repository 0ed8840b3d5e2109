"""Builds the tree of a text from its YAML events, one event at a time, and keeps it within bounds."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, NoReturn

from yaml import events

from archc.document import Mapping, Node, Place, Plain, Scalar, Sequence, Source
from archc.findings import Findings
from archc.plain import NotFiniteError, TooLongError, resolve
from archc.problems import Problems
from archc.syntax import NextEvent, Written, expression_end

DEEPEST = 64
MOST_NODES = 200_000
MOST_EXPANDED = 400_000
_MOST_LOST_BRACKETS = 100

# The pending key of a value that is read and thrown away; compared by identity, so that no key of a spec is it.
_NOWHERE = str(b"nowhere", "ascii")


class _Anchor(NamedTuple):
    """What an anchor names, and how large it is with its aliases filled in; the size is 0 while it is open."""

    node: Node
    size: int
    depth: int


_Around = tuple[Mapping | Sequence | None, str | None, str | None, int]
"""What to go back to where a collection ends: its parent, the parent's key, the anchor, the nodes there were before."""


class Tree:
    """The tree of one text as it grows. A collection is hung on its parent where it opens, so nothing recurses."""

    def __init__(self, source: Source, problems: Problems) -> None:
        self.source = source
        self.found = Findings(source, problems)
        self.root: list[Node] = []
        self.open: Mapping | Sequence | None = None
        self.items: list[Node] | None = self.root  # of the open list; None within a map
        self.keys: dict[str, Scalar] = {}  # of the open map
        self.entries: dict[str, Node] = {}
        self.key: str | None = None  # the key whose value comes next
        self.around: list[_Around] = []
        self.depths = [0]  # for each open collection, how many levels it has had below it
        self.last: Written | None = None  # the last event that stands for a piece of text
        self.nodes = 0
        self.aliased = 0  # nodes that aliases add
        self.most_nodes = MOST_NODES
        self.anchors: dict[str, _Anchor] = {}
        self.known: dict[str, tuple[str, Plain]] = {}
        self.expression: Place | None = None  # where the last `$` scalar within braces or brackets starts
        self.skip = 0  # what starts before this place is a piece of an expression that was reported
        self.lost_brackets = 0

    @property
    def in_flow(self) -> bool:
        """Whether the open collection was opened with a brace or a bracket."""
        return self.open is not None and self.open.flow

    def grow(self, following: NextEvent) -> int | None:
        """Take the events of the first document, and return where it ends; None where there is none."""
        scalar: type = events.ScalarEvent
        handlers: dict[type, Callable[[Written], None]] = {
            events.MappingStartEvent: self._mapping,
            events.MappingEndEvent: self._end,
            events.SequenceStartEvent: self._sequence,
            events.SequenceEndEvent: self._end,
            events.AliasEvent: self._alias,
            events.StreamStartEvent: _pass,
            events.DocumentStartEvent: _pass,
        }
        for event in iter(following, None):
            if event.__class__ is scalar:  # most are
                self._scalar(event)
                continue
            handler = handlers.get(event.__class__)
            if handler is None:
                return event.start_mark.index if isinstance(event, events.DocumentEndEvent) else None
            handler(event)
        return None

    def broken_expression(self, offset: int) -> bool:
        """Say whether `offset`, where YAML fails, is within an expression that lacks quotes; report it if it is new."""
        if offset < self.skip:
            return True
        if self.expression is None or not self.in_flow:
            return False
        end = expression_end(self.source.text, self.expression.index)
        if end is None or end <= offset:
            return False
        self._whole(self.expression, end)
        return True

    def _scalar(self, event: Written) -> None:
        self.nodes += 1
        if self.nodes > self.most_nodes:
            self._too_many(event)
        self.last = event
        start = event.start_mark
        if self.skip and start.index < self.skip:
            self._drop()
            return
        text = event.value
        plain = event.implicit[0] or (event.tag is not None and not event.style)
        value: Plain = text
        if plain:
            text, value = self.known.get(text) or self._resolve(event)
        node = Scalar(self.source, start, event.end_mark, value, text, plain)
        if event.anchor is not None or event.tag is not None:
            self._properties(event, node)
        if self.items is not None:
            self.items.append(node)
        elif self.key is not None:
            if self.key is not _NOWHERE:
                self.entries[self.key] = node
            self.key = None
        elif isinstance(value, str) and value not in self.keys:
            self.keys[value] = node
            self.key = value
        else:
            self._odd_key(event, node)

    def _resolve(self, event: Written) -> tuple[str, Plain]:
        """Return an unquoted scalar's text and value."""
        text = event.value
        if text[:1] == "$":
            text = self._expression(event)
            return text, text
        try:
            self.known[text] = text, resolve(text)
        except NotFiniteError:
            self.found.not_finite(event)
        except TooLongError:
            self.found.too_long(event)
        # A number that is none becomes 1, which most places take, so that it is not reported again.
        return self.known.get(text, (text, 1))

    def _odd_key(self, event: Written, node: Node) -> None:
        """Report a key; its value is read and thrown away."""
        self.key = _NOWHERE
        if isinstance(node, Scalar) and isinstance(node.value, str):
            self.found.duplicate_key(node.value, self.keys[node.value].mark, event)
        else:
            self.found.odd_key(node, event)

    def _expression(self, event: Written) -> str:
        """Return the text of an expression, whole also where YAML parted it at a comma."""
        text = event.value
        if not self.in_flow:
            return text
        self.expression = event.start_mark
        if text.count("(") == text.count(")") or self.lost_brackets > _MOST_LOST_BRACKETS:
            return text
        end = expression_end(self.source.text, self.expression.index)
        if end is None or end <= event.end_mark.index:
            self.lost_brackets += 1
            return text
        return self._whole(self.expression, end)

    def _whole(self, start: Place, end: int) -> str:
        """Report an expression that YAML takes apart, have its pieces passed over, and return its text."""
        self.skip = end
        return self.found.needs_quotes(start, end)

    def _drop(self) -> None:
        """Pass over a value, or over a key and then its value."""
        if self.items is None:
            self.key = _NOWHERE if self.key is None else None

    def _mapping(self, event: Written) -> None:
        start = event.start_mark
        keys: dict[str, Scalar] = {}
        entries: dict[str, Node] = {}
        node = Mapping(self.source, start, start, keys, entries, bool(event.flow_style))
        self._open(event, node)
        self.items = None
        self.keys = keys
        self.entries = entries

    def _sequence(self, event: Written) -> None:
        start = event.start_mark
        items: list[Node] = []
        node = Sequence(self.source, start, start, items, bool(event.flow_style))
        self._open(event, node)
        self.items = items

    def _open(self, event: Written, node: Mapping | Sequence) -> None:
        self.nodes += 1
        if self.nodes > self.most_nodes:
            self._too_many(event)
        if len(self.around) >= DEEPEST:
            self.found.too_deep(event, DEEPEST)
        before = self.nodes + self.aliased - 1
        self._hang(event, node)
        self.around.append((self.open, self.key, event.anchor, before))
        if event.anchor is not None or event.tag is not None:
            self._properties(event, node)
        self.depths.append(0)
        self.open = node
        self.key = None

    def _hang(self, event: Written, node: Node) -> None:
        """Put a collection or an aliased value where the next value belongs."""
        if self.skip and event.start_mark.index < self.skip:
            self._drop()
        elif self.items is not None:
            self.items.append(node)
        elif self.key is None:
            self._odd_key(event, node)
        else:
            if self.key is not _NOWHERE:
                self.entries[self.key] = node
            self.key = None

    def _end(self, event: Written) -> None:
        node = self.open
        assert node is not None
        if node.flow and event.end_mark.index > event.start_mark.index:
            self.last = event
        # YAML ends a block where the next text starts, which may be lines below.
        node.end = (self.last or event).end_mark
        if self.items is None and "<<" in self.entries:
            self.found.merge_key(self.keys, self.entries)
        parent, self.key, anchor, before = self.around.pop()
        depth = self.depths.pop() + 1
        if depth > self.depths[-1]:
            self.depths[-1] = depth
        if anchor is not None and self.anchors[anchor].node is node:
            self.anchors[anchor] = _Anchor(node, self.nodes + self.aliased - before, depth)
        self.open = parent
        if isinstance(parent, Mapping):
            self.items = None
            self.keys = parent.keys
            self.entries = parent.entries
        else:
            self.items = self.root if parent is None else parent.items

    def _properties(self, event: Written, node: Node) -> None:
        """Take note of an anchor; refuse a tag."""
        if event.anchor is not None:
            self.anchors[event.anchor] = _Anchor(node, int(isinstance(node, Scalar)), 0)
        if event.tag is not None:
            self.found.tag(event.tag, event)

    def _alias(self, event: Written) -> None:
        self.nodes += 1
        self.last = event
        if self.items is None and self.key is None:
            self.key = _NOWHERE
            self.found.odd_key(None, event)
            return
        anchor = self.anchors.get(event.anchor or "")
        if anchor is not None and anchor.size:
            self._fill_in(event, anchor)
            return
        if anchor is None:
            self.found.lost_alias(event, self.anchors)
        else:
            self.found.endless_alias(event)
        self._hang(event, Scalar(self.source, event.start_mark, event.end_mark, None, "*", True))

    def _fill_in(self, event: Written, anchor: _Anchor) -> None:
        self.aliased += anchor.size - 1
        self.most_nodes = min(MOST_NODES, MOST_EXPANDED - self.aliased)
        if self.nodes > self.most_nodes:
            self._too_many(event)
        if len(self.around) + anchor.depth > DEEPEST:
            self.found.too_deep(event, DEEPEST)
        self.depths[-1] = max(self.depths[-1], anchor.depth)
        self._hang(event, anchor.node)

    def _too_many(self, event: Written) -> NoReturn:
        if self.nodes > MOST_NODES:
            self.found.too_many(event, MOST_NODES)
        self.found.too_many_aliased(event, MOST_EXPANDED)


def _pass(event: Written) -> None:
    """Pass over an event that adds nothing."""
