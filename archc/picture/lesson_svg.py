"""A lesson's figure on a sheet: stacks, columns, circles, and the lines between them."""

from __future__ import annotations

from archc.picture.lesson import LINE, RADIUS, SHIFT, Arrow, Figure, Piece, Stage, circles, shown
from archc.picture.looks import even
from archc.picture.svg import HEAD, MARGIN, Sheet, head_width, number
from archc.shapes import Shape

SMALLEST_PATCH = 6


def draw_lesson(figure: Figure, name: str, told: str, description: str) -> Sheet:
    """Return a figure on a sheet, with a head."""
    wide = even(max(figure.width + 2 * MARGIN, head_width(name, told)))
    sheet = Sheet(wide, even(figure.height + HEAD + 2 * MARGIN), name, told, description)
    sheet.headed()
    x, y = (wide - figure.width) / 2, HEAD + MARGIN
    stages, arrows = figure.lesson.stages, figure.lesson.arrows
    pieces = [_moved(piece, x, y) for piece in figure.stages]
    fronts = [_moved(piece, x, y) for piece in figure.fronts]
    for index, stage in enumerate(stages[1:]):
        if stage.form == "units":
            _rays(sheet, stages[index], pieces[index], stage, pieces[index + 1])
    for stage, piece, front in zip(stages, pieces, fronts, strict=True):
        _stage(sheet, stage, piece, front)
    for index, arrow in enumerate(arrows):
        if arrow.window is not None and stages[index + 1].form == "maps":
            _patch(sheet, arrow, stages[index + arrow.spreads].shape, fronts[index], fronts[index + 1])
    _words(sheet, figure, x, y)
    return sheet


def _moved(piece: Piece, x: float, y: float) -> Piece:
    return piece._replace(x=piece.x + x, y=piece.y + y)


def _words(sheet: Sheet, figure: Figure, x: float, y: float) -> None:
    """Write what stands under stages and over arrows, and draw the arrows."""
    said = [(stage.lines, texts) for stage, texts in zip(figure.lesson.stages, figure.below, strict=True)]
    said += [(arrow.lines, texts) for arrow, texts in zip(figure.lesson.arrows, figure.above, strict=True)]
    for lines, texts in said:
        for line, text in zip(lines, texts, strict=True):
            sheet.text(text.x + text.width / 2 + x, text.y + LINE - 4 + y, line)
    for left, right, height in figure.arrows:
        sheet.line([(left + x, height + y), (right + x - 6, height + y)])
        tip, top, low = number(right + x), number(height + y - 4), number(height + y + 4)
        back = number(right + x - 8)
        sheet.add(f'<path class="archc-tip" d="M{back} {top}L{tip} {number(height + y)}L{back} {low}Z"/>')


def _stage(sheet: Sheet, stage: Stage, piece: Piece, front: Piece) -> None:
    if stage.form == "maps":
        tone = "input" if stage.lines[0][0][0] == "input" else "convolutions"
        for index in reversed(range(shown(stage.shape))):
            shifted = front._replace(x=front.x + SHIFT * index, y=front.y - SHIFT * index)
            _rect(sheet, shifted, "other" if tone == "input" else tone)
    elif stage.form == "column":
        _rect(sheet, piece, "other")
        step = piece.height / 12
        for index in range(1, 12):
            y = piece.y + step * index
            sheet.line([(piece.x, y), (piece.x + piece.width, y)], name="ray")
    else:
        for x, y, there in _units(stage.shape, piece):
            if there:
                at = f'cx="{number(x)}" cy="{number(y)}"'
                sheet.add(f'<circle class="archc-linear" {at} r="{number(RADIUS)}"/>')
            else:
                for shift in (-5, 0, 5):
                    sheet.add(f'<circle class="archc-tip" cx="{number(x)}" cy="{number(y + shift)}" r="1.4"/>')


def _rect(sheet: Sheet, piece: Piece, name: str) -> None:
    place = f'x="{number(piece.x)}" y="{number(piece.y)}" width="{number(piece.width)}"'
    sheet.add(f'<rect class="archc-{name}" {place} height="{number(piece.height)}" rx="2"/>')


def _units(shape: Shape, piece: Piece) -> list[tuple[float, float, bool]]:
    """Return the middle of each circle of a column of units, and whether it is one, or the dots."""
    there = circles(shape)
    step = (piece.height - 2 * RADIUS) / max(len(there) - 1, 1)
    x = piece.x + RADIUS
    return [(x, piece.y + RADIUS + step * index, unit) for index, unit in enumerate(there)]


def _rays(sheet: Sheet, before: Stage, source: Piece, stage: Stage, piece: Piece) -> None:
    """Draw lines from all that goes in to each unit: from both ends of a column, from each drawn unit."""
    if before.form == "units":
        starts = [(x + RADIUS, y) for x, y, there in _units(before.shape, source) if there]
    else:
        right = source.x + source.width
        starts = [(right, source.y), (right, source.y + source.height)]
    for x, y, there in _units(stage.shape, piece):
        for start in starts if there else []:
            sheet.line([start, (x - RADIUS, y)], name="ray")


def _patch(sheet: Sheet, arrow: Arrow, shape: Shape, source: Piece, target: Piece) -> None:
    """Draw a window on a foremost map of this shape, and lines between it and the one place of the other map."""
    assert arrow.window is not None
    front, other = (target, source) if arrow.spreads else (source, target)
    high, wide = (int(size) for size in shape.spatial)  # type: ignore[arg-type]
    tall = min(front.height, max(SMALLEST_PATCH, front.height * arrow.window[0] / high))
    broad = min(front.width, max(SMALLEST_PATCH, front.width * arrow.window[1] / wide))
    share = 0.3 if arrow.spreads else 0.7
    x, y = front.x + (front.width - broad) * share, front.y + (front.height - tall) * 0.68
    _rect(sheet, Piece(x, y, broad, tall), "patch")
    end = (other.x + other.width * (0.7 if arrow.spreads else 0.45), other.y + other.height * 0.7)
    side = x if arrow.spreads else x + broad
    for corner in ((side, y), (side, y + tall)):
        sheet.line([corner, end], name="project")
    _rect(sheet, Piece(end[0] - 2, end[1] - 2, 4, 4), "patch")
