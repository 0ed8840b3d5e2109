"""What changed from one network to another: layers by path, shapes, cost, and which trained weights still fit."""

from __future__ import annotations

from typing import Any, NamedTuple

from archc.diagnostics import counted
from archc.fold import Use, outermost, uses
from archc.graph import Graph, Layer
from archc.summary import LayerSummary, axes_of, grouped
from archc.tables import sizes_text

Pair = tuple[Any, Any]
"""What was, and what is now."""


class Lone(NamedTuple):
    """A layer, or a block with all in it, that only one of the networks has."""

    name: str
    op: str
    line: int
    layers: int
    parameters: int
    output: dict[str, int | None]


class Changed(NamedTuple):
    """A layer that both have and that is not the same; `changes` holds what was and what is, by what it is."""

    name: str
    lines: tuple[int, int]
    arguments: dict[str, Pair]
    changes: dict[str, Pair]


class Weights(NamedTuple):
    """What of the first network's weights the second can take: those of the same name and shape."""

    fit: int
    fitting_numbers: int
    reshaped: dict[str, Pair]
    removed: list[str]
    added: list[str]


class Difference(NamedTuple):
    """All that is not the same in two networks."""

    names: tuple[str, str]
    totals: dict[str, Pair]
    removed: list[Lone]
    added: list[Lone]
    changed: list[Changed]
    weights: Weights

    @property
    def equal(self) -> bool:
        """True where the second network has the layers of the first, joined in the same way."""
        lone = self.removed or self.added or self.changed
        return not lone and all(a == b for a, b in self.totals.values())

    def to_json(self) -> dict[str, Any]:
        """Return what `archc diff --format json` prints."""
        return {
            "a": self.names[0],
            "b": self.names[1],
            "equal": self.equal,
            "totals": self.totals,
            "removed": [lone._asdict() for lone in self.removed],
            "added": [lone._asdict() for lone in self.added],
            "changed": [changed._asdict() for changed in self.changed],
            "weights": self.weights._asdict(),
        }


def difference(a: Graph, b: Graph, names: tuple[str, str]) -> Difference:
    """Return what changed from `a` to `b`, which are called `names`."""
    before, after = ({layer.path: layer for layer in graph.layers} for graph in (a, b))
    costs = [{line.name: line for line in graph.summary().layers} for graph in (a, b)]
    kept = [path for path in before if path in after]
    changed = [_changed(before[path], after[path], costs[0][path], costs[1][path]) for path in kept]
    return Difference(
        names,
        _totals(a, b),
        _lone([path for path in before if path not in after], costs[0], a, after),
        _lone([path for path in after if path not in before], costs[1], b, before),
        [each for each in changed if each.arguments or each.changes],
        _weights(a, b),
    )


def _totals(a: Graph, b: Graph) -> dict[str, Pair]:
    first, second = a.summary(), b.summary()
    names = ("inputs", "outputs", "parameters", "trainable_parameters", "macs", "activation_bytes", "depth")
    return {name: (getattr(first, name), getattr(second, name)) for name in names}


def _changed(before: Layer, after: Layer, cost: LayerSummary, now: LayerSummary) -> Changed:
    pairs: dict[str, Pair] = {
        "op": (before.op.name, after.op.name),
        "inputs": (list(before.inputs), list(after.inputs)),
        "output": (axes_of(before.output), axes_of(after.output)),
        "parameters": (cost.parameters, now.parameters),
        "macs": (cost.macs, now.macs),
    }
    return Changed(
        before.path,
        (cost.line, now.line),
        _arguments(before, after),
        {name: pair for name, pair in pairs.items() if pair[0] != pair[1]},
    )


def _arguments(before: Layer, after: Layer) -> dict[str, Pair]:
    """Return the arguments that differ; none where the very op does."""
    if before.op.name != after.op.name:
        return {}
    return {
        name: (before.op.__dict__[name], after.op.__dict__[name])
        for name in before.op.arguments
        if before.op.__dict__[name] != after.op.__dict__[name]
    }


