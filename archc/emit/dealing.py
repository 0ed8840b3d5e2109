"""Branches that each begin with one part of a `split`: the tensor is cut once, as in `kept, changed = x.chunk(2)`."""

from __future__ import annotations

from archc.emit.applying import Applying
from archc.emit.scope import Scope, Var
from archc.emit.writer import Members
from archc.graph import Turn
from archc.ops.selecting import Split
from archc.spec import Branch, Step


def plain(step: Step) -> bool:
    """Tell whether a step is an op alone, of what comes before it."""
    if step.op is None or step.repeat is not None or step.when is not None:
        return False
    return step.sources is None and step.branches is None and not step.kept


class Dealing(Applying):
    """Applies ops, and deals the parts of a tensor out to branches."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        self.live: set[str] = set()
        self.dealing = False
        """True while it is found out what parts are written as: without probes."""

    def branch_variable(self, name: str, target: str) -> str:
        """Return a variable for a branch; branches of merges that are done may have had it before."""
        variable = self.scope.branch(name, self.live, target)
        self.live.add(variable)
        return variable

    def dealt(self, branches: list[Branch], turns: list[Turn], members: Members, x: Var, target: str) -> list[Var]:
        """Assign the parts of `x` to the branches' variables at once; none where they are not all of one split.

        `turns` are the uses of the merge, in each of which all branches are there.
        """
        self.dealing = True
        parts = self._parts(branches, turns, members, x)
        self.dealing = False
        if not parts:
            return []
        names = [self.branch_variable(branch.name, target) for branch in branches]
        text = parts[0].text.removesuffix("[0]")
        for place, branch in enumerate(branches):
            text = self.probed(branch.chain.steps[0], text, parts[place].first, place)
        self.assign(", ".join(names), text, None, x.first)
        return [
            part._replace(text=name, simple=True, calls=0, fresh=False) for part, name in zip(parts, names, strict=True)
        ]

    def _parts(self, branches: list[Branch], turns: list[Turn], members: Members, x: Var) -> list[Var]:
        """Return what the branches' first steps are written as, where that is one text but for the part; else none."""
        parts: list[Var] = []
        for place, branch in enumerate(branches):
            uses = [_first(turn, place) for turn in turns]
            step = branch.chain.steps[0] if branch.chain.steps else None
            if step is None or not all(use is not None and _is_part(use, step, len(branches)) for use in uses):
                return []
            part = self.op(step, [use for use in uses if use is not None], members, [x], x.text, 1)
            if not part.text.endswith(f"[{place}]") or (
                parts and part.text.removesuffix(f"[{place}]") != parts[0].text.removesuffix("[0]")
            ):
                return []
            parts.append(part)
        return parts


def _first(turn: Turn, place: int) -> Turn | None:
    """Return the first turn of a branch."""
    chain = turn.branches[place].chain if turn.branches is not None else None
    return chain.steps[0].turns[0] if chain is not None and chain.steps else None


def _is_part(turn: Turn, step: Step, count: int) -> bool:
    """Tell whether a step keeps one of the `count` parts that a tensor is cut into."""
    op = turn.op
    return isinstance(op, Split) and plain(step) and op is step.op and len(op.sizes(*turn.shapes)) == count
