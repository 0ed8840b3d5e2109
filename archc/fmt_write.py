"""The one layout of a spec: from items to lines.

Chains, branches, blocks and sections are written one entry a line; what they hold stands in braces and brackets where
that fits on a line, and below its key where it does not.
"""

from __future__ import annotations

from collections.abc import Sequence

from archc import roles
from archc.check import KEYS
from archc.fmt_lines import joined, squeezed
from archc.fmt_read import BLANK, Entry, Item
from archc.fmt_scalars import bare, block, foldable, folded, inline
from archc.roles import BESIDE, ITEM, Role
from archc.spec import GROUPS
from archc.training.words import KEYS as KEYS_OF_TRAINING

WIDTH = 100
"""No line is longer, comments left aside, unless one value is."""

_LONG = frozenset(
    ("file", "step", "chain", "blocks", "block", "defaults", "variants", "inputs", "training", "branches")
)

LONGEST_KEY = 900
"""YAML wants a sign of its own before a key of more than 1,024 characters, escapes counted."""

_HEADER = frozenset(("archc", "name", "description"))
_ORDERS: dict[str, Sequence[str]] = {
    "file": KEYS,
    "block": ("description", "inputs", "params", "layers"),
    "branch": ("when", "layers"),
    "training": tuple(KEYS_OF_TRAINING),
}


class Writer:
    """Writes items as lines, each with the comment beside it."""

    def __init__(self, ordered: bool) -> None:
        self.lines: list[tuple[str, str]] = []
        self.ordered = ordered
        """Whether keys may change places: not where there are aliases, which follow their anchors."""

    def file(self, root: Item, after: list[str]) -> str:
        """Return the text of a whole file."""
        top = _top(root)
        self.comments(top, 0)
        if root.leaf or (root.flow and not root.entries):
            self.value(root, roles.FILE, "", 0, [])
        else:
            self.collection(root, roles.FILE, 0)
        self.comments(after, 0)
        return joined(squeezed(self.lines))

    def comments(self, comments: list[str], indent: int) -> None:
        """Write comments on lines of their own."""
        for comment in comments:
            self.lines.append((" " * indent + comment if comment else "", ""))

    def line(self, text: str, comments: list[str]) -> None:
        """Write a line with a comment beside it. Of several comments, all but the last go above."""
        self.comments(comments[:-1], len(text) - len(text.lstrip()))
        self.lines.append((text, comments[-1] if comments else ""))

    # Collections

    def collection(self, item: Item, role: Role, indent: int, lead: str | None = None) -> None:
        """Write the entries of a map or list, the first after `lead` where that is given."""
        entries = self.order(item, role)
        for position, entry in enumerate(entries):
            before = entry.before
            if position and role.kind == "file":
                before = _apart(entries[position - 1], entry)
            elif position and role.kind == "blocks":
                before = [BLANK, *entry.before]
            elif not position:
                before = _unspaced(before)
            if lead is None or position:
                self.comments(before, indent)
            start = lead if lead is not None and not position else " " * indent
            if entry.key is None:
                self.listed(entry, role, start, indent)
            else:
                self.keyed(entry, entry.key, role, start, indent)
        self.comments(item.tail, indent)

    def order(self, item: Item, role: Role) -> list[Entry]:
        """Return the entries in the order of the language's own description."""
        if not self.ordered or item.kind != "map":
            return item.entries
        if role.kind == "step":
            return sorted(item.entries, key=lambda entry: 1 + BESIDE.index(_key(entry)) if _key(entry) in BESIDE else 0)
        order = _ORDERS.get(role.kind, ())
        return sorted(item.entries, key=lambda entry: _place(_key(entry), order))

    def keyed(self, entry: Entry, key: Item, role: Role, start: str, indent: int) -> None:
        value = entry.value
        assert value is not None
        head = f"{start}{_anchor(key)}{_scalar(key, flow=False)}:"
        if key.kind == "alias":
            head = f"{start}*{key.text} :"
        elif len(key.text) > LONGEST_KEY:
            self.line(f"{start}? {head[len(start) : -1]}", [])
            head = " " * indent + ":"
        if role.kind == "step" and _bare(key, value):
            self.line(head, entry.trailing)
            return
        self.value(value, roles.child(role, key.text, scalar=value.leaf), head, indent, entry.trailing)

    def listed(self, entry: Entry, role: Role, start: str, indent: int) -> None:
        value = entry.value
        assert value is not None
        here = roles.child(role, ITEM)
        word = _word(value, entry) if here.kind == "step" else None
        if word is not None:
            value = word
        one = self.inline(value, here, bare_pair=role.kind == "params")
        if one is not None and (value.leaf or indent + 2 + len(one) <= WIDTH):
            self.line(f"{start}- {one}".rstrip(), entry.trailing)
        elif value.leaf or value.anchor is not None:
            self.value(value, here, f"{start}-", indent, entry.trailing)
        else:
            self.comments([*_hoisted(self.order(value, here)), *entry.trailing], indent)
            self.collection(value, here, indent + 2, f"{start}- ")

    # Values

    def value(self, item: Item, role: Role, head: str, indent: int, comments: list[str]) -> None:
        """Write a value after `head`: on its line where it fits, else below."""
        one = self.inline(item, role)
        width = len(head) + 1 + len(one or "")
        lines = _folds(item, WIDTH - indent - 2) if width > WIDTH else []
        if len(lines) > 1:
            self.line(f"{head} {_anchor(item)}".rstrip(), comments)
            self.lines += [(" " * (indent + 2) + line, "") for line in lines]
        elif one is not None and (item.leaf or width <= WIDTH):
            self.line(f"{head} {one}".rstrip() if head else one, comments)
        elif item.leaf:
            sign, lines = block(item, WIDTH - indent - 2)
            self.line(f"{head} {_anchor(item)}{sign}", comments)
            self.lines += [(" " * (indent + 2) + line, "") for line in lines]
        else:
            self.line(f"{head} {_anchor(item)}".rstrip(), comments)
            self.collection(item, role, indent + 2)

    def inline(self, item: Item, role: Role, *, flow: bool = False, bare_pair: bool = False) -> str | None:
        """Write a value on one line; None where it takes several."""
        if item.kind == "alias":
            return f"*{item.text}"
        if item.kind == "scalar":
            text = inline(item, flow)
            return None if text is None else f"{_anchor(item)}{text}".rstrip()
        if item.commented or (item.entries and self.long(item, role)):
            return None
        parts = []
        for entry in self.order(item, role):
            part = self.part(entry, role)
            if part is None:
                return None
            parts.append(part)
        if bare_pair and item.kind == "map" and len(parts) == 1 and item.anchor is None:
            return parts[0] if flow or item.entries[0].key is None else None
        opening, closing = ("{", "}") if item.kind == "map" else ("[", "]")
        return f"{_anchor(item)}{opening}{', '.join(parts)}{closing}"

    def long(self, item: Item, role: Role) -> bool:
        """Tell whether a place is written one entry a line even where it would fit on one."""
        if role.kind == "merge":  # or it holds arguments alone
            return any(entry.value is not None and not entry.value.leaf for entry in item.entries)
        return role.kind in _LONG or (role.kind == "branch" and item.kind == "list")

    def part(self, entry: Entry, role: Role) -> str | None:
        """Write an entry within braces or brackets."""
        value = entry.value
        assert value is not None
        if entry.key is None:
            here = roles.child(role, ITEM)
            return self.inline(value, here, flow=True, bare_pair=role.kind == "params")
        text = self.inline(value, roles.child(role, entry.key.text, scalar=value.leaf), flow=True)
        if text is None or len(entry.key.text) > LONGEST_KEY:
            return None
        key = f"*{entry.key.text} " if entry.key.kind == "alias" else _anchor(entry.key) + _scalar(entry.key, flow=True)
        return f"{key}: {text}" if text else f"{key}: null"


