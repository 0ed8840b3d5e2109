"""Summaries with blocks folded: one line for a block and all that is in it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from archc.graph import ChainRun, Graph, Turn
from archc.summary import LayerSummary, Summary, axes_of, intensity
from archc.training_memory import total


class Use(NamedTuple):
    """A use of a block, so many blocks deep: 0 is none. `last` is the path of what gives the block's result."""

    turn: Turn
    level: int

    @property
    def last(self) -> str:
        maker = self.turn.output.maker
        return "" if maker is None else maker.path


def folded(graph: Graph, summary: Summary, depth: int) -> Summary:
    """Return a network's summary with one line for each block `depth` blocks deep; 0 folds all of them."""
    blocks = {path: use for path, use in uses(graph).items() if use.level == depth}
    groups: dict[str, list[LayerSummary]] = {}
    owner = {}
    for layer in summary.layers:
        owner[layer.name] = outermost(layer.name, blocks)
        groups.setdefault(owner[layer.name], []).append(layer)
    lines = [_line(name, group, blocks.get(name), owner) for name, group in groups.items()]
    return summary._replace(layers=lines)


def uses(graph: Graph) -> dict[str, Use]:
    """Return every use of a block by its path, the outer ones first."""
    return {turn.path: Use(turn, level) for turn, level in _within(graph.run.chain, 0)}


def outermost(path: str, blocks: Collection[str]) -> str:
    """Return the outermost of these blocks that a layer is in, or the layer itself."""
    at, found = path, path
    while "." in at:
        at = at.rpartition(".")[0]
        found = at if at in blocks else found
    return found


def _within(chain: ChainRun, level: int) -> Iterator[tuple[Turn, int]]:
    for step in chain.steps:
        for turn in step.turns:
            if turn is None:
                continue
            for branch in turn.branches or ():
                if branch.chain is not None:
                    yield from _within(branch.chain, level)
            if turn.body is not None:
                yield from _within(turn.body, level)
            if turn.run is not None:
                yield turn, level
                yield from _within(turn.run.chain, level + 1)


def _line(name: str, group: list[LayerSummary], block: Use | None, owner: dict[str, str]) -> LayerSummary:
    if block is None:
        return group[0]._replace(inputs=[owner.get(source, source) for source in group[0].inputs])
    last = next((layer for layer in group if layer.name == block.last), group[-1])
    macs = total([layer.macs for layer in group])
    moved = total([layer.moved_bytes for layer in group])
    output = block.turn.output.shape
    given = (owner.get(source, source) for layer in group for source in layer.inputs)
    return last._replace(
        name=name,
        op=block.turn.step.verb,
        line=block.turn.step.node.mark.line,
        inputs=list(dict.fromkeys(source for source in given if source != name)),
        output=last.output if output is None else axes_of(output),
        parameters=sum(layer.parameters for layer in group),
        macs=macs,
        activation_bytes=total([layer.activation_bytes for layer in group]),
        moved_bytes=moved,
        arithmetic_intensity=intensity(macs, moved),
        training_bytes=total([layer.training_bytes for layer in group]),
    )
