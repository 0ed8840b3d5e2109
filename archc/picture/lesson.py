"""A short chain as a textbook shows it: feature maps as stacks of squares, vectors as columns, units as circles.

After the figures of LeCun, Bottou, Bengio and Haffner, Gradient-Based Learning Applied to Document Recognition, 1998.
"""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

from archc.graph import Graph, Layer
from archc.ops.windows import Window
from archc.picture.looks import ONE_LINE, Run, line_width, sizes_text
from archc.shapes import Shape, Unknown

MOST_STAGES = 12
MOST_MAPS, SHIFT = 12, 5
"""How many maps of a stack are drawn, and how far each stands behind the one before it."""
SIDE, SMALLEST, CROWDED = 104, 16, 7
"""The side of the largest map in pixels, that of the smallest, and from how many stages on all are smaller."""
MOST_UNITS, RADIUS, APART = 9, 8, 22
COLUMN_WIDTH, COLUMN_HEIGHT = 16, 176
LINE, ARROW, ASIDE, NARROWEST = 16, 20, 14, 56


class Stage(NamedTuple):
    """What flows between two arrows: `maps`, a `column` of values, or `units`. `lines` stand under it."""

    form: str
    shape: Shape
    lines: list[list[Run]]


class Arrow(NamedTuple):
    """What is done between two stages; `window` is the kernel, of a layer that has one, along height and width.

    It lies on what goes in, and on what comes out where the layer `spreads` each place over a window.
    """

    lines: list[list[Run]]
    window: tuple[int, ...] | None
    spreads: bool


class Lesson(NamedTuple):
    """A chain that can be shown so: one arrow less than stages."""

    stages: list[Stage]
    arrows: list[Arrow]


class Piece(NamedTuple):
    """Where a stage or a text is, in pixels from the left and from the top of the figure."""

    x: float
    y: float
    width: float
    height: float


class Figure(NamedTuple):
    """A lesson in its place. `fronts` are the foremost maps of stacks, and else the stages' pieces."""

    lesson: Lesson
    stages: list[Piece]
    fronts: list[Piece]
    below: list[list[Piece]]
    above: list[list[Piece]]
    arrows: list[tuple[float, float, float]]
    width: float
    height: float


def lesson_of(graph: Graph) -> Lesson | None:
    """Return the network as a lesson; None where it is no short chain of layers on images and vectors."""
    if len(graph.inputs) != 1 or len(graph.outputs) != 1:
        return None
    ((name, shape),) = graph.inputs.items()
    if not _plain(shape):
        return None
    stages, arrows = [_stage("input", shape)], list[Arrow]()
    before = name
    for layer in graph.layers:
        if layer.inputs != (before,) or not _plain(layer.output):
            return None
        before = layer.path
        if layer.op.family in ONE_LINE and layer.output == stages[-1].shape:
            if not arrows:
                return None
            arrows[-1].lines.append([(layer.op.name, "plain")])
            continue
        stages.append(_stage("", layer.output, layer))
        arrows.append(_arrow(layer))
        if len(stages) > MOST_STAGES:
            return None
    if not any(stage.form == "maps" for stage in stages) or not arrows:
        return None
    if graph.layers[-1].final and graph.layers[-1].op.name == "softmax":
        stages[-1].lines[-1] = [("classes", "quiet")]
    return Lesson(stages, arrows)


def _plain(shape: Shape) -> bool:
    known = not any(isinstance(size, Unknown) for size in shape.sizes)
    return known and shape.vocabulary is None and shape.kind in ("image", "vector")


def _stage(title: str, shape: Shape, layer: Layer | None = None) -> Stage:
    count = shape.channels
    lines: list[list[Run]] = [[(title, "title")]] if title else []
    if shape.kind == "image":
        of = "channel" if title else "feature map"
        lines.append([("×".join(map(str, shape.spatial)), "title")])
        lines.append([(f"{count} {of}{'' if count == 1 else 's'}", "quiet")])
        return Stage("maps", shape, lines)
    dense = layer is not None and layer.op.name == "dense"
    lines.append([(f"{count}", "title")])
    lines.append([("units" if dense else "values", "quiet")])
    return Stage("units" if dense else "column", shape, lines)