def _folds(item: Item, width: int) -> list[str]:
    """Return the lines of a long text that was written over several lines; none where it cannot be so again."""
    again = item.kind == "scalar" and item.lines > 1 and item.style is None
    return folded(item.text, width) if again and foldable(item.text) and bare(item.text, flow=False) else []


def _scalar(item: Item, *, flow: bool) -> str:
    """Write a key: always on one line."""
    return inline(item, flow) or '""'


def _anchor(item: Item) -> str:
    return f"&{item.anchor} " if item.anchor is not None else ""


def _key(entry: Entry) -> str:
    return entry.key.text if entry.key is not None else ""


def _place(key: str, order: Sequence[str]) -> int:
    return order.index(key) if key in order else len(order)


def _word(step: Item, entry: Entry) -> Item | None:
    """Return the word that says the same as a step of one op without arguments; where it has none, None."""
    if step.kind != "map" or len(step.entries) != 1 or step.anchor is not None or step.tail:
        return None
    only = step.entries[0]
    key, value = only.key, only.value
    if key is None or value is None or not _bare(key, value):
        return None
    entry.before += [line for line in only.before if line]
    entry.trailing += only.trailing
    only.before, only.trailing = [], []
    return key


def _bare(key: Item, value: Item) -> bool:
    """Tell whether an op or a block is given nothing."""
    if value.anchor is not None or value.tail or key.text in BESIDE or key.text in GROUPS:
        return False
    if value.kind == "map":
        return not value.entries
    return value.kind == "scalar" and value.style is None and value.text in ("", "~", "null", "Null", "NULL")


# Comments and blank lines


def _top(root: Item) -> list[str]:
    """Take from the first entry what is said of the whole file: up to a blank line, and an editor's line."""
    if not root.entries:
        return []
    before = _unspaced(root.entries[0].before)
    blanks = [position for position, line in enumerate(before) if line == BLANK]
    cut = blanks[-1] + 1 if blanks else 0
    if not blanks and before and "$schema" in before[0]:
        cut = 1 if len(before) == 1 or _key(root.entries[0]) != "archc" else len(before)
    root.entries[0].before = before[cut:]
    return before[:cut]


def _unspaced(lines: list[str]) -> list[str]:
    """Leave blank lines at the start out."""
    start = next((position for position, line in enumerate(lines) if line), len(lines))
    return lines[start:]


def _hoisted(entries: list[Entry]) -> list[str]:
    """Take the comments before the first entry of a map that starts on its parent's line."""
    if not entries:
        return []
    found = [line for line in entries[0].before if line]
    entries[0].before = []
    value = entries[0].value
    if entries[0].key is None and value is not None and not value.leaf and value.anchor is None:
        found += _hoisted(value.entries)
    return found


def _apart(above: Entry, entry: Entry) -> list[str]:
    """Return what stands before a section: a blank line after the header, and around `blocks` and `layers`."""
    sections = {"blocks", "layers"}
    header = _key(above) in _HEADER and _key(entry) not in _HEADER
    return [BLANK, *entry.before] if header or {_key(above), _key(entry)} & sections else entry.before