def _lone(paths: list[str], costs: dict[str, LayerSummary], graph: Graph, other: dict[str, Layer]) -> list[Lone]:
    """Return what only one network has: a block as one where the other has nothing of it."""
    shared = {prefix for path in other for prefix in _prefixes(path)}
    whole = {path: use for path, use in uses(graph).items() if path not in shared}
    groups: dict[str, list[LayerSummary]] = {}
    for path in paths:
        groups.setdefault(outermost(path, whole), []).append(costs[path])
    return [_as_one(name, group, whole.get(name)) for name, group in groups.items()]


def _prefixes(path: str) -> list[str]:
    parts = path.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts))]


def _as_one(name: str, group: list[LayerSummary], use: Use | None) -> Lone:
    last = group[-1]
    if use is None:
        return Lone(name, last.op, last.line, 1, last.parameters, last.output)
    shape = use.turn.output.shape
    return Lone(
        name, use.turn.step.verb, use.turn.step.node.mark.line, len(group), sum(line.parameters for line in group),
        last.output if shape is None else axes_of(shape),
    )  # fmt: skip


def _weights(a: Graph, b: Graph) -> Weights:
    before, after = a.weights(), b.weights()
    both = [name for name in before if name in after]
    fitting = [name for name in both if before[name].shape == after[name].shape]
    numbers = sum(count for name in fitting if isinstance(count := before[name].elements, int))
    return Weights(
        len(fitting),
        numbers,
        {name: (before[name].shape, after[name].shape) for name in both if before[name].shape != after[name].shape},
        [name for name in before if name not in after],
        [name for name in after if name not in before],
    )


# As text


def text(found: Difference) -> str:
    """Return a difference in lines: `-` removed, `+` added, `~` changed."""
    lines = [f"--- {found.names[0]}", f"+++ {found.names[1]}"]
    if found.equal:
        return "\n".join([*lines, "", "no difference"]) + "\n"
    lines += [_lone_text("-", lone) for lone in found.removed] + [_lone_text("+", lone) for lone in found.added]
    lines += [f"~ {each.name}: {'; '.join(_changes(each))}" for each in found.changed]
    return "\n".join([*lines, "", *_facts(found)]) + "\n"


def markdown(found: Difference) -> str:
    """Return a difference as a Markdown list."""
    lines = [f"# `{found.names[0]}` → `{found.names[1]}`", ""]
    if found.equal:
        return "\n".join([*lines, "No difference."]) + "\n"
    for title, lone in (("Removed", found.removed), ("Added", found.added)):
        if lone:
            lines += [f"## {title}", "", *(f"- {_lone_text('', each).strip()}" for each in lone), ""]
    if found.changed:
        lines += ["## Changed", ""]
        lines += [f"- `{each.name}`: {'; '.join(_changes(each))}" for each in found.changed] + [""]
    return "\n".join([*lines, *(f"- {fact}" for fact in _facts(found))]) + "\n"


def _lone_text(sign: str, lone: Lone) -> str:
    within = f", {counted(lone.layers, 'layer')}" if lone.layers > 1 else ""
    given = f"gives {sizes_text(lone.output)}, {counted(lone.parameters, 'parameter')}{within}"
    return f"{sign} {lone.name}: {lone.op} ({given}; line {lone.line})"


def _changes(each: Changed) -> list[str]:
    said = [f"{name} {_value(was)} -> {_value(now)}" for name, (was, now) in each.arguments.items()]
    return said + [f"{name} {_value(was)} -> {_value(now)}" for name, (was, now) in each.changes.items()]


def _value(value: Any) -> str:
    if isinstance(value, dict) and all(isinstance(size, int | None) for size in value.values()):
        return sizes_text(value)
    if isinstance(value, (list, tuple)):
        return "(" + ", ".join(map(_value, value)) + ")"
    return grouped(value) if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _facts(found: Difference) -> list[str]:
    facts = [
        f"{name.replace('_', ' ')}: {_total(was)} -> {_total(now)}"
        for name, (was, now) in found.totals.items()
        if was != now
    ]
    weights = found.weights
    facts.append(
        f"weights: {weights.fit:,} fit ({weights.fitting_numbers:,} numbers), {len(weights.reshaped):,} of another "
        f"shape, {len(weights.removed):,} gone, {len(weights.added):,} new"
    )
    return facts


def _total(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {sizes_text(axes)}" for name, axes in value.items())
    return "?" if value is None else _value(value)
