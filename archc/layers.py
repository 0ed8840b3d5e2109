"""The layers of an expanded network in the order of computing, and its outputs with their final activations."""

from __future__ import annotations

from contextlib import suppress

from archc.document import Mark
from archc.graph import ChainRun, Layer, Output, Run, Tensor, Turn
from archc.ops.activations import activation_op
from archc.problems import Note, Problems, TooManyProblems
from archc.spec import Spec

FINAL = ("softmax", "sigmoid")


def list_layers(spec: Spec, run: Run, problems: Problems) -> tuple[list[Layer], list[Output]]:
    """Return all layers and the outputs. A final softmax or sigmoid fused into an output becomes a layer of its own."""
    lister = _Lister(problems)
    turns = _output_turns(spec, run)
    finals = _finals(turns)
    for name, tensor in run.inputs.items():
        lister.names[id(tensor)] = name
    lister.chain(run.chain, finals)
    outputs: list[Output] = []
    with suppress(TooManyProblems):
        lister.unique(spec)
        by_turn = {id(layer.turn): layer for layer in lister.layers if layer.final}
        for name, turn in turns:
            final = by_turn.get(id(turn))
            outputs.append(Output(name, turn, turn.output, final))
            if final is None:
                _warn_of_hidden(name, turn, problems)
        there = {output.name for output in outputs}
        for reference in spec.outputs:
            if reference.name not in there:
                problems.add(
                    "E0405", f"output `{reference.name}` is left out here by its `when`", reference.mark,
                    help="name a step that is always there",
                )  # fmt: skip
        if not lister.layers and len(outputs) >= len(spec.outputs):
            problems.add(
                "E0405", "every layer of the network is left out here by a `when`", spec.chain.steps[0].node.mark,
                help="keep one: a network has at least one layer",
            )  # fmt: skip
            return [], []
        lister.unused(spec, outputs)
    return lister.layers, outputs


def _warn_of_hidden(name: str, turn: Turn, problems: Problems) -> None:
    """Say where an output ends in a softmax or sigmoid that cannot be parted from its logits."""
    maker = turn.output.maker
    if maker is None or maker.op is None or maker.final:
        return
    fused = activation_op(getattr(maker.op, "activation", None))
    last = maker.op if maker.op.name in FINAL else fused
    if last is not None and last.name in FINAL:
        problems.add(
            "E0417", f"output `{name}` ends in a `{last.name}` that `logits` cannot strip", maker.step.node.mark,
            help="make it the last step of `layers`, outside of blocks, chains and repeats, and use it nowhere else",
            severity="warning",
        )  # fmt: skip


def _output_turns(spec: Spec, run: Run) -> list[tuple[str, Turn]]:
    """Return the outputs that are there, each with the step's last turn; without `outputs`, the last step's."""
    wanted = {reference.name for reference in spec.outputs}
    last: dict[str, Turn] = {}
    for done in reversed(run.chain.steps):
        name = done.step.name
        if name not in last and (name in wanted or not wanted):
            turn = next((turn for turn in reversed(done.turns) if turn is not None), None)
            if turn is not None:
                last[name] = turn
                if not wanted:
                    break
    listed = [reference.name for reference in spec.outputs] or last
    return [(name, last[name]) for name in listed if name in last]


def _finals(turns: list[tuple[str, Turn]]) -> dict[int, str]:
    """Mark the turns whose softmax or sigmoid is an output's last: `fused` into a layer, or a `step` of its own."""
    found = {}
    for _, turn in turns:
        if turn.step.repeat is not None or turn.op is None or turn.output.uses:
            continue
        if turn.op.name in FINAL:
            turn.final = True
            found[id(turn)] = "step"
            continue
        fused = activation_op(turn.op.activation) if "activation" in turn.op.arguments else None  # type: ignore[attr-defined]
        if fused is not None and fused.name in FINAL:
            turn.final = True
            found[id(turn)] = "fused"
    return found


