"""What a picture shows: a box for each layer and block, what each is fed from, and what is within a block.

Turns of a repeat that are alike are one part, drawn once and marked ×N. In a network of very many, so are turns that
differ in their sizes alone.
"""

from __future__ import annotations

from itertools import groupby
from typing import Any

from archc.graph import ChainRun, Graph, StepRun, Tensor, Turn
from archc.picture.facts import Facts, facts_of
from archc.shapes import Shape

MOST_BOXES = 60
"""How many boxes a picture has, at most, where nobody says how deep to open blocks."""
DEEPEST = 10_000


class Part:
    """A box: a layer, a block with its `body` where it is open, an input, or an output.

    `sources` are the parts that feed it; None among them is what comes into the block around it. `times` says for how
    many turns it stands. `kind` is the op's family, or block, chain, input, entry (what a block is given), output.
    """

    __slots__ = ("body", "facts", "kind", "path", "shape", "sources", "times", "title", "turn", "word")

    def __init__(self, kind: str, path: str, title: str, shape: Shape | None) -> None:
        self.kind = kind
        self.path = path
        self.title = title
        self.shape = shape
        self.word = kind
        self.sources: list[Part | None] = []
        self.times = 1
        self.turn: Turn | None = None
        self.body: Body | None = None
        self.facts: Facts | None = None


class Body:
    """Parts in an order in which they can be computed. `bare` where a single, unnamed thing comes in."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.entries: list[tuple[Part, Tensor]] = []

    @property
    def bare(self) -> bool:
        return len(self.entries) == 1


def parts_of(graph: Graph, depth: int = DEEPEST) -> Body:
    """Return the whole network with blocks open down to `depth`: 0 leaves each folded.

    Where even so there are more than MOST_BOXES boxes, turns of a repeat count as alike whatever their sizes.
    """
    folded = _Builder(graph, 0, loose=False).network()
    loose = len(folded.parts) > MOST_BOXES
    return folded if depth == 0 and not loose else _Builder(graph, depth, loose).network()


def fitting_depth(graph: Graph) -> int:
    """Return how deep blocks can be opened with at most MOST_BOXES boxes; 0 where there are more in any case."""
    depth = 0
    count, deeper = boxes(parts_of(graph, 0))
    while deeper and count <= MOST_BOXES:
        count, deeper = boxes(parts_of(graph, depth + 1))
        depth += count <= MOST_BOXES
    return depth


def boxes(body: Body) -> tuple[int, bool]:
    """Return how many boxes are within, and whether any block among them is folded."""
    count, folded = len(body.parts), False
    for part in body.parts:
        if part.body is not None:
            inner, deeper = boxes(part.body)
            count, folded = count + inner, folded or deeper
        folded = folded or (part.body is None and part.kind in ("block", "chain"))
    return count, folded


class _Scope:
    """The tensors that a body's steps can take, by id; those from outside become entries when they are asked for."""

    def __init__(self, body: Body, outer: _Scope | None, names: dict[int, str]) -> None:
        self.body = body
        self.outer = outer
        self.names = names
        self.known: dict[int, Part] = {}

    def part(self, tensor: Tensor) -> Part:
        found = self.known.get(id(tensor))
        if found is None:
            assert self.outer is not None, "a tensor that nobody makes"
            title = self.names.get(id(tensor)) or self.outer.part(tensor).title
            found = self.known[id(tensor)] = Part("entry", "", title, tensor.shape)
            self.body.entries.append((found, tensor))
        return found


