"""The tree of an expression: twelve kinds of nodes, and what can be asked of any of them.

Nodes are immutable and equal where they say the same. `start` and `end` tell where a node stood in the text that it
was parsed from (both 0 where it was built); `size` counts its nodes and `depth` its levels. None of these four counts
in comparisons.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeAlias


class Node:
    """Any part of an expression."""

    __slots__ = ("depth", "end", "size", "start", "text")

    depth: int
    end: int
    size: int
    start: int
    text: str
    """What was parsed; only the root of a parsed tree has it (see `text_of`)."""

    def children(self) -> tuple[Expression, ...]:
        """Return the nodes right below."""
        return ()

    def _key(self) -> tuple[object, ...]:
        """Return what makes the node equal to another of its type."""
        return self.children()

    def _place(self, start: int, end: int, parts: tuple[Expression, ...]) -> None:
        self.start = start
        self.end = end
        self.size = 1 + sum([part.size for part in parts])
        self.depth = 1 + max([part.depth for part in parts], default=0)

    def __eq__(self, other: object) -> bool:
        return self is other or (type(self) is type(other) and self._key() == other._key())

    def __hash__(self) -> int:
        return hash((type(self).__name__, self._key()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, self._key()))})"


class Literal(Node):
    """A number, a boolean or a string."""

    __slots__ = ("value",)

    def __init__(self, value: int | float | bool | str, start: int = 0, end: int = 0) -> None:
        self.value: Final = value
        self.start = start
        self.end = end
        self.size = self.depth = 1

    def _key(self) -> tuple[object, ...]:
        return type(self.value).__name__, self.value

    def __repr__(self) -> str:
        return f"Literal({self.value!r})"


class Name(Node):
    """A param, or `index`."""

    __slots__ = ("name",)

    def __init__(self, name: str, start: int = 0, end: int = 0) -> None:
        self.name: Final = name
        self.start = start
        self.end = end
        self.size = self.depth = 1

    def _key(self) -> tuple[object, ...]:
        return (self.name,)


class Axis(Node):
    """The size of an input's axis: `input.channels`."""

    __slots__ = ("axis", "input")

    def __init__(self, input: str, axis: str, start: int = 0, end: int = 0) -> None:
        self.input: Final = input
        self.axis: Final = axis
        self.start = start
        self.end = end
        self.size = self.depth = 1

    def _key(self) -> tuple[object, ...]:
        return self.input, self.axis


class Unary(Node):
    """`-x`, `+x` or `not x`."""

    __slots__ = ("op", "operand")

    def __init__(self, op: str, operand: Expression, start: int = 0, end: int = 0) -> None:
        self.op: Final = op
        self.operand: Final = operand
        self._place(start, end, (operand,))

    def children(self) -> tuple[Expression, ...]:
        return (self.operand,)

    def _key(self) -> tuple[object, ...]:
        return self.op, self.operand


class Binary(Node):
    """Arithmetic on two operands."""

    __slots__ = ("left", "op", "right")

    def __init__(self, op: str, left: Expression, right: Expression, start: int = 0, end: int = 0) -> None:
        self.op: Final = op
        self.left: Final = left
        self.right: Final = right
        self._place(start, end, (left, right))

    def children(self) -> tuple[Expression, ...]:
        return self.left, self.right

    def _key(self) -> tuple[object, ...]:
        return self.op, self.left, self.right


class Compare(Node):
    """A chain of comparisons: `a < b <= c`, `a in [b, c]`."""

    __slots__ = ("first", "rest")

    def __init__(
        self, first: Expression, rest: tuple[tuple[str, Expression], ...], start: int = 0, end: int = 0
    ) -> None:
        self.first: Final = first
        self.rest: Final = rest
        self._place(start, end, self.children())

    def children(self) -> tuple[Expression, ...]:
        return self.first, *[operand for _, operand in self.rest]

    def _key(self) -> tuple[object, ...]:
        return self.first, self.rest


class Logic(Node):
    """`a and b and c`, or the same with `or`."""

    __slots__ = ("op", "operands")

    def __init__(self, op: str, operands: tuple[Expression, ...], start: int = 0, end: int = 0) -> None:
        self.op: Final = op
        self.operands: Final = operands
        self._place(start, end, operands)

    def children(self) -> tuple[Expression, ...]:
        return self.operands

    def _key(self) -> tuple[object, ...]:
        return self.op, self.operands


class Conditional(Node):
    """`yes if test else no`."""

    __slots__ = ("no", "test", "yes")

    def __init__(self, yes: Expression, test: Expression, no: Expression, start: int = 0, end: int = 0) -> None:
        self.yes: Final = yes
        self.test: Final = test
        self.no: Final = no
        self._place(start, end, (yes, test, no))

    def children(self) -> tuple[Expression, ...]:
        return self.yes, self.test, self.no


class Index(Node):
    """`value[index]`."""

    __slots__ = ("index", "value")

    def __init__(self, value: Expression, index: Expression, start: int = 0, end: int = 0) -> None:
        self.value: Final = value
        self.index: Final = index
        self._place(start, end, (value, index))

    def children(self) -> tuple[Expression, ...]:
        return self.value, self.index


class Slice(Node):
    """`value[start:stop]`; either end may be left out."""

    __slots__ = ("first", "last", "value")

    def __init__(
        self, value: Expression, first: Expression | None, last: Expression | None, start: int = 0, end: int = 0
    ) -> None:
        self.value: Final = value
        self.first: Final = first
        self.last: Final = last
        self._place(start, end, self.children())

    def children(self) -> tuple[Expression, ...]:
        return (self.value, *(bound for bound in (self.first, self.last) if bound is not None))

    def _key(self) -> tuple[object, ...]:
        return self.value, self.first, self.last


class Call(Node):
    """`function(argument, ...)`."""

    __slots__ = ("arguments", "function")

    def __init__(self, function: str, arguments: tuple[Expression, ...], start: int = 0, end: int = 0) -> None:
        self.function: Final = function
        self.arguments: Final = arguments
        self._place(start, end, arguments)

    def children(self) -> tuple[Expression, ...]:
        return self.arguments

    def _key(self) -> tuple[object, ...]:
        return self.function, self.arguments


class Listing(Node):
    """`[item, ...]`."""

    __slots__ = ("items",)

    def __init__(self, items: tuple[Expression, ...], start: int = 0, end: int = 0) -> None:
        self.items: Final = items
        self._place(start, end, items)

    def children(self) -> tuple[Expression, ...]:
        return self.items

    def _key(self) -> tuple[object, ...]:
        return (self.items,)


Expression: TypeAlias = (
    Literal | Name | Axis | Unary | Binary | Compare | Logic | Conditional | Index | Slice | Call | Listing
)


def walk(expression: Expression) -> Iterator[Expression]:
    """Yield a node and all nodes below it."""
    waiting = [expression]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(node.children())


def names(expression: Expression) -> set[str]:
    """Return the free names, those of inputs included."""
    found = {node.name for node in walk(expression) if isinstance(node, Name)}
    return found | {input for input, _ in axes(expression)}


def axes(expression: Expression) -> set[tuple[str, str]]:
    """Return the axes that are asked for, each as (input, axis)."""
    return {(node.input, node.axis) for node in walk(expression) if isinstance(node, Axis)}


def width(expression: Expression) -> int:
    """Return how many nodes there are: roughly how long the text would be."""
    return expression.size
