"""The page: everything that is known of a network, in one file that needs no network access."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any, NamedTuple

from archc import webpage
from archc.graph import Graph
from archc.overview.curves import Training, curves
from archc.overview.sources import highlighted, styles
from archc.picture.draw import Undrawable, Wishes, picture
from archc.summary import Summary, grouped
from archc.webpage import text

FEW = 40
"""A table of more layers is folded."""

STYLE = """
body { max-width: 64rem; }
.facts { display: flex; flex-wrap: wrap; gap: 0.4rem 2.4rem; }
.facts div { font-size: 1.3rem; } .facts span { display: block; color: var(--soft); font-size: 0.85rem; }
.scroll { overflow-x: auto; }
.picture svg { max-width: 100%; height: auto; }
table { font-size: 0.9rem; }
td, th { padding: 0.2rem 1rem 0.2rem 0; text-align: left; border-bottom: 1px solid var(--line); white-space: nowrap; }
td.number, th.number { text-align: right; }
td.bar { min-width: 8rem; } td.bar div { background: var(--bar); height: 0.7em; border-radius: 2px; }
.source pre { padding: 1rem; overflow-x: auto; font-size: 0.85rem; line-height: 1.4; border-radius: 6px; }
.curve text { font: 12px system-ui, sans-serif; fill: var(--soft); }
.curve .head { font-weight: 600; fill: var(--ink); }
.curve .rule { stroke: var(--line); fill: none; }
iframe { width: 100%; height: 80vh; border: 1px solid var(--line); border-radius: 6px; }
summary { cursor: pointer; padding: 0.3rem 0; }
"""


class Written(NamedTuple):
    """The source that one backend writes, or why there is none."""

    title: str
    source: str
    refusal: str = ""


class Known(NamedTuple):
    """What is known of a network: each part may be missing, and the page then does without."""

    graph: Graph
    sources: Sequence[Written]
    verification: dict[str, Any] | None = None
    trainings: Sequence[Training] = ()
    features: Sequence[str] = ()


def page(known: Known) -> str:
    """Return the page as HTML."""
    graph = known.graph
    summary, told = graph.summary(), text(graph.spec.description)
    parts = [
        f"<h1>{text(graph.name)}</h1>",
        f"<p>{told}</p>" if told else "",
        _facts(summary),
        f'<h2>Picture</h2>\n<div class="picture scroll">{_picture(graph)}</div>',
        _cost(summary),
        _verified(known.verification) if known.verification is not None else "",
        *(_trained(training) for training in known.trainings),
        *(_features(content) for content in known.features),
        _sources(known.sources),
    ]
    return webpage.page(graph.name, "a report", STYLE + styles(), parts)


def _facts(summary: Summary) -> str:
    found = {
        "takes": "; ".join(f"{name} {sizes(axes)}" for name, axes in summary.inputs.items()),
        "gives": "; ".join(f"{name} {sizes(axes)}" for name, axes in summary.outputs.items()),
        "parameters": grouped(summary.parameters),
        "multiply-accumulates": grouped(summary.macs),
        "layers with weights, in depth": str(summary.depth),
    }
    return '<div class="facts">' + "".join(f"<div><span>{k}</span>{text(v)}</div>" for k, v in found.items()) + "</div>"


def sizes(axes: dict[str, int | None]) -> str:
    """Return sizes as in `28×28×1`."""
    return "×".join("any" if size is None else str(size) for size in axes.values())


def _picture(graph: Graph) -> str:
    try:
        drawn = picture(graph, "svg", Wishes())
    except Undrawable as error:
        return f"<p>{text(error)}</p>"
    assert isinstance(drawn, str)
    return drawn[drawn.index("<svg") :]


def _cost(summary: Summary) -> str:
    most = max((layer.macs or 0 for layer in summary.layers), default=0) or 1
    rows = [
        f"<tr><td><code>{text(layer.name)}</code></td><td>{text(layer.op)}</td><td>{sizes(layer.output)}</td>"
        f'<td class="number">{grouped(layer.parameters)}</td><td class="number">{grouped(layer.macs)}</td>'
        f'<td class="bar"><div style="width:{100 * (layer.macs or 0) / most:.1f}%"></div></td>'
        f"<td>{'×'.join('all' if size is None else str(size) for size in layer.receptive_field)}</td></tr>"
        for layer in summary.layers
    ]
    head = (
        '<tr><th>layer</th><th>op</th><th>gives</th><th class="number">parameters</th>'
        '<th class="number">multiply-accumulates</th><th></th><th>sees</th></tr>'
    )
    table = f'<div class="scroll"><table>{head}\n{chr(10).join(rows)}</table></div>'
    if len(rows) > FEW:
        table = f"<details><summary>{len(rows)} layers</summary>{table}</details>"
    return f"<h2>Cost</h2>\n{table}"


def _verified(found: dict[str, Any]) -> str:
    forward, gradients, training = found["forward"], found["gradients"], found["training"]
    rows = {
        "compared": f"{' and '.join(found['backends'])}, in {found['dtype']}",
        "layers compared": found["layers_compared"],
        "outputs of layers, largest difference": _number(forward.get("max_rel"), " of the largest value"),
        "gradients": _number(gradients.get("max_rel"), " of the largest value"),
        f"weights after {training.get('steps', 0)} steps": _number(training.get("weights_max_abs"), ""),
    }
    verdict = "The backends compute the same." if found["equal"] else "The backends do not compute the same."
    first = found.get("first_difference")
    if first:
        verdict += f" The first layer that differs is {first['layer']}, at line {first['line']}."
    table = "".join(f"<tr><th>{text(key)}</th><td>{text(value)}</td></tr>" for key, value in rows.items())
    limits = "".join(f"<li>{text(limit)}</li>" for limit in found.get("limits", ()))
    not_claimed = f'<p class="note">Not claimed:</p><ul class="note">{limits}</ul>' if limits else ""
    return f"<h2>Verified</h2>\n<p>{text(verdict)}</p>\n<table>{table}</table>{not_claimed}"


def _number(value: float | None, what: str) -> str:
    return "not compared" if value is None else f"{value:.2g}{what if value else ''}"


def _trained(training: Training) -> str:
    last = {name: values[-1] for name, values in training.columns.items()}
    told = ", ".join(f"{name.replace('_', ' ')} {value:.4g}" for name, value in last.items())
    return (
        f'<h2>Trained: {text(training.folder)}</h2>\n{curves(training)}\n<p class="note">At the end: {text(told)}</p>'
    )


def _features(content: str) -> str:
    # In a frame of its own that may run nothing, whatever the file holds.
    return f'<h2>What it responds to</h2>\n<iframe sandbox srcdoc="{escape(content)}"></iframe>'


def _sources(sources: Sequence[Written]) -> str:
    parts = ["<h2>Source</h2>"]
    for written in sources:
        title = text(written.title)
        if written.refusal:
            parts.append(f"<p>{title}: {text(written.refusal)}</p>")
            continue
        lines = written.source.count("\n")
        body = highlighted(written.source)
        parts.append(f"<details><summary>{title}, {lines} lines</summary>{body}</details>")
    return "\n".join(parts)
