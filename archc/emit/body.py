"""Walks a block's steps once, with all its uses side by side, and says what is to be written for each.

What differs between backends (where layers are made, how loops and branches of control flow look) is left to methods
that they implement. Everything else is here: variables, nesting of calls, `when`, merges, and what all uses share.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from archc.emit.scope import Names, Scope, Var
from archc.emit.slots import Irregular, MadePart, Merged, UsedPart, arguments, constant, merge
from archc.emit.source import spell
from archc.emit.spelling import Code, Spelling, Use, View
from archc.emit.symbolic import expression_of, symbolic
from archc.expressions import Expression, Literal
from archc.graph import ChainRun, Turn
from archc.ops.activations import activation_op
from archc.ops.base import Op
from archc.shapes import Shape
from archc.spec import Chain, Formula, Given, Step


class Member(NamedTuple):
    """One use among many: which frame of the unit it belongs to, and the turns of the loops around it."""

    frame: int
    turns: tuple[int, ...] = ()


Members = Sequence[Member]


class Plan(NamedTuple):
    """What an op without expressions is written as."""

    merged: Merged
    size: Expression | None
    first: bool


class Body:
    """The walk over one unit. `scope` resolves values to text; `target` names the variable of the main chain."""

    nest = 1
    """How many calls may stand within each other on one line."""
    nest_in_short = 1
    """The same in chains of at most three steps."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.live: set[str] = set()
        self.plans: dict[tuple[int, tuple[Shape, ...]], Plan] = {}
        self.planned: set[int] = set()
        self.calls: dict[int, list[str]] = {}

    joins_parts = True
    """Whether the parts of one op stand on one line."""

    def argument_texts(self, part: MadePart, step: Step, members: Members) -> list[str]:
        """Return the texts of a layer's arguments; those of plans are worked out once."""
        known = self.calls.get(id(part))
        if known is not None:
            return known
        texts = arguments(part, step.local, lambda values, hint: self.scope.resolve(values, hint, members))
        if id(part) in self.planned:
            self.calls[id(part)] = texts
        return texts

    # What backends implement

    def spellings(self, op: Op, views: list[View], final: bool) -> list[Spelling]:
        raise NotImplementedError

    def made(self, part: MadePart, step: Step, members: Members) -> str:
        """Return the text that is called: a layer object."""
        raise NotImplementedError

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

    def assign(self, name: str, value: str, shape: Shape | None, first: bool) -> None:
        raise NotImplementedError

    def probed(self, step: Step, text: str, first: bool) -> str:
        """Return `text`, in a call of the probe where one is wanted."""
        raise NotImplementedError

    def joined(self, before: Var, after: Var, same: bool, place: Any) -> Expression | None:
        """Return the size after an `if`, from the sizes without and with it."""
        raise NotImplementedError

    def place(self) -> Any:
        """Return the place in the source before an `if`, for `joined`."""
        raise NotImplementedError

    def wanted(self, op: Op) -> bool | None:
        """Return whether an op wants a sequence's channels first; None where it does not matter."""
        return None

    def layout(self, x: Var, first: bool) -> Var:
        """Return a sequence with its channels first or last."""
        return x

    def result_layout(self, op: Op, first: bool, shape: Shape) -> bool:
        """Return whether an op's result has its channels first."""
        return first

    def wraps(self, part: UsedPart) -> bool:
        """Tell whether an expression may take another expression, rather than a variable."""
        return part.call and part.template.count("{x}") == 1

    # The walk

    def chain(
        self,
        runs: list[ChainRun],
        members: Members,
        x: Var,
        names: Names,
        target: str,
        nest: int,
        last: int | None = None,
        start: int = 0,
    ) -> Var:
        """Walk steps `start` to `last` of a chain; what comes back may still be an expression."""
        place = start
        stop = len(runs[0].steps) if last is None else last
        while place < stop:
            step = runs[0].steps[place].step
            if step.when is not None and step.repeat is None and last is None:
                here = [run.steps[place].turns[0] is not None for run in runs]
                if not any(here):
                    place += 1
                    continue
                if not all(here):
                    end = self.same_condition(runs, place, here)
                    x = self.conditional(runs, members, x, names, target, here, place, end)
                    place = end
                    continue
            x = self.step(step, [run.steps[place].turns for run in runs], members, x, names, target, nest)
            place += 1
        return x

    def same_condition(self, runs: list[ChainRun], place: int, here: list[bool]) -> int:
        """Return the end of the steps that are there under one and the same condition."""
        end = place + 1
        steps = runs[0].steps
        while end < len(steps):
            step = steps[end].step
            if step.when is None or step.repeat is not None or step.sources is not None:
                break
            if not _one_condition(step, steps[place].step) or [r.steps[end].turns[0] is not None for r in runs] != here:
                break
            end += 1
        return end

    def conditional(
        self,
        runs: list[ChainRun],
        members: Members,
        x: Var,
        names: Names,
        target: str,
        here: list[bool],
        start: int,
        end: int,
    ) -> Var:
        step = runs[0].steps[start].step
        origin, x = x, self.settle(x, target, move=True)
        before = self.place()
        condition = self.condition(step.when, here, members, f"with_{step.local}", step)
        inside = [run for run, there in zip(runs, here, strict=True) if there]
        who = [member for member, there in zip(members, here, strict=True) if there]
        self.begin_if(condition, f"with_{step.local}")
        y = self.chain(inside, who, origin if origin.simple else x, names, target, self.nest, end, start)
        y = self.layout(y, x.first) if y.first != x.first else y
        y = self.settle(y, target, move=True)
        self.end_if()
        return y._replace(size=self.joined(x, y, self._keeps(inside, start, end), before))

    def _keeps(self, runs: list[ChainRun], start: int, end: int) -> bool:
        """Tell whether steps leave the channels as they are, in every use."""
        for run in runs:
            first, final = run.steps[start].turns[0], run.steps[end - 1].turns[-1]
            if first is None or final is None or first.inputs[0].shape is None or final.output.shape is None:
                return False
            if first.inputs[0].shape.channels != final.output.shape.channels:
                return False
        return True

    def condition(self, when: Given | None, here: list[bool], members: Members, hint: str, step: Step) -> str:
        """Return the text of a condition: as the spec has it, or an argument."""
        expression = None
        if when is not None and isinstance(when.value, Formula):
            expression = self.scope.translate(when.value.expression)
        return self.scope.resolve([symbolic(value, expression) for value in here], hint, members)

    def settle(self, x: Var, target: str, *, move: bool = False) -> Var:
        """Return `x` as a variable: an expression, or with `move` another variable, is assigned to `target`."""
        if x.simple and (not move or x.text == target):
            return x
        self.assign(target, x.text, x.shape, x.first)
        return x._replace(text=target, simple=True, calls=0)

    def step(
        self, step: Step, turns: list[list[Turn | None]], members: Members, x: Var, names: Names, target: str, nest: int
    ) -> Var:
        xs = [x] if step.sources is None else [names.find(reference.name) for reference in step.sources]
        if step.repeat is not None and not any(turn is not None for uses in turns for turn in uses):
            return x
        try:
            if step.repeat is not None:
                y = self.repeat(step, turns, members, xs, names, target)
            else:
                held = [uses[0] for uses in turns if uses[0] is not None]
                y = self.once(step, held, members, xs, names, target, nest)
        except Irregular as error:
            error.mark = error.mark or step.node.mark
            raise
        if step.kept:
            y = self.settle(y, self.scope.local(step.name), move=True)
        names.values[step.name] = y
        return y

    def once(
        self, step: Step, turns: list[Turn], members: Members, xs: list[Var], names: Names, target: str, nest: int
    ) -> Var:
        if step.block is not None:
            xs = [self.ready(x, target, nest if len(xs) == 1 else 0) for x in xs]
            return self.use(step, turns, members, xs)
        if step.body is not None:
            bodies = [t.body for t in turns if t.body is not None]
            return self.chain(bodies, members, xs[0], Names(names), target, nest)
        if step.branches is not None:
            return self.merge(step, turns, members, xs[0], names, target)
        return self.op(step, turns, members, xs, target, nest)

    def depth(self, chain: Chain) -> int:
        return self.nest_in_short if len(chain.steps) <= 3 else self.nest

    def ready(self, x: Var, target: str, nest: int) -> Var:
        """Return `x` as it may stand between the brackets of a call."""
        return self.settle(x, target) if x.calls >= nest else x

    # Ops

    def op(self, step: Step, turns: list[Turn], members: Members, xs: list[Var], target: str, nest: int) -> Var:
        if turns[0].final and "activation" not in turns[0].op.arguments:  # type: ignore[union-attr]
            return xs[0]  # the final softmax or sigmoid: it stands apart from the logits
        if (
            len(turns) == 1
            and turns[0].op is step.op
            and all(x.size is None or isinstance(x.size, Literal) for x in xs)
        ):
            plan = self.static_plan(turns[0], xs)
        else:
            plan = None
        if plan is not None:
            text, calls = self.apply(step, plan.merged, members, xs, target, nest)
            simple = xs[0].simple and not plan.merged.parts
            shape = turns[0].output.shape
            return Var(self.probed(step, text, plan.first), simple, plan.size, plan.first, calls, shape)
        ops = [self.symbolic_op(step, turn) for turn in turns]
        wish = self.wanted(ops[0])
        if len(xs) > 1:
            wish = next((x.first for x, t in zip(xs, turns[0].operands, strict=True) if t.shape and t.shape.rank), None)
        if wish is not None:
            xs = [
                self.layout(self.settle(x, target) if x.first != wish else x, wish)
                if t.shape and t.shape.kind == "sequence"
                else x
                for x, t in zip(xs, turns[0].operands, strict=True)
            ]
        shapes = [[self.view(tensor.shape, x) for tensor, x in zip(turn.operands, xs, strict=True)] for turn in turns]
        offers = [
            self.spellings(op, [View(s, x.first) for s, x in zip(uses, xs, strict=True)], turn.final)
            for op, uses, turn in zip(ops, shapes, turns, strict=True)
        ]
        text, calls = self.apply(step, self.common(ops, shapes, xs, offers), members, xs, target, nest)
        shape = turns[0].output.shape
        assert shape is not None
        first = self.result_layout(ops[0], wish if len(xs) > 1 and wish is not None else xs[0].first, shape)
        size = self.result_size(ops, shapes)
        return Var(
            self.probed(step, text, first),
            text == xs[0].text and xs[0].simple,
            size,
            first,
            calls,
            turns[0].output.shape,
        )

    def static_plan(self, turn: Turn, xs: list[Var]) -> Plan | None:
        """Return what an op without expressions is written as, once for all steps alike; None for sequences."""
        shapes = turn.shapes
        if turn.op is None or turn.final or any(shape.kind == "sequence" for shape in shapes):
            return None
        key = (id(turn.op), shapes)
        plan = self.plans.get(key)
        if plan is None:
            views = [View(shape, x.first) for shape, x in zip(shapes, xs, strict=True)]
            out = turn.output.shape
            if out is None or out.kind == "sequence":
                return None
            merged = merge([self.spellings(turn.op, views, False)])
            first = self.result_layout(turn.op, xs[0].first, out)
            self.planned.update(map(id, merged.parts))
            plan = self.plans[key] = Plan(merged, self.result_size([turn.op], [list(shapes)]), first)
        return plan

    def common(self, ops: list[Op], shapes: list[list[Shape]], xs: list[Var], offers: list[list[Spelling]]) -> Merged:
        """Return what all uses have in common; where activations differ too much, they become an argument."""
        try:
            return merge(offers)
        except Irregular:
            if "activation" not in ops[0].arguments:
                raise
        bare = [
            self.spellings(
                op.replace(activation=None), [View(s, x.first) for s, x in zip(uses, xs, strict=True)], False
            )
            for op, uses in zip(ops, shapes, strict=True)
        ]
        merged = merge(bare)
        codes: list[Any] = [
            self.activation_code(op, op.output(*uses), xs[0]) for op, uses in zip(ops, shapes, strict=True)
        ]
        merged.parts.append(UsedPart("{activation}({x})", {"activation": codes}, True))
        return merged

    def activation_code(self, op: Op, shape: Shape, x: Var) -> Code:
        """Return a fused activation as a function's source."""
        activation = activation_op(op.activation)  # type: ignore[attr-defined]
        if activation is None:
            return Code("lambda x: x")
        parts = self.spellings(activation, [View(shape, x.first)], False)[0].parts
        if len(parts) != 1 or not isinstance(parts[0], Use):
            raise Irregular(f"`{activation.name}` is no plain function")
        template = parts[0].template
        slots = {name: spell(value) for name, value in parts[0].slots.items()}
        if template.endswith("({x})") and not slots:
            return Code(template.removesuffix("({x})"))
        return Code("lambda x: " + template.format(x="x", **slots))

    def view(self, shape: Shape | None, x: Var) -> Shape:
        assert shape is not None
        if x.size is None or not shape.sizes or isinstance(x.size, Literal) or shape.vocabulary is not None:
            return shape
        return shape.with_channels(symbolic(shape.channels, x.size))

    def result_size(self, ops: list[Op], shapes: list[list[Shape]]) -> Expression | None:
        """Return the channels that come out, as an expression that holds for all uses; None where there is none."""
        sizes = []
        for op, uses in zip(ops, shapes, strict=True):
            out = op.output(*uses)
            if not out.sizes:
                return None
            sizes.append(out.channels)
        first = expression_of(sizes[0])
        if first is not None and all(expression_of(size) == first for size in sizes):
            return first
        return (
            Literal(int(sizes[0]))
            if isinstance(sizes[0], int) and constant([+s if isinstance(s, int) else s for s in sizes])
            else None
        )

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
        self.scope.need(merged.needs)
        calls = xs[0].calls if len(xs) == 1 else 0
        xs = [x if len(xs) == 1 else self.settle(x, target) for x in xs]
        texts = [x.text for x in xs]
        for place, stretch in enumerate(merged.stretch):
            if stretch and stretch != "{x}":
                texts[place] = stretch.format(x=texts[place])
        text, simple, used = texts[0], xs[0].simple, False
        for number, part in enumerate(merged.parts):
            many = number == 0 and len(xs) > 1
            if isinstance(part, MadePart):
                if calls >= nest and not (used and self.joins_parts):
                    text, simple, calls = self.hold(text, target, xs[0], simple), True, 0
                inside = f"[{', '.join(texts)}]" if many else text
                text = f"{self.made(part, step, members)}({inside})"
                calls += 1
            else:
                if not many and not simple and not self.wraps(part):
                    text, calls = self.hold(text, target, xs[0] if not used else None, simple), 0
                slots = {
                    name: self.scope.resolve_late(values, f"{step.local}_{name}", members)
                    for name, values in part.slots.items()
                }
                text = part.template.format(*texts, x=text, **slots)
                calls += 1
            simple, used = False, True
        return text, max(calls, 1 if len(xs) > 1 else 0)

    def hold(self, text: str, target: str, x: Var | None, simple: bool) -> str:
        """Assign an expression to the chain's variable, so that it can be used by name."""
        if simple:
            return text
        self.assign(target, text, x.shape if x is not None else None, x.first if x is not None else True)
        return target

    # Merges

    def merge(self, step: Step, turns: list[Turn], members: Members, x: Var, names: Names, target: str) -> Var:
        x = self.settle(x, target)
        results: list[Var | None] = []
        taken: list[str] = []
        conditions: list[str] = []
        kinds = [tuple(branch.chain is not None for branch in turn.branches or ()) for turn in turns]
        for place, branch in enumerate(step.branches or ()):
            here = [kind[place] for kind in kinds]
            if not any(here):
                results.append(None)
                conditions.append("")
                continue
            conditional = not all(here)
            conditions.append(
                self.condition(branch.when, here, members, f"with_{branch.name}", step) if conditional else ""
            )
            variable = self.branch_variable(branch.name, target)
            taken.append(variable)
            if conditional and branch.chain.steps:
                self.begin_if(conditions[-1], f"with_{branch.name}")
            runs = [
                t.branches[place].chain for t in turns if t.branches is not None and t.branches[place].chain is not None
            ]
            who = [member for member, there in zip(members, here, strict=True) if there]
            y = self.chain(
                [run for run in runs if run is not None], who, x, Names(names), variable, self.depth(branch.chain)
            )
            y = self.settle(y, variable)
            if conditional and branch.chain.steps:
                self.end_if()
            results.append(y)
        self.live.difference_update(taken)
        return self.combine(step, turns, members, results, conditions, kinds, target)

    def branch_variable(self, name: str, target: str) -> str:
        """Return a variable for a branch; branches of merges that are done may have had it before."""
        variable = self.scope.branch(name, self.live | {target})
        self.live.add(variable)
        return variable

    def combine(
        self, step: Step, turns: list[Turn], members: Members, results: list[Var | None], conditions: list[str],
        kinds: list[tuple[bool, ...]], target: str,
    ) -> Var:  # fmt: skip
        """Write the merge itself: once, or once for each set of branches that are there."""
        patterns = sorted(set(kinds), key=lambda kind: (-sum(kind), kind), reverse=False)
        if len(patterns) == 1:
            return self.combined(step, turns, members, results, patterns[0], target)
        last: Var | None = None
        for number, pattern in enumerate(patterns):
            tests = [
                (self.kept(text, f"with_{branch.name}"), there)
                for text, there, branch in zip(conditions, pattern, step.branches or (), strict=True)
                if text
            ]
            test = " and ".join(text if there else f"not {text}" for text, there in tests)
            self.begin_if(test if number < len(patterns) - 1 else "", "", otherwise=number > 0)
            chosen = [place for place, kind in enumerate(kinds) if kind == pattern]
            y = self.combined(step, [turns[p] for p in chosen], [members[p] for p in chosen], results, pattern, target)
            y = self.settle(y, target, move=True)
            self.end_if()
            last = y if last is None else y._replace(size=y.size if y.size == last.size else None)
        assert last is not None
        return last

    def combined(
        self,
        step: Step,
        turns: list[Turn],
        members: Members,
        results: list[Var | None],
        pattern: tuple[bool, ...],
        target: str,
    ) -> Var:
        xs = [x for x, there in zip(results, pattern, strict=True) if there and x is not None]
        if len(xs) == 1:
            return xs[0]
        return self.op(step, turns, members, xs, target, self.nest)


def _one_condition(step: Step, other: Step) -> bool:
    """Tell whether two steps are there under the same condition, as written."""
    if step.when is None or other.when is None:
        return False
    one, two = step.when.value, other.when.value
    if isinstance(one, Formula) and isinstance(two, Formula):
        return one.expression == two.expression
    return bool(one == two)
