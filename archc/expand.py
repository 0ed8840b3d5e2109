"""From a spec to a graph: blocks called, repeats turned, expressions evaluated, and every shape inferred on the way.

Expansion asks inference, since a block's expressions may depend on the shape that comes in. The hierarchy is kept:
emission gives blocks and repeats back.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NoReturn

from archc.bind import bind
from archc.evaluator import LOST, Evaluator
from archc.graph import BranchRun, ChainRun, Graph, Run, StepRun, Tensor, Turn
from archc.handles import Handles, Left
from archc.infer import LARGEST, Done, infer
from archc.layers import list_layers
from archc.ops.frames import Together
from archc.problems import Problems, TooManyProblems
from archc.shapes import AXES, Shape, Unknown
from archc.sharing import Lending
from archc.spec import Block, Chain, Input, Reference, Spec, Step
from archc.values import describe

DEEPEST = 64
MOST = 100_000


class _Stop(Exception):
    """The bound on steps is passed: what follows is not looked at."""


def expand(
    spec: Spec, problems: Problems, variant: str | None = None, settings: Mapping[str, Any] | None = None
) -> Graph | None:
    """Return the graph, or None where problems were found. Shapes downstream of a failed step are not reported."""
    before = problems.errors
    run = trace(spec, problems, variant, settings)
    if problems.errors > before:
        return None
    layers, outputs = list_layers(spec, run, problems)
    return Graph(spec, run, layers, outputs) if problems.errors == before else None


def trace(spec: Spec, problems: Problems, variant: str | None = None, settings: Mapping[str, Any] | None = None) -> Run:
    """Return the network as far as it could be expanded: shapes are None from a failed step on."""
    params: dict[str, Any] = {}
    try:
        params = bind(spec, variant, settings or {}, problems)
        with deep():
            return _Expander(problems).network(spec, params)
    except TooManyProblems:
        return Run(None, None, None, "", params, {})


@contextmanager
def deep() -> Iterator[None]:
    """Allow 64 blocks within each other, each with merges within merges; a chain's length needs no depth."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, 20_000))
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