class _Builder:
    def __init__(self, graph: Graph, depth: int, loose: bool) -> None:
        self.graph = graph
        self.depth = depth
        self.loose = loose
        self.facts = facts_of(graph)
        self.seen: dict[int, Any] = {}

    def network(self) -> Body:
        body = Body()
        scope = _Scope(body, None, {})
        for name, tensor in self.graph.run.inputs.items():
            part = scope.known[id(tensor)] = Part("input", name, name, tensor.shape)
            body.parts.append(part)
        self.chain(self.graph.run.chain, scope, 0)
        if len(self.graph.outputs) > 1:
            for output in self.graph.outputs:
                part = Part("output", output.name, output.name, output.tensor.shape)
                part.sources = [scope.part(output.tensor)]
                body.parts.append(part)
        return body

    def chain(self, chain: ChainRun, scope: _Scope, level: int) -> None:
        for done in chain.steps:
            for turns in self.alike(done):
                self.turns(turns, scope, level)

    def alike(self, done: StepRun) -> list[list[Turn]]:
        """Return a step's turns, those in a row that are alike together."""
        turns = [turn for turn in done.turns if turn is not None]
        return [turns] if len(turns) < 2 else [list(group) for _, group in groupby(turns, self.likeness)]

    def likeness(self, turn: Turn) -> Any:
        """Return what is equal for turns that a picture need not tell apart: all but spatial sizes, or all sizes."""
        if id(turn) not in self.seen:
            inner = [turn.run.chain] if turn.run is not None else [] if turn.body is None else [turn.body]
            inner += [branch.chain for branch in turn.branches or () if branch.chain is not None]
            steps = tuple(
                tuple(None if each is None else self.likeness(each) for each in done.turns)
                for chain in inner
                for done in chain.steps
            )
            axes = turn.output.shape and turn.output.shape.axes
            if self.loose:
                self.seen[id(turn)] = (type(turn.op), axes, steps)
            else:
                channels = tuple(shape.channels for shape in turn.shapes) if turn.op is not None else ()
                self.seen[id(turn)] = (turn.op, channels, axes, steps)
        return self.seen[id(turn)]

    def turns(self, turns: list[Turn], scope: _Scope, level: int) -> None:
        if not turns:
            return
        turn = turns[0]
        if turn.run is not None or (turn.body is not None and turn.step.repeat is not None):
            self.block(turns, scope, level)
        elif turn.body is not None:
            self.chain(turn.body, scope, level)
            if turn.op is not None:
                self.layer(turns, scope)
        else:
            for branch in turn.branches or ():
                if branch.chain is not None:
                    self.chain(branch.chain, scope, level)
            if turn.op is not None:
                self.layer(turns, scope)

    def layer(self, turns: list[Turn], scope: _Scope) -> None:
        turn = turns[0]
        assert turn.op is not None
        part = Part(turn.op.family, turn.path, turn.step.name, turns[-1].output.shape)
        part.word = turn.op.name
        part.sources = [scope.part(tensor) for tensor in turn.operands]
        self.add(part, turns, scope)

    def block(self, turns: list[Turn], scope: _Scope, level: int) -> None:
        """Add a block's use, or the turns of a repeated chain. One that gives only what it is given is not drawn."""
        turn, run = turns[0], turns[0].run
        given = [] if run is None else list(run.inputs.items())
        body = Body()
        inner = _Scope(body, scope, {id(tensor): name for name, tensor in given})
        chain = run.chain if run is not None else turn.body
        assert chain is not None
        self.chain(chain, inner, level + 1)
        if turn.body is not None and turn.op is not None:
            self.layer(turns[:1], inner)
        if id(turn.output) not in inner.known or not body.parts:
            return
        part = Part("chain" if run is None else "block", turn.path, turn.step.name, turns[-1].output.shape)
        part.word = turn.step.verb
        part.sources = [scope.part(tensor) for _, tensor in body.entries]
        if body.bare:
            _unname(body)
        else:
            body.parts[:0] = [entry for entry, _ in body.entries]
        part.body = body if level < self.depth else None
        self.add(part, turns, scope)

    def add(self, part: Part, turns: list[Turn], scope: _Scope) -> None:
        part.turn, part.times = turns[0], len(turns)
        part.facts = self.facts.total(turn.path for turn in turns)
        scope.known[id(turns[-1].output)] = part
        scope.body.parts.append(part)


def _unname(body: Body) -> None:
    """Feed the parts from the block's border: its one input needs no box of its own."""
    only = body.entries[0][0]
    for part in body.parts:
        part.sources = [None if source is only else source for source in part.sources]
