"""Layers that pad with zeros, written only where they do anything: each copies the image, and so does its gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from archc.emit.plans import Offered
from archc.emit.slots import MadePart, shared
from archc.emit.spelling import Make
from archc.emit.symbolic import expression_of, one, symbolic
from archc.expressions import Binary, Compare, Conditional, Expression, Literal, Name
from archc.ops.windows import Window
from archc.shapes import Shape

STRIDES = "padded where it strides"
"""The form that pads by a layer where a param is a stride above 1, and by `same` where it is 1."""
WHERE = "where"
"""The slot of a padding layer that tells in which uses it is wanted."""


def where_it_strides(op: Window, x: Shape) -> tuple[Any, Any] | None:
    """Return whether an op strides, and the padding of Keras's own that it then has; None where no param tells."""
    stride = one(op.strides(x))
    given = expression_of(stride)
    if not isinstance(given, Name) or not isinstance(stride, int):
        return None
    same = Conditional(Literal("same"), Compare(given, (("==", Literal(1)),)), Literal("valid"))
    strides = stride > 1
    return symbolic(strides, Compare(given, ((">", Literal(1)),))), symbolic("valid" if strides else "same", same)


def needed(uses: list[Offered]) -> list[Offered]:
    """Return uses without the form above, where all of them stride."""
    for use in uses:
        for spelling in use.spellings:
            part = spelling.parts[0] if spelling.parts else None
            if STRIDES in spelling.form and isinstance(part, Make) and not part.slots[WHERE]:
                return uses
    return [use._replace(spellings=[one for one in use.spellings if STRIDES not in one.form]) for use in uses]


def condition(part: MadePart, text: Callable[[Expression], str]) -> str:
    """Return the condition under which a padding layer is wanted; nothing where it always is."""
    zeros, conditions = part.args[0], []
    if WHERE in part.slots:
        conditions.append(text(part.slots[WHERE][0].expression))
        zeros = [value for value, strides in zip(zeros, part.slots[WHERE], strict=True) if strides]
    told = shared(zeros)
    if told is not None and any(zeros) and not all(zeros) and all(isinstance(value, int) for value in zeros):
        if isinstance(told, Binary) and told.op == "//" and told.right == Literal(2):  # half a kernel
            conditions.append(f"{text(told.left)} > 1")
        else:
            conditions.append(f"{text(told)} > 0")
    return " and ".join(conditions)
