"""A picture as a page that folds and unfolds blocks: one file, which asks nothing of any network."""

from __future__ import annotations

import base64
import hashlib
import json
from importlib.resources import files
from typing import Any

from archc import __version__
from archc.graph import Graph
from archc.picture import place, svg
from archc.picture.colours import DARK, FONT, LIGHT, Palette, family, style
from archc.picture.looks import LINE_HEIGHT, even, headline, line_width, look, short
from archc.picture.parts import Part
from archc.picture.plan import Arms, Box, Grid, Plan, Series
from archc.picture.text import cropped
from archc.shapes import Shape, Unknown
from archc.summary import grouped

NAMES = ("GAP", "FORK", "JOIN", "BUS", "BESIDE", "LANE", "RANK_GAP", "HEADER", "INSIDE")
BUTTONS = {"fold": "Fold all", "unfold": "Unfold all", "fit": "Fit", "further": "−", "closer": "+"}


def page(graph: Graph, whole: Plan, depth: int, told: str, theme: str) -> str:
    """Return the page of a network, its blocks open to `depth` at first."""
    script, looks = _file("layout.js") + _file("page.js"), style(theme) + _page_style(theme) + _file("page.css")
    rules = f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(looks)}"
    sizes = {name: getattr(place, name) for name in NAMES}
    sizes |= {"LINE_HEIGHT": LINE_HEIGHT, "CORNER": svg.CORNER, "TIP": svg.TIP, "PILE": svg.PILE}
    network = _script({"plan": encoded(whole, depth), "sizes": sizes})
    buttons = "".join(f'<button id="{name}" type="button">{text}</button>' for name, text in BUTTONS.items())
    about = " · ".join(filter(None, [told, graph.spec.description]))
    return "\n".join(
        [
            "<!DOCTYPE html>",
            f"<!-- Drawn by archc {__version__}. -->",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{rules}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{svg.safe(graph.name)}</title>",
            f"<style>{looks}</style>",
            "</head>",
            "<body>",
            f"<header><h1>{svg.safe(graph.name)}</h1><p>{svg.safe(about)}</p><nav>{buttons}</nav></header>",
            f'<svg id="picture" role="img" aria-label="{svg.safe(graph.name)}"><g id="world"></g></svg>',
            '<dl id="tip" hidden></dl>',
            f'<script type="application/json" id="network">{network}</script>',
            f"<script>{script}</script>",
            "</body>",
            "</html>",
        ]
    ) + "\n"  # fmt: skip


def _file(name: str) -> str:
    return (files("archc.picture") / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"


def _script(value: Any) -> str:
    """Return JSON that ends no script element, whatever text is in it."""
    text = json.dumps(value, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _page_style(theme: str) -> str:
    def named(palette: Palette) -> str:
        return (
            f":root {{ --rule: {palette.tones['open'].stroke}; --quiet: {palette.quiet}; "
            f"--raised: {palette.tones['block'].fill}; }}\n"
            f"body {{ background: {palette.page}; color: {palette.text}; }}\n"
        )

    plain = f"body {{ font-family: {FONT}; }}\n"
    if theme != "auto":
        return plain + named(DARK if theme == "dark" else LIGHT)
    return f"{plain}{named(LIGHT)}@media (prefers-color-scheme: dark) {{\n{named(DARK)}}}\n"


# The plan as JSON


def encoded(plan: Plan | None, depth: int) -> Any:
    """Return a plan as the page reads it; blocks are open above `depth`."""
    if plan is None:
        return None
    if isinstance(plan, Series):
        return {"series": [encoded(item, depth) for item in plan.items]}
    if isinstance(plan, Arms):
        arms = [encoded(arm, depth) for arm in plan.arms]
        return {"arms": arms, "forked": int(plan.forked), "joined": int(plan.joined)}
    if isinstance(plan, Grid):
        ranks = [[encoded(cell.box, depth) for cell in rank] for rank in plan.ranks]
        return {"ranks": ranks, "columns": plan.columns, "lines": plan.lines}
    return _box(plan, depth)


def _box(box: Box, depth: int) -> dict[str, Any]:
    part, shown = box.part, look(box.part)
    found: dict[str, Any] = {
        "path": part.path, "title": part.title, "tone": family(part.kind), "form": shown.form, "width": shown.width,
        "height": shown.height, "lines": shown.lines, "times": part.times, "fed": box.fed, "told": told_of(part),
    }  # fmt: skip
    if box.inner is not None:
        head = headline(part)
        found |= {
            "head": even(line_width(head)), "headExact": line_width(head), "headline": head, "open": depth > 0,
            "bare": part.body is not None and part.body.bare, "inner": encoded(box.inner, depth - 1),
        }  # fmt: skip
    return found


def told_of(part: Part) -> list[tuple[str, str]]:
    """Return what the page tells of a box: names and values."""
    found = [("path", part.path)] if part.path else []
    if part.turn is not None:
        found.append(("op" if part.turn.op is not None else "block", part.word))
    if part.times > 1:
        found.append(("turns", f"{part.times}; the first is drawn"))
    if part.shape is not None:
        found.append(("output", axes_text(part.shape)))
    if part.facts is not None:
        found.append(("parameters", grouped(part.facts.parameters)))
        macs = part.facts.macs
        found.append(
            ("multiply-accumulates", grouped(macs) if macs is None or macs < 10**9 else f"{macs:,} ({short(macs)})")
        )
        if part.facts.field:
            found.append(("receptive field", "×".join("any" if n is None else str(n) for n in part.facts.field)))
    if part.turn is not None:
        found.append(("line", str(part.turn.step.node.mark.line)))
    return [(what, cropped(value, 200)) for what, value in found]


def axes_text(shape: Shape) -> str:
    """Write a shape with its axes: `height 28, width 28, channels 256`."""
    pairs = zip(shape.axes, shape.sizes, strict=True)
    return ", ".join(f"{axis} {'any' if isinstance(size, Unknown) else size}" for axis, size in pairs)
