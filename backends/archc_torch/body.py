"""The code of one PyTorch class: layers made in `__init__`, tensors flowing in `forward`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from archc.emit.body import Body, Members
from archc.emit.frames import Unit
from archc.emit.lines import Lines
from archc.emit.scope import Names, Var
from archc.emit.slots import Irregular, MadePart, UsedPart, Words, constant
from archc.emit.source import call, operands, spell
from archc.emit.spelling import Spelling, View
from archc.emit.units import DeepScope
from archc.expressions import Expression, Name
from archc.graph import Turn
from archc.ops.base import Op
from archc.shapes import Shape
from archc.spec import Step
from archc_torch.dispatch import makes_fresh
from archc_torch.learning import called, trained_or_not
from archc_torch.running import Running
from archc_torch.spell import LAYOUT, RESULT, layer, strict_name

if TYPE_CHECKING:
    from archc_torch.units import Units


TRANSPOSED = ".transpose(1, 2)"
WORDS = {
    "nn.Conv": ("in_channels", "filters"),
    "SeparableConv": ("in_channels", "filters"),
    "nn.Linear": ("in_features", "units"),
}


class LateScope(DeepScope):
    """A scope whose values are known in `__init__`: what `forward` wants to know is kept on the module."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.init = Lines(8)
        self.attributes = {"out_channels"}
        self.late_index = False
        self.loop_variables: dict[str, str] = {}

    def loop_variable(self, wish: str) -> str:
        """Return what loops call their module: no tensor of this unit may have that name, also where it comes later."""
        if wish not in self.loop_variables:
            self.loop_variables[wish] = self.identifiers.give(wish)
        return self.loop_variables[wish]

    def resolve_late(self, values: list[Any], hint: str, members: Sequence[Any]) -> str:
        if constant(values) and (text := _literal(values)) is not None:
            return text
        around, used = self.walks, self.index_used
        self.walks = [*around[:-1], around[-1].counting()] if around else []
        text = self.resolve(values, hint, members)
        self.walks = around
        name = hint
        while name in self.attributes:
            name += "_"
        self.attributes.add(name)
        if self.walks:
            walk = self.walks[-1]
            self.index_used = used  # the list has an index of its own
            same = text == walk.index
            listed = f"list(range({walk.count}))" if same else f"[{text} for {walk.index} in range({walk.count})]"
            self.init.statement(f"self.{name} = ", listed)
            self.late_index = True
            return f"self.{name}[{walk.index}]"
        self.init.statement(f"self.{name} = ", text)
        return f"self.{name}"


def _literal(values: list[Any]) -> str | None:
    try:
        return spell(values[0])
    except TypeError:
        return None


