"""What random networks should contain, from the ops' definitions, and what they do contain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from archc.graph import ChainRun, Graph, Turn
from archc.ops import OPS
from archc.ops.base import Op
from archc.ops.learning import LEARNING
from archc.testing.values import EXPRESSION, LEFT_OUT, class_of, goals

PLACES = ("block", "repeat", "branch", "when")


class Goal(NamedTuple):
    """A use of an op that should occur.

    `what` is `kind` (of what goes in), `place` (where the step stands), or else the name of an argument.
    """

    op: str
    what: str
    value: str

    def __str__(self) -> str:
        return f"{self.op}: {self.what} {self.value}"


@cache
def all_goals() -> tuple[Goal, ...]:
    """Return all that should occur."""
    found: dict[Goal, None] = {}
    for name, op in OPS.items():
        for argument in op.arguments.values():
            if argument.name not in LEARNING:  # which every op with weights has: they come up by chance
                found.update({Goal(name, argument.name, kind): None for kind in goals(argument)})
    # What few examples show fits few places, and comes up by itself the least.
    for name in sorted(OPS, key=lambda name: len(OPS[name].examples)):
        found.update({Goal(name, "place", place): None for place in PLACES})
    for name, op in OPS.items():
        found.update({Goal(name, "kind", example.inputs[0].kind): None for example in op.examples})
    # A network's first goal must be met, and its others need not: what little suits comes first.
    return tuple(sorted(found, key=lambda goal: not demanding(OPS[goal.op])))


def demanding(op: type[Op]) -> bool:
    """Tell whether an op takes token ids alone, or so many tensors and no others."""
    return op.exactly > 0 or {example.inputs[0].kind for example in op.examples} == {"tokens"}


class Coverage:
    """Counts the goals that networks reach."""

    def __init__(self) -> None:
        self.counts: Counter[Goal] = Counter()
        self.others: Counter[str] = Counter()

    def add(self, graph: Graph) -> None:
        """Count what a network contains."""
        self.counts.update(reached(graph))

    @property
    def missing(self) -> list[Goal]:
        return [goal for goal in all_goals() if not self.counts[goal]]

    @property
    def share(self) -> float:
        return 1 - len(self.missing) / len(all_goals())


def reached(graph: Graph) -> set[Goal]:
    """Return the goals that a network reaches."""
    return {goal for turn, places in _turns(graph.run.chain, frozenset()) for goal in _reached(turn, places)}


def _turns(chain: ChainRun, places: frozenset[str]) -> Iterator[tuple[Turn, frozenset[str]]]:
    """Give each layer's turn, and where it stands."""
    for done in chain.steps:
        here = places
        here |= {"repeat"} if done.step.repeat is not None else set()
        here |= {"when"} if done.step.when is not None else set()
        for turn in done.turns:
            if turn is None:
                continue
            if turn.op is not None:
                yield turn, here
            if turn.run is not None:
                yield from _turns(turn.run.chain, here | {"block"})
            if turn.body is not None:
                yield from _turns(turn.body, here)
            for branch in turn.branches or ():
                if branch.chain is not None:
                    yield from _turns(branch.chain, here | {"branch"})


def _reached(turn: Turn, places: Iterable[str]) -> Iterator[Goal]:
    op = turn.op
    assert op is not None
    x = turn.shapes[0]
    yield Goal(op.name, "kind", x.kind)
    for place in places:
        yield Goal(op.name, "place", place)
    for name, argument in op.arguments.items():
        given = turn.step.args.get(name)
        if given is None:
            yield Goal(op.name, name, LEFT_OUT)
            continue
        if given.dynamic:
            yield Goal(op.name, name, EXPRESSION)
        value = getattr(op, name)
        if value is not None:
            yield Goal(op.name, name, class_of(argument.word, value, x))
