"""Reads a placed picture back: which boxes its lines join, and what stands in whose way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from archc.expand import deep
from archc.graph import Graph
from archc.picture.looks import headline, line_width
from archc.picture.parts import Body, Part, parts_of
from archc.picture.place import HEADER, INSIDE, Line, Placed, Point, Scene, place
from archc.picture.plan import plan

STEPS = 24
"""How many points of a curve are looked at."""


class Rectangle(NamedTuple):
    """A piece of the page."""

    left: float
    top: float
    right: float
    bottom: float

    def holds(self, x: float, y: float, slack: float = 0.0) -> bool:
        return (
            self.left - slack < x < self.right + slack and self.top - slack < y < self.bottom + slack
        )  # fmt: skip

    def meets(self, other: Rectangle) -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def within(self, other: Rectangle) -> bool:
        return (
            other.left <= self.left and self.right <= other.right
            and other.top <= self.top and self.bottom <= other.bottom
        )  # fmt: skip


def scene_of(graph: Graph, depth: int) -> tuple[Body, Scene]:
    with deep():
        body = parts_of(graph, depth)
        return body, place(plan(body))


def rectangle(placed: Placed) -> Rectangle:
    return Rectangle(placed.x, placed.y, placed.x + placed.size.width, placed.y + placed.size.height)


def header(placed: Placed) -> Rectangle:
    """Return where an open block's first line stands."""
    left = placed.x + INSIDE
    return Rectangle(left, placed.y + HEADER - 20, left + line_width(headline(placed.part)), placed.y + HEADER - 5)


def samples(line: Line) -> Iterator[Point]:
    """Return points along a line, close to each other."""
    if line.curved:
        (a, b), (c, d) = line.points
        for step in range(STEPS + 1):
            t = step / STEPS
            u = 1 - t
            middle = (b + d) / 2
            yield (
                u * u * u * a + 3 * u * u * t * a + 3 * u * t * t * c + t * t * t * c,
                u * u * u * b + 3 * u * u * t * middle + 3 * u * t * t * middle + t * t * t * d,
            )
        return
    for (a, b), (c, d) in zip(line.points, line.points[1:], strict=False):
        steps = int((abs(a - c) + abs(b - d)) / 4) + 1
        for step in range(steps + 1):
            yield a + (c - a) * step / steps, b + (d - b) * step / steps


def faults(scene: Scene) -> list[str]:
    """Return what is wrong with a picture: boxes on each other, lines through boxes or through an open block's head."""
    closed = sorted((p for p in scene.boxes if p.look is not None), key=lambda p: p.y)
    frames = [p for p in scene.boxes if p.look is None]
    found = []
    for index, one in enumerate(closed):
        for other in closed[index + 1 :]:
            if other.y >= one.y + one.size.height:
                break
            if rectangle(one).meets(rectangle(other)):
                found.append(f"{one.part.path} is on {other.part.path}")
    for frame in frames:
        place, head = rectangle(frame), header(frame)
        for other in scene.boxes:
            piece = rectangle(other)
            if not piece.meets(place):
                continue
            if other is not frame and not piece.within(place) and not place.within(piece):
                found.append(f"{other.part.path} is half in {frame.part.path}")
            if other.look is not None and head.meets(piece):
                found.append(f"{other.part.path} is on the head of {frame.part.path}")
    boxes = [(box.part.path, rectangle(box)) for box in closed]
    heads = [(frame.part.path, rectangle(frame), header(frame)) for frame in frames]
    for line in scene.lines:
        found += _crossed(line, boxes, heads)
    return found


def _crossed(
    line: Line, boxes: list[tuple[str, Rectangle]], frames: list[tuple[str, Rectangle, Rectangle]]
) -> list[str]:
    found = []
    points = list(samples(line))
    xs, ys = [x for x, _ in points], [y for _, y in points]
    around = Rectangle(min(xs) - 1, min(ys) - 1, max(xs) + 1, max(ys) + 1)
    for path, spot in boxes:
        if spot.meets(around) and any(spot.holds(x, y, -0.5) for x, y in points):
            found.append(f"a line passes through {path}")
    for path, spot, head in frames:
        if around.within(spot) and not around.meets(head):
            continue
        if not around.meets(spot):
            continue
        inside = [spot.holds(x, y, -0.01) for x, y in points]
        outside = [not spot.holds(x, y, 0.01) for x, y in points]
        if any(inside) and any(outside):
            found.append(f"a line crosses the border of {path}")
        if any(head.holds(x, y) for x, y in points):
            found.append(f"a line passes through the head of {path}")
    return found


def joined(scene: Scene) -> dict[int, set[int]]:
    """Return for each box that is fed, by the part's id, the ids of the parts whose lines lead to it; 0 is a border."""
    bottoms = {_at(p.x + p.size.axis, p.y + p.size.height): id(p.part) for p in scene.boxes}
    into: dict[Point, list[Point]] = {}
    for line in scene.lines:
        into.setdefault(_at(*line.points[-1]), []).append(_at(*line.points[0]))
    inner = {_at(p.x + p.size.axis, p.y + up) for p in scene.boxes if p.look is None for up in (0, HEADER)}
    found = {}
    for placed in scene.boxes:
        if placed.fed:
            found[id(placed.part)] = _sources(_at(placed.x + placed.size.axis, placed.y), into, bottoms, inner)
    return found


def _sources(
    at: Point, into: dict[Point, list[Point]], bottoms: dict[Point, int], inner: set[Point]
) -> set[int]:  # fmt: skip
    found, todo, seen = set(), list(into.get(at, ())), {at}
    while todo:
        point = todo.pop()
        if point in bottoms:
            found.add(bottoms[point])
        elif point in inner:
            found.add(0)
        elif point not in seen:
            seen.add(point)
            todo += into.get(point, ())
    return found


def _at(x: float, y: float) -> Point:
    return round(x + 1e-6, 2), round(y + 1e-6, 2)


def fed(body: Body) -> dict[int, set[int]]:
    """Return what `joined` must find: for each part that is fed, the ids of what feeds it."""
    found: dict[int, set[int]] = {}
    for part in parts_within(body):
        if part.sources:
            found[id(part)] = {0 if source is None else id(source) for source in part.sources}
    return found


def parts_within(body: Body) -> Iterator[Part]:
    for part in body.parts:
        yield part
        if part.body is not None:
            yield from parts_within(part.body)
