"""How parts lie to each other, before any has a size: one below the other, side by side, or in ranks.

Where every path goes through a part, the picture is cut: what lies between two cuts falls apart into arms that stand
side by side, and each arm is cut again. What cannot be taken apart so is set in ranks, as Sugiyama, Tagawa and Toda
do (Methods for Visual Understanding of Hierarchical System Structures, 1981): longest paths, then barycentres.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from archc.picture.parts import Body, Part
from archc.picture.ranks import Cell, ranked

SOURCE, ENDS = -1, "ends"


class Series(NamedTuple):
    """One below the other, on one axis."""

    items: list[Plan]


class Arms(NamedTuple):
    """Side by side, all from what is above and to what is below; None is a bare line. Undrawn where it is nothing."""

    arms: list[Plan | None]
    forked: bool
    joined: bool


class Grid(NamedTuple):
    """In ranks: each cell at a column; `lines` join cells, by rank and place, of neighbouring ranks."""

    ranks: list[list[Cell]]
    columns: list[list[float]]
    lines: list[tuple[tuple[int, int], tuple[int, int]]]
    forked: bool
    joined: bool


class Box(NamedTuple):
    """A part; `inner` is the plan of what is within, where it is open. `fed` where a line comes into it."""

    part: Part
    inner: Plan | None
    fed: bool


Plan: TypeAlias = Series | Arms | Grid | Box


def plan(body: Body) -> Plan:
    """Return how the parts of a body lie to each other."""
    return _Planner(body).between(SOURCE, len(body.parts), list(range(len(body.parts))))


class _Planner:
    """Parts are numbers here, in the order of computing; -1 is what comes in, and one past the last what goes out."""

    def __init__(self, body: Body) -> None:
        self.parts = body.parts
        self.end = len(self.parts)
        number = {id(part): place for place, part in enumerate(self.parts)}
        self.into: list[list[int]] = []
        for part in self.parts:
            self.into.append([SOURCE if source is None else number[id(source)] for source in part.sources])
        self.fed = [bool(into) for into in self.into]
        used = {source for into in self.into for source in into}
        self.into = [into or [SOURCE] for into in self.into]
        self.into.append([place for place in range(self.end) if place not in used] or [SOURCE])
        self.bare = body.bare

    def drawn(self, source: int) -> bool:
        """Tell whether lines from here are drawn: what comes into a network is a part of its own."""
        return source != SOURCE or self.bare

    def edges(self, source: int, target: int, inside: list[int]) -> list[tuple[int, int]]:
        """Return the edges between parts of `inside`, from `source` and to `target`, by target; none beside them."""
        there = {source, *inside}
        found = [(a, b) for b in (*inside, target) for a in self.into[b] if a in there]
        return [edge for edge in found if edge != (source, target)]

    def between(self, source: int, target: int, inside: list[int]) -> Plan:
        """Return the plan of all that lies on paths from `source` to `target`; there is something."""
        furthest: dict[int, int] = {}
        for a, b in self.edges(source, target, inside):
            furthest[a] = max(furthest.get(a, a), b)
        cuts, reach = [], furthest.get(source, SOURCE)
        for place in inside:
            if reach <= place:
                cuts.append(place)
            reach = max(reach, furthest.get(place, place))
        if not cuts:
            return self.grid(source, target, inside)
        items: list[Plan] = []
        for above, below in zip([source, *cuts], [*cuts, target], strict=True):
            items += self.segment(above, below, [place for place in inside if above < place < below])
            if below != target:
                items.append(self.box(below))
        return items[0] if len(items) == 1 else Series(items)

    def segment(self, above: int, below: int, inside: list[int]) -> list[Plan]:
        """Return what lies between two neighbouring cuts: nothing, or arms."""
        groups = self.groups(inside)
        lines = [index for index, source in enumerate(self.into[below]) if source == above]
        if not groups and len(lines) < 2:
            return []
        if len(groups) == 1 and not lines:
            return [self.between(above, below, groups[0])]
        order = {source: index for index, source in reversed(list(enumerate(self.into[below])))}
        arms: list[tuple[int, int, list[int]]] = [(index, 0, []) for index in lines]
        arms += [(min(order.get(place, self.end) for place in group), group[0], group) for group in groups]
        plans = [self.between(above, below, group) if group else None for _, _, group in sorted(arms)]
        return [Arms(plans, self.drawn(above), below != self.end)]

    def groups(self, inside: list[int]) -> list[list[int]]:
        """Return `inside` taken apart into groups that no edge joins, each in order."""
        group = {place: place for place in inside}

        def root(place: int) -> int:
            while group[place] != place:
                group[place] = place = group[group[place]]
            return place

        for place in inside:
            for source in self.into[place]:
                if source in group:
                    group[root(place)] = root(source)
        found: dict[int, list[int]] = {}
        for place in inside:
            found.setdefault(root(place), []).append(place)
        return list(found.values())

    def box(self, place: int) -> Box:
        part = self.parts[place]
        return Box(part, None if part.body is None else plan(part.body), self.fed[place])

    def grid(self, source: int, target: int, inside: list[int]) -> Grid:
        """Return in ranks what cannot be taken apart."""
        # The end takes what nobody else takes; within a piece that is decided by the piece's own edges.
        edges = [(a, b) for a, b in self.edges(source, target, inside) if self.drawn(a) and b != self.end]
        ranks, columns, lines = ranked(source, target, inside, edges)
        boxed = [[cell._replace(box=None if cell.place is None else self.box(cell.place)) for cell in rank]
                 for rank in ranks]  # fmt: skip
        return Grid(boxed, columns, lines, self.drawn(source), target != self.end)
