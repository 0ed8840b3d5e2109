"""What stands in a box, and how large the box must be for it."""

from __future__ import annotations

from math import ceil
from typing import Any, NamedTuple

from archc.graph import Turn
from archc.ops.activations import activation_op
from archc.ops.windows import Window
from archc.picture.parts import Part
from archc.picture.text import cropped, width
from archc.shapes import Shape
from archc.summary import grouped

SIZES = {"title": 13, "plain": 12, "quiet": 11, "times": 13}
"""The classes of text, and the font size of each in pixels."""
BOLD = ("title", "times")
LINE_HEIGHT, ACROSS, AROUND, CIRCLE = 16, 12, 7, 26
SYMBOLS = {"add": "+", "subtract": "−", "multiply": "×"}
ONE_LINE = ("norms", "activations", "regularisation")
"""Families that keep shapes: theirs are told only on demand."""
LONGEST_VALUE, LONGEST_LINE = 24, 44
MOST_GIVEN = 4
"""A block that is given more than so many arguments is told by its name alone."""

Run = tuple[str, str]
"""A piece of text and its class."""


class Look(NamedTuple):
    """A closed box: its form (`box`, `pill` or `circle`), its size in pixels and its lines."""

    form: str
    width: float
    height: float
    lines: list[list[Run]]


def look(part: Part) -> Look:
    """Return what a part looks like when it is closed."""
    if part.word in SYMBOLS and part.kind == "merging" and part.times == 1:
        return Look("circle", CIRCLE, CIRCLE, [[(SYMBOLS[part.word], "title")]])
    lines = [headline(part)]
    if part.kind in ONE_LINE or part.kind == "entry" or part.shape is None:
        return _boxed("pill" if part.kind != "norms" else "box", lines)
    below = [(shape_text(part.shape), "quiet")]
    if part.kind in ("block", "chain") and part.facts is not None and part.facts.parameters:
        below.append((f" · {short(part.facts.parameters)} parameters", "quiet"))
    return _boxed("pill" if part.kind in ("input", "output", "merging") else "box", [*lines, below])


def _boxed(form: str, lines: list[list[Run]]) -> Look:
    around = AROUND if len(lines) > 1 else 4
    return Look(form, even(max(map(line_width, lines))) + 2 * ACROSS, len(lines) * LINE_HEIGHT + 2 * around, lines)


def line_width(line: list[Run]) -> float:
    return sum(width(text, SIZES[name], name in BOLD) for text, name in line)


def even(pixels: float) -> int:
    """Return the next even number of pixels: what is that wide has its middle on a whole one."""
    return 2 * ceil(pixels / 2)


def headline(part: Part) -> list[Run]:
    """Return a box's first line: its name, the op or block where the name does not tell it, and what sets it apart."""
    line: list[Run] = [(part.title, "title")]
    turn = part.turn
    if turn is not None:
        named = turn.step.named and part.title != part.word
        line = [(part.title if named or turn.op is None else part.word, "title")]
        said = ([part.word] if named else []) + ([details(turn)] if details(turn) else [])
        if said:
            line.append((" " + " ".join(said), "plain"))
    if part.times > 1:
        line.append((f" ×{part.times}", "times"))
    return line


def details(turn: Turn) -> str:
    """Return what sets a layer or a block's use apart, short: kernels and strides, or what is given to the block."""
    if turn.op is None:
        return _given(turn)
    op, said = turn.op, []
    if isinstance(op, Window):
        x = turn.shapes[0]
        said.append(sizes_text(op.kernel(x)))
        for name, steps in (("stride", op.strides(x)), ("dilation", op.dilations(x))):
            if any(step > 1 for step in steps):
                said.append(f"{name} {steps[0] if len(set(steps)) == 1 else sizes_text(steps)}")
    for name in ("groups", "rate", "scale"):
        value = op.__dict__.get(name)
        if value is not None and value != op.defaults.get(name):
            said.append(f"{name} {_value(value)}")
    activation = activation_op(op.__dict__.get("activation"))
    text = ", ".join(said)
    return cropped(" · ".join(filter(None, [text, activation.name if activation else ""])), LONGEST_LINE)


def _given(turn: Turn) -> str:
    """Return what a block is given, where that is not much."""
    run = turn.run
    if run is None:
        return ""
    said = [f"{name} {_value(run.params.get(name))}" for name in turn.step.args]
    if len(said) > MOST_GIVEN:
        return ""
    kept = said
    while len(", ".join(kept)) > LONGEST_LINE:
        kept = kept[:-1]
    return ", ".join(kept if kept == said else [*kept, "…"])


def _value(value: Any) -> str:
    text = sizes_text(value) if isinstance(value, tuple) and all(isinstance(v, int) for v in value) else str(value)
    text = text.lower() if isinstance(value, bool) else text  # as YAML writes it
    return cropped(text, LONGEST_VALUE)


def sizes_text(sizes: Any) -> str:
    """Write sizes along axes: `3×3`."""
    return "×".join(str(size) for size in sizes) if isinstance(sizes, tuple) else str(sizes)


def shape_text(shape: Shape) -> str:
    """Write a shape: `28×28×256`, with the vocabulary of tokens."""
    text = str(shape).replace("x", "×")
    return text if shape.vocabulary is None else f"{text} of {shape.vocabulary} tokens"


def short(count: int | None) -> str:
    """Write a large number short: `163,696`, `7.0 M`, `15.5 G`."""
    if count is None or count < 1_000_000:
        return grouped(count)
    for unit, size in (("G", 10**9), ("M", 10**6)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    raise AssertionError(count)
