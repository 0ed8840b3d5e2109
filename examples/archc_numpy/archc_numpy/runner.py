"""Runs emitted source for `archc verify` and `archc conformance`: the forward pass alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from archc.backend import ForwardOnly, Gradients, Training
from archc.execute import execute
from archc.graph import Graph

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]
    Arrays = Mapping[str, Array]


class NumpyRunner:
    """A network's emitted function and its weights."""

    def __init__(self, graph: Graph, plain: str, probed: str, dtype: str) -> None:
        self.dtype = dtype
        self.found: dict[str, Array] = {}
        self.plain = execute(plain, graph.name).network
        self.probed = execute(probed, graph.name, _probe=self._keep).network
        shapes = {name: tuple(int(str(n)) for n in weight.shape) for name, weight in graph.weights().items()}
        self.load({name: np.zeros(shape) for name, shape in shapes.items()})

    def load(self, weights: Arrays) -> None:
        """Take weights by PyTorch's names and layouts, which the source uses as they are."""
        self.held = {name: np.asarray(array, self.dtype) for name, array in weights.items()}

    def weights(self) -> dict[str, Array]:
        """Return every weight."""
        return self.held

    def layers(self, inputs: Arrays) -> dict[str, Array]:
        """Return what each named layer gives."""
        self.found = {}
        self.probed(self._typed(inputs), self.held)
        return self.found

    def outputs(self, inputs: Arrays) -> dict[str, Array]:
        """Return each output's logits."""
        found: dict[str, Array] = self.plain(self._typed(inputs), self.held)
        return found

    def gradients(self, inputs: Arrays, targets: Arrays) -> Gradients:
        """Refuse: this backend declares so that it has a forward pass alone."""
        raise ForwardOnly

    def train(self, batches: Sequence[tuple[Arrays, Arrays]], learning_rate: float) -> Training:
        """Refuse, for the same reason."""
        raise ForwardOnly

    def _keep(self, path: str, value: Array) -> Array:
        self.found[path] = value
        return value

    def _typed(self, inputs: Arrays) -> dict[str, Array]:
        return {name: array.astype(self.dtype) if array.dtype.kind == "f" else array for name, array in inputs.items()}
