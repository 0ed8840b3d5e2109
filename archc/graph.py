"""The network with everything bound: every layer, its op, its shapes, and the blocks and repeats it came from."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from archc.document import Mark, Source
from archc.ops.base import Op, Weight
from archc.ops.learning import learned
from archc.shapes import Shape, Size
from archc.spec import Block, Branch, Chain, Spec, Step

if TYPE_CHECKING:
    from archc.summary import Summary
    from archc.verify import Verification


class Tensor:
    """What flows from one layer to others. `shape` is None where its making failed."""

    __slots__ = ("maker", "shape", "uses")

    def __init__(self, shape: Shape | None, maker: Turn | None = None) -> None:
        self.shape = shape
        self.maker = maker
        self.uses = 0


class Run:
    """One use of a block, or of the network itself: its params, what went in, what its steps did."""

    __slots__ = ("block", "caller", "chain", "depth", "env", "inputs", "output", "params", "path", "step")

    def __init__(
        self,
        block: Block | None,
        step: Step | None,
        caller: Run | None,
        path: str,
        params: dict[str, Any],
        inputs: dict[str, Tensor],
    ) -> None:
        self.block = block
        self.step = step
        self.caller = caller
        self.path = path
        self.params = params
        self.inputs = inputs
        self.env: dict[str, Any] = {**params, **{name: tensor.shape for name, tensor in inputs.items()}}
        self.depth: int = 0 if caller is None else caller.depth + 1
        self.chain = ChainRun([])
        self.output = Tensor(None)


class ChainRun(NamedTuple):
    """A chain as it ran: what became of each of its steps, in the order written."""

    steps: list[StepRun]


class StepRun(NamedTuple):
    """A step as it ran: one turn, or one for each repeat; None for a turn that `when` left out."""

    step: Step
    turns: list[Turn | None]


class BranchRun(NamedTuple):
    """A branch as it ran; `chain` is None where `when` left it out."""

    branch: Branch
    chain: ChainRun | None
    output: Tensor | None


class Turn:
    """One application of a step. A layer where `op` is set; a block's use where `run` is."""

    __slots__ = (
        "body", "branches", "env", "final", "home", "index", "inner", "inputs", "op", "output", "path", "run",
        "shapes", "step", "times",
    )  # fmt: skip

    def __init__(self, step: Step, index: int, path: str, inputs: tuple[Tensor, ...], env: dict[str, Any]) -> None:
        self.step = step
        self.index = index
        self.path = path
        self.inputs = inputs
        self.env = env
        self.op: Op | None = None
        self.shapes: tuple[Shape, ...] = ()
        """What the layer takes, once its output's shape is known."""
        self.output = Tensor(None, self)
        self.branches: list[BranchRun] | None = None
        self.run: Run | None = None
        self.body: ChainRun | None = None
        self.inner: Tensor | None = None
        """What the steps of a `time_distributed` give for a slice, which the op then puts together."""
        self.times = 1
        """How many slices of an example it computes, within `time_distributed`."""
        self.final = False
        self.home: Turn | None = None
        """The turn whose weights this one uses."""

    @property
    def operands(self) -> tuple[Tensor, ...]:
        """The tensors that the op itself takes: for a merge, what its branches gave."""
        if self.inner is not None:
            return (self.inner,)
        if self.branches is None:
            return self.inputs
        return tuple(branch.output for branch in self.branches if branch.output is not None)

    def weights(self) -> dict[str, Weight]:
        return {} if self.op is None or self.home is not None else learned(self.op, *self.shapes)


class Layer(NamedTuple):
    """A line of the summary: a layer or function with a name, in the order of computing."""

    path: str
    op: Op
    turn: Turn
    inputs: tuple[str, ...]
    shapes: tuple[Shape, ...]
    output: Shape
    final: bool = False
    """True for an activation that turns an output's logits into probabilities."""
    home: str = ""
    """The path of the layer whose weights this one uses, where these are not its own."""
    twin: str = ""
    """The path of the layer that it is, in the block whose weights the block around it uses."""
    times: int = 1
    """How many slices of an example it computes, one after the other in the batch."""

    @property
    def mark(self) -> Mark:
        return self.turn.step.node.mark

    @property
    def macs(self) -> Size:
        """The multiply-accumulates of one example."""
        return self.op.macs(self.shapes[0], self.output, *self.shapes[1:]) * self.times

    def weights(self) -> dict[str, Weight]:
        """Return the layer's own weights by name within it; a final activation has none."""
        if self.home:
            return {}
        return learned(self.op, *self.shapes)


