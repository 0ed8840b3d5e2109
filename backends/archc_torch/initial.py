"""`reset_parameters` of an emitted model: how weights are drawn where PyTorch would draw them otherwise."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from archc.emit.source import docstring, quoted, split
from archc.graph import Graph, Layer
from archc.ops.learning import DRAWN
from archc_torch.drawing import EMBEDDING, call_for, words_for
from archc_torch.kinds import INITIAL, kinds_of, owned, selected

RECURRENT = {kind for kind, (start, *_) in INITIAL.items() if start == "recurrent"}
INPUTS = call_for(("glorot_uniform",), "")


class Start(NamedTuple):
    """A matrix or kernel of the network: its name, the class that holds it, how it is drawn and what that is called."""

    name: str
    kind: str
    text: str
    words: str
    bias: bool


class Group(NamedTuple):
    """Classes whose weights are drawn alike, and whether a bias is beside them: 1 for some, 2 for none, 3 for both."""

    text: str
    words: str
    kinds: list[str]
    biases: int


def reset(graph: Graph) -> list[str]:
    """Return the method, or nothing where all weights start as PyTorch starts them."""
    starts = [start for found, count in _layers(graph) for start in _starts(found) * count]
    if not starts:
        return []
    groups = _groups([start for start in starts if start.kind in INITIAL and start.kind not in RECURRENT])
    among = [start for start in starts if start.kind in RECURRENT]
    recurrent = sorted({start.kind for start in among})
    usual = {kind: group.text for group in groups for kind in group.kinds} | dict.fromkeys(recurrent, INPUTS)
    others = [start for start in starts if usual.get(start.kind) != start.text]
    lines = ["    def reset_parameters(self) -> None:", *_words(graph, groups, bool(recurrent), bool(others))]
    if groups or recurrent:
        lines.append("        for layer in self.modules():")
    word = "if"
    for group in groups:
        asked = ", ".join(group.kinds)
        listed = asked if len(group.kinds) == 1 else f"({asked})"
        lines += split(f"{word} ", f"isinstance(layer, {listed})", 12, ":")
        lines.append(f"                {group.text.format('layer.weight')}")
        if group.biases == 3:
            lines += ["                if layer.bias is not None:", "                    nn.init.zeros_(layer.bias)"]
        elif group.biases == 1:
            lines.append("                nn.init.zeros_(layer.bias)")
        word = "elif"
    if recurrent:
        lines += _recurrent(recurrent, word, any(start.bias for start in among))
    return [*lines, *_others(others), ""]


def _layers(graph: Graph) -> list[tuple[Layer, int]]:
    """Return the layers, alike ones once with their number where all start in their op's own way."""
    if any(getattr(found.op, "initializer", None) is not None for found in graph.layers):
        return [(found, 1) for found in graph.layers]
    return [*graph.unlike()]


def _starts(found: Layer) -> list[Start]:
    weights = found.weights()
    kind = owned(found)
    drawn = {name for name, weight in found.op.weights(*found.shapes).items() if weight.initial[0] in DRAWN}
    if not weights or (kind not in INITIAL and getattr(found.op, "initializer", None) is None):
        return []
    starts = []
    for name, weight in weights.items():
        if name in drawn:
            text = call_for(weight.initial, kind)
            words = words_for(str(weight.initial[0]))
            bias = f"{name.removesuffix('weight')}bias" in weights or "bias_ih_l0" in weights
            starts.append(Start(f"{found.path}.{name}", kind, text, words, bias))
    return starts


def _groups(starts: list[Start]) -> list[Group]:
    """Return the classes by how most of their weights are drawn."""
    usual: dict[tuple[str, bool], Group] = {}
    for kind in sorted({start.kind for start in starts}):
        of_kind = [start for start in starts if start.kind == kind]
        text = Counter(start.text for start in of_kind).most_common(1)[0][0]
        words = next(start.words for start in of_kind if start.text == text)
        biases = 0 if kind == EMBEDDING else (any(s.bias for s in of_kind) + 2 * (not all(s.bias for s in of_kind)))
        key = text, kind == EMBEDDING
        before = usual.get(key, Group(text, words, [], 0))
        usual[key] = Group(text, words, [*before.kinds, kind], before.biases | biases)
    return sorted(usual.values(), key=lambda group: (group.kinds == [EMBEDDING], group.text != INPUTS))


def _words(graph: Graph, groups: list[Group], recurrent: bool, others: bool) -> list[str]:
    """Return the docstring: which weights, and how they are drawn."""
    plain = [group for group in groups if group.kinds != [EMBEDDING]]
    said = list(dict.fromkeys(group.words for group in plain)) or (["Glorot uniform"] if recurrent else [])
    if recurrent:
        said.append("orthogonal from states")
    if recurrent or any(group.biases != 2 for group in plain):
        said.append("biases zero")
    text = ", ".join(said)
    for group in groups:
        if group.kinds == [EMBEDDING]:
            text = f"{text}; embeddings {group.words}" if text else group.words
    normed = any(
        kind.startswith(("nn.BatchNorm", "nn.LayerNorm", "nn.GroupNorm", "nn.PReLU"))
        for found, _ in graph.unlike()
        if found.weights()
        for kind in kinds_of(found)
    )
    subject = "the weights of convolutions and dense layers" if normed else "every weight"
    tail = "; some otherwise" if others and text else ""
    return docstring([f"Draw {subject} afresh{': ' if text else ''}{text}{tail}."], 8)


def _recurrent(kinds: list[str], word: str, biased: bool) -> list[str]:
    """Return how the weights of recurrent layers are drawn: all but GRU's have two biases where one is enough."""
    asked = kinds[0] if len(kinds) == 1 else f"({', '.join(kinds)})"
    lines = [
        f"            {word} isinstance(layer, {asked}):",
        "                for name, weight in layer.named_parameters():",
        '                    if name.startswith("weight_ih"):',
        "                        nn.init.xavier_uniform_(weight)",
        '                    elif name.startswith("weight_hh"):',
        "                        nn.init.orthogonal_(weight)",
    ]
    if not biased:
        return lines
    lines += ["                    else:", "                        nn.init.zeros_(weight)"]
    gated = "" if kinds == ["nn.LSTM"] else "isinstance(layer, nn.LSTM) and "
    if "nn.LSTM" in kinds:
        lines += [
            f'                    if {gated}name.startswith("bias_ih"):',
            "                        # The forget gate starts open.",
            "                        nn.init.ones_(weight[layer.hidden_size : 2 * layer.hidden_size])",
        ]
    single = "" if "nn.GRU" not in kinds else "not isinstance(layer, nn.GRU) and "
    if kinds != ["nn.GRU"]:
        lines += [
            f'                    if {single}name.startswith("bias_hh"):',
            "                        # It is added to bias_ih: one of them is enough.",
            "                        weight.requires_grad_(False)",
        ]
    return lines


def _others(starts: list[Start]) -> list[str]:
    """Return how single weights are drawn, after all others."""
    lines = []
    for text in dict.fromkeys(start.text for start in starts):
        names = [start.name for start in starts if start.text == text]
        if len(names) == 1:
            lines += split("", text.format(selected(names[0])), 8)
            continue
        listed = ", ".join(map(quoted, names))
        lines += split("for name in ", f"({listed})", 8, ":")
        lines += split("", text.format("self.get_parameter(name)"), 12)
    return lines
