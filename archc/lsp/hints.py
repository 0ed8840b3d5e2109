"""What each step gives: its shape and how many parameters it holds, to show at the end of its line."""

from __future__ import annotations

from typing import NamedTuple

from archc.graph import ChainRun, Run, StepRun, Turn
from archc.ops.frames import Apart
from archc.shapes import Shape, Unknown
from archc.summary import grouped


class Hint(NamedTuple):
    """A line of the text (from 1), what to show after it, and the same in more words."""

    line: int
    label: str
    more: str


class Steps:
    """The first use of every step of a network, by the file and line where it is written."""

    def __init__(self, run: Run | None) -> None:
        self.by_file: dict[str, dict[int, StepRun]] = {}
        self.by_node: dict[int, StepRun] = {}
        self.seen: set[int] = set()
        self.counts: dict[int, int] = {}
        self.weights: dict[tuple[int, tuple[Shape, ...]], int] = {}
        if run is not None:
            self._chain(run.chain)

    def _chain(self, chain: ChainRun) -> None:
        for done in chain.steps:
            node = done.step.node
            if done.step.verb == Apart.name:  # which a `time_distributed` brings along, at its own place
                continue
            if id(node) not in self.by_node:
                self.by_node[id(node)] = done
                self.by_file.setdefault(node.source.name, {})[node.line] = done
            turn = next((turn for turn in done.turns if turn is not None), None)
            if turn is not None:
                self._inside(turn)

    def _inside(self, turn: Turn) -> None:
        if turn.run is not None and id(turn.run.block) not in self.seen:
            self.seen.add(id(turn.run.block))
            self._chain(turn.run.chain)
        for branch in turn.branches or ():
            if branch.chain is not None:
                self._chain(branch.chain)
        if turn.body is not None:
            self._chain(turn.body)

    def parameters(self, done: StepRun) -> int | None:
        """Count the parameters of all turns of a step; None where a shape within is not known."""
        counts = [self._turn(turn) for turn in done.turns if turn is not None]
        return sum(counts) if all(count >= 0 for count in counts) else None

    def _turn(self, turn: Turn) -> int:
        known = self.counts.get(id(turn))
        if known is None:
            known = self.counts[id(turn)] = self._count(turn)
        return known

    def _count(self, turn: Turn) -> int:
        if turn.step.share is not None:  # it has no weights of its own
            return 0 if turn.output.shape is not None else -1
        chains = [branch.chain for branch in turn.branches or () if branch.chain is not None]
        chains += [turn.body] if turn.body is not None else []
        chains += [turn.run.chain] if turn.run is not None else []
        parts = [self._turn(inner) for chain in chains for done in chain.steps for inner in done.turns if inner]
        if turn.op is not None:
            parts.append(self._own(turn))
        if not chains and turn.op is None:
            return -1
        return sum(parts) if all(part >= 0 for part in parts) else -1

    def _own(self, turn: Turn) -> int:
        if turn.output.shape is None or any(tensor.shape is None for tensor in turn.operands):
            return -1
        key = (id(turn.op), turn.shapes)
        if key not in self.weights:
            elements = [weight.elements for weight in turn.weights().values()]
            self.weights[key] = sum(size for size in elements if not isinstance(size, Unknown))
        return self.weights[key]


def hint(steps: Steps, line: int, done: StepRun) -> Hint | None:
    """Return what to show for a step; None where its shape is not known."""
    last = next((turn for turn in reversed(done.turns) if turn is not None), None)
    if last is None:
        return Hint(line, "left out", "`when` does not hold here, or `repeat` is 0.")
    shape = last.output.shape
    if shape is None:
        return None
    count = steps.parameters(done)
    label = str(shape) + (f", {grouped(count)} params" if count else "")
    times = "" if len(done.turns) == 1 else f" after {len(done.turns)} turns"
    return Hint(line, label, f"Gives {axes(shape)}{times}.")


def axes(shape: Shape) -> str:
    """Write a shape with its axes' names."""
    sizes = zip(shape.axes, shape.sizes, strict=True)
    return ", ".join(f"{axis} {'any' if isinstance(size, Unknown) else size}" for axis, size in sizes)
