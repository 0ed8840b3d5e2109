"""What a backend is given to write a training script from."""

from __future__ import annotations

from typing import NamedTuple, Protocol, runtime_checkable

from archc.backend import Backend, Emitted
from archc.datasets.fit import Prepared
from archc.graph import Graph
from archc.training.recipe import Recipe

IN_MEMORY = 2**31
"""Data of more bytes are not held on the device, but read as they are needed."""


class Plan(NamedTuple):
    """A network, its recipe, its data, and the source of its model, which the script imports from `model.py`."""

    graph: Graph
    recipe: Recipe
    data: Prepared
    model: Emitted
    origin: str
    strict: bool = False
    tensorboard: bool = False
    fsdp: bool = False
    """Whether processes share the weights and the optimiser's state, not only the work (PyTorch)."""
    mixed: bool = False
    """Whether to compute in bfloat16 where the framework must be told so (PyTorch's script sees to it by itself)."""

    @property
    def bytes(self) -> int:
        """How large the data to train with are."""
        parts = (*self.data.train.inputs.values(), *self.data.train.targets.values())
        return sum(array.nbytes for array in parts)

    @property
    def streamed(self) -> bool:
        return self.bytes > IN_MEMORY


@runtime_checkable
class TrainingBackend(Backend, Protocol):
    """A backend that also writes training scripts."""

    weights: str
    """The suffix of the files that its scripts take weights from."""
    launcher: str
    """What starts several processes of its scripts: `torchrun`, or `tf_config` for an environment variable for each."""

    def training(self, plan: Plan) -> str:
        """Return the source of `train.py`. Raises SpecError for a recipe that the framework cannot follow."""
