"""Writes one op for all its uses: what they have in common, the layers it makes, the expression it becomes."""

from __future__ import annotations

from typing import Any

from archc.emit.plans import Offered, Plan
from archc.emit.scope import Scope, Var
from archc.emit.slots import Irregular, MadePart, Merged, UsedPart, arguments, constant, merge, spaced
from archc.emit.source import spell
from archc.emit.spelling import Code, Use, View
from archc.emit.symbolic import bare, expression_of, symbolic
from archc.emit.writer import Members, Writer
from archc.expressions import Expression, Literal, Name, names
from archc.graph import Turn
from archc.ops.activations import activation_op
from archc.ops.base import Op
from archc.shapes import Shape
from archc.spec import Formula, Given, Step

LONGEST_CALLED = 60
"""The longest call of a layer that a method is called on, on the same line."""


class Applying(Writer):
    """Applies ops. What an op without expressions is written as is worked out once for all steps alike."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        self.plans: dict[tuple[int, tuple[Shape, ...], bool], Plan | None] = {}
        self.planned: set[int] = set()
        self.calls: dict[int, list[str]] = {}

    def op(self, step: Step, turns: list[Turn], members: Members, xs: list[Var], target: str, nest: int) -> Var:
        turn = turns[0]
        if turn.final:
            if "activation" not in turn.op.arguments:  # type: ignore[union-attr]
                return xs[0]  # the final softmax or sigmoid: it stands apart from the logits
        elif len(turns) == 1 and turn.op is step.op:
            plan = self.static_plan(turn, xs)
            if plan is not None:
                text, calls = self.apply(step, plan.merged, members, xs, target, nest)
                simple = xs[0].simple and not plan.merged.parts
                text = self.probed(step, text, plan.first)
                return Var(text, simple, plan.size, plan.first, calls, turn.output.shape, plan.fresh)
        op = self.symbolic_op(step, turn)
        wish = self.wanted(op)
        if len(xs) > 1 and wish is None:
            wish = next((x.first for x, t in zip(xs, turns[0].operands, strict=True) if t.shape and t.shape.rank), None)
        if wish is not None:
            xs = [
                self.layout(self.settle(x, target) if x.first != wish and len(xs) == 1 else x, wish)
                if t.shape and t.shape.kind == "sequence"
                else x
                for x, t in zip(xs, turns[0].operands, strict=True)
            ]
        uses = self.offered(step, turns, xs)
        merged = self.common(uses, xs)
        text, calls = self.apply(step, merged, members, xs, target, nest)
        shape = turn.output.shape
        assert shape is not None
        first = self.result_layout(op, wish if len(xs) > 1 and wish is not None else xs[0].first, shape)
        size = self.result_size(list({id(use): use for use in uses}.values()))
        simple, fresh = text == xs[0].text and xs[0].simple, self.leaves_fresh(op, merged, View(turn.shapes[0]))
        return Var(self.probed(step, text, first), simple, size, first, calls, shape, fresh)

    def leaves_fresh(self, op: Op, merged: Merged, x: View) -> bool:
        """Tell whether what an op is written as gives something that the step after it may overwrite."""
        return bool(merged.parts) and self.fresh(op, merged.parts[-1], x)

    def one_layer(self, merged: Merged) -> MadePart | None:
        """Return the one layer that an op becomes, where nothing stands beside its call."""
        part = merged.parts[0] if len(merged.parts) == 1 and not any(merged.stretch) else None
        return part if isinstance(part, MadePart) and not part.call and not self.wanted_where(part) else None

    def straight(self, step: Step, turn: Turn | None, members: Members, x: Var, target: str, nest: int) -> Var | None:
        """Write what most steps of a long chain are: one call of a layer like one before; None where it is more."""
        if turn is None or turn.final or turn.op is not step.op:
            return None
        plan = self.plans.get((id(turn.op), turn.shapes, x.fresh))
        if plan is None or plan.alone is None or x.size.__class__ is not Literal:
            return None
        text, calls = x.text, x.calls
        if calls >= nest:
            text, calls = self.hold(text, target, x, x.simple), 0
        text = self.probed(step, f"{self.made(plan.alone, step, members)}({text})", plan.first)
        return Var(text, False, plan.size, plan.first, calls + 1, turn.output.shape, plan.fresh)

    def offered(self, step: Step, turns: list[Turn], xs: list[Var]) -> list[Offered]:
        """Return what each use of a step may be written as; uses that are alike share one."""
        found: dict[tuple[int, tuple[Shape, ...], bool], Offered] = {}
        uses = []
        for turn in turns:
            key = (id(turn.op), turn.shapes, turn.final)
            use = found.get(key)
            if use is None:
                op = self.symbolic_op(step, turn)
                shapes = [self.view(shape, x) for shape, x in zip(turn.shapes, xs, strict=True)]
                views = [View(shape, x.first, x.fresh) for shape, x in zip(shapes, xs, strict=True)]
                use = found[key] = Offered(op, shapes, self.spellings(op, views, turn.final))
            uses.append(use)
        return uses

    def static_plan(self, turn: Turn, xs: list[Var]) -> Plan | None:
        """Return what an op without expressions is written as, once for all steps alike; None for sequences."""
        for x in xs:
            if x.size is not None and not isinstance(x.size, Literal):
                return None
        shapes, out = turn.shapes, turn.output.shape
        key = (id(turn.op), shapes, xs[0].fresh)
        if key in self.plans:
            return self.plans[key]
        plan = None
        if turn.op is not None and out is not None and all(shape.kind != "sequence" for shape in (*shapes, out)):
            views = [View(shape, x.first, x.fresh) for shape, x in zip(shapes, xs, strict=True)]
            merged = merge([self.spellings(turn.op, views, False)])
            first = self.result_layout(turn.op, xs[0].first, out)
            self.planned.update(map(id, merged.parts))
            size = self.result_size([Offered(turn.op, list(shapes), [])])
            plan = Plan(merged, size, first, self.leaves_fresh(turn.op, merged, views[0]), self.one_layer(merged))
        self.plans[key] = plan
        return plan

    def common(self, uses: list[Offered], xs: list[Var]) -> Merged:
        """Return what all uses have in common; where activations differ too much, they become an argument."""
        try:
            return merge([use.spellings for use in uses])
        except Irregular:
            if "activation" not in uses[0].op.arguments:
                raise
        bare = [
            self.spellings(
                use.op.replace(activation=None),
                [View(shape, x.first) for shape, x in zip(use.shapes, xs, strict=True)],
                False,
            )
            for use in uses
        ]
        merged = merge(bare)
        codes: list[Any] = [self.activation_code(use.op, use.op.output(*use.shapes), xs[0]) for use in uses]
        merged.parts.append(UsedPart("{activation}({x})", {"activation": codes}, True))
        return merged

    def activation_code(self, op: Op, shape: Shape, x: Var) -> Code:
        """Return a fused activation as a function's source."""
        activation = activation_op(op.activation)  # type: ignore[attr-defined]
        if activation is None:
            return Code("lambda x: x")
        best = self.spellings(activation, [View(shape, x.first)], False)[0]
        parts = best.parts
        if len(parts) != 1 or not isinstance(parts[0], Use):
            raise Irregular(f"`{activation.name}` is no plain function")
        self.scope.need(best.needs)
        template = parts[0].template
        slots = {name: spell(value) for name, value in parts[0].slots.items()}
        if template.endswith("({x})") and not slots:
            return Code(template.removesuffix("({x})"))
        return Code("lambda x: " + template.format(x="x", **slots))

    def view(self, shape: Shape, x: Var) -> Shape:
        if x.size is None or not shape.sizes or isinstance(x.size, Literal) or shape.vocabulary is not None:
            return shape
        return shape.with_channels(symbolic(shape.channels, x.size))

    def result_size(self, uses: list[Offered]) -> Expression | None:
        """Return the channels that come out, as an expression that holds for all uses; None where there is none."""
        sizes = []
        for use in uses:
            out = use.op.output(*use.shapes)
            if not out.sizes:
                return None
            sizes.append(out.channels)
        first = expression_of(sizes[0])
        if first is not None and all(expression_of(size) == first for size in sizes):
            return Literal(size) if isinstance(size := bare(sizes[0]), int) and self.passed_by(first) else first
        return (
            Literal(int(sizes[0]))
            if isinstance(sizes[0], int) and constant([+s if isinstance(s, int) else s for s in sizes])
            else None
        )

    def passed_by(self, size: Expression) -> bool:
        """Tell whether a size is a sum with what a loop that is done has left, in a unit with one use: it is known."""
        running = any(name.startswith("%channels") for name in names(size))
        return running and not isinstance(size, Name) and self.scope.frames == 1 and not self.scope.walks

    def symbolic_op(self, step: Step, turn: Turn) -> Op:
        """Return the op with expressions in the arguments that the spec computes."""
        op = turn.op
        assert op is not None
        values: dict[str, Any] = (
            {}
            if step.op is op
            else {
                name: self.symbolic_value(given.value, getattr(op, name))
                for name, given in step.args.items()
                if given.dynamic
            }
        )
        if turn.final:
            values["activation"] = None
        return op.replace(**values) if values else op

    def symbolic_value(self, given: Any, value: Any) -> Any:
        if isinstance(given, Formula):
            return symbolic(value, self.scope.translate(given.expression))
        if isinstance(given, list) and isinstance(value, tuple):
            return tuple(self.symbolic_value(g, v) for g, v in zip(given, value, strict=True))
        if isinstance(given, dict) and isinstance(value, dict):
            return {key: self.symbolic_value(given[key], part) for key, part in value.items()}
        return value

    def apply(
        self, step: Step, merged: Merged, members: Members, xs: list[Var], target: str, nest: int
    ) -> tuple[str, int]:
        """Return the text of an op applied to `xs`, and how many calls stand within each other in it."""
        if merged.needs:
            self.scope.need(merged.needs)
        calls = xs[0].calls if len(xs) == 1 else 0
        texts = [x.text for x in xs]
        for place, stretch in enumerate(merged.stretch):
            if stretch and stretch != "{x}":
                texts[place] = stretch.format(x=texts[place])
        text, simple, used, made = texts[0], xs[0].simple, False, False
        for number, part in enumerate(merged.parts):
            many = number == 0 and len(xs) > 1
            if isinstance(part, MadePart) and not many and (condition := self.wanted_where(part)):
                before = Var(text, simple and not used, xs[0].size, xs[0].first, calls, xs[0].shape)
                text = self.settle(before, target, move=True).text
                self.begin_if(condition, "")
                self.assign(target, f"{self.made(part, step, members)}({text})", None, xs[0].first)
                self.end_if()
                simple, calls, used, made = True, 0, True, False
                continue
            if isinstance(part, MadePart):
                if calls >= nest and not (used and self.joins_parts):
                    text, simple, calls = self.hold(text, target, xs[0], simple), True, 0
                if not simple and part.call.count("{x}") > 1:
                    text, calls = self.hold(text, target, xs[0] if not used else None, simple), 0
                text = self.called(part, step, members, text, texts if many else [])
                calls += 1
            else:
                method = made and part.template.startswith("{x}.") and len(text) < LONGEST_CALLED
                if not many and not simple and not method and not self.wraps(part, text, calls):
                    text, calls = self.hold(text, target, xs[0] if not used else None, simple), 0
                text = self.used(part, step, members, text, texts)
                calls += 1
            simple, used, made = False, True, isinstance(part, MadePart)
        return text, max(calls, 1 if len(xs) > 1 else 0)

    def called(self, part: MadePart, step: Step, members: Members, x: str, xs: list[str]) -> str:
        """Return the call of a layer with `x`, or with a merge's `xs`."""
        if not part.call:
            made = self.made(part, step, members)
            return f"{made}([{', '.join(xs)}])" if xs else f"{made}({x})"
        slots = self.slot_texts(part, step, members)
        listed = ", ".join(xs) if xs else x
        return part.call.format(*(xs or [x]), x=x, listed=listed, layer=self.made(part, step, members), **slots)

    def used(self, part: UsedPart, step: Step, members: Members, x: str, xs: list[str]) -> str:
        """Return the expression that a part makes of `x`, or of a merge's `xs`."""
        before, found, after = part.template.partition("{x}")
        if found and not part.slots and "{" not in before and "{" not in after:  # most are a call of a function
            return f"{before}{x}{after}"
        slots = self.slot_texts(part, step, members)
        return spaced(part.template, slots).format(*xs, x=x, **slots)

    def slot_texts(self, part: MadePart | UsedPart, step: Step, members: Members) -> dict[str, str]:
        """Return the texts of the values in a part's expression."""
        return {
            name: self.scope.resolve_late(values, f"{step.local}_{name}", members)
            for name, values in part.slots.items()
        }

    def argument_texts(self, part: MadePart, step: Step, members: Members) -> list[str]:
        """Return the texts of a layer's arguments; those of plans are worked out once."""
        known = self.calls.get(id(part))
        if known is not None:
            return known
        texts = arguments(part, step.local, lambda values, hint: self.scope.resolve(values, hint, members), self.words)
        if id(part) in self.planned:
            self.calls[id(part)] = texts
        return texts

    def condition(self, when: Given | None, here: list[bool], members: Members, hint: str, step: Step) -> str:
        """Return the text of a condition: as the spec has it, or an argument."""
        expression = self.said(when)
        return self.scope.resolve([symbolic(value, expression) for value in here], hint, members)

    def said(self, given: Given | None) -> Expression | None:
        """Return what the spec says of a value, in this unit's terms, where it says an expression."""
        if given is None or not isinstance(given.value, Formula):
            return None
        return self.scope.translate(given.value.expression)
