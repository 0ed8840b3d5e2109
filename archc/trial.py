"""Give each backend's model the same weights, inputs and targets, and keep what it gives."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from archc import draws
from archc.backend import ForwardOnly, Gradients, Runner, Training
from archc.graph import Graph

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

SHARE = 0.1
"""How far one step of training moves all weights together, over their length, at most."""

DROP = 0.25
"""What share of the loss one step takes away at most, were the loss as straight as it begins."""


class Evidence(NamedTuple):
    """What one backend's source gave. Nothing more than `shapes` where the weights are not the network's.

    Nothing more than `outputs` where those have other shapes than the network's.
    """

    shapes: dict[str, tuple[int, ...]]
    layers: dict[str, Array]
    outputs: dict[str, Array]
    gradients: Gradients
    training: Training
    forward_only: bool = False
    """True for a model for inference, which gives neither gradients nor training."""
    limits: tuple[str, ...] = ()
    """What its backend does not claim."""


def expected_shapes(graph: Graph) -> dict[str, tuple[int, ...]]:
    """Return every weight's shape as the ops say it."""
    return {name: tuple(int(str(size)) for size in weight.shape) for name, weight in graph.weights().items()}


class Trial:
    """One draw of weights, inputs and targets."""

    def __init__(self, graph: Graph, seed: int, steps: int) -> None:
        self.graph = graph
        self.draw = draws.draw(graph, seed, steps)
        self.outputs = draws.output_shapes(graph, self.draw.inputs)
        self.targets = draws.targets(self.outputs, seed, steps + 1)
        self.learning_rate = 0.0

    def run(self, runner: Runner) -> Evidence:
        """Return what a backend's model gives."""
        shapes = {name: array.shape for name, array in runner.weights().items()}
        nothing = Gradients(0.0, {}, {})
        if shapes != expected_shapes(self.graph):
            return Evidence(shapes, {}, {}, nothing, Training([], {}))
        runner.load(self.draw.weights)
        layers = runner.layers(self.draw.inputs)
        outputs = runner.outputs(self.draw.inputs)
        if any(array.shape != self.outputs[name] for name, array in outputs.items()):
            return Evidence(shapes, {}, outputs, nothing, Training([], {}))
        try:
            gradients = runner.gradients(self.draw.inputs, self.targets[0])
        except ForwardOnly:
            return Evidence(shapes, layers, outputs, nothing, Training([], {}), forward_only=True)
        self._settle_learning_rate(gradients)
        batches = list(zip(self.draw.batches, self.targets[1:], strict=True))
        return Evidence(shapes, layers, outputs, gradients, runner.train(batches, self.learning_rate))

    def _settle_learning_rate(self, gradients: Gradients) -> None:
        """Choose a step that moves the weights well, but not into chaos: a power of two, exact in float32."""
        if self.learning_rate:
            return
        length = math.sqrt(sum(_square(self.draw.weights[name]) for name in gradients.weights))
        slope = math.sqrt(sum(_square(gradient) for gradient in gradients.weights.values()))
        if 0.0 < slope < math.inf and length > 0.0 and gradients.loss > 0.0:
            rate = min(SHARE * length / slope, DROP * gradients.loss / slope**2)
            self.learning_rate = 2.0 ** min(math.floor(math.log2(rate)), 0)
        else:
            self.learning_rate = 1.0


def _square(array: Array) -> float:
    """Return the sum of squares; infinity where they are too large."""
    import numpy as np

    with np.errstate(over="ignore"):
        return float(np.square(array.astype("float64")).sum())
