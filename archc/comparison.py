"""Several networks beside each other: their totals, and their blocks and layers by name."""

from __future__ import annotations

from typing import Any, NamedTuple

from archc.summary import LayerSummary, Summary, grouped
from archc.tables import aligned, bytes_text, marked, sizes_text


class Comparison(NamedTuple):
    """Summaries by what each network is called on the command line."""

    networks: dict[str, Summary]

    def to_json(self) -> dict[str, Any]:
        """Return what `archc summary A B --format json` prints: a line has null for a network that lacks it."""
        networks = []
        for label, summary in self.networks.items():
            found = summary.to_json()
            del found["layers"]
            networks.append({"label": label, **found})
        lines = [
            {"name": name, "layers": [None if line is None else line._asdict() for line in lines]}
            for name, lines in self.lines()
        ]
        return {"networks": networks, "lines": lines}

    def lines(self) -> list[tuple[str, list[LayerSummary | None]]]:
        """Return the lines of all networks by name: in the first one's order, with others' where they stand."""
        by_name = [{layer.name: layer for layer in summary.layers} for summary in self.networks.values()]
        names: list[str] = []
        for lines in by_name:
            at = 0
            for name in lines:
                if name in names:
                    at = names.index(name) + 1
                else:
                    names.insert(at, name)
                    at += 1
        return [(name, [lines.get(name) for lines in by_name]) for name in names]

    def text(self) -> str:
        """Return two tables with aligned columns."""
        totals, lines = self.totals(), self.table()
        return "\n".join([*_table(totals, 1), "", *_table(lines, 1)]) + "\n"

    def markdown(self) -> str:
        """Return the same in Markdown."""
        return "\n".join([*marked(self.totals(), 1), "", *marked(self.table(), 1)]) + "\n"

    def totals(self) -> list[list[str]]:
        """Return a row for each total; between two networks, also the second's share of the first."""
        summaries = list(self.networks.values())
        counts: dict[str, list[int | None]] = {
            "parameters": [summary.parameters for summary in summaries],
            "trained": [summary.trainable_parameters for summary in summaries],
            "macs": [summary.macs for summary in summaries],
            "layers with weights in a row": [summary.depth for summary in summaries],
        }
        memory: dict[str, list[int | None]] = {"activations": [summary.activation_bytes for summary in summaries]}
        trained = [summary.training for summary in summaries if summary.training is not None]
        if trained:
            memory["training memory"] = [each.total for each in trained]
        rows = [["", *self.networks, *(["ratio"] if len(summaries) == 2 else [])]]
        rows += [[name, *map(grouped, found), *_ratio(found)] for name, found in counts.items()]
        return rows + [[name, *map(bytes_text, found), *_ratio(found)] for name, found in memory.items()]

    def table(self) -> list[list[str]]:
        """Return a row for each line: outputs, then parameters, then multiply-accumulates, of each network."""
        labels = [f"{what} {number}" for what in ("output", "parameters", "macs") for number in self.numbers()]
        rows = [["layer", *labels]]
        for name, lines in self.lines():
            outputs = ["-" if line is None else sizes_text(line.output) for line in lines]
            parameters = ["-" if line is None else grouped(line.parameters) for line in lines]
            macs = ["-" if line is None else grouped(line.macs) for line in lines]
            rows.append([name, *outputs, *parameters, *macs])
        return rows

    def numbers(self) -> range:
        return range(1, len(self.networks) + 1)


def _ratio(counts: list[int | None]) -> list[str]:
    if len(counts) != 2:
        return []
    first, second = counts
    return ["?" if not first or second is None else f"{second / first:.2f}"]


def _table(rows: list[list[str]], left: int) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [aligned(row, widths, left) for row in rows]
    return [lines[0], "-" * max(map(len, lines)), *lines[1:]]
