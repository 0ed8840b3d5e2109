"""Give each backend's model the same weights, inputs and targets, and keep what it gives."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from archc import draws
from archc.backend import Gradients, Runner, Training
from archc.graph import Graph

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

SHARE = 0.1
"""How far one step of training moves all weights together, over their length, at most."""


class Evidence(NamedTuple):
    """What one backend's source gave. All but `shapes` is empty where its weights are not the network's."""

    shapes: dict[str, tuple[int, ...]]
    layers: dict[str, Array]
    outputs: dict[str, Array]
    gradients: Gradients
    training: Training


def expected_shapes(graph: Graph) -> dict[str, tuple[int, ...]]:
    """Return every weight's shape as the ops say it."""
    return {name: tuple(int(str(size)) for size in weight.shape) for name, weight in graph.weights().items()}


class Trial:
    """One draw of weights, inputs and targets."""

    def __init__(self, graph: Graph, seed: int, steps: int) -> None:
        self.graph = graph
        self.draw = draws.draw(graph, seed, steps)
        self.seed = seed
        self.targets: list[dict[str, Array]] = []
        self.learning_rate = 0.0

    def run(self, runner: Runner) -> Evidence:
        """Return what a backend's model gives."""
        shapes = {name: array.shape for name, array in runner.weights().items()}
        if shapes != expected_shapes(self.graph):
            return Evidence(shapes, {}, {}, Gradients(0.0, {}, {}), Training([], {}))
        runner.load(self.draw.weights)
        outputs = runner.outputs(self.draw.inputs)
        layers = runner.layers(self.draw.inputs)
        self._settle_targets(outputs)
        gradients = runner.gradients(self.draw.inputs, self.targets[0])
        self._settle_learning_rate(gradients)
        batches = list(zip(self.draw.batches, self.targets[1:], strict=True))
        return Evidence(shapes, layers, outputs, gradients, runner.train(batches, self.learning_rate))

    def _settle_targets(self, outputs: Mapping[str, Array]) -> None:
        import numpy as np

        if not self.targets:
            source = np.random.default_rng([self.seed, 1])
            self.targets = [draws.targets(source, outputs) for _ in range(len(self.draw.batches) + 1)]

    def _settle_learning_rate(self, gradients: Gradients) -> None:
        """Choose a step that moves the weights well, but not into chaos: a power of two, exact in float32."""
        if self.learning_rate:
            return
        length = math.sqrt(sum(_square(self.draw.weights[name]) for name in gradients.weights))
        slope = math.sqrt(sum(_square(gradient) for gradient in gradients.weights.values()))
        ratio = SHARE * length / slope if 0.0 < slope < math.inf else 1.0
        self.learning_rate = 2.0 ** min(math.floor(math.log2(ratio)), 0) if ratio > 0.0 else 1.0


def _square(array: Array) -> float:
    return float((array.astype("float64") ** 2).sum())