class Output(NamedTuple):
    """An output of the network: the step's name, its shape, and the activation that follows its logits."""

    name: str
    turn: Turn
    tensor: Tensor
    final: Layer | None


class Graph:
    """A whole network, ready for emission. `params` are the file's params as bound."""

    def __init__(self, spec: Spec, run: Run, layers: list[Layer], outputs: list[Output]) -> None:
        self.spec = spec
        self.run = run
        self.layers = layers
        self.outputs = outputs
        self.sources: dict[str, Source] = {}
        """The files that it was read from, for messages to quote."""
        self._summary: Summary | None = None
        self._alike: list[list[Layer]] | None = None

    @property
    def name(self) -> str:
        return self.spec.name

    @property
    def inputs(self) -> dict[str, Shape]:
        return {name: tensor.shape for name, tensor in self.run.inputs.items() if tensor.shape is not None}

    @property
    def params(self) -> dict[str, Any]:
        return self.run.params

    def weights(self) -> dict[str, Weight]:
        """Return every weight of the network by its name in a PyTorch state_dict, in order."""
        return {f"{layer.path}.{name}": weight for layer in self.layers for name, weight in layer.weights().items()}

    def unlike(self, *, borrowing: bool = False) -> list[tuple[Layer, int]]:
        """Return one layer for each op and what it takes, in order, and how many layers are like it.

        Layers that use others' weights are there where `borrowing`.
        """
        return [(layers[0], len(layers)) for layers in self.alike() if borrowing or not layers[0].home]

    def alike(self) -> list[list[Layer]]:
        """Return the layers by what they do and take, in order of the first of each kind: computed once."""
        if self._alike is None:
            found: dict[tuple[int, tuple[Shape, ...], bool, int], list[Layer]] = {}
            known: dict[tuple[int, int, bool, int], list[Layer]] = {}  # to hash shapes takes long
            for layer in self.layers:
                key = (id(layer.op), id(layer.shapes), bool(layer.home), layer.times)
                kind = known.get(key)
                if kind is None:
                    kind = known[key] = found.setdefault((key[0], layer.shapes, key[2], key[3]), [])
                kind.append(layer)
            self._alike = [*found.values()]
        return self._alike

    def hidden(self) -> set[str]:
        """Return the layers inside blocks that are used several times with one set of weights, by path."""
        return {path for layer in self.layers if layer.twin for path in (layer.path, layer.twin)}

    def zeros(self) -> dict[str, tuple[Size, ...]]:
        """Return the shapes of what PyTorch's state_dict holds besides and is zero for ever, by name."""
        return {
            f"{layer.path}.{name}": shape
            for layer in self.layers
            for name, shape in (layer.op.zeros(*layer.shapes) if not layer.home else {}).items()
        }

    # Imported where they are used: a graph is made by stages that need none of these.

    def summary(self) -> Summary:
        """Return shapes, parameters and cost, per layer and in all: computed once."""
        from archc.summary import summarize

        if self._summary is None:
            self._summary = summarize(self)
        return self._summary

    def draw(
        self, form: str = "svg", *, depth: int | None = None, theme: str = "auto", style: str = "auto"
    ) -> str | bytes:
        """Return the network as a picture, the content of a file: text, or bytes for `png`.

        Raises ValueError where the picture would be too large, and for a form, a theme or a style that there is not;
        and MissingFramework for a PNG without resvg.
        """
        from archc.picture.draw import Wishes, picture

        return picture(self, form, Wishes(depth, theme, style))

    def _repr_svg_(self) -> str | None:
        """Return what a notebook shows of the network; None, for its plain name, where a picture would be too large."""
        from archc.picture.draw import Undrawable

        try:
            return str(self.draw("svg"))
        except Undrawable:
            return None

    def compile(self, backend: str, *, strict: bool = False) -> str:
        """Return the network as source, as in `graph.compile("torch")`. Raises SpecError and NoBackend."""
        from archc.backend import find
        from archc.compile import compile_graph

        return compile_graph(self, find(backend), origin=os.path.basename(self.spec.file), strict=strict).source

    def verify(
        self,
        backends: Sequence[str] = ("torch", "keras"),
        *,
        dtype: str = "float64",
        steps: int = 3,
        seed: int = 0,
        strict: bool = False,
    ) -> Verification:
        """Compare what the backends' sources compute. Raises SpecError, MissingFramework and ValueError."""
        from archc.verify import verify

        return verify(self, backends, dtype=dtype, steps=steps, seed=seed, strict=strict)


__all__ = [
    "BranchRun", "Chain", "ChainRun", "Graph", "Layer", "Output", "Run", "StepRun", "Tensor", "Turn",
]  # fmt: skip
