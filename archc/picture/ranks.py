"""Ranks for parts that no cut takes apart: longest paths, long edges cut into steps, an order with few crossings.

K. Sugiyama, S. Tagawa and M. Toda, Methods for Visual Understanding of Hierarchical System Structures, IEEE
Transactions on Systems, Man, and Cybernetics 11(2), 1981.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

SWEEPS = 8
LINE = 0.25
"""How wide a cell that only lets a line through is, where a box is 1."""

At = tuple[int, int]
Line = tuple[At, At]


class Cell(NamedTuple):
    """A place in a rank: of a part, by its number, or of a line that passes. `box` is filled in by the planner."""

    place: int | None
    box: Any = None

    @property
    def size(self) -> float:
        return LINE if self.place is None else 1.0


def ranked(
    source: int, target: int, inside: Sequence[int], edges: Sequence[tuple[int, int]]
) -> tuple[list[list[Cell]], list[list[float]], list[Line]]:
    """Return ranks of cells, the column of each, and the lines between cells of neighbouring ranks.

    The first rank holds the one end that `source` is, the last that of `target`: cells without a part.
    """
    rank = _longest(source, target, inside, edges)
    names: list[list[Any]] = [[] for _ in range(rank[target] + 1)]
    for place in (source, *inside, target):
        names[rank[place]].append(place)
    steps: list[tuple[Any, Any]] = []
    for number, (a, b) in enumerate(edges):
        before: Any = a
        for between in range(rank[a] + 1, rank[b]):
            names[between].append((number, between))
            steps.append((before, (number, between)))
            before = (number, between)
        steps.append((before, b))
    names = _ordered(names, steps)
    at = {name: (row, index) for row, line in enumerate(names) for index, name in enumerate(line)}
    ends = (source, target)
    cells = [[Cell(None if isinstance(name, tuple) or name in ends else name) for name in row] for row in names]
    lines = [(at[a], at[b]) for a, b in steps]
    return cells, _columns(cells, lines), lines


def _longest(source: int, target: int, inside: Sequence[int], edges: Sequence[tuple[int, int]]) -> dict[int, int]:
    rank = {source: 0}
    for place in inside:
        rank[place] = 1 + max((rank[a] for a, b in edges if b == place), default=0)
    rank[target] = 1 + max(rank.values())
    return rank


def _neighbours(steps: Sequence[tuple[Any, Any]], downwards: bool) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = {}
    for a, b in steps:
        found.setdefault(b if downwards else a, []).append(a if downwards else b)
    return found


def _ordered(names: list[list[Any]], steps: Sequence[tuple[Any, Any]]) -> list[list[Any]]:
    """Return the ranks in the order with the fewest crossings that barycentres find; as given where that is best."""
    best, fewest = names, _crossings(names, steps)
    up, down = _neighbours(steps, True), _neighbours(steps, False)
    current = [list(row) for row in names]
    for sweep in range(SWEEPS):
        towards, rows = (up, range(1, len(current))) if sweep % 2 == 0 else (down, range(len(current) - 2, -1, -1))
        for row in rows:
            beside = current[row - 1 if towards is up else row + 1]
            place = {name: index for index, name in enumerate(beside)}
            own = {name: index for index, name in enumerate(current[row])}
            current[row].sort(key=lambda name: _mean([place[n] for n in towards.get(name, ())], own[name]))
        crossings = _crossings(current, steps)
        if crossings < fewest:
            best, fewest = [list(row) for row in current], crossings
    return best


def _mean(numbers: Sequence[float], otherwise: float) -> float:
    return sum(numbers) / len(numbers) if numbers else otherwise


def _crossings(names: list[list[Any]], steps: Sequence[tuple[Any, Any]]) -> int:
    at = {name: (row, index) for row, line in enumerate(names) for index, name in enumerate(line)}
    count = 0
    by_row: dict[int, list[tuple[int, int]]] = {}
    for a, b in steps:
        by_row.setdefault(at[a][0], []).append((at[a][1], at[b][1]))
    for lines in by_row.values():
        for index, (a, b) in enumerate(lines):
            count += sum((a < c and b > d) or (a > c and b < d) for c, d in lines[index + 1 :])
    return count


def _columns(cells: list[list[Cell]], lines: Sequence[Line]) -> list[list[float]]:
    """Return for each cell its column: near its neighbours', and no two cells of a rank in each other's way."""
    columns = [_apart([0.0] * len(row), row) for row in cells]
    for sweep in range(SWEEPS):
        downwards = sweep % 2 == 0
        beside = _neighbours(lines, downwards)
        for row in range(1, len(cells)) if downwards else range(len(cells) - 2, -1, -1):
            wanted = [
                _mean([columns[r][i] for r, i in beside.get((row, index), ())], columns[row][index])
                for index in range(len(cells[row]))
            ]
            columns[row] = _apart(wanted, cells[row])
    # The ends are alone in their ranks: they share an axis, so that lines go on straight above and below.
    columns[0] = columns[-1] = [(columns[0][0] + columns[-1][0]) / 2]
    return [[round(column, 3) for column in row] for row in columns]


def _apart(wanted: Sequence[float], row: Sequence[Cell]) -> list[float]:
    """Return the columns nearest to those wanted, in least squares, that keep cells apart, in their order.

    Pools adjacent violators, as isotonic regression does.
    """
    offsets, offset = [], 0.0
    for index, cell in enumerate(row):
        offset += 0.0 if index == 0 else (row[index - 1].size + cell.size) / 2
        offsets.append(offset)
    pools: list[tuple[float, int]] = []
    for want, shift in zip(wanted, offsets, strict=True):
        total, count = want - shift, 1
        while pools and pools[-1][0] / pools[-1][1] >= total / count:
            before = pools.pop()
            total, count = total + before[0], count + before[1]
        pools.append((total, count))
    placed = [total / count for total, count in pools for _ in range(count)]
    return [at + shift for at, shift in zip(placed, offsets, strict=True)]
