"""Weights that several steps use: each such step finds the turn that holds them, and must suit it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from archc.graph import Run, Turn
from archc.ops.inputs import described
from archc.ops.linear import Dense, Embedding, TiedDense
from archc.spec import Reference

TIED = "a `dense` with an embedding's weights takes as many features as that gives, and gives one for each token"


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
    ours, theirs = ([tensor.shape for tensor in at.inputs] for at in (turn, home))
    if ours != theirs:
        one, other = (" and ".join(described(shape) for shape in shapes if shape) for shapes in (theirs, ours))
        return f"`{reference.name}` takes {one}, and this step {other}"
    if turn.op != home.op or _params(turn) != _params(home):
        return f"`{reference.name}` has other arguments than this step"
    if turn.op is not None and not turn.op.weights(*turn.shapes):
        return f"a `{turn.step.verb}` has no weights"
    return ""


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
