"""A small network written by hand for both frameworks, with its probes, and backends that hand it out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from archc.backend import Emitted, Runner
from archc.compile import load_text
from archc.graph import Graph, Layer

SPEC = """
archc: 1
name: small
input: {height: 8, width: 6, channels: 2}
layers:
  - conv: {filters: 3, kernel_size: 3, stride: 2, padding: same}
  - batch_norm
  - relu
  - conv: {filters: 3, kernel_size: 3, padding: same, activation: tanh}
    name: tower
    repeat: 2
  - max_pool: {kernel_size: 2, stride: 1}
  - flatten
  - dense: {units: 4, activation: softmax}
"""

TORCH = """
import torch
from torch import nn
from torch.nn import functional as F


class Small(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(2, 3, 3, stride=2)
        self.batch_norm = nn.BatchNorm2d(3, eps=1e-05, momentum=0.1)
        self.tower = nn.ModuleList([nn.Conv2d(3, 3, 3, padding="same") for _ in range(2)])
        self.dense = nn.Linear(18, 4)

    def logits(self, x):
        x = _probe(self, "conv", self.conv(F.pad(x, (0, 1, 0, 1))), True)
        x = _probe(self, "batch_norm", self.batch_norm(x), True)
        x = _probe(self, "relu", F.relu(x), True)
        for conv in self.tower:
            x = _probe(self, "tower.#", torch.tanh(conv(x)), True)
        x = _probe(self, "max_pool", F.max_pool2d(x, 2, 1), True)
        x = _probe(self, "flatten", torch.flatten(x.permute(0, 2, 3, 1), 1), False)
        return _probe(self, "dense", self.dense(x), False)

    def forward(self, x):
        return F.softmax(self.logits(x), dim=-1)
"""

KERAS = """
import keras
from keras import layers, ops


def small(*, logits=False):
    inputs = keras.Input((8, 6, 2), name="input")
    x = _probe("conv", layers.Conv2D(3, 3, 2, padding="same", name="conv")(inputs))
    x = _probe("batch_norm", layers.BatchNormalization(momentum=0.9, epsilon=1e-05, name="batch_norm")(x))
    x = _probe("relu", ops.relu(x))
    for turn in range(2):
        x = layers.Conv2D(3, 3, padding="same", activation="tanh", name=f"tower_{turn}")(x)
        x = _probe(f"tower_{turn}", x)
    x = _probe("max_pool", layers.MaxPooling2D(2, 1, name="max_pool")(x))
    x = _probe("flatten", layers.Flatten(name="flatten")(x))
    x = _probe("dense", layers.Dense(4, name="dense")(x))
    outputs = x if logits else layers.Softmax(name="dense_softmax")(x)
    return keras.Model(inputs, outputs, name="small")
"""

UNPROBED = {
    "torch": "def _probe(owner, name, value, first):\n    return value\n",
    "keras": "def _probe(name, value):\n    return value\n",
}
VARIANCE = "batch_norm.running_var: PyTorch keeps the unbiased variance, Keras the biased one"


def small() -> Graph:
    """Return the graph of the network."""
    return load_text(SPEC)


class Written:
    """A backend whose source was written by hand, changed where `old` says to `new`."""

    suffix = ".py"

    def __init__(self, name: str, source: str, old: str = "", new: str = "", limits: tuple[str, ...] = ()) -> None:
        assert not old or source.count(old) == 1, f"{old!r} stands {source.count(old)} times in the source"
        self.name = self.extra = name
        self.title = {"torch": "PyTorch", "keras": "Keras"}[name]
        self.source = source.replace(old, new) if old else source
        self.limited = limits

    def supports(self, layer: Layer) -> str | None:
        """Take everything."""
        return None

    def emit(self, graph: Graph, *, origin: str, strict: bool = False, probe: bool = False) -> Emitted:
        """Return the source."""
        return Emitted(self.source if probe else UNPROBED[self.name] + self.source)

    def versions(self) -> dict[str, str]:
        """Return nothing to tell."""
        return {}

    def runner(self, graph: Graph, *, dtype: str, strict: bool = False) -> Runner:
        """Build the source."""
        build: Callable[..., Any]
        if self.name == "torch":
            from archc_torch.runner import build
        else:
            from archc_keras.runner import build
        plain, probed = (self.emit(graph, origin="", probe=probe) for probe in (False, True))
        runner: Runner = build(graph, plain, probed, dtype=dtype)
        return runner

    def limits(self, graph: Graph, *, dtype: str, strict: bool) -> list[str]:
        """Return the limits given."""
        return list(self.limited)


def torch_backend(old: str = "", new: str = "") -> Written:
    """Return the PyTorch side, changed in one place."""
    return Written("torch", TORCH, old, new)


def keras_backend(old: str = "", new: str = "", limits: tuple[str, ...] = (VARIANCE,)) -> Written:
    """Return the Keras side, changed in one place."""
    return Written("keras", KERAS, old, new, limits)
