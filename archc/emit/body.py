"""Walks a block's steps once, with all its uses side by side, and says what is to be written for each.

What differs between backends (where layers are made, how loops and branches of control flow look) is left to methods
that they implement. Everything else is here: variables, nesting of calls, `when`, merges, and what all uses share.
"""

from __future__ import annotations

from archc.emit.conditions import one_condition, opposite
from archc.emit.dealing import Dealing, plain
from archc.emit.scope import Names, Var
from archc.emit.slots import Irregular
from archc.emit.writer import Member, Members
from archc.graph import ChainRun, Turn
from archc.spec import Chain, Step

__all__ = ["Body", "Member", "Members"]


class Body(Dealing):
    """The walk over one unit."""

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
        steps = runs[0].steps
        stop = len(steps) if last is None else last
        while place < stop:
            step = steps[place].step
            if step.when is not None and step.repeat is None and last is None:
                here = [run.steps[place].turns[0] is not None for run in runs]
                if not any(here):
                    place += 1
                    continue
                if not all(here):
                    middle = self.same_condition(runs, place, here)
                    end = self.otherwise(runs, place, middle, here)
                    x = self.conditional(runs, members, x, names, target, here, place, middle, end)
                    place = end
                    continue
            uses = [run.steps[place].turns for run in runs]
            y = self.straight(step, uses[0][0], members, x, target, nest) if len(uses) == 1 and plain(step) else None
            if y is None:
                x = self.step(step, uses, members, x, names, target, nest)
            else:
                x = names.values[step.name] = y
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
            if not one_condition(step, steps[place].step) or [r.steps[end].turns[0] is not None for r in runs] != here:
                break
            end += 1
        return end

    def otherwise(self, runs: list[ChainRun], start: int, middle: int, here: list[bool]) -> int:
        """Return the end of the steps from `middle` on that are there where those from `start` on are not."""
        steps = runs[0].steps
        if middle == len(steps) or not opposite(steps[start].step, steps[middle].step):
            return middle
        return self.same_condition(runs, middle, [not there for there in here])

    def conditional(
        self, runs: list[ChainRun], members: Members, x: Var, names: Names, target: str, here: list[bool],
        start: int, middle: int, end: int,
    ) -> Var:  # fmt: skip
        """Write steps `start` to `middle` under their condition, and those up to `end` under its opposite."""
        step = runs[0].steps[start].step
        origin, x = x, self.settle(x, target, move=True)
        before = self.place()
        condition = self.condition(step.when, here, members, f"with_{step.local}", step)

        def part(wanted: bool, first: int, last: int) -> tuple[Var, list[ChainRun]]:
            inside = [run for run, there in zip(runs, here, strict=True) if there == wanted]
            who = [member for member, there in zip(members, here, strict=True) if there == wanted]
            self.begin_if(condition if wanted else "", f"with_{step.local}", otherwise=not wanted)
            y = self.chain(inside, who, origin if origin.simple else x, names, target, self.nest, last, first)
            y = self.layout(y, x.first) if y.first != x.first else y
            y = self.settle(y, target, move=True)
            self.end_if()
            return y, inside

        y, inside = part(True, start, middle)
        if end > middle:
            between = self.place()
            other, others = part(False, middle, end)
            same = self._keeps(inside, start, middle) and self._keeps(others, middle, end)
            size = x.size if same else self.either(y, other, between)
            return y._replace(size=size, fresh=y.fresh and other.fresh)
        size = self.joined(x, y, self._keeps(inside, start, middle), before)
        return y._replace(size=size, fresh=y.fresh and x.fresh)

    def _keeps(self, runs: list[ChainRun], start: int, end: int) -> bool:
        """Tell whether steps leave the channels as they are, in every use."""
        for run in runs:
            first, final = run.steps[start].turns[0], run.steps[end - 1].turns[-1]
            if first is None or final is None or first.inputs[0].shape is None or final.output.shape is None:
                return False
            if first.inputs[0].shape.channels != final.output.shape.channels:
                return False
        return True

    def step(
        self, step: Step, turns: list[list[Turn | None]], members: Members, x: Var, names: Names, target: str, nest: int
    ) -> Var:
        xs = [x] if step.sources is None else [names.find(reference.name) for reference in step.sources]
        own = self.scope.local(step.name) if step.kept and step.body is not None else ""
        target = own or target
        try:
            if step.repeat is None:
                held = [uses[0] for uses in turns if uses[0] is not None]
                y = self.once(step, held, members, xs, names, target, nest)
            elif any(turn is not None for uses in turns for turn in uses):
                y = self.repeat(step, turns, members, xs, names, target)
            else:
                return x
        except Irregular as error:
            error.mark = error.mark or step.node.mark
            raise
        if step.kept:
            y = self.settle(y, own or self.scope.local(step.name), move=True)._replace(fresh=False)
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
            y = self.chain(bodies, members, xs[0], Names(names), target, nest)
            return self.op(step, turns, members, [y], target, nest) if step.distributed else y
        if step.branches is not None:
            return self.merge(step, turns, members, xs[0], names, target)
        return self.op(step, turns, members, xs, target, nest)

    def depth(self, chain: Chain) -> int:
        return self.nest_in_short if len(chain.steps) <= 3 else self.nest

    # Merges

    def merge(self, step: Step, turns: list[Turn], members: Members, x: Var, names: Names, target: str) -> Var:
        x = self.settle(x, target)._replace(fresh=False)
        results: list[Var | None] = []
        taken: list[str] = []
        conditions: list[str] = []
        kinds = [tuple(branch.chain is not None for branch in turn.branches or ()) for turn in turns]
        if all(kind == kinds[0] and sum(kind) == 1 for kind in kinds):  # one branch is left: it is the merge
            only = kinds[0].index(True)
            left = [turn.branches[only].chain for turn in turns if turn.branches is not None]
            chains = [chain for chain in left if chain is not None]
            return self.chain(chains, members, x, Names(names), target, self.nest)
        dealt = self.dealt(step.branches or [], turns, members, x, target) if all(map(all, kinds)) else []
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
            begun = dealt[place] if dealt else x
            variable = begun.text if dealt else self.branch_variable(branch.name, target)
            taken.append(variable)
            if conditional and branch.chain.steps:
                self.begin_if(conditions[-1], f"with_{branch.name}")
            runs = [
                t.branches[place].chain for t in turns if t.branches is not None and t.branches[place].chain is not None
            ]
            who = [member for member, there in zip(members, here, strict=True) if there]
            y = self.chain(
                [run for run in runs if run is not None], who, begun, Names(names), variable, self.depth(branch.chain),
                start=1 if dealt else 0,
            )  # fmt: skip
            y = self.settle(y, variable)
            if conditional and branch.chain.steps:
                self.end_if()
            results.append(y)
        self.live.difference_update(taken)
        return self.combine(step, turns, members, results, conditions, kinds, target, taken)

    def combine(
        self, step: Step, turns: list[Turn], members: Members, results: list[Var | None], conditions: list[str],
        kinds: list[tuple[bool, ...]], target: str, own: list[str],
    ) -> Var:  # fmt: skip
        """Write the merge itself: once, or once for each set of branches that are there."""
        patterns = sorted(set(kinds), key=lambda kind: (-sum(kind), kind), reverse=False)
        if len(patterns) == 1:
            return self.combined(step, turns, members, results, patterns[0], target)
        alone = self.alone(step, results, conditions, patterns, [*own, target])
        if alone is not None:
            target = alone.text
        last: Var | None = None
        for number, pattern in enumerate(patterns):
            chosen = [place for place, kind in enumerate(kinds) if kind == pattern]
            uses, who = [turns[p] for p in chosen], [members[p] for p in chosen]
            if alone is not None and number:  # what there is without the merge stands already
                y = self.combined(step, uses, who, results, pattern, target)
            else:
                tests = [
                    (self.told(text, f"with_{branch.name}", alone is not None), there)
                    for text, there, branch in zip(conditions, pattern, step.branches or (), strict=True)
                    if text
                ]
                test = " and ".join(text if there else f"not {text}" for text, there in tests)
                self.begin_if(test if number < len(patterns) - 1 else "", "", otherwise=number > 0)
                y = self.combined(step, uses, who, results, pattern, target)
                y = self.layout(y, alone.first) if alone is not None and y.first != alone.first else y
                y = self.settle(y, target, move=True)
                self.end_if()
            if last is not None:
                y = y._replace(size=y.size if y.size == last.size else None, fresh=y.fresh and last.fresh)
            last = y
        assert last is not None
        return last

    def alone(
        self, step: Step, results: list[Var | None], conditions: list[str], patterns: list[tuple[bool, ...]],
        own: list[str],
    ) -> Var | None:  # fmt: skip
        """Return the one branch that is always there, where the other, an empty one, joins it under a condition.

        Its variable is among `own`: nobody else reads it.
        """
        if len(patterns) != 2 or sum(patterns[1]) != 1 or sum(patterns[0]) != 2:
            return None
        place = patterns[1].index(True)
        joining = next(at for at, there in enumerate(patterns[0]) if there and at != place)
        x = results[place]
        if not patterns[0][place] or x is None or x.text not in own or (step.branches or ())[joining].chain.steps:
            return None
        return x

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
