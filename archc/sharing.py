"""Weights that several steps use: each such step finds the turn that holds them, and must suit it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from archc.graph import Run, Turn
from archc.ops.inputs import described
from archc.spec import Reference


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
        fault = _fault(turn, home, step.share)
        if fault:
            help = "what shares weights takes the same shapes and has the same arguments"
            self.report("E0418", fault, step.share.mark, run, help=help)
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


def _params(turn: Turn) -> dict[str, Any] | None:
    return None if turn.run is None else turn.run.params
