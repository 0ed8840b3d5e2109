"""A spec's text laid out at random: what it says stays the same, and nothing of how it was written does."""

from __future__ import annotations

from random import Random
from typing import Any

from archc.document import Mapping, Node, Scalar, Sequence
from archc.fmt_scalars import bare


class Layout:
    """Writes a tree at random: in braces or below, in quotes or without, with comments and blank lines where asked."""

    def __init__(self, seed: int, *, comments: bool, orders: bool) -> None:
        self.random = Random(seed)
        self.comments = comments
        self.orders = orders
        self.lines: list[str] = []
        self.said = 0

    def file(self, root: Node) -> str:
        assert isinstance(root, Mapping)
        self.block(root, 0, "")
        self.interrupt(0)
        return "\n".join(self.lines) + "\n"

    def interrupt(self, indent: int) -> None:
        """Write comments and blank lines, or nothing."""
        while self.comments and self.random.random() < 0.15:
            self.lines.append(self.random.choice(["", "   ", " " * indent + self.comment()]))

    def comment(self) -> str:
        self.said += 1
        return self.random.choice(["# note {}", "#note {}", "# - conv: {{x: {}}}", '# it\'s "{}" # indeed']).format(
            self.said
        )

    def beside(self) -> str:
        return f" {self.comment()}" if self.comments and self.random.random() < 0.1 else ""

    def block(self, node: Node, indent: int, lead: str) -> None:
        """Write a collection one entry a line; the first goes after `lead`."""
        parts: list[tuple[str, Node]]
        if isinstance(node, Mapping):
            parts = [(self.scalar(key, flow=False) + ":", value) for _, key, value in node.items()]
        else:
            assert isinstance(node, Sequence)
            parts = [("-", item) for item in node.items]
        # The order of inputs, params and branches means something, that of sections and of a step's keys does not.
        if self.orders and isinstance(node, Mapping) and (not indent or lead.strip() == "-"):
            self.random.shuffle(parts)
        for position, (head, value) in enumerate(parts):
            if position or not lead:
                self.interrupt(indent)
            self.entry(head, value, indent, lead if not position and lead else " " * indent)

    def entry(self, head: str, value: Node, indent: int, start: str) -> None:
        if isinstance(value, Scalar) or self.flows(value):
            written = f" {self.flow(value)}" if not empty(value) else ""
            self.lines.append(f"{start}{head}{written}{self.beside()}")
        elif head == "-" and self.random.random() < 0.8:
            gap = self.random.randint(1, 3)
            self.block(value, indent + 1 + gap, f"{start}-{' ' * gap}")
        else:
            self.lines.append(f"{start}{head}{self.beside()}")
            least = 0 if isinstance(value, Sequence) and head != "-" else 1
            below = indent + self.random.randint(least, 5)
            self.block(value, below, "")

    def flows(self, node: Any) -> bool:
        inside = list(node.items) if isinstance(node, Sequence) else list(node.entries)
        return not inside or self.random.random() < 0.4

    def flow(self, node: Node) -> str:
        if isinstance(node, Scalar):
            return self.scalar(node, flow=True)
        space = self.random.choice(["", " "])
        if isinstance(node, Sequence):
            return f"[{space}{', '.join(map(self.flow, node.items))}{space}]"
        assert isinstance(node, Mapping)
        pairs = [f"{self.scalar(key, flow=True)}: {self.flow(value)}" for _, key, value in node.items()]
        return f"{{{space}{f',{space}'.join(pairs)}{space}}}"

    def scalar(self, node: Scalar, *, flow: bool) -> str:
        if node.value is None:
            return "null" if flow else self.random.choice(["~", "null"])
        if not isinstance(node.value, str):
            return node.text
        written = [f"'{node.value.replace(chr(39), chr(39) * 2)}'"]
        if '"' not in node.value and "\\" not in node.value:
            written.append(f'"{node.value}"')
        if bare(node.value, flow):
            written += [node.value] * 3
        return self.random.choice(written)


def empty(node: Node) -> bool:
    return isinstance(node, Scalar) and node.plain and node.text == ""
