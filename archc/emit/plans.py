"""What is worked out of a step before its source is written."""

from __future__ import annotations

from typing import NamedTuple

from archc.emit.slots import MadePart, Merged
from archc.emit.spelling import Spelling
from archc.expressions import Expression
from archc.ops.base import Op
from archc.shapes import Shape


class Plan(NamedTuple):
    """What an op without expressions is written as."""

    merged: Merged
    size: Expression | None
    first: bool
    fresh: bool
    alone: MadePart | None
    """The layer, where all there is to write is its call."""


class Offered(NamedTuple):
    """One use of a step: its op, what it takes, and the ways to write it."""

    op: Op
    shapes: list[Shape]
    spellings: list[Spelling]
