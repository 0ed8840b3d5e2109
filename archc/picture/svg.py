"""A picture as SVG: text, one file, the same bytes for the same network."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from itertools import pairwise

from archc import __version__
from archc.picture.colours import family, style
from archc.picture.looks import LINE_HEIGHT, SIZES, Look, Run, even, headline
from archc.picture.place import HEADER, INSIDE, Placed, Point, Scene
from archc.picture.text import cropped, width

MARGIN, HEAD = 24, 46
CORNER, TIP = 7, 8
PILE = 4
"""How far the card behind a box that stands for several looks out."""


class Sheet:
    """What a picture is drawn on: elements, one a line."""

    def __init__(self, width: float, height: float, name: str, told: str, description: str = "") -> None:
        self.width = width
        self.height = height
        self.name = name
        self.told = told
        self.description = description
        self.elements: list[str] = []

    def svg(self, theme: str) -> str:
        """Return the file's text."""
        wide, high = number(self.width), number(self.height)
        lines = [
            f'<svg xmlns="http://www.w3.org/2000/svg" class="archc" width="{wide}" height="{high}" '
            f'viewBox="0 0 {wide} {high}" role="img">',
            f"<!-- Drawn by archc {__version__}. -->",
            f"<title>{safe(self.name)}</title>",
            *([f"<desc>{safe(self.description)}</desc>"] if self.description else []),
            f"<style>\n{style(theme)}</style>",
            f'<rect class="archc-page" width="{wide}" height="{high}" rx="10"/>',
            *self.elements,
            "</svg>",
        ]
        return "\n".join(lines) + "\n"

    def add(self, element: str) -> None:
        self.elements.append(element)

    def headed(self) -> None:
        """Write the network's name and what is told of it at the top left."""
        self.text(MARGIN, 32, [(self.name, "name"), (f"  {self.told}", "quiet")], left=True)

    def text(self, x: float, y: float, line: Iterable[Run], left: bool = False) -> None:
        """Write a line of text with its middle, or its left, at `x`, and its base at `y`."""
        spans = "".join(f'<tspan class="archc-{name}">{safe(text)}</tspan>' for text, name in line)
        place = " archc-left" if left else ""
        self.add(f'<text class="archc-text{place}" x="{number(x)}" y="{number(y)}" xml:space="preserve">{spans}</text>')

    def line(self, points: Sequence[Point], curved: bool = False, name: str = "line") -> None:
        self.add(f'<path class="archc-{name}" d="{curve(points) if curved else rounded(points)}"/>')

    def tip(self, x: float, y: float) -> None:
        """Draw the tip of an arrow that points down to a place."""
        a, b, top = number(x - TIP / 2), number(x + TIP / 2), number(y - TIP)
        self.add(f'<path class="archc-tip" d="M{a} {top}L{number(x)} {number(y)}L{b} {top}Z"/>')


def head_width(name: str, told: str) -> float:
    """Return how wide a picture must be for its head."""
    return 2 * MARGIN + width(name, 17, bold=True) + width(f"  {told}", 11)


def draw(scene: Scene, name: str, told: str, description: str) -> Sheet:
    """Return a scene on a sheet, with a head."""
    wide = even(max(scene.width + 2 * MARGIN, head_width(name, told)))
    sheet = Sheet(wide, even(scene.height + HEAD + 2 * MARGIN), name, told, description)
    sheet.headed()
    x, y = (wide - scene.width) / 2, HEAD + MARGIN
    for placed in scene.boxes:
        if placed.look is None:
            _frame(sheet, _shifted(placed, x, y))
    for line in scene.lines:
        sheet.line([(a + x, b + y) for a, b in line.points], line.curved)
    for placed in scene.boxes:
        _box(sheet, _shifted(placed, x, y))
    return sheet


def _shifted(placed: Placed, x: float, y: float) -> Placed:
    return placed._replace(x=placed.x + x, y=placed.y + y)


