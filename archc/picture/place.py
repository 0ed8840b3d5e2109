"""Where everything stands: sizes from the inside out, then places from the outside in, in pixels.

`page.js` does the same sums again where a reader folds a block; a test holds one to the other.
"""

from __future__ import annotations

from typing import NamedTuple

from archc.picture.looks import Look, even, headline, line_width, look
from archc.picture.parts import Part
from archc.picture.plan import Arms, Box, Grid, Plan, Series

GAP = 26
"""Between two boxes on one axis."""
FORK, JOIN, BUS = 34, 34, 12
"""The room for lines that part and that meet, and how far from the one end their common line runs."""
BESIDE, LANE, RANK_GAP = 24, 16, 46
HEADER, INSIDE = 28, 16
"""The height of an open block's head, and the room around what is in it."""

Point = tuple[float, float]


class Size(NamedTuple):
    """How large a piece is, and how far from its left the axis runs on which lines enter and leave."""

    width: float
    height: float
    axis: float


class Placed(NamedTuple):
    """A box in its place; `look` is None where it is open. `axis` is where a line comes in, if it is `fed`."""

    part: Part
    x: float
    y: float
    size: Size
    look: Look | None
    fed: bool


class Line(NamedTuple):
    """A line through points: with square, rounded corners, or as one curve from the first to the last."""

    points: list[Point]
    curved: bool = False


class Scene:
    """A whole picture: boxes from the outside in, and lines."""

    def __init__(self, width: float, height: float) -> None:
        self.width = width
        self.height = height
        self.boxes: list[Placed] = []
        self.lines: list[Line] = []


def place(whole: Plan) -> Scene:
    """Return a plan with everything in its place."""
    placer = _Placer()
    size = placer.size(whole)
    scene = placer.scene = Scene(size.width, size.height)
    placer.put(whole, 0.0, 0.0)
    return scene


