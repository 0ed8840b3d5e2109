"""Weights that several steps use: each such step finds the turn that holds them, and must suit it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from archc.expressions import axes
from archc.graph import ChainRun, Run, Turn
from archc.ops.base import Op
from archc.ops.convolutions import Conv, DepthwiseConv, SeparableConv
from archc.ops.inputs import described
from archc.ops.linear import Dense, Embedding, TiedDense
from archc.ops.pools import Pool
from archc.shapes import SPATIAL, Shape
from archc.spec import Formula, Reference

TIED = "a `dense` with an embedding's weights takes as many features as that gives, and gives one for each token"


ANYWHERE = frozenset({"linear", "recurrent", "activations", "norms", "scaling", "regularisation"})
"""The families of ops that do the same at each place, or go from place to place."""

ALSO_ANYWHERE = frozenset({"global_avg_pool", "global_max_pool", "multi_head_attention", "to_sequence", "upsample",
                           "identity", "glu", "channel_shuffle"})  # fmt: skip
"""More of them, of families whose others depend on sizes."""


class Lending:
    """The turns of a network whose weights others use, by path."""

    def __init__(self, report: Callable[..., None]) -> None:
        self.report = report
        self.turns: dict[str, Turn] = {}

    def note(self, turn: Turn, run: Run) -> None:
        """Keep a turn that lends its weights; give one that borrows its lender's."""
        step = turn.step
        if step.lent:
            self.turns[turn.path] = turn
        if step.lender is None or step.share is None:
            return
        own = step.local if step.repeat is None else f"{step.local}.{turn.index}"
        home = self.turns.get(turn.path.removesuffix(own) + step.lender.local)
        if home is None:
            self.report(
                "E0405", f"`{step.share.name}` is left out here by its `when`", step.share.mark, run,
                help="leave this step out too, or share with a step that is always there",
            )  # fmt: skip
            return
        tied = isinstance(turn.op, Dense) and isinstance(home.op, Embedding)
        fault = _misfit(turn, home, step.share) if tied else _fault(turn, home, step.share)
        if fault:
            help = TIED if tied else "what shares weights takes the same shapes and has the same arguments"
            self.report("E0418", fault, step.share.mark, run, help=help)
        if tied and turn.op is not None:
            turn.op = TiedDense(**vars(turn.op))
        turn.home = home


def _fault(turn: Turn, home: Turn, reference: Reference) -> str:
    if turn.output.shape is None or home.output.shape is None:
        return ""  # which is reported
    ours, theirs = (tuple(tensor.shape for tensor in at.inputs) for at in (turn, home))
    if not _alike(ours, theirs):
        one, other = (" and ".join(described(shape) for shape in shapes if shape) for shapes in (theirs, ours))
        return f"`{reference.name}` takes {one}, and this step {other}"
    if turn.op != home.op or _params(turn) != _params(home):
        return f"`{reference.name}` has other arguments than this step"
    if ours != theirs:
        tied_to = _tied_to_sizes(turn, home)
        if tied_to is not None:
            one, other = (" and ".join(str(shape) for shape in shapes) for shapes in (theirs, ours))
            return f"`{reference.name}` takes {one}, this step {other}, and a `{tied_to}` depends on the sizes"
        home.step.roomy = True
    if turn.op is not None and not turn.op.weights(*turn.shapes):
        return f"a `{turn.step.verb}` has no weights"
    return ""


def _alike(ours: tuple[Shape | None, ...], theirs: tuple[Shape | None, ...]) -> bool:
    """Tell whether shapes are the same but for the sizes of their spatial axes."""
    return len(ours) == len(theirs) and all(
        one is not None
        and other is not None
        and (one.axes, one.vocabulary, one.sizes[one.rank :]) == (other.axes, other.vocabulary, other.sizes[one.rank :])
        for one, other in zip(ours, theirs, strict=True)
    )


def _tied_to_sizes(turn: Turn, home: Turn) -> str | None:
    """Return the op in a step that cannot have the weights of another whose spatial sizes differ; None for none."""
    if any(_asks_for_sizes(given.value) for given in turn.step.args.values() if given.dynamic):
        return turn.step.verb
    if turn.op is not None and turn.branches is None and turn.body is None:
        if turn.op == home.op and (turn.shapes == home.shapes or _anywhere(turn.op, turn.shapes)):
            return None
        return turn.step.verb
    if turn.op is not None and (turn.op != home.op or turn.body is not None or not _anywhere(turn.op, turn.shapes)):
        return turn.step.verb
    return next((found for found in map(_tied_in_chain, _chains(turn), _chains(home)) if found is not None), None)


def _asks_for_sizes(value: Any) -> bool:
    """Tell whether an argument as written names a spatial axis of what comes in."""
    if isinstance(value, Formula):
        return any(axis in SPATIAL for _, axis in axes(value.expression))
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(map(_asks_for_sizes, parts))


def _tied_in_chain(chain: ChainRun | None, other: ChainRun | None) -> str | None:
    for one, same in zip(chain.steps if chain else (), other.steps if other else (), strict=True):
        for turn, home in zip(one.turns, same.turns, strict=False):
            if turn is None and home is None:
                continue
            if turn is None or home is None or len(one.turns) != len(same.turns):
                return one.step.verb
            if (found := _tied_to_sizes(turn, home)) is not None:
                return found
    return None


def _chains(turn: Turn) -> list[ChainRun | None]:
    if turn.run is not None:
        return [turn.run.chain]
    return [turn.body] if turn.body is not None else [branch.chain for branch in turn.branches or ()]


def _anywhere(op: Op, shapes: tuple[Shape, ...]) -> bool:
    """Tell whether an op does the same with more places or fewer, whatever its weights are."""
    if isinstance(op, Pool):
        return op.padding == "valid" and not op.ceil
    if isinstance(op, (Conv, DepthwiseConv, SeparableConv)):
        return op.padding in ("valid", "causal") or all(step == 1 for step in op.strides(shapes[0]))
    if op.family == "merging":  # nothing is stretched along some axes alone
        return len({shape.spatial for shape in shapes if shape.rank}) == 1
    return op.family in ANYWHERE or op.name in ALSO_ANYWHERE


def _misfit(turn: Turn, home: Turn, reference: Reference) -> str:
    """Return why a dense cannot have an embedding's weights, whose rows would be its units'."""
    if turn.output.shape is None or home.output.shape is None:
        return ""  # which is reported
    dense: Any = turn.op
    embedding: Any = home.op
    vocabulary, features = home.shapes[0].vocabulary, turn.shapes[0].channels
    if dense.bias:
        return f"`{reference.name}` has no bias, and this `dense` has: say `bias: false`"
    if dense.units != vocabulary:
        return f"`{reference.name}` knows {vocabulary} tokens, and this `dense` has {dense.units} units"
    if features != embedding.units:
        return f"`{reference.name}` gives {embedding.units} features, and this `dense` takes {features}"
    for name in ("initializer", "regularizer", "trainable"):
        if getattr(dense, name) not in (Dense.defaults[name], getattr(embedding, name)):
            return f"`{reference.name}` says how its weights are trained: `{name}` stands there"
    return ""


def _params(turn: Turn) -> dict[str, Any] | None:
    return None if turn.run is None else turn.run.params