def _frame(sheet: Sheet, placed: Placed) -> None:
    """Draw an open block: a frame with its head, and another behind it where it stands for several."""
    size, part = placed.size, placed.part
    if part.times > 1:
        sheet.add(_rect(placed.x + PILE, placed.y + PILE, size.width, size.height, 9, "open"))
    sheet.add(_rect(placed.x, placed.y, size.width, size.height, 9, "open", part.path))
    sheet.text(placed.x + INSIDE, placed.y + HEADER - 9, headline(part), left=True)


def _box(sheet: Sheet, placed: Placed) -> None:
    if placed.fed:
        sheet.tip(placed.x + placed.size.axis, placed.y)
    if placed.look is None:
        return
    shown, name = placed.look, family(placed.part.kind)
    if shown.form == "circle":
        middle = number(placed.x + shown.width / 2), number(placed.y + shown.height / 2)
        sheet.add(f'<circle class="archc-{name}" cx="{middle[0]}" cy="{middle[1]}" r="{number(shown.width / 2)}"/>')
    else:
        radius = shown.height / 2 if shown.form == "pill" else 6
        if placed.part.times > 1:
            sheet.add(_rect(placed.x + PILE, placed.y + PILE, shown.width, shown.height, radius, name))
        sheet.add(_rect(placed.x, placed.y, shown.width, shown.height, radius, name, placed.part.path))
    write(sheet, shown, placed.x, placed.y)


def write(sheet: Sheet, shown: Look, x: float, y: float) -> None:
    """Write a box's lines into it, each in the middle."""
    base = y + (shown.height - LINE_HEIGHT * len(shown.lines)) / 2 + 12
    for index, line in enumerate(shown.lines):
        sheet.text(x + shown.width / 2, base + LINE_HEIGHT * index, line)


def _rect(x: float, y: float, wide: float, high: float, radius: float, name: str, path: str = "") -> str:
    marked = f' data-path="{safe(path)}"' if path else ""
    return (
        f'<rect class="archc-{name}" x="{number(x)}" y="{number(y)}" width="{number(wide)}" height="{number(high)}" '
        f'rx="{number(radius)}"{marked}/>'
    )


def rounded(points: Sequence[Point]) -> str:
    """Return the path through points whose corners are rounded."""
    kept = _cornered(points)
    path = f"M{pair(kept[0])}"
    for before, corner, after in zip(kept, kept[1:], kept[2:], strict=False):
        path += f"L{pair(_towards(corner, before))}Q{pair(corner)} {pair(_towards(corner, after))}"
    return path + f"L{pair(kept[-1])}"


def _cornered(points: Sequence[Point]) -> list[Point]:
    """Leave out points that lie on a straight line between their neighbours."""
    kept = [points[0]]
    for point, after in pairwise(points[1:]):
        straight = (kept[-1][0] == point[0] == after[0]) or (kept[-1][1] == point[1] == after[1])
        if not straight and point != kept[-1]:
            kept.append(point)
    return [*kept, points[-1]]


def _towards(corner: Point, other: Point) -> Point:
    """Return the point at which the rounding of a corner begins on the way from `other`."""
    far = abs(corner[0] - other[0]) + abs(corner[1] - other[1])
    share = min(CORNER, far / 2) / far
    return corner[0] + (other[0] - corner[0]) * share, corner[1] + (other[1] - corner[1]) * share


def curve(points: Sequence[Point]) -> str:
    """Return a curve that leaves the first point, and enters the last, straight down."""
    (a, b), (c, d) = points[0], points[-1]
    middle = (b + d) / 2
    return f"M{pair((a, b))}C{pair((a, middle))} {pair((c, middle))} {pair((c, d))}"


def pair(point: Point) -> str:
    return f"{number(point[0])} {number(point[1])}"


def number(value: float) -> str:
    """Write a number of pixels, to the tenth."""
    text = f"{value:.1f}"
    return text[:-2] if text.endswith(".0") else text


def safe(text: str) -> str:
    """Return text for an element or an attribute: markup is only text, and what XML cannot hold is left out."""
    return escape(cropped(text, 500))


assert set(SIZES) == {"title", "plain", "quiet", "times"}
