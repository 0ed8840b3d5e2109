"""Charts of a study as SVG: accuracy along one axis of the grid, a line with its band for each value of another."""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from archc.backend import MissingFramework
from archc.study.grid import Axis
from archc.study.outcome import Spread

try:
    import matplotlib
    from matplotlib.figure import Figure
except ImportError as error:
    raise MissingFramework("Matplotlib is not installed: `pip install 'archc[study]'`") from error

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#999999")
"""Colours that colour-blind readers can tell apart (Okabe and Ito, 2008)."""


class Chart(NamedTuple):
    """What stands along the bottom, and what makes the lines; `logarithmic` for costs and amounts of data."""

    title: str
    bottom: str
    at: Callable[[Spread], float]
    lines: Axis | None
    logarithmic: bool = False


def svg(chart: Chart, found: Sequence[Spread]) -> str:
    """Return the chart, the same bytes for the same figures."""
    with matplotlib.rc_context({"svg.hashsalt": "archc", "svg.fonttype": "none", "font.size": 11}):
        figure = Figure(figsize=(6.4, 4.2), layout="constrained")
        axes = figure.add_subplot()
        for place, (label, line) in enumerate(_lines(chart, found)):
            colour = COLOURS[place % len(COLOURS)]
            xs, means = [chart.at(spread) for spread in line], [100 * spread.mean for spread in line]
            halves = [0.0 if math.isnan(spread.half) else 100 * spread.half for spread in line]
            axes.plot(xs, means, marker="o", color=colour, label=label)
            low = [mean - half for mean, half in zip(means, halves, strict=True)]
            high = [min(mean + half, 100.0) for mean, half in zip(means, halves, strict=True)]
            axes.fill_between(xs, low, high, color=colour, alpha=0.15, linewidth=0)
        if chart.logarithmic:
            axes.set_xscale("log")
        else:
            axes.set_xticks(sorted({chart.at(spread) for spread in found}))
        axes.set_xlabel(chart.bottom)
        axes.set_ylabel("test accuracy, %")
        axes.set_title(chart.title)
        axes.grid(alpha=0.3)
        if chart.lines is not None:
            axes.legend(title=_plain(chart.lines.name))
        stream = io.StringIO()
        figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": "archc"})
    return stream.getvalue()


def _lines(chart: Chart, found: Sequence[Spread]) -> list[tuple[str, list[Spread]]]:
    """Return the lines, each with its label, along the bottom."""
    if chart.lines is None:
        return [("", sorted(found, key=chart.at))]
    name = chart.lines.name
    return [
        (_plain(f"{value:,}" if isinstance(value, int) else str(value)), sorted(line, key=chart.at))
        for value in chart.lines.values
        if (line := [spread for spread in found if spread.point[name] == value])
    ]


def _plain(text: str) -> str:
    """Return text in which Matplotlib sees no formula."""
    return text.replace("$", r"\$")
