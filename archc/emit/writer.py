"""What a backend's walk over a block must be able to write, and the few things that all of them do alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

from archc.emit.scope import Names, Scope, Var
from archc.emit.slots import MadePart, UsedPart, Words
from archc.emit.spelling import Spelling, View
from archc.expressions import Expression
from archc.graph import Turn
from archc.ops.base import Op
from archc.shapes import Shape
from archc.spec import Step


class Member(NamedTuple):
    """One use among many: which frame of the unit it belongs to, and the turns of the loops around it."""

    frame: int
    turns: tuple[int, ...] = ()


Members = Sequence[Member]


MOST_CALLS = 3
"""No line has more calls within each other than one more than this."""


class Writer:
    """One unit being written. `scope` resolves values to text."""

    nest = 1
    """How many calls may stand within each other on one line."""
    nest_in_short = 1
    """The same in chains of at most three steps."""
    words: ClassVar[Words] = {}
    """What the positional arguments of layers are called, by how their classes' names begin."""
    joins_parts = True
    """Whether the parts of one op stand on one line."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def spellings(self, op: Op, views: list[View], final: bool) -> list[Spelling]:
        raise NotImplementedError

    def made(self, part: MadePart, step: Step, members: Members) -> str:
        """Return the text that is called: a layer object."""
        raise NotImplementedError

    def wanted_where(self, part: MadePart) -> str:
        """Return the condition under which a layer does anything, where it does not in all uses; else nothing."""
        return ""

    def use(self, step: Step, turns: list[Turn], members: Members, xs: list[Var]) -> Var:
        """Return what a block gives."""
        raise NotImplementedError

    def repeat(
        self, step: Step, turns: list[list[Turn | None]], members: Members, xs: list[Var], names: Names, target: str
    ) -> Var:
        raise NotImplementedError

    def begin_if(self, condition: str, hint: str, otherwise: bool = False) -> None:
        raise NotImplementedError

    def end_if(self) -> None:
        raise NotImplementedError

    def kept(self, condition: str, hint: str) -> str:
        """Return a condition as a name that can be asked again."""
        raise NotImplementedError

    def told(self, condition: str, hint: str, once: bool) -> str:
        """Return a condition for an `if`; `once` where nothing else asks for it."""
        return self.kept(condition, hint)

    def assign(self, name: str, value: str, shape: Shape | None, first: bool) -> None:
        raise NotImplementedError

    def probed(self, step: Step, text: str, first: bool, part: int | None = None) -> str:
        """Return `text`, in a call of the probe where one is wanted; of several values, what `part` is of this step."""
        raise NotImplementedError

    def joined(self, before: Var, after: Var, same: bool, place: Any) -> Expression | None:
        """Return the size after an `if`, from the sizes without and with it."""
        raise NotImplementedError

    def either(self, one: Var, other: Var, between: Any) -> Expression | None:
        """Return the size after an `if` and its `else`, from that of each; `between` is the place of the `else`."""
        raise NotImplementedError

    def place(self) -> Any:
        """Return the place that the source has come to, for `joined` and `either`."""
        raise NotImplementedError

    def fresh(self, op: Op, part: MadePart | UsedPart, x: View) -> bool:
        """Tell whether what `op` makes of `x`, by this part at the end, may be overwritten by the step after it."""
        return False

    def wanted(self, op: Op) -> bool | None:
        """Return whether an op wants a sequence's channels first; None where it does not matter."""
        return None

    def layout(self, x: Var, first: bool) -> Var:
        """Return a sequence with its channels first or last."""
        return x

    def result_layout(self, op: Op, first: bool, shape: Shape) -> bool:
        """Return whether an op's result has its channels first."""
        return first

    def wraps(self, part: UsedPart, text: str, calls: int) -> bool:
        """Tell whether an expression may take `text`, another expression with so many calls, rather than a variable."""
        return part.call and part.template.count("{x}") == 1 and calls < MOST_CALLS

    # Variables

    def settle(self, x: Var, target: str, *, move: bool = False) -> Var:
        """Return `x` as a variable: an expression, or with `move` another variable, is assigned to `target`."""
        if x.simple and (not move or x.text == target):
            return x
        self.assign(target, x.text, x.shape, x.first)
        return x._replace(text=target, simple=True, calls=0)

    def ready(self, x: Var, target: str, nest: int) -> Var:
        """Return `x` as it may stand between the brackets of a call."""
        return self.settle(x, target) if x.calls >= nest else x

    def hold(self, text: str, target: str, x: Var | None, simple: bool) -> str:
        """Assign an expression to the chain's variable, so that it can be used by name."""
        if simple:
            return text
        self.assign(target, text, x.shape if x is not None else None, x.first if x is not None else True)
        return target
