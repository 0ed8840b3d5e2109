"""Values of one use of a step: expressions evaluated, ops made of them, findings reported once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from archc.document import Mark, Node
from archc.expressions import ExpressionError, axes, evaluate
from archc.graph import Run, Turn
from archc.ops import OPS
from archc.ops.base import Op
from archc.problems import Note, Problems
from archc.spec import Formula, Given
from archc.values import describe, within

# The value of an expression that has none, which is reported; null is a value like any other.
LOST: Any = object()


class Evaluator:
    """Evaluates what a spec computes, in the surroundings of a use."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self.seen: set[tuple[str, Mark]] = set()
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
    ) -> None:
        """Report once what stands in a block's body, with the first way that leads there as notes."""
        if (code, mark) in self.seen:
            return
        self.seen.add((code, mark))
        found = list(notes)
        at: Run | None = run
        while at is not None and at.step is not None and len(found) < 8:
            found.append(Note(f"in block `{at.step.verb}`, used here", at.step.node.mark))
            at = at.caller
        self.problems.add(code, message, mark, label=label, help=help, notes=found)

    def op(self, turn: Turn, run: Run) -> Op | None:
        """Evaluate the arguments and make the op; None where one of them is wrong."""
        step = turn.step
        cls = OPS[step.verb]
        values: dict[str, Any] = {}
        whole = True
        for name, given in step.args.items():
            value = self.value(given, run, turn.env)
            argument = cls.arguments[name]
            if value is LOST:
                whole = False
            elif not argument.accepts(value):
                message = f"`{name}` of `{step.verb}` is {argument.word.expected}, not {describe(value)}"
                self.report("E0207", message, given.node.mark, run, help=argument.help)
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
            self.report("E0509", f"`when` is true or false, not {describe(value)}", when.node.mark, run)
        return value is True

    def repeats(self, repeat: Given, run: Run, env: dict[str, Any]) -> int:
        value = self.value(repeat, run, env)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
        if value is not LOST:
            self.report(
                "E0509", f"`repeat` is a whole number, at least 0, not {describe(value)}", repeat.node.mark, run
            )
        return 0
