"""Curves of a training run from its `metrics.csv`, as a small SVG that follows the page's colours."""

from __future__ import annotations

import csv
import math
import os
from collections.abc import Sequence
from typing import NamedTuple

from archc.problems import unusable
from archc.training.run import METRICS, metrics
from archc.webpage import text

WIDTH, HEIGHT, LEFT, BOTTOM = 420, 240, 52, 34
COLOURS = ("#0072b2", "#d55e00")


class Training(NamedTuple):
    """What a run's file says of each epoch, a column for each measure."""

    folder: str
    columns: dict[str, list[float]]


def read(folder: str) -> Training:
    """Return what the training run in a folder wrote. Raises SpecError where it is not a run's folder."""
    try:
        rows = metrics(folder)
    except (OSError, ValueError, TypeError, csv.Error):
        rows = []
    if not rows or "epoch" not in rows[0]:
        message = f"there are no metrics of a training run in `{folder}`"
        help = "name the folder that `archc train -o DIR` wrote"
        raise unusable("E0726", message, os.path.join(folder, METRICS), help)
    return Training(folder, {name: [row[name] for row in rows] for name in rows[0]})


def curves(training: Training) -> str:
    """Return a chart for each measure that has a twin for the test data, and a line on the others."""
    columns = training.columns
    charts = [
        chart(name, columns["epoch"], [("training", columns[name]), ("test", columns[f"test_{name}"])])
        for name in columns
        if f"test_{name}" in columns
    ]
    return f'<div class="row">{"".join(charts)}</div>'


def chart(title: str, epochs: Sequence[float], lines: Sequence[tuple[str, Sequence[float]]]) -> str:
    """Return one chart of lines over epochs."""
    values = [value for _, line in lines for value in line if math.isfinite(value)]
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    low, high = (low, high) if high > low else (low - 0.5, high + 0.5)
    first, last = epochs[0], max(epochs[-1], epochs[0] + 1)

    def across(epoch: float) -> float:
        return LEFT + (epoch - first) / (last - first) * (WIDTH - LEFT - 12)

    def up(value: float) -> float:
        return HEIGHT - BOTTOM - (value - low) / (high - low) * (HEIGHT - BOTTOM - 30)

    parts = [f'<text x="{LEFT}" y="16" class="head">{text(title)}</text>']
    for value in (low, (low + high) / 2, high):
        parts.append(f'<path d="M{LEFT} {up(value):.1f}H{WIDTH - 12}" class="rule"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{up(value) + 4:.1f}" text-anchor="end">{value:.3g}</text>')
    for epoch in sorted({first, last}):
        parts.append(f'<text x="{across(epoch):.1f}" y="{HEIGHT - 14}" text-anchor="middle">{epoch:g}</text>')
    for place, (label, line) in enumerate(lines):
        colour = COLOURS[place % len(COLOURS)]
        points = [f"{across(e):.1f},{up(v):.1f}" for e, v in zip(epochs, line, strict=True) if math.isfinite(v)]
        parts.append(f'<polyline points="{" ".join(points)}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts.append(
            f'<text x="{WIDTH - 12 - 60 * place}" y="16" text-anchor="end" style="fill:{colour}">{label}</text>'
        )
    return f'<svg class="curve" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">{"".join(parts)}</svg>'