class _Lister:
    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self.layers: list[Layer] = []
        self.names: dict[int, str] = {}
        self.homes: list[tuple[str, str]] = []

    def chain(self, chain: ChainRun, finals: dict[int, str]) -> None:
        for done in chain.steps:
            for turn in done.turns:
                if turn is None:
                    continue
                if turn.op is None or turn.branches is not None or turn.body is not None:
                    self.within(turn, finals)
                if turn.op is not None:
                    self.layer(turn, finals.get(id(turn), ""))

    def within(self, turn: Turn, finals: dict[int, str]) -> None:
        if turn.run is not None:
            if turn.home is not None:
                self.homes.append((f"{turn.path}.", f"{turn.home.path}."))
            self.chain(turn.run.chain, finals)
            if turn.home is not None:
                self.homes.pop()
        elif turn.body is not None:
            self.chain(turn.body, finals)
        for branch in turn.branches or ():
            if branch.chain is not None:
                self.chain(branch.chain, finals)

    def home(self, path: str, own: str) -> str:
        """Return where `path` leads through the blocks around that use others' weights; empty where to `own`."""
        for ours, theirs in reversed(self.homes):
            path = theirs + path.removeprefix(ours) if path.startswith(ours) else path
        return path if path != own else ""

    def layer(self, turn: Turn, final: str) -> None:
        op, shape = turn.op, turn.output.shape
        assert op is not None
        assert shape is not None
        inputs = tuple([self.names.get(id(tensor), "") for tensor in turn.operands])
        path = turn.path
        home = twin = ""
        if self.homes or turn.home is not None:
            home = self.home(path if turn.home is None else turn.home.path, path)
            twin = self.home(path, path)
        if final != "fused":
            self.layers.append(Layer(path, op, turn, inputs, turn.shapes, shape, bool(final), home, twin, turn.times))
        else:
            activation = activation_op(op.activation)  # type: ignore[attr-defined]
            assert activation is not None
            bare = op.replace(activation=None)
            self.layers.append(Layer(path, bare, turn, inputs, turn.shapes, shape, False, home, twin, turn.times))
            path = f"{turn.path}_{activation.name}"
            self.layers.append(Layer(path, activation, turn, (turn.path,), (shape,), shape, True))
        self.names[id(turn.output)] = path

    def unique(self, spec: Spec) -> None:
        """Refuse two layers whose paths are equal once `.` becomes `_`: Keras names them so, and the inputs too."""
        seen: dict[str, Layer] = {}
        for layer in self.layers:
            flat = layer.path.replace(".", "_")
            other = seen.get(flat)
            if flat in spec.inputs:
                self.as_input(f"layer `{layer.path}`", layer.mark, spec.inputs[flat].mark)
            if other is not None:
                self.problems.add(
                    "E0412", f"layers `{other.path}` and `{layer.path}` have one name once `.` becomes `_`", layer.mark,
                    notes=[Note("the other one", other.mark)], help="give one of the steps another `name`",
                )  # fmt: skip
            seen[flat] = layer
        for step in spec.chain.steps:
            if step.name in spec.inputs and step.name not in seen:
                self.as_input(f"step `{step.name}`", step.node.mark, spec.inputs[step.name].mark)

    def as_input(self, what: str, mark: Mark, given: Mark) -> None:
        """Refuse what is called as an input is."""
        self.problems.add(
            "E0412", f"{what} has the name of an input", mark, notes=[Note("the input", given)],
            help="give one of them another name",
        )  # fmt: skip

    def unused(self, spec: Spec, outputs: list[Output]) -> None:
        """Refuse what no output depends on here, be it that a block does not use all that it is given."""
        needed = {self.names[id(output.tensor)] for output in outputs}
        for layer in reversed(self.layers):
            if layer.path in needed:
                needed.update(layer.inputs)
            elif not self.problems.errors:
                self.problems.add(
                    "E0404", f"no output depends on layer `{layer.path}`", layer.mark,
                    help="use its result, also in the block that is given it, or leave it out",
                )  # fmt: skip
        for name, item in spec.inputs.items():
            if name not in needed and not self.problems.errors:
                self.problems.add("E0404", f"no output depends on input `{name}`", item.mark)


__all__ = ["Tensor", "list_layers"]
