"""`penalty` of an emitted model: what its regularizers add to the loss, which PyTorch's layers cannot say."""

from __future__ import annotations

from archc.emit.source import WIDTH, docstring, quoted, split
from archc.graph import Graph
from archc.ops.learning import MATRICES, penalised
from archc_torch.kinds import owned, selected

Factors = tuple[float, float]

LONGEST = 50
"""The longest text of a weight that is squared and summed on the same line."""


def penalty(graph: Graph) -> list[str]:
    """Return the method, or nothing where no layer has a regularizer."""
    if not any(penalised(layers[0].op, *layers[0].shapes) for layers in graph.alike()):
        return []
    groups: dict[Factors, list[str]] = {}
    weights = graph.weights()
    for found in graph.layers:
        for name, factors in penalised(found.op, *found.shapes).items():
            if f"{found.path}.{name}" in weights:
                groups.setdefault(factors, []).append(f"{found.path}.{name}")
    if not groups:
        return []
    lines = [
        "    def penalty(self) -> Tensor:",
        *docstring(["Return what the loss is to be raised by in training."], 8),
    ]
    terms = []
    for number, (factors, names) in enumerate(groups.items(), 1):
        variable = f"weights{number if len(groups) > 1 else ''}"
        if len(names) == 1:
            powers = zip(factors, ("abs", "square"), strict=True)
            weight = selected(names[0])
            if len(weight) > LONGEST:  # the calls on it would be taken apart
                lines += split(f"{variable} = ", weight, 8)
                weight = variable
            terms += [f"{factor!r} * {weight}.{power}().sum()" for factor, power in powers if factor]
            continue
        lines += _weights(graph, variable, names)
        terms += _terms(variable, factors)
    if len(terms) == 1:
        return [*lines, *split("return ", terms[0], 8), ""]
    lines += split("loss = ", terms[0], 8)
    for term in terms[1:-1]:
        lines += split("loss += ", term, 8)
    return [*lines, *split("return loss + ", terms[-1], 8), ""]


def _weights(graph: Graph, variable: str, names: list[str]) -> list[str]:
    """Return the list of the weights: by the classes that hold them where it is all of these, else by name."""
    holders: dict[str, list[str]] = {}
    known = graph.weights()
    for found in graph.layers:
        for name, weight in found.op.weights(*found.shapes).items():
            if weight.initial[0] in MATRICES and f"{found.path}.{name}" in known:
                holders.setdefault(owned(found), []).append(f"{found.path}.{name}")
    kinds = sorted(kind for kind, held in holders.items() if set(held) & set(names))
    plain = all(name.endswith(".weight") for name in names)
    if plain and all(set(holders[kind]) <= set(names) for kind in kinds):
        asked = kinds[0] if len(kinds) == 1 else f"({', '.join(kinds)})"
        return _list(variable, "layer.weight", "for layer in self.modules()", f"if isinstance(layer, {asked})")
    if len(names) <= 3:
        return split(f"{variable} = ", f"[{', '.join(map(selected, names))}]", 8)
    lines = split("names = ", f"({', '.join(map(quoted, names))})", 8)
    return [*lines, *_list(variable, "self.get_parameter(name)", "for name in names")]


def _list(variable: str, *parts: str) -> list[str]:
    """Lay out a comprehension."""
    whole = f"        {variable} = [{' '.join(parts)}]"
    if len(whole) <= WIDTH:
        return [whole]
    inside = [" ".join(parts)] if len(whole) - len(variable) - 1 <= WIDTH else list(parts)
    return [f"        {variable} = [", *[f"            {part}" for part in inside], "        ]"]


def _terms(variable: str, factors: Factors) -> list[str]:
    powers = zip(factors, ("abs", "square"), strict=True)
    return [f"{factor!r} * sum(w.{power}().sum() for w in {variable})" for factor, power in powers if factor]
