"""What the spellings of all ops share: the function they register with, and where the axes of a tensor stand."""

from __future__ import annotations

from collections.abc import Iterable
from functools import singledispatch
from typing import Any

from archc.emit.slots import MadePart, UsedPart
from archc.emit.spelling import Make, Spelling, Use, View
from archc.emit.symbolic import one as one
from archc.ops.activations import activation_op
from archc.ops.base import Op
from archc.shapes import Size, Unknown


@singledispatch
def layer(op: Op, *_xs: View) -> list[Spelling]:
    """Return the ways to write `op`, best first. Each op's function stands in one of the modules `spell_*`."""
    raise NotImplementedError(f"PyTorch has no spelling of {op.name}")


def activated(op: Any, x: View, spellings: list[Spelling]) -> list[Spelling]:
    """Return the spellings of `op`, each followed by the op's own activation."""
    fused = activation_op(op.activation)
    if fused is None:
        return spellings
    shape = op.output(x.shape)
    return [
        Spelling(f"{one.form}, {fused.name} {then.form}", one.parts + then.parts, one.stretch, one.needs + then.needs)
        for one in spellings
        for then in layer(fused, View(shape, x.first, makes_fresh(one.parts[-1], x)))
    ]


FRESH = tuple(
    """
    nn.Conv1d nn.Conv2d nn.Conv3d nn.ConvTranspose1d nn.ConvTranspose2d nn.ConvTranspose3d
    SeparableConv1d SeparableConv2d SeparableConv3d
    nn.BatchNorm1d nn.BatchNorm2d nn.BatchNorm3d BatchNorm1d BatchNorm2d BatchNorm3d
    FrozenBatchNorm1d FrozenBatchNorm2d FrozenBatchNorm3d nn.GroupNorm nn.LayerNorm
    """.split()
)
"""Layers that give a tensor of their own, no view, that their gradient does not ask for."""


def makes_fresh(part: Make | Use | MadePart | UsedPart, x: View) -> bool:
    """Tell whether a layer, given `x`, makes what may be overwritten."""
    if not isinstance(part, (Make, MadePart)) or part.call:
        return False
    # Of a sequence, a linear layer gives a view: overwriting one costs its gradient a copy.
    return part.callee in FRESH or (part.callee == "nn.Linear" and x.rank == 0)


def plain(size: Size) -> int:
    """Return a number without any expression."""
    assert not isinstance(size, Unknown)
    return int(size.__index__())


def last_first(pairs: Iterable[tuple[Any, Any]]) -> tuple[Any, ...]:
    """Return sizes before and after as PyTorch pads: the last axis first."""
    return tuple(size for pair in reversed(tuple(pairs)) for size in pair)


def first(x: View) -> bool:
    """Tell whether the channels of `x` stand before its spatial axes."""
    return x.first and x.rank > 0 and x.shape.axes[-1] == "channels"


def dimension(x: View, axis: str) -> int:
    """Return the dimension of the emitted tensor in which an axis of `x` stands."""
    place = x.shape.axes.index(axis)
    if not first(x):
        return place + 1
    return 1 if place == x.rank else place + 2


def spatial_dimensions(x: View) -> tuple[int, ...]:
    """Return the dimensions of the emitted tensor in which the spatial axes of `x` stand."""
    return tuple(dimension(x, axis) for axis in x.shape.axes[: x.rank])


def moved(order: tuple[int, ...]) -> str:
    """Return the end of an expression that puts dimensions into this order: nothing where it is theirs already."""
    out_of_place = [place for place, dim in enumerate(order) if place != dim]
    if not out_of_place:
        return ""
    if len(out_of_place) == 2:
        return ".transpose({}, {})".format(*out_of_place)
    return f".permute({', '.join(map(str, order))})"


def to_last(rank: int) -> str:
    """Return the end of an expression that moves channels behind `rank` spatial axes."""
    return moved((0, *range(2, rank + 2), 1))


def to_first(rank: int) -> str:
    """Return the end of an expression that moves channels before `rank` spatial axes."""
    return moved((0, rank + 1, *range(1, rank + 1)))
