"""Grows chains of random steps: merges, repeats and what is left out, each tried where it stands."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterator
from random import Random
from typing import Any

from archc import naming
from archc.ops import OPS
from archc.ops.base import ShapeError
from archc.ops.frames import GROUP, Apart
from archc.shapes import Shape
from archc.testing import values
from archc.testing.coverage import Goal
from archc.testing.scopes import Scope, Trials, single
from archc.testing.steps import Grown, Step, Steps, pointless

MERGES = [name for name, op in OPS.items() if op.merges]
JOINS = [*MERGES, *(name for name, op in OPS.items() if op.most_inputs > 1)]
NEEDED: dict[str, dict[str, Any]] = {"multi_head_attention": {"heads": 1}, "max_unpool": {"kernel_size": 2}}
DEEPEST = 4
ODD_NAMES = (
    "stem", "main", "shortcut", "left", "right", "skip", "deep", "gate", "head", "x", "y", "a", "b", "i", "list",
    "print", "torch", "keras", "nn", "layers", "ops", "index_", "range", "super", "self", "inputs", "outputs", "name_",
    "model", "stage1", "stage_1", "conv1", "relu6_1", "dense", "concat", "conv_a", "value", "key", "one", "two",
    "three", "channels", "tensor", "zip", "len", "block", "tail", "trunk", "twig", "leaf", "root", "bud", "stem2",
)  # fmt: skip


class Grower(Steps):
    """Makes steps. `focus` is a use of an op that must occur, until it has."""

    def __init__(self, random: Random, focus: Goal | None) -> None:
        super().__init__(random)
        self.focus = focus
        self.blocks: dict[str, dict[str, Any]] = {}
        self.trials = Trials(self.blocks)
        names = [name for name in ODD_NAMES if not naming.step_fault(name)]
        random.shuffle(names)
        self.names = itertools.chain(names, (f"step_{n}" for n in itertools.count()))

    def fresh(self) -> str:
        """Return a name that nothing has yet."""
        return next(self.names)

    # Chains

    def chain(self, x: Shape, scope: Scope, length: int) -> Grown:
        """Return about `length` steps, and what they give."""
        steps: list[Step] = []
        for _ in range(length):
            grown = self.some(x, scope)
            if grown is None:
                continue
            more, x = grown
            steps += more
            if self.chance(0.2):
                grown = self.skip(steps, x, scope)
                if grown is not None:
                    steps, x = grown
        return steps, x

    def some(self, x: Shape, scope: Scope) -> Grown | None:
        """Return a step of any sort."""
        if self.focus is not None and self.chance(0.7):
            found = self.focused(x, scope)
            if found is not None:
                return found
        if scope.level >= DEEPEST or self.chance(0.55):
            return self.op(x, scope)
        sort = self.random.choice(self.sorts())
        return sort(x, scope) or self.op(x, scope)

    def sorts(self) -> list[Any]:
        return [self.merge, self.merge, self.repeat, self.repeat, self.group, self.conditional, self.kept]

    def focused(self, x: Shape, scope: Scope) -> Grown | None:
        """Return the step that must occur, where it can stand here."""
        focus = self.focus
        assert focus is not None
        maker = self.merge if OPS[focus.op].merges else self.op
        self.focus = None  # what grows within a merge is not the merge itself
        found = maker(x, scope, focus)
        self.focus = focus if found is None else None
        return found

    # Merges

    def merge(self, x: Shape, scope: Scope, goal: Goal | None = None) -> Grown | None:
        """Return a merge of branches."""
        for _ in range(8 if goal else 3):
            name = goal.op if goal else self.random.choice([*MERGES, "concat", "add"])
            first, y = self.chain(x, scope.inner(), self.random.choice((0, 1, 1, 2)))
            args = self.axis(name, y, goal)
            if name == "max_unpool":  # what little chance would pool
                first, y = self.tried([{"max_pool": args}], x, scope) or (first, y)
            branches = [first]
            exactly = OPS[name].exactly
            for _ in range(1 if exactly else self.random.choice((1, 1, 1, 2))):
                other = self.bridge(name, args, x, y, first, scope)
                if other is not None:
                    branches.append(other)
            branches += [copy.deepcopy(branches[-1])] * (exactly - len(branches))
            if name == "subtract" and not any(branches):  # a tensor from itself
                continue
            if (len(branches) == 1 and not self.chance(0.05)) or (exactly > 2 and _named(branches)):
                continue
            if exactly <= 2:
                self.random.shuffle(branches)
            named = {self.fresh(): self.branch(steps, scope) for steps in branches}
            args = self.arguments(name, args, scope, goal)
            step: Step = {name: {**args, "branches": named} if args or self.chance(0.1) else named}
            z = self.trials.result([step], x, scope)
            if z is not None:
                return [step], z
        return None

    def branch(self, steps: list[Step], scope: Scope) -> Any:
        if self.chance(0.1):
            return {"when": self.expression(self.chance(0.8), scope, None, True), "layers": steps}
        return steps

    def axis(self, name: str, y: Shape, goal: Goal | None) -> dict[str, Any]:
        """Return the arguments of a merge."""
        forced = self.forced(goal)
        try:
            given = values.arguments(self.random, OPS[name], y, forced)
        except LookupError:
            return {}
        return {k: v if not isinstance(v, str) or v in y.axes or forced else y.axes[-1] for k, v in given.items()}

    def bridge(
        self, name: str, args: dict[str, Any], x: Shape, y: Shape, steps: list[Step], scope: Scope
    ) -> list[Step] | None:
        """Return steps from `x` to what can be merged with `y`."""
        cls = OPS[name]
        op = cls(**{k: cls.arguments[k].freeze(v) for k, v in args.items()})
        for found, z in self.ways(x, y, steps, scope):
            try:
                shapes = (y, *[z] * max(op.exactly - 1, 1))
                merged = op.output(*shapes)
            except ShapeError:
                continue
            if single(op, shapes, merged) and not pointless(op, z):
                return found
        return None

    def ways(self, x: Shape, y: Shape, steps: list[Step], scope: Scope) -> Iterator[Grown]:
        """Give chains from `x` that may go well with `y`, in random order."""
        twin = copy.deepcopy(steps)
        z = self.trials.result(twin, x, scope) if twin and not _named(twin) else None
        tries: list[Any] = [lambda: ([], x)] * 2
        tries += [lambda: (twin, z)] if z is not None else []
        tries += [lambda: self.op(x, scope)] * 4
        tries += [lambda: self.fitted(x, y, scope)] * 4
        tries += [lambda: self.stretched(x, y, scope)] * 2
        tries += [lambda: self.chain(x, scope.inner(), 2)] * 2
        self.random.shuffle(tries)
        for make in tries:
            found = make()
            if found is not None:
                yield found

    def fitted(self, x: Shape, y: Shape, scope: Scope) -> Grown | None:
        """Return a step that gives as many channels as `y` has."""
        count = y.sizes[-1]
        if x.kind in ("vector", "sequence") and (x.kind == "vector" or self.chance(0.5)):
            return self.tried([{"dense": {"units": self.maybe(count, scope)}}], x, scope)
        size = self.random.choice((1, 3))
        args = {"filters": self.maybe(count, scope), "kernel_size": size}
        return self.tried([{"conv": {**args, "padding": "same"} if size > 1 else args}], x, scope)

    def stretched(self, x: Shape, y: Shape, scope: Scope) -> Grown | None:
        """Return steps whose result is stretched to the size of `y`."""
        pool = self.random.choice(("global_avg_pool", "global_max_pool"))
        units = self.random.choice((1, y.sizes[-1]))
        return self.tried([pool, {"dense": {"units": units}}], x, scope)

    def maybe(self, value: Any, scope: Scope) -> Any:
        return self.expression(value, scope, OPS["dense"].arguments["units"].word, False) if self.chance(0.4) else value

    def tried(self, steps: list[Step], x: Shape, scope: Scope) -> Grown | None:
        y = self.trials.result(steps, x, scope)
        return None if y is None else (steps, y)

    # What stands beside a step

    def repeat(self, x: Shape, scope: Scope, goal: Goal | None = None) -> Grown | None:
        """Return a step with `repeat`."""
        for _ in range(4):
            grown = self.within(x, scope.inner(index=True), goal)
            if grown is None:
                continue
            turns = self.random.choice((1, 2, 2, 2, 3))
            if grown[1].kind != x.kind:
                turns = 1  # a loop whose turns take other axes is no one source
            step = beside(grown[0], repeat=turns)
            if self.chance(0.3):
                step["repeat"] = self.expression(turns, scope, OPS["dense"].arguments["units"].word, True)
            if self.chance(0.12):
                step["when"] = self.random.choice(("$index > 0", "$index != 1", "$index == 0"))
            found = self.tried([step], x, scope)
            if found is None and goal is not None:
                found = self.tried([beside(grown[0], repeat=1)], x, scope)
            if found is not None:
                return found
        return None

    def within(self, x: Shape, scope: Scope, goal: Goal | None = None) -> Grown | None:
        """Return the one step that a `repeat` or a `when` stands beside."""
        if goal is not None:
            grown = self.merge(x, scope, goal) if OPS[goal.op].merges else self.op(x, scope, goal)
        elif self.chance(0.35):
            grown = self.chain(x, scope, self.random.choice((2, 3)))
        else:
            grown = self.some(x, scope)
        if grown is None or not grown[0]:
            return None
        steps, y = grown
        plain = len(steps) == 1 and (isinstance(steps[0], str) or not {"repeat", "when"} & set(steps[0]))
        return grown if plain else ([{"chain": steps}], y)

    def group(self, x: Shape, scope: Scope) -> Grown | None:
        """Return a `chain`, or steps for each slice."""
        if x.rank and x.known() and x.vocabulary is None and self.chance(0.4):
            inside = Scope(scope.inputs, scope.params, block=scope.block, index=scope.index, level=scope.level + 1)
            slices, _ = self.chain(Apart().output(x), inside, self.random.choice((1, 2)))
            return self.tried([{GROUP: slices}], x, scope) if slices else None
        steps, y = self.chain(x, scope.inner(), self.random.choice((1, 2, 3)))
        return ([{"chain": steps}], y) if steps else None

    def conditional(self, x: Shape, scope: Scope, goal: Goal | None = None) -> Grown | None:
        """Return a step with `when`."""
        grown = self.within(x, scope.inner(), goal)
        if grown is None:
            return None
        there = goal is not None or self.chance(0.75)
        return self.tried([beside(grown[0], when=self.expression(there, scope, None, True))], x, scope)

    def kept(self, x: Shape, scope: Scope) -> Grown | None:
        """Return a step with a name of its own."""
        grown = self.some(x, scope)
        if grown is None or not grown[0] or (isinstance(grown[0][-1], dict) and {"name", "when"} & set(grown[0][-1])):
            return grown
        name = self.fresh()
        scope.names[name] = grown[1]
        return [*grown[0][:-1], beside(grown[0][-1:], name=name)], grown[1]

    def skip(self, steps: list[Step], x: Shape, scope: Scope) -> Grown | None:
        """Return steps followed by a merge of their last with an earlier one, or with a fork from there."""
        last = steps[-1]
        if isinstance(last, dict) and ("name" in last or "when" in last):
            return None
        earlier = [name for name, shape in scope.names.items() if shape.vocabulary is None]
        if scope.block or len(scope.inputs) > 1:
            earlier += list(scope.inputs)
        if not earlier:
            return None
        name, source, merge = self.fresh(), self.random.choice(earlier), self.random.choice(JOINS)
        args = NEEDED.get(merge, {})
        before = {**scope.inputs, **scope.names}[source]
        steps = [*steps[:-1], beside([last], name=name)]
        way = self.bridge(
            merge, args, before, x, [], Scope(scope.inputs, scope.params, block=scope.block, level=DEEPEST)
        )
        if way is None:
            return None
        if way:
            fork = self.fresh()
            way = [beside(way[:1], **{"from": source}), *way[1:]]
            way[-1] = beside(way[-1:], name=fork)
            source = fork
        pair = [name, source]
        self.random.shuffle(pair)
        more = [*way, {merge: args or None, "from": pair}]
        probe = scope.inner()
        probe.names[name] = x
        y = self.trials.result(more, x, probe)
        if y is None:
            return None
        scope.names[name] = x
        return [*steps, *more], y


def beside(steps: list[Step], **keys: Any) -> dict[str, Any]:
    """Return a step with reserved keys beside it."""
    (step,) = steps
    return {**(step if isinstance(step, dict) else {step: None}), **keys}


def _named(steps: Any) -> bool:
    """Tell whether a step somewhere has a name, so that it cannot stand twice."""
    if isinstance(steps, dict):
        return "name" in steps or any(_named(part) for part in steps.values())
    return isinstance(steps, list) and any(_named(part) for part in steps)