def _arrow(layer: Layer) -> Arrow:
    op, x = layer.op, layer.shapes[0]
    lines: list[list[Run]] = [[(op.name, "title")]]
    window = None
    if isinstance(op, Window):
        window = tuple(op.spans(x))
        lines[0].append((f" {sizes_text(op.kernel(x))}", "plain"))
        if any(step > 1 for step in op.strides(x)):
            steps = op.strides(x)
            lines.append([(f"stride {steps[0] if len(set(steps)) == 1 else sizes_text(steps)}", "plain")])
    activation = op.__dict__.get("activation")
    if activation is not None:
        named = activation if isinstance(activation, str) else next(iter(activation))
        if named != "none":
            lines.append([(named, "plain")])
    return Arrow(lines, window, op.name == "conv_transpose")


# Places


def figure(lesson: Lesson) -> Figure:
    """Return a lesson with everything in its place."""
    sizes = _sizes(lesson)
    high = max(height for _, height in sizes)
    told = max(len(arrow.lines) for arrow in lesson.arrows) * LINE
    middle = told + ARROW + ASIDE + high / 2
    stages, fronts, below, above, arrows = [], [], [], [], []
    x = 0.0
    for index, (stage, (wide, tall)) in enumerate(zip(lesson.stages, sizes, strict=True)):
        room = max(wide, *(line_width(line) for line in stage.lines))
        piece = Piece(x + (room - wide) / 2, middle - tall / 2, wide, tall)
        stages.append(piece)
        fronts.append(_front(stage, piece))
        below.append(_texts(stage.lines, x + room / 2, middle + high / 2 + ASIDE))
        x += room
        if index < len(lesson.arrows):
            lines = lesson.arrows[index].lines
            gap = max(NARROWEST, *(line_width(line) + 4 for line in lines))
            above.append(_texts(lines, x + ASIDE + gap / 2, told - LINE * len(lines)))
            arrows.append((x + ASIDE + 2, x + ASIDE + gap - 2, told + ARROW / 2))
            x += gap + 2 * ASIDE
    under = max(len(stage.lines) for stage in lesson.stages) * LINE
    return Figure(lesson, stages, fronts, below, above, arrows, x, middle + high / 2 + ASIDE + under)


def _texts(lines: list[list[Run]], middle: float, top: float) -> list[Piece]:
    return [
        Piece(middle - line_width(line) / 2, top + LINE * index, line_width(line), LINE)
        for index, line in enumerate(lines)
    ]


def _sizes(lesson: Lesson) -> list[tuple[float, float]]:
    """Return the width and the height of each stage: sides grow with the root of the map's size."""
    largest = max(size for stage in lesson.stages if stage.form == "maps" for size in _sides(stage.shape))
    side = SIDE if len(lesson.stages) < CROWDED else SIDE * 0.75
    found: list[tuple[float, float]] = []
    for stage in lesson.stages:
        if stage.form == "maps":
            high, wide = (max(SMALLEST, round(side * sqrt(size / largest))) for size in _sides(stage.shape))
            behind = SHIFT * (shown(stage.shape) - 1)
            found.append((wide + behind, high + behind))
        elif stage.form == "column":
            found.append((COLUMN_WIDTH, COLUMN_HEIGHT))
        else:
            found.append((2 * RADIUS, APART * (len(circles(stage.shape)) - 1) + 2 * RADIUS))
    return found


def _sides(shape: Shape) -> tuple[int, ...]:
    return tuple(int(size) for size in shape.spatial)  # type: ignore[arg-type]


def shown(shape: Shape) -> int:
    """Return how many maps of a stack are drawn."""
    return min(int(shape.channels), MOST_MAPS)  # type: ignore[arg-type]


def circles(shape: Shape) -> list[bool]:
    """Return for each place of a column of units whether a unit stands there, or the dots for those left out."""
    count = int(shape.channels)  # type: ignore[arg-type]
    return [True] * count if count <= MOST_UNITS else [True] * 4 + [False] + [True] * 4


def _front(stage: Stage, piece: Piece) -> Piece:
    if stage.form != "maps":
        return piece
    behind = SHIFT * (shown(stage.shape) - 1)
    return Piece(piece.x, piece.y + behind, piece.width - behind, piece.height - behind)
