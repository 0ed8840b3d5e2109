"""Looks into emitted PyTorch models: what layers give, and gradients of one layer by another, for `archc features`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from archc.backend import Emitted
from archc.graph import Graph
from archc_torch.runner import Recorder, TorchRunner, settings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]
    Arrays = Mapping[str, Array]


class Holder(Recorder):
    """Keeps the tensors of chosen layers, still tied to what they were computed from."""

    def __init__(self, chosen: Sequence[str]) -> None:
        super().__init__()
        self.chosen = frozenset(chosen)
        self.held: dict[str, tuple[torch.Tensor, bool]] = {}

    def keep(self, path: str, value: torch.Tensor, first: bool) -> torch.Tensor:
        if path not in self.chosen:
            return value
        self.held[path] = value, first
        return value.clone()  # the next layer may overwrite what it gets

    def forget(self) -> None:
        """Make ready for another pass."""
        self.held.clear()
        self.turns.clear()


class TorchProbe:
    """A model built from probed PyTorch source, with trained weights."""

    def __init__(self, graph: Graph, probed: Emitted, weights: Arrays, paths: Sequence[str]) -> None:
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self.holder = Holder(paths)
        self.runner = TorchRunner(graph, probed, probed, "float32", _probe=self.holder)
        self.runner.load({name: array.astype("float32") for name, array in weights.items()})
        self.model = self.runner.model.eval().to(self.device).requires_grad_(False)
        self.holder.watch(self.model)

    def values(self, inputs: Arrays) -> dict[str, Array]:
        """Return what each of the chosen layers gives."""
        with torch.no_grad():
            self._run(inputs)
        found = {path: _array(value, first) for path, (value, first) in self.holder.held.items()}
        self.holder.forget()
        return found

    def gradient(self, inputs: Arrays, of: str, by: str, weights: Array) -> Array:
        """Return the gradient of the sum of `weights` times layer `of`, by a layer or an input `by`."""
        xs = self._run(inputs, leaves=True)
        graph_inputs = self.runner.graph.inputs
        if by in graph_inputs:
            into, first = xs[by], self.runner.has_channels_first(by, graph_inputs[by])
        else:
            into, first = self.holder.held[by]
        value, value_first = self.holder.held[of]
        scale = torch.from_numpy(np.array(weights, "float32")).to(self.device)
        scale = scale.movedim(-1, 1) if value_first else scale
        (found,) = torch.autograd.grad(value, into, scale, allow_unused=True)
        self.holder.forget()
        return _array(torch.zeros_like(into) if found is None else found, first)

    def _run(self, inputs: Arrays, *, leaves: bool = False) -> dict[str, torch.Tensor]:
        """Send inputs through; return them as tensors, which gradients are by where they are `leaves`."""
        with settings(torch.float32):
            xs = {name: x.to(self.device) for name, x in self.runner.tensors(inputs).items()}
            if leaves:
                xs = {name: x.requires_grad_() if x.is_floating_point() else x for name, x in xs.items()}
            self.runner.call(self.model, xs)
        return xs


def _array(value: torch.Tensor, first: bool) -> Array:
    value = value.detach().cpu()
    return np.ascontiguousarray((value.movedim(1, -1) if first else value).numpy())
