"""A summary as a table, for a terminal and in Markdown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from archc.diagnostics import counted
from archc.summary import LayerSummary, Summary, grouped
from archc.training_memory import FLOAT32, TrainingMemory

Column = tuple[str, Callable[[LayerSummary], str], Callable[[LayerSummary], Any]]
"""A column: its head, what it says of a line, and what lines are sorted by."""


def _first(numbers: Sequence[float | None]) -> float:
    """Return what an axis-wise list is sorted by: its first number, unknown ones before all."""
    return -1.0 if not numbers or numbers[0] is None else numbers[0]


COLUMNS: dict[str, Column] = {
    "layer": ("layer", lambda layer: layer.name, lambda layer: layer.name),
    "op": ("op", lambda layer: layer.op, lambda layer: layer.op),
    "output": ("output", lambda layer: sizes_text(layer.output), lambda layer: -(layer.activation_bytes or 0)),
    "parameters": ("parameters", lambda layer: grouped(layer.parameters), lambda layer: -layer.parameters),
    "macs": ("macs", lambda layer: grouped(layer.macs), lambda layer: -(layer.macs or 0)),
    "memory": (
        "memory", lambda layer: bytes_text(layer.activation_bytes), lambda layer: -(layer.activation_bytes or 0),
    ),
    "field": ("field", lambda layer: axes_text(layer.receptive_field), lambda layer: -_first(layer.receptive_field)),
    "stride": ("stride", lambda layer: axes_text(layer.field_stride), lambda layer: -_first(layer.field_stride)),
    "start": ("start", lambda layer: axes_text(layer.field_start), lambda layer: _first(layer.field_start)),
    "intensity": (
        "intensity", lambda layer: _ratio(layer.arithmetic_intensity), lambda layer: -(layer.arithmetic_intensity or 0),
    ),
}  # fmt: skip
"""The columns by name. Text is sorted from a on, numbers from the largest on, starts from the smallest on."""
TRAINING: Column = (
    "training", lambda layer: bytes_text(layer.training_bytes), lambda layer: -(layer.training_bytes or 0),
)  # fmt: skip
"""The column that stands there where training is told."""
LEFT = 3


def columns(summary: Summary) -> dict[str, Column]:
    """Return the columns of a summary's table."""
    return COLUMNS if summary.training is None else {**COLUMNS, "training": TRAINING}


def sort(layers: list[LayerSummary], column: str) -> list[LayerSummary]:
    """Return lines sorted by a column; equal ones stay in the order of computing."""
    return sorted(layers, key={**COLUMNS, "training": TRAINING}[column][2])


def text(summary: Summary) -> str:
    """Return a table with aligned columns, and the totals under it."""
    shown = columns(summary)
    rows = [heads(shown), *rows_of(summary.layers, shown)]
    totals = _totals(summary)
    widths = [max(len(row[column]) for row in [*rows, totals]) for column in range(len(shown))]
    lines = [aligned(row, widths) for row in rows]
    rule = "-" * max(map(len, lines))
    table = [lines[0], rule, *lines[1:], rule, aligned(totals, widths)]
    return "\n".join([_title(summary), "", *table, "", *_facts(summary)]) + "\n"


def markdown(summary: Summary) -> str:
    """Return the same as a Markdown table."""
    totals = [f"**{cell}**" if cell else "" for cell in _totals(summary)]
    shown = columns(summary)
    table = marked([heads(shown), *rows_of(summary.layers, shown), totals])
    return "\n".join([f"# {_title(summary)}", "", *table, "", *_facts(summary)]) + "\n"


def marked(rows: list[list[str]], left: int = LEFT) -> list[str]:
    """Return rows, the first of them heads, as a Markdown table whose first `left` columns hold words."""
    rule = ["---"] * left + ["---:"] * (len(rows[0]) - left)
    return [f"| {' | '.join(row)} |" for row in [rows[0], rule, *rows[1:]]]


def heads(shown: dict[str, Column] = COLUMNS) -> list[str]:
    return [head for head, _, _ in shown.values()]


def rows_of(layers: Sequence[LayerSummary], shown: dict[str, Column] = COLUMNS) -> list[list[str]]:
    return [[said(layer) for _, said, _ in shown.values()] for layer in layers]


def aligned(row: Sequence[str], widths: Sequence[int], left: int = LEFT) -> str:
    """Return a row with its cells as wide as their columns: words to the left, numbers to the right."""
    cells = [cell.ljust(width) for cell, width in zip(row[:left], widths, strict=False)]
    numbers = [cell.rjust(width) for cell, width in zip(row[left:], widths[left:], strict=True)]
    return "  ".join([*cells, *numbers]).rstrip()


def _totals(summary: Summary) -> list[str]:
    found = dict.fromkeys(columns(summary), "")
    found |= {"layer": "total", "parameters": grouped(summary.parameters), "macs": grouped(summary.macs)}
    return list((found | {"memory": bytes_text(summary.activation_bytes)}).values())


def _title(summary: Summary) -> str:
    takes = ", ".join(f"{name} {sizes_text(axes)}" for name, axes in summary.inputs.items())
    return f"{summary.name}: {takes}"


def _facts(summary: Summary) -> list[str]:
    known = summary.activation_bytes
    activations = "activations unknown" if known is None else f"{bytes_text(known)} of activations"
    facts = [
        f"{grouped(summary.trainable_parameters)} of the parameters are trained; "
        f"{counted(summary.depth, 'layer')} with weights on the longest path",
        f"float32: {bytes_text(summary.parameters * FLOAT32)} of parameters, {activations} for one example",
    ]
    return facts if summary.training is None else [*facts, training_text(summary.training)]


def training_text(memory: TrainingMemory) -> str:
    """Write what training takes, and what of it is for what."""
    parts = {
        "weights": memory.weights, "gradients": memory.gradients, "optimizer state": memory.optimizer_state,
        "activations": memory.activations, "gradients of activations": memory.activation_gradients,
    }  # fmt: skip
    said = ", ".join(f"{what} {bytes_text(count)}" for what, count in parts.items())
    return f"training with {memory.optimizer}, {memory.batch_size} at once: {bytes_text(memory.total)} ({said})"


def sizes_text(axes: dict[str, int | None]) -> str:
    """Write a shape: `28x28x256`, with the vocabulary of tokens."""
    text = "x".join("any" if size is None else str(size) for axis, size in axes.items() if axis != "vocabulary")
    return f"{text} of {axes['vocabulary']} tokens" if "vocabulary" in axes else text


def axes_text(numbers: Sequence[float | None]) -> str:
    """Write a number for each axis: `3x5`; one for all where they are equal, `?` where one is not known."""
    said = ["?" if number is None else f"{number:g}" if number < 10**6 else f"{number:.0f}" for number in numbers]
    return said[0] if len(set(said)) == 1 else "x".join(said)


def _ratio(number: float | None) -> str:
    return "?" if number is None else f"{number:.1f}"


def bytes_text(count: int | None) -> str:
    """Write a number of bytes: `64.9 kB`; `?` where it is known only at run time."""
    if count is None:
        return "?"
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count} bytes"
