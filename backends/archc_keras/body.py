"""The code of one Keras function: every layer made and applied in one place, loops and conditions as in the spec."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar

from archc.emit.body import Body, Member, Members
from archc.emit.frames import Unit
from archc.emit.lines import Lines
from archc.emit.plans import Offered
from archc.emit.scope import Names, Var
from archc.emit.slots import MadePart, Merged, UsedPart, Words
from archc.emit.source import WIDTH, call, split
from archc.emit.spelling import Make, Spelling, View
from archc.emit.symbolic import symbolic
from archc.emit.units import DeepScope
from archc.emit.walk import Walk
from archc.expressions import Expression
from archc.graph import Turn
from archc.ops.base import Op
from archc.ops.frames import Apart, Together
from archc.shapes import Shape
from archc.spec import Step
from archc_keras import padding
from archc_keras.layer import open_sizes
from archc_keras.learning import with_learning
from archc_keras.named import NAMED
from archc_keras.spell import layer

if TYPE_CHECKING:
    from archc_keras.functions import Functions


PROBED = re.compile(r'_probe\(f?"[^"]*", ')
"""What probing puts before a value: lines are broken as if it were not there."""


WORDS = {
    "layers.Conv": ("filters", "kernel_size", "strides"),
    "layers.SeparableConv": ("filters", "kernel_size", "strides"),
    "layers.DepthwiseConv": ("kernel_size", "strides"),
    "layers.MaxPooling": ("pool_size", "strides"),
    "layers.AveragePooling": ("pool_size", "strides"),
    "layers.Dense": ("units",),
}


class KerasBody(Body):
    """Walks a unit and writes its function. `prefix` opens the names of its layers, as an f-string's text."""

    joins_parts = False
    words: ClassVar[Words] = WORDS

    def wraps(self, part: UsedPart, text: str, calls: int) -> bool:
        room = WIDTH - self.lines.indent - len("return ") - len(part.template)
        unprobed, probes = PROBED.subn("", text)
        return super().wraps(part, text, calls) and not part.slots and len(unprobed) - probes <= room

    def __init__(
        self, scope: DeepScope, unit: Unit, functions: Functions, prefix: str, *, probe: bool, comments: bool
    ) -> None:
        super().__init__(scope)
        self.unit = unit
        self.functions = functions
        self.prefix = prefix
        self.probe = probe
        self.comments = comments
        self.lines = Lines(4)
        self.shown: Shape | None = None
        self.conditions: dict[str, str] = {}
        self.looped: dict[int, str] = {}
        self.named = False
        self.padding = ""
        self.lent: dict[tuple[int, str], str] = {}

    # Statements

    def assign(self, name: str, value: str, shape: Shape | None, first: bool) -> None:
        comment = ""
        if self.comments and shape is not None and shape != self.shown and self.lines.indent == 4 and shape.sizes:
            comment, self.shown = f"# {shown(shape)}", shape
        self.lines.statement(f"{name} = ", value, comment)

    def begin_if(self, condition: str, hint: str, otherwise: bool = False) -> None:
        del hint
        if otherwise:
            self.lines.begin_if(condition, otherwise)
        else:
            self.lines.begin_if_anew(condition)

    def end_if(self) -> None:
        self.lines.end_if()

    def kept(self, condition: str, hint: str) -> str:
        if condition.isidentifier():
            return condition
        if condition not in self.conditions:
            name = self.scope.identifiers.give(hint)
            self.lines.statement(f"{name} = ", condition)
            self.conditions[condition] = name
        return self.conditions[condition]

    def told(self, condition: str, hint: str, once: bool) -> str:
        return condition if once else self.kept(condition, hint)

    def place(self) -> None:
        return None

    def joined(self, before: Var, after: Var, same: bool, place: Any) -> Expression | None:
        return None

    def either(self, one: Var, other: Var, between: Any) -> Expression | None:
        return None

    def result_size(self, uses: list[Offered]) -> Expression | None:
        return None

    def result_layout(self, op: Op, first: bool, shape: Shape) -> bool:
        return False

    # Layers

    def spellings(self, op: Op, views: list[View], final: bool) -> list[Spelling]:
        offered = with_learning(op, views, list(layer(op, *views)))
        if not self.functions.named:
            return offered
        if isinstance(op, (Apart, Together)):
            shape = (-1, *op.output(views[0].shape).sizes)
            return [Spelling("layer", (Make("ReshapeBatch", (shape,)),), needs=("ReshapeBatch",))]
        needs = ("LocalResponseNorm",) if op.name == "lrn" else ()
        return [Spelling("layer", NAMED[op.name](op), needs=needs)] if op.name in NAMED else offered

    def name(self, step: Step, suffix: str = "") -> str:
        """Return the name of a step's layer: its path, as a string or an f-string."""
        self.named = True
        text = (self.looped[id(step)] if id(step) in self.looped else self.prefix + step.local) + suffix
        return f'f"{text}"' if "{" in text else f'"{text}"'

    def made(self, part: MadePart, step: Step, members: Members) -> str:
        if step.lender is not None and (id(step.lender), part.suffix) in self.lent:
            return self.lent[id(step.lender), part.suffix]
        texts = [self.aside(text) for text in self.argument_texts(part, step, members)]
        callee = "layers.ReversibleEmbedding" if step.tied else part.callee
        made = call(callee, [*texts, f"name={self.name(step, part.suffix)}"])
        return self.lend(step, part.suffix, made) if step.lent else made

    def aside(self, argument: str) -> str:
        """Return an argument as it is, or by a variable's name a padding that depends on a stride: it is long."""
        if not argument.startswith('padding="same" if '):
            return argument
        self.padding = self.padding or self.scope.identifiers.give("padding")
        self.lines.statement(f"{self.padding} = ", argument.removeprefix("padding="))
        return f"padding={self.padding}"

    def lend(self, step: Step, suffix: str, made: str, wish: str = "") -> str:
        """Keep what other steps use too in a variable."""
        if (id(step), suffix) not in self.lent:
            self.lent[id(step), suffix] = self.scope.identifiers.give(wish or f"{step.local}{suffix}")
        variable = self.lent[id(step), suffix]
        self.lines.statement(f"{variable} = ", made)
        return variable

    def wanted_where(self, part: MadePart) -> str:
        if not part.callee.startswith("layers.ZeroPadding"):
            return ""
        return padding.condition(part, self.scope.text)

    def common(self, uses: list[Offered], xs: list[Var]) -> Merged:
        return super().common(padding.needed(uses), xs)

    def probed(self, step: Step, text: str, first: bool, part: int | None = None) -> str:
        if not self.probe or self.dealing:
            return text
        return f"_probe({self.name(step)}, {text})" if part is None else f"_probe({self.name(step)}, {text}, {part})"

    # Blocks

    def use(self, step: Step, turns: list[Turn], members: Members, xs: list[Var]) -> Var:
        unit = self.functions.block(turns[0])
        if step.lent:
            xs = [self.settle(x, self.scope.local(f"{step.name}_input")) for x in xs]
        positional, keywords, _ = self.functions.passed(self, unit, step, turns, members)
        frames = self.functions.frames(unit, turns)
        extras = self.functions.passed_extras(self, unit, self.unit, step, frames, members)
        named = [f"name={self.name(step)}"] if self.functions.takes_name(unit) else []
        more = [*positional, *keywords, *extras, *named]
        given = [x.text for x in xs]
        if step.lender is not None or step.lent:
            text = call(self.model_of(step, unit, xs, more), [_listed(given)])
        else:
            text = call(unit.name, [*given, *more])
        return Var(text, False, None, False, max(x.calls for x in xs) + 1, turns[0].output.shape)

    def model_of(self, step: Step, unit: Unit, xs: list[Var], arguments: list[str]) -> str:
        """Return the variable of a block that is used several times with one set of weights: a model in the model."""
        if step.lender is not None:
            return self.lent[id(step.lender), ""]
        taken = []
        for name, x in zip(unit.inputs, xs, strict=True):
            variable = self.scope.identifiers.give(f"{unit.name}_{name}")
            sizes = open_sizes(x.shape, x.text) if step.roomy else f"{x.text}.shape[1:]"
            self.lines.statement(f"{variable} = ", f"keras.Input({sizes}, dtype={x.text}.dtype)")
            taken.append(variable)
        made = call(unit.name, [*taken, *arguments])
        text = f"keras.Model({_listed(taken)}, {made}, name={self.name(step)})"
        return self.lend(step, "", text, f"shared_{unit.name}")

    # Repeats

    def repeat(
        self, step: Step, turns: list[list[Turn | None]], members: Members, xs: list[Var], names: Names, target: str
    ) -> Var:
        there = [
            (Member(member.frame, (*member.turns, place)), turn)
            for member, uses in zip(members, turns, strict=True)
            for place, turn in enumerate(uses)
        ]
        count = self.count(step, turns, members)
        x = self.settle(xs[0], target, move=True)
        others = [self.settle(y, target) for y in xs[1:]]
        index = self.scope.identifiers.give("index")
        start, before, outer = len(self.lines.text), self.scope.index_used, self.prefix
        path = f"{self.prefix}{step.local}_{{{index}}}"
        self.looped[id(step)] = path
        walk = Walk(index, count)
        self.scope.walks.append(walk)
        self.scope.index_used = False
        self.lines.deeper()
        conditional = any(turn is None for _, turn in there)
        if conditional:
            self.begin_if(self.turn_condition(step, there), f"with_{step.local}")
        if step.body is not None or step.branches is not None:
            self.prefix = path + "_"
        held = [(member, turn) for member, turn in there if turn is not None]
        y = self.once(
            step, [turn for _, turn in held], [member for member, _ in held], [x, *others], names, target, self.nest
        )
        self.settle(y, target, move=True)
        if conditional:
            self.end_if()
        self.lines.deeper(-1)
        self.prefix = outer
        self.scope.walks.pop()
        body = "\n".join(self.lines.text[start:])
        used = self.scope.index_used or f"{{{index}}}" in body
        if not used:
            self.scope.identifiers.taken.discard(index)
        self.scope.index_used = before
        if len(self.lines.text) == start:  # what is repeated changes nothing
            self.scope.identifiers.taken.discard(index)
            return Var(target, True, None, False, 0, held[-1][1].output.shape)
        header = split("for ", " in ".join(walk.header(used)), self.lines.indent, ":")
        self.lines.text[start:start] = header
        self.scope.identifiers.taken.difference_update({index, *walk.lists.values()})
        return Var(target, True, None, False, 0, held[-1][1].output.shape)

    def count(self, step: Step, turns: list[list[Turn | None]], members: Members) -> str:
        expression = self.said(step.repeat)
        return self.scope.resolve([symbolic(len(uses), expression) for uses in turns], f"{step.local}_repeat", members)

    def turn_condition(self, step: Step, there: list[tuple[Member, Turn | None]]) -> str:
        expression = self.said(step.when)
        values = [symbolic(turn is not None, expression) for _, turn in there]
        return self.scope.resolve(values, f"with_{step.local}", [member for member, _ in there])


def _listed(texts: list[str]) -> str:
    return texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"


def shown(shape: Shape) -> str:
    """Return a shape as Keras holds it, without the batch axis."""
    sizes = [str(size) if isinstance(size, int) else "any" for size in shape.sizes]
    return f"({', '.join(sizes)}{',' if len(sizes) == 1 else ''})"
