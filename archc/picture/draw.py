"""From a network to a picture's file: which style, how deep, in which format."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from archc.expand import deep
from archc.graph import Graph
from archc.picture.colours import THEMES
from archc.picture.lesson import MOST_STAGES, figure, lesson_of
from archc.picture.lesson_svg import draw_lesson
from archc.picture.looks import short
from archc.picture.parts import Body, boxes, fitting_depth, parts_of
from archc.picture.place import place
from archc.picture.plan import plan
from archc.picture.svg import Sheet, draw

STYLES = ("auto", "lesson", "graph")
"""Boxes for layers, or a textbook's figure of feature maps; `auto` where the network is a short chain."""
MOST = 2_000
"""How many boxes a picture may have."""


class Undrawable(ValueError):
    """There would be more boxes than anybody could look at, or the style that is wanted cannot show the network."""


class Wishes(NamedTuple):
    """How a picture is wanted. `depth` says how deep blocks are opened; None as deep as fits a page."""

    depth: int | None = None
    theme: str = "auto"
    style: str = "auto"


def picture(graph: Graph, form: str, wishes: Wishes) -> str | bytes:
    """Return the picture of a network as the content of a file.

    Raises Undrawable, for a PNG MissingFramework, and ValueError for a format, a style or a theme that there is not.
    """
    for word, known in ((form, WRITERS), (wishes.style, STYLES), (wishes.theme, THEMES)):
        if word not in known:
            raise ValueError(f"nothing is drawn as `{word}`: there are {', '.join(known)}")
    with deep():
        return WRITERS[form](graph, wishes)


def told(graph: Graph) -> str:
    """Return what a picture's head says of a network beside its name."""
    summary = graph.summary()
    macs = "" if summary.macs is None else f" · {short(summary.macs)} multiply-accumulates"
    return f"{short(summary.parameters)} parameters{macs}"


def body_of(graph: Graph, depth: int | None) -> Body:
    """Return the parts of a network, blocks open to `depth`. Raises Undrawable."""
    return _bounded(parts_of(graph, fitting_depth(graph) if depth is None else depth))


def _bounded(body: Body) -> Body:
    count, _ = boxes(body)
    if count > MOST:
        raise Undrawable(f"this picture would have {count:,} boxes, and {MOST:,} are the most: open fewer blocks")
    return body


def sheet(graph: Graph, wishes: Wishes) -> Sheet:
    """Return the picture of a network, drawn."""
    lesson = None if wishes.style == "graph" else lesson_of(graph)
    if lesson is not None:
        return draw_lesson(figure(lesson), graph.name, told(graph), graph.spec.description)
    if wishes.style == "lesson":
        raise Undrawable(f"a lesson shows chains of at most {MOST_STAGES - 1} layers on images and vectors")
    scene = place(plan(body_of(graph, wishes.depth)))
    return draw(scene, graph.name, told(graph), graph.spec.description)


def _svg(graph: Graph, wishes: Wishes) -> str:
    return sheet(graph, wishes).svg(wishes.theme)


def _png(graph: Graph, wishes: Wishes) -> bytes:
    from archc.picture.png import rasterised

    drawn = sheet(graph, wishes)
    return rasterised(drawn.svg("light" if wishes.theme == "auto" else wishes.theme), drawn.width, drawn.height)


def _html(graph: Graph, wishes: Wishes) -> str:
    from archc.picture.html import page

    depth = fitting_depth(graph) if wishes.depth is None else wishes.depth
    body = parts_of(graph)
    if boxes(body)[0] > MOST:
        body = parts_of(graph, depth)  # what would be too much to unfold stays folded
    return page(graph, plan(_bounded(body)), depth, told(graph), wishes.theme)


def _mermaid(graph: Graph, wishes: Wishes) -> str:
    from archc.picture.edges import mermaid

    return mermaid(body_of(graph, wishes.depth), wishes.theme)


def _dot(graph: Graph, wishes: Wishes) -> str:
    from archc.picture.edges import dot

    return dot(body_of(graph, wishes.depth), graph.name)


WRITERS: dict[str, Callable[[Graph, Wishes], str | bytes]] = {
    "svg": _svg,
    "png": _png,
    "html": _html,
    "mmd": _mermaid,
    "dot": _dot,
}
