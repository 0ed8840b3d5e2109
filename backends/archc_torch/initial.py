"""`reset_parameters` of an emitted model: how weights are drawn where PyTorch would draw them otherwise."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from archc.emit.source import docstring, split
from archc.emit.spelling import Make, View
from archc.graph import Graph, Layer
from archc_torch.spell import INITIAL, layer

TEMPLATES = {
    "glorot_uniform": "nn.init.xavier_uniform_({})",
    "uniform": "nn.init.uniform_({}, {low!r}, {bound!r})",
}
EMBEDDING = "nn.Embedding"
"""The one class among those drawn here that can have no bias."""

RECURRENT = {kind for kind, (start, *_) in INITIAL.items() if start == "recurrent"}


class Start(NamedTuple):
    """A matrix or kernel of the network: the class that holds it, how it is drawn and what that is called."""

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
    held = [(found, _kinds(found), count) for found, count in graph.unlike() if found.weights()]
    starts = [start for found, kinds, count in held for start in _starts(found, kinds) * count]
    if not starts:
        return []
    groups = _groups([start for start in starts if start.kind not in RECURRENT])
    among = [start for start in starts if start.kind in RECURRENT]
    recurrent = sorted({start.kind for start in among})
    words = _words([kinds for _, kinds, _ in held], groups, bool(recurrent))
    lines = ["    def reset_parameters(self) -> None:", *words]
    lines.append("        for layer in self.modules():")
    word = "if"
    for group in groups:
        asked = ", ".join(group.kinds)
        lines += split(f"{word} ", f"isinstance(layer, {asked if len(group.kinds) == 1 else f'({asked})'})", 12, ":")
        lines.append(f"                {group.text.format('layer.weight')}")
        if group.biases == 3:
            lines += ["                if layer.bias is not None:", "                    nn.init.zeros_(layer.bias)"]
        elif group.biases == 1:
            lines.append("                nn.init.zeros_(layer.bias)")
        word = "elif"
    if recurrent:
        lines += _recurrent(recurrent, word, any(start.bias for start in among))
    return [*lines, ""]


def _starts(found: Layer, kinds: list[str]) -> list[Start]:
    weights = found.weights()
    kinds = [kind for kind in kinds if kind in INITIAL]
    if not kinds:
        return []
    inner = {"parts": f"nn.Conv{found.shapes[0].rank}d", "linear": "nn.Linear"}
    kind = inner.get(INITIAL[kinds[0]][0], kinds[0])
    starts = []
    for name, weight in weights.items():
        start, *numbers = weight.initial
        if start in TEMPLATES:
            bound = float(numbers[0]) if start == "uniform" else 0.0
            text = TEMPLATES[str(start)].format("{}", low=-bound, bound=bound)
            owner = name.removesuffix("weight")
            words = str(start).replace("_", " ").replace("glorot", "Glorot")
            starts.append(Start(kind, text, words, f"{owner}bias" in weights or "bias_ih_l0" in weights))
    return starts


def _kinds(found: Layer) -> list[str]:
    parts = layer(found.op, *map(View, found.shapes))[0].parts
    return [part.callee for part in parts if isinstance(part, Make)]


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
    return sorted(
        usual.values(), key=lambda group: (group.kinds == [EMBEDDING], group.text != TEMPLATES["glorot_uniform"])
    )


def _words(held: list[list[str]], groups: list[Group], recurrent: bool) -> list[str]:
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
        for kinds in held
        for kind in kinds
    )
    subject = "every weight"
    if normed:
        subject = "the weights of convolutions and dense layers"
    return docstring([f"Draw {subject} afresh: {text}."], 8)


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