class _Expander(Evaluator):
    def __init__(self, problems: Problems) -> None:
        super().__init__(problems)
        self.count = 0
        self.done: Done = {}
        self.lending = Lending(self.report)
        # How many slices of an example the steps at hand compute, within `time_distributed`.
        self.times = 1

    # The network and its blocks

    def network(self, spec: Spec, params: dict[str, Any]) -> Run:
        bare = Run(None, None, None, "", params, {})
        inputs = {name: Tensor(self.input(item, bare)) for name, item in spec.inputs.items()}
        self.shapeless = {name for name, tensor in inputs.items() if tensor.shape is None}
        run = Run(None, None, None, "", params, inputs)
        try:
            self.body(run, spec.chain, inputs, "")
        except _Stop:
            run.output = Tensor(None)
        for name, tensor in inputs.items():
            if not tensor.uses and len(inputs) > 1 and not self.problems.errors:
                self.problems.add("E0404", f"nobody uses input `{name}`", spec.inputs[name].mark)
        return run

    def input(self, item: Input, run: Run) -> Shape | None:
        sizes: dict[str, Any] = {}
        for axis, size in item.axes.items():
            value = self.value(size, run, run.env)
            if value == "any":
                value = Unknown(f"{item.name}.{axis}")
            elif value is not LOST and not (isinstance(value, int) and not isinstance(value, bool) and value >= 1):
                message = f"`{axis}` is a whole number, at least 1, not {describe(value)}"
                self.report("E0211", message, size.node.mark, run, help="an axis of any size is `any`")
                value = LOST
            sizes[axis] = value
        if any(size is LOST for size in sizes.values()):
            return None
        axes = tuple(axis for axis in AXES if axis in sizes)
        shape = Shape(axes, tuple(sizes[axis] for axis in axes), sizes.get("vocabulary"))
        if isinstance(shape.elements, int) and shape.elements > LARGEST:
            message = f"input `{item.name}` is {shape}: more than 2^48 numbers for one example"
            self.report("E0309", message, item.mark, run, help="make it smaller")
            return None
        return shape

    def body(self, run: Run, chain: Chain, inputs: dict[str, Tensor], path: str) -> None:
        names = Handles(None, dict(inputs))
        start = next(iter(inputs.values()), Tensor(None))
        prefix = path + "." if path else ""
        run.chain, run.output = self.chain(chain, run, start, names, prefix, run.env)

    def call(self, turn: Turn, run: Run, block: Block) -> None:
        step = turn.step
        if step.broken:
            return
        if run.depth + 1 > DEEPEST:
            self.report(
                "E0409", f"block `{block.name}` goes more than {DEEPEST} blocks deep here", step.node.mark, run,
                help="a block that uses itself wants a `when` that ends it",
            )  # fmt: skip
            raise _Stop
        params = {}
        for name, param in block.params.items():
            given = step.args.get(name, param.default)
            params[name] = LOST if given is None else self.value(given, run, turn.env)
            if params[name] is LOST:
                return
        if any(tensor.shape is None for tensor in turn.inputs) or len(turn.inputs) != len(block.inputs):
            return
        inputs = dict(zip(block.inputs, turn.inputs, strict=True))
        inner = Run(block, step, run, turn.path, params, inputs)
        turn.run = inner
        self.body(inner, block.chain, inputs, turn.path)
        turn.output = inner.output

    # Chains and steps

    def chain(
        self, chain: Chain, run: Run, start: Tensor, outer: Handles, prefix: str, env: dict[str, Any]
    ) -> tuple[ChainRun, Tensor]:
        names = Handles(outer, {})
        done: list[StepRun] = []
        current = start
        for place, step in enumerate(chain.steps):
            if place in chain.gaps:
                current = Tensor(None)
            inputs = (current,) if step.sources is None else self.sources(step, names, run)
            last: Turn | None
            if step.repeat is None and step.when is None and not step.broken:
                last = self.turn(step, 0, run, inputs, names, prefix + step.local, prefix, env)
                done.append(StepRun(step, [last]))
            else:
                turns = self.turns(step, run, inputs, names, prefix, env)
                done.append(StepRun(step, turns))
                last = next((turn for turn in reversed(turns) if turn is not None), None)
            if last is None:
                names.values[step.name] = Left()
            else:
                names.values[step.name] = current = last.output
        return ChainRun(done), Tensor(None) if len(done) in chain.gaps else current

    def sources(self, step: Step, names: Handles, run: Run) -> tuple[Tensor, ...]:
        return tuple(self.source(reference, names, run) for reference in step.sources or ())

    def source(self, reference: Reference, names: Handles, run: Run) -> Tensor:
        found = names.find(reference.name)
        if isinstance(found, Left):
            self.report(
                "E0405", f"`{reference.name}` is left out here by its `when`", reference.mark, run,
                help="leave this step out too, or name a step that is always there",
            )  # fmt: skip
            return Tensor(None)
        return Tensor(None) if found is None else found

    def turns(
        self, step: Step, run: Run, inputs: tuple[Tensor, ...], names: Handles, prefix: str, env: dict[str, Any]
    ) -> list[Turn | None]:
        """Take a step that has `when` or `repeat`, or that is broken."""
        if step.broken:
            return [self.turn(step, 0, run, inputs, names, prefix + step.local, prefix, {**env, "index": 0})]
        if step.repeat is None:
            if step.when is not None and not self.holds(step.when, run, env):
                return [None]
            return [self.turn(step, 0, run, inputs, names, prefix + step.local, prefix, env)]
        done: list[Turn | None] = []
        repeats = self.repeats(step.repeat, run, env)
        if self.count + repeats > MOST:
            self.too_many(step, run)  # at once: to walk there takes seconds
        for index in range(repeats):
            inside = {**env, "index": index}
            if step.when is not None and not self.holds(step.when, run, inside):
                self.count += 1
                if self.count > MOST:
                    self.too_many(step, run)
                done.append(None)
                continue
            path = f"{prefix}{step.local}.{index}"
            turn = self.turn(step, index, run, inputs, names, path, path + ".", inside)
            inputs = (turn.output, *inputs[1:])
            done.append(turn)
        return done

    def too_many(self, step: Step, run: Run) -> NoReturn:
        help = "repeat less"
        if run.block is not None and _within_itself(run):
            help = f"block `{run.block.name}` uses itself: used twice in its own body, it doubles with every level"
        self.report("E0409", f"the network has more than {MOST:,} steps here", step.node.mark, run, help=help)
        raise _Stop

    def turn(
        self,
        step: Step,
        index: int,
        run: Run,
        inputs: tuple[Tensor, ...],
        names: Handles,
        path: str,
        prefix: str,
        env: dict[str, Any],
    ) -> Turn:
        self.count += 1
        if self.count > MOST:
            self.too_many(step, run)
        turn = Turn(step, index, path, inputs, env)
        turn.times = self.times
        for tensor in inputs:
            tensor.uses += 1
        if step.block is not None:
            self.call(turn, run, step.block)
        elif step.distributed:
            self.distributed(turn, run, prefix)
        elif step.body is not None:
            turn.body, turn.output = self.chain(step.body, run, inputs[0], names, prefix, env)
        elif step.branches is not None:
            self.merge(turn, run, names, prefix)
        else:
            self.apply(turn, run)
        self.lending.note(turn, run)
        return turn

    def distributed(self, turn: Turn, run: Run, prefix: str) -> None:
        """Apply steps to each slice along the first axis, and put together what they give."""
        body, shape = turn.step.body, turn.inputs[0].shape
        assert body is not None
        frames = shape.sizes[0] if shape is not None and shape.rank else 1
        outside = self.times
        self.times *= 1 if isinstance(frames, Unknown) else int(frames)
        turn.body, turn.inner = self.chain(body, run, turn.inputs[0], Handles(None, {}), prefix, turn.env)
        self.times = outside
        turn.inner.uses += 1
        if not turn.step.broken and turn.inner.shape is not None:
            turn.op = Together(frames=frames)
            turn.output.shape = infer(turn, run, self.report, self.done)

    def merge(self, turn: Turn, run: Run, names: Handles, prefix: str) -> None:
        turn.branches = []
        for branch in turn.step.branches or ():
            if branch.when is not None and not turn.step.broken and not self.holds(branch.when, run, turn.env):
                turn.branches.append(BranchRun(branch, None, None))
                continue
            chain, output = self.chain(branch.chain, run, turn.inputs[0], names, prefix, turn.env)
            output.uses += 1
            turn.branches.append(BranchRun(branch, chain, output))
        operands = turn.operands
        if turn.step.broken:
            return
        if not operands:
            message, help = f"every branch of `{turn.step.verb}` is left out", "keep one, or leave the step out too"
            self.report("E0212", message, turn.step.node.mark, run, help=help)
        elif len(operands) == 1:
            turn.output = operands[0]
        else:
            self.apply(turn, run)

    def apply(self, turn: Turn, run: Run) -> None:
        if turn.step.broken:
            return
        turn.op = turn.step.op if turn.step.op is not None else self.op(turn, run)
        if turn.op is not None:
            turn.output.shape = infer(turn, run, self.report, self.done)


def _within_itself(run: Run) -> bool:
    """Tell whether a block's use stands, some levels up, in a use of the same block."""
    at = run.caller
    while at is not None:
        if at.block is run.block:
            return True
        at = at.caller
    return False