class _Placer:
    def __init__(self) -> None:
        self.sizes: dict[int, Size] = {}
        self.looks: dict[int, Look] = {}
        self.scene = Scene(0, 0)

    # Sizes

    def size(self, plan: Plan | None) -> Size:
        if plan is None:
            return Size(LANE, 0, LANE / 2)
        if id(plan) not in self.sizes:
            self.sizes[id(plan)] = self.measured(plan)
        return self.sizes[id(plan)]

    def measured(self, plan: Plan) -> Size:
        if isinstance(plan, Series):
            return self.stacked([self.size(item) for item in plan.items], _gaps(plan))
        if isinstance(plan, Arms):
            return self.abreast(plan)
        if isinstance(plan, Grid):
            return self.gridded(plan)
        if plan.inner is None:
            self.looks[id(plan)] = shown = look(plan.part)
            return Size(shown.width, shown.height, shown.width / 2)
        inner = self.size(plan.inner)
        head = even(line_width(headline(plan.part))) + 2 * INSIDE
        wide = max(inner.width + 2 * INSIDE, head)
        return Size(wide, inner.height + HEADER + 2 * INSIDE, inner.axis + (wide - inner.width) / 2)

    def stacked(self, sizes: list[Size], gaps: list[float]) -> Size:
        left = max(size.axis for size in sizes)
        right = max(size.width - size.axis for size in sizes)
        return Size(left + right, sum(size.height for size in sizes) + sum(gaps), left)

    def abreast(self, arms: Arms) -> Size:
        sizes = [self.size(arm) for arm in arms.arms]
        starts = _starts(sizes)
        axes = [start + size.axis for start, size in zip(starts, sizes, strict=True)]
        boxed = [axis for axis, arm in zip(axes, arms.arms, strict=True) if arm is not None] or axes
        height = max(size.height for size in sizes) + FORK * arms.forked + JOIN * arms.joined
        return Size(starts[-1] + sizes[-1].width, height, (boxed[0] + boxed[-1]) / 2)

    def pitch(self, grid: Grid) -> float:
        sizes = [self.size(cell.box) for rank in grid.ranks for cell in rank if cell.box is not None]
        return max(2 * max(size.axis, size.width - size.axis) for size in sizes) + BESIDE

    def heights(self, grid: Grid) -> list[float]:
        return [max(self.size(cell.box).height for cell in rank) for rank in grid.ranks]

    def gridded(self, grid: Grid) -> Size:
        pitch = self.pitch(grid)
        first = min(min(row) for row in grid.columns)
        last = max(max(row) for row in grid.columns)
        height = sum(self.heights(grid)) + RANK_GAP * (len(grid.ranks) - 1)
        return Size((last - first + 1) * pitch, height, (grid.columns[0][0] - first + 0.5) * pitch)

    # Places

    def put(self, plan: Plan, x: float, y: float) -> None:
        """Put a piece with its left at `x` and its top at `y`, and all that is in it."""
        if isinstance(plan, Series):
            self.put_series(plan, x, y)
        elif isinstance(plan, Arms):
            self.put_arms(plan, x, y)
        elif isinstance(plan, Grid):
            self.put_grid(plan, x, y)
        else:
            self.put_box(plan, x, y)

    def put_box(self, box: Box, x: float, y: float) -> None:
        size = self.size(box)
        self.scene.boxes.append(Placed(box.part, x, y, size, self.looks.get(id(box)), box.fed))
        if box.inner is None:
            return
        inner = self.size(box.inner)
        axis, top = x + size.axis, y + HEADER + INSIDE
        self.put(box.inner, axis - inner.axis, top)
        if box.part.body is not None and box.part.body.bare:
            headed = x + INSIDE + line_width(headline(box.part)) + INSIDE / 2
            self.scene.lines.append(Line([(axis, y if headed < axis else y + HEADER), (axis, top)]))
        self.scene.lines.append(Line([(axis, top + inner.height), (axis, y + size.height)]))

    def put_series(self, series: Series, x: float, y: float) -> None:
        axis = x + self.size(series).axis
        for item, gap in zip(series.items, [*_gaps(series), 0], strict=True):
            size = self.size(item)
            self.put(item, axis - size.axis, y)
            y += size.height + gap
            if gap:
                self.scene.lines.append(Line([(axis, y - gap), (axis, y)]))

    def put_arms(self, arms: Arms, x: float, y: float) -> None:
        whole, sizes = self.size(arms), [self.size(arm) for arm in arms.arms]
        axis, bottom = x + whole.axis, y + whole.height
        top = y + FORK * arms.forked
        for arm, start, size in zip(arms.arms, _starts(sizes), sizes, strict=True):
            at = x + start + size.axis
            if arm is not None:
                self.put(arm, x + start, top)
            upper = [(axis, y), (axis, y + BUS), (at, y + BUS), (at, top)] if arms.forked else []
            lower = [(at, top + size.height), (at, bottom - JOIN + BUS), (axis, bottom - JOIN + BUS), (axis, bottom)]
            lower = lower if arms.joined else []
            if arm is None:
                self.scene.lines.append(Line([*upper, *lower]))
            else:
                self.scene.lines += [Line(points) for points in (upper, lower) if points]

    def put_grid(self, grid: Grid, x: float, y: float) -> None:
        pitch, heights = self.pitch(grid), self.heights(grid)
        first = min(min(row) for row in grid.columns)
        tops = [y + sum(heights[:row]) + RANK_GAP * row for row in range(len(heights))]
        spots: list[list[tuple[Point, Point]]] = []
        for row, cells in enumerate(grid.ranks):
            spots.append([])
            for cell, column in zip(cells, grid.columns[row], strict=True):
                at, size = x + (column - first + 0.5) * pitch, self.size(cell.box)
                if cell.box is not None:
                    self.put(cell.box, at - size.axis, tops[row])
                bottom = tops[row] + (heights[row] if cell.box is None else size.height)
                spots[row].append(((at, tops[row]), (at, bottom)))
        for (row, index), (below, other) in grid.lines:
            self.join(spots[row][index], spots[below][other], tops[row] + heights[row])
        for row, cells in enumerate(grid.ranks):
            passing = [spots[row][i] for i, cell in enumerate(cells) if cell.box is None and heights[row]]
            self.scene.lines += [Line([upper, lower]) for upper, lower in passing]

    def join(self, above: tuple[Point, Point], below: tuple[Point, Point], edge: float) -> None:
        """Draw a line from a cell to one in the next rank: straight down to the rank's `edge`, then as a curve."""
        (x, y), end = above[1], below[0]
        if y < edge:
            self.scene.lines.append(Line([(x, y), (x, edge)]))
        self.scene.lines.append(Line([(x, edge), end], curved=x != end[0]))


def _starts(sizes: list[Size]) -> list[float]:
    starts, start = [], 0.0
    for size in sizes:
        starts.append(start)
        start += size.width + BESIDE
    return starts


def _gaps(series: Series) -> list[float]:
    """Return the gap after each item but the last: none beside arms, which bring their own room for lines."""
    return [
        0 if _roomy(above, "joined") or _roomy(below, "forked") else GAP
        for above, below in zip(series.items, series.items[1:], strict=False)
    ]


def _roomy(plan: Plan, what: str) -> bool:
    return isinstance(plan, Grid) or (isinstance(plan, Arms) and bool(getattr(plan, what)))
