"""The report of a study: a page and a text of Markdown, with charts, a table and what the figures say."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from typing import NamedTuple

from archc import __version__, webpage
from archc.diagnostics import harmless
from archc.study.charts import Chart, svg
from archc.study.grid import DATA, Axis
from archc.study.outcome import Result, Spread, percent, said, spreads
from archc.webpage import text

STYLE = """
.charts { display: flex; flex-wrap: wrap; gap: 1rem; }
.charts svg { background: #fff; max-width: 100%; height: auto; border-radius: 6px; }
td, th { padding: 0.25rem 0.9rem 0.25rem 0; text-align: right; border-bottom: 1px solid var(--line); }
"""


class Study(NamedTuple):
    """What was varied, over what data, and every result."""

    name: str
    data: str
    backend: str
    axes: Sequence[Axis]
    seeds: int
    results: Sequence[Result]


def files(study: Study) -> dict[str, str]:
    """Return the report's files by name."""
    found = spreads(study.results)
    charts = {f"{key}.svg": svg(chart, found) for key, chart in _charts(study).items()}
    sentences = _sentences(study, found)
    rows = _rows(study, found)
    return {
        **charts,
        "results.csv": _csv(study),
        "report.md": _markdown(study, sentences, list(charts), rows),
        "index.html": _page(study, sentences, list(charts.values()), rows),
    }


def _charts(study: Study) -> dict[str, Chart]:
    """Choose the charts: along each axis that has numbers, and along cost where that differs."""
    numeric = [axis for axis in study.axes if axis.numeric and len(axis.values) > 1]
    found = {}
    for axis in numeric:
        other = next((other for other in study.axes if other is not axis and len(other.values) > 1), None)
        bottom = "training images" if axis.name == DATA else axis.name
        spread = min(axis.values) > 0 and max(axis.values) / min(axis.values) >= 20
        slug = "".join(letter if letter.isalnum() else "_" for letter in axis.name)
        found[f"accuracy_by_{slug}"] = Chart(f"Accuracy by {bottom}", bottom, _along(axis), other, spread)
    if len({result.macs for result in study.results}) > 1:
        lines = next((axis for axis in study.axes if axis.name == DATA and len(axis.values) > 1), None)
        bottom = "multiply-accumulates for one image"
        found["accuracy_by_cost"] = Chart("Accuracy by cost", bottom, lambda s: float(s.macs), lines, True)
    return found


def _along(axis: Axis) -> Callable[[Spread], float]:
    return lambda spread: float(spread.point[axis.name])


def _sentences(study: Study, found: Sequence[Spread]) -> list[str]:
    axis = next((axis for axis in study.axes if axis.numeric and axis.name != DATA and len(axis.values) > 1), None)
    if axis is None:
        best = max(found, key=lambda spread: spread.mean)
        told = ", ".join(f"`{name}` {value}" for name, value in best.point.items())
        return [f"Best is {told}: {percent(best)} of the test images are told right."]
    return said(found, axis, study.seeds)


def _rows(study: Study, found: Sequence[Spread]) -> list[list[str]]:
    head = [*(axis.name for axis in study.axes), "accuracy", "parameters", "multiply-accumulates"]
    rows = [
        [
            *(str(spread.point[axis.name]) for axis in study.axes),
            percent(spread), f"{spread.parameters:,}", f"{spread.macs:,}",
        ]
        for spread in found
    ]  # fmt: skip
    return [head, *rows]


def _csv(study: Study) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    names = [axis.name for axis in study.axes]
    writer.writerow([*names, "seed", "test_accuracy", "parameters", "macs", "seconds"])
    for result in study.results:
        point = [result.point[name] for name in names]
        writer.writerow([*point, result.seed, result.accuracy, result.parameters, result.macs, f"{result.seconds:.3f}"])
    return stream.getvalue()


def _intro(study: Study) -> str:
    varied = "; ".join(f"{axis.name}: {', '.join(map(str, axis.values))}" for axis in study.axes)
    count = f"{study.seeds} times, from other starts and on other images" if study.seeds > 1 else "once"
    return f"Trained with {study.backend} on {study.data}; varied were {varied}. Each point was trained {count}."


BANDS = "Bands and ± are 95 % confidence intervals of the mean over the repetitions (Student's distribution)."


def _markdown(study: Study, sentences: Sequence[str], charts: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    def cells(row: Sequence[str]) -> str:
        return "| " + " | ".join(harmless(cell).replace("|", "\\|") for cell in row) + " |"

    lines = [
        f"<!-- Drawn by archc {__version__}: a study. -->",
        f"# {harmless(study.name)}: how much is enough?",
        "",
        harmless(_intro(study)),
        "",
        *(f"- {harmless(sentence)}" for sentence in sentences),
        "",
        *(f"![{name.removesuffix('.svg').replace('_', ' ')}]({name})" for name in charts),
        "",
        cells(rows[0]),
        "|" + "---:|" * len(rows[0]),
        *(cells(row) for row in rows[1:]),
        "",
        BANDS,
    ]
    return "\n".join(lines) + "\n"


def _page(study: Study, sentences: Sequence[str], charts: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    def cells(row: Sequence[str], tag: str) -> str:
        return "<tr>" + "".join(f"<{tag}>{text(cell)}</{tag}>" for cell in row) + "</tr>"

    title = f"{study.name}: how much is enough?"
    parts = [
        f"<h1>{text(title)}</h1>",
        f"<p>{text(_intro(study))}</p>",
        "<ul>" + "".join(f"<li>{text(sentence).replace('`', '')}</li>" for sentence in sentences) + "</ul>",
        '<div class="charts">' + "\n".join(chart[chart.index("<svg") :] for chart in charts) + "</div>",
        f"<table>{cells(rows[0], 'th')}\n" + "\n".join(cells(row, "td") for row in rows[1:]) + "</table>",
        f'<p class="note">{BANDS}</p>',
    ]
    return webpage.page(title, "a study", STYLE, parts)