class TorchBody(Body):
    """Walks a unit and writes both methods side by side."""

    nest_in_short = 2
    words: ClassVar[Words] = WORDS

    def __init__(self, scope: LateScope, unit: Unit, units: Units, *, probe: bool, comments: bool) -> None:
        super().__init__(scope)
        self.late = scope
        self.unit = unit
        self.units = units
        self.probe = probe
        self.comments = comments
        self.init = scope.init
        self.forward = Lines(8)
        self.shown: Shape | None = None
        self.sizes = 0
        self.made_calls: dict[int, str] = {}
        self.conditions: dict[str, str] = {}
        self.loop: list[tuple[str, str]] | None = None
        """Within a loop: the module lists filled so far, as (attribute, loop variable)."""
        self.key = self.turn_key = ""
        """Within a loop that leaves out turns: how the turn is called in either method."""

    # Statements

    def assign(self, name: str, value: str, shape: Shape | None, first: bool) -> None:
        comment = ""
        if self.comments and shape is not None and shape != self.shown and self.forward.indent == 8 and shape.sizes:
            comment, self.shown = f"# {self.units.shown(shape, first)}", shape
        self.forward.statement(f"{name} = ", value, comment)

    def begin_if(self, condition: str, hint: str, otherwise: bool = False) -> None:
        """Open an `if` in both methods. The condition is worked out once, in `__init__`, and kept on the module."""
        if condition and hint:
            condition = self.kept(condition, hint)
        self.init.begin_if(condition, otherwise)
        if otherwise:
            self.forward.begin_if(condition, otherwise)
        else:
            self.forward.begin_if_anew(condition)

    def kept(self, condition: str, hint: str) -> str:
        if condition not in self.conditions:
            name = self.attribute(hint)
            self.init.statement(f"self.{name} = ", condition)
            self.conditions[condition] = f"self.{name}"
        return self.conditions[condition]

    def attribute(self, wish: str) -> str:
        """Return a name on the module that nothing else has."""
        while wish in self.late.attributes:
            wish += "_"
        self.late.attributes.add(wish)
        return wish

    def end_if(self) -> None:
        self.init.end_if()
        self.forward.end_if()

    def place(self) -> tuple[int, int]:
        return len(self.init.text), self.init.indent

    def joined(self, before: Var, after: Var, same: bool, place: Any) -> Expression | None:
        if before.size == after.size:
            return before.size
        if same and before.size is not None:
            return before.size
        if before.size is None or after.size is None:
            return None
        name = self.running("channels")
        line, indent = place
        self.init.text.insert(line, Running.line(indent, name, before.size, self.late.walks))
        self.last_under(len(self.init.text), name, after.size)
        return Name(name)

    def either(self, one: Var, other: Var, between: Any) -> Expression | None:
        if one.size == other.size or one.size is None or other.size is None:
            return one.size if one.size == other.size else None
        name = self.running("channels")
        self.last_under(len(self.init.text), name, other.size)
        self.last_under(between[0], name, one.size)
        return Name(name)

    def last_under(self, end: int, name: str, size: Expression) -> None:
        """Set a size in the last line under the `if` that ends at a line of `__init__`."""
        if self.init.text[end - 1].strip() == "pass":
            end -= 1
            del self.init.text[end]
        self.init.text.insert(end, Running.line(self.init.indent + 4, name, size, self.late.walks))

    def running(self, wish: str) -> str:
        """Return emission's name for a size that changes as `__init__` goes."""
        self.sizes += 1
        name = f"%{wish}{self.sizes}"
        self.late.texts[name] = self.late.identifiers.give(wish)
        return name

    # Layers

    def spellings(self, op: Op, views: list[View], final: bool) -> list[Spelling]:
        return trained_or_not(op, list(layer(op, *views)))

    def fresh(self, op: Op, part: MadePart | UsedPart, x: View) -> bool:
        return op.name == "add" or makes_fresh(part, x)

    def wanted(self, op: Op) -> bool | None:
        wish = LAYOUT.get(op.name, "any")
        return None if wish == "any" else wish == "first"

    def result_layout(self, op: Op, first: bool, shape: Shape) -> bool:
        if shape.kind != "sequence":
            return True
        return RESULT.get(op.name) != "last" and first

    def op(self, step: Step, turns: list[Turn], members: Members, xs: list[Var], target: str, nest: int) -> Var:
        op = turns[0].op
        for place, x in enumerate(xs if len(turns) > 1 else ()):
            shapes = [turn.operands[place].shape for turn in turns]
            mixed = len({shape is not None and shape.kind == "sequence" for shape in shapes}) > 1
            if mixed and op is not None and (not x.first or self.wanted(op) is False):
                raise Irregular("it takes a sequence in one use and not in another, whose channels stand elsewhere")
        return super().op(step, turns, members, xs, target, nest)

    def layout(self, x: Var, first: bool) -> Var:
        if x.shape is not None and x.shape.kind != "sequence":
            return x._replace(first=True)  # an image's channels stand first whatever it was made of
        if x.first == first or x.shape is None:
            return x._replace(first=first)
        whole = len(operands(x.text)) == 1
        if not x.simple and whole and x.text.endswith(TRANSPOSED):  # there and back
            text = x.text.removesuffix(TRANSPOSED)
            return x._replace(text=text, simple=text.isidentifier(), first=first)
        text = x.text if whole else f"({x.text})"
        text = f"{text}{TRANSPOSED}"
        return x._replace(text=text, simple=False, first=first, calls=max(x.calls, 1), fresh=False)

    def made(self, part: MadePart, step: Step, members: Members) -> str:
        attribute = f"{step.local}{part.suffix}"
        if step.lender is not None:
            return f"self.{step.lender.local}{part.suffix}"
        text = self.made_calls.get(id(part), "")
        if not text:
            text = called(self.callee(part), self.argument_texts(part, step, members))
            if id(part) in self.planned:
                self.made_calls[id(part)] = text
        if self.loop is not None:
            variable = self.late.loop_variable(part.suffix.strip("_") or "layer")
            self.loop.append((attribute, variable))
            self.fill(attribute, text)
            return variable
        self.late.attributes.add(attribute)
        self.init.statement(f"self.{attribute} = ", text)
        return f"self.{attribute}"

    def fill(self, attribute: str, text: str) -> None:
        """Put a layer into the list, or under the turn's key into the map, that a loop fills."""
        if self.key:
            self.init.statement(f"self.{attribute}[{self.key}] = ", text)
        else:
            self.init.statement("", f"self.{attribute}.append({text})")

    def callee(self, part: MadePart) -> str:
        if self.units.strict and part.callee in strict_name:
            name = strict_name[part.callee]
            self.late.need((name,))
            return name
        return part.callee

    def probed(self, step: Step, text: str, first: bool, part: int | None = None) -> str:
        if not self.probe or self.dealing:
            return text
        which = "" if part is None else f", {part}"
        if self.turn_key and step.repeat is not None:
            return f'_probe(self, f"{step.local}.{{{self.turn_key}}}", {text}, {first})'
        name = step.local + (".#" if step.repeat is not None else "")
        if self.unit.step is step:
            name = ""  # a repeated merge is what its own class gives
        return f'_probe(self, "{name}", {text}, {first}{which})'

    # Blocks

    def use(self, step: Step, turns: list[Turn], members: Members, xs: list[Var]) -> Var:
        shapes = [tensor.shape for tensor in turns[0].inputs]
        unit = self.units.block(turns[0])
        signature = self.units.signature(unit)
        xs = [
            self.layout(x, wish) if shape is not None and shape.kind == "sequence" else x
            for x, wish, shape in zip(xs, signature.firsts, shapes, strict=True)
        ]
        made, known = self.units.called(self, unit, step, turns, members, xs)
        attribute = step.local
        if step.lender is not None:
            module = last = f"self.{step.lender.local}"
        elif self.loop is not None:
            module, last = self.late.loop_variable("block"), f"self.{attribute}[{self.key or -1}]"
            self.loop.append((attribute, module))
            self.fill(attribute, made)
        else:
            self.late.attributes.add(attribute)
            self.init.statement(f"self.{attribute} = ", made)
            module = last = f"self.{attribute}"
        size = self.units.size_from(self, unit, known, last, turns)
        text = call(module, [x.text for x in xs])
        calls, shape = max(x.calls for x in xs) + 1, turns[0].output.shape
        return Var(text, False, size, signature.result_first, calls, shape, signature.fresh)

    # Repeats

    def repeat(
        self, step: Step, turns: list[list[Turn | None]], members: Members, xs: list[Var], names: Names, target: str
    ) -> Var:
        from archc_torch.loops import write_loop

        return write_loop(self, step, turns, members, xs, names, target)
