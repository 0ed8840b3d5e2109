"""Values of one use of a step: expressions evaluated, ops made of them, findings reported once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from archc.document import Mark, Node
from archc.expressions import ExpressionError, Name, axes, evaluate
from archc.fused import filled
from archc.graph import Run, Turn
from archc.ops import OPS
from archc.ops.base import Op
from archc.problems import Note, Problems
from archc.refusals import refuse
from archc.spec import Formula, Given
from archc.values import describe, within

# The value of an expression that has none, which is reported; null is a value like any other.
LOST: Any = object()

MOST_NOTES = 4


class Evaluator:
    """Evaluates what a spec computes, in the surroundings of a use."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self.seen: dict[tuple[Any, ...], int] = {}  # where each finding is in the list of problems
        self.ops: dict[Any, Op] = {}
        self.shapeless: set[str] = set()

    def report(
        self,
        code: str,
        message: str,
        mark: Mark,
        run: Run,
        *,
        label: str = "",
        help: str = "",
        notes: Sequence[Note] = (),
        param: str = "",
    ) -> None:
        """Report once what stands in a block's body, with the first ways that lead there as notes.

        What the value of one `param` spoils in several places is one finding too.
        """
        key = (code, id(run.block), param) if param else (code, mark)
        if key in self.seen:
            self._again(self.seen[key], mark, run)
            return
        self.seen[key] = len(self.problems.found)
        self.problems.add(code, message, mark, label=label, help=help, notes=[*notes, *_callers(run)])

    def _again(self, place: int, mark: Mark, run: Run) -> None:
        """Note another place, or another way that leads there, in a finding."""
        known = self.problems.found[place]
        if len(known.notes) >= MOST_NOTES:
            return
        note = Note("the same param stands here", mark)
        if mark == known.mark:
            if run.step is None:
                return
            note = Note(f"in block `{run.step.verb}`, used here too", run.step.node.mark)
        if note.mark not in [other.mark for other in known.notes]:
            self.problems.found[place] = known._replace(notes=(*known.notes, note))

    def op(self, turn: Turn, run: Run) -> Op | None:
        """Evaluate the arguments and make the op; None where one of them is wrong."""
        step = turn.step
        cls = OPS[step.verb]
        values: dict[str, Any] = {}
        whole = True
        for name, given in step.args.items():
            value = self.value(given, run, turn.env)
            argument = cls.arguments[name]
            if step.fused and name == "activation":
                value = filled(value, step.fused)
            if value is LOST:
                whole = False
            elif not argument.accepts(value):
                refusal = refuse(argument, step.verb, value, given.node)
                self.report("E0207", refusal.message, refusal.node.mark, run, help=refusal.help, param=_param(given))
                whole = False
            else:
                values[name] = argument.freeze(value)
        if not whole or any(a.name not in values and a.name not in cls.defaults for a in cls.arguments.values()):
            return None
        key = (step.verb, repr(values))
        made = self.ops.get(key)
        if made is None:
            made = self.ops[key] = cls(**values)
        return made

    def value(self, given: Given, run: Run, env: dict[str, Any]) -> Any:
        """Return a value with its expressions computed; `LOST` where one fails, which is reported."""
        return self.compute(given.value, given.node, run, env) if given.dynamic else given.value

    def compute(self, value: Any, node: Node, run: Run, env: dict[str, Any]) -> Any:
        if isinstance(value, Formula):
            if self.shapeless and any(name in self.shapeless for name, _ in axes(value.expression)):
                return LOST
            try:
                return evaluate(value.expression, env)
            except ExpressionError as error:
                self.report(error.code, error.message, within(value.node, error.start, error.end), run, help=error.help)
                return LOST
        if isinstance(value, list):
            parts = [self.compute(part, node, run, env) for part in value]
            return LOST if any(part is LOST for part in parts) else parts
        if isinstance(value, dict):
            entries = {key: self.compute(part, node, run, env) for key, part in value.items()}
            return LOST if any(part is LOST for part in entries.values()) else entries
        return value

    def holds(self, when: Given, run: Run, env: dict[str, Any]) -> bool:
        value = self.value(when, run, env)
        if value is not LOST and not isinstance(value, bool):
            message = f"`when` is true or false, not {describe(value)}"
            help = "compare it with something, as in `$depth > 1`"
            self.report("E0509", message, when.node.mark, run, help=help, param=_param(when))
        return value is True

    def repeats(self, repeat: Given, run: Run, env: dict[str, Any]) -> int:
        value = self.value(repeat, run, env)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
        if value is not LOST:
            message = f"`repeat` is a whole number, at least 0, not {describe(value)}"
            self.report("E0509", message, repeat.node.mark, run, param=_param(repeat))
        return 0


def _param(given: Given) -> str:
    """Return the param that a value is, and nothing where it computes something."""
    if isinstance(given.value, Formula) and isinstance(given.value.expression, Name):
        return given.value.expression.name
    return ""


def _callers(run: Run) -> list[Note]:
    """Return the innermost calls that lead to a run, and how many more there are."""
    calls: list[Note] = []
    at: Run | None = run
    while at is not None and at.step is not None:
        calls.append(Note(f"in block `{at.step.verb}`, used here", at.step.node.mark))
        at = at.caller
    different = list(dict.fromkeys(calls))
    more = len(calls) - 2
    return different if len(calls) <= 2 else [*different[:2], Note(f"... and {more} more call{'s' * (more > 1)}")]
