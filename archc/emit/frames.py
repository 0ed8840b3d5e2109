"""A unit of an emitted file, a class or a function to be: its uses, its signature, and what can be asked of them."""

from __future__ import annotations

from typing import Any, NamedTuple

from archc.emit.scope import Extra
from archc.emit.spelling import Code
from archc.expressions import Expression
from archc.graph import ChainRun, Run, Turn
from archc.shapes import Shape
from archc.spec import Block, Chain, Step


class Frame(NamedTuple):
    """One use of a unit: a block's run, or a turn of a repeated step."""

    chain: ChainRun | None
    turn: Turn | None
    params: dict[str, Any]
    inputs: tuple[Shape | None, ...]
    identity: int


class Signature(NamedTuple):
    """What a caller must know of a unit.

    `sizes` are the input sizes that it takes, by emission's names; `deep` names the extras that hold the values of all
    uses below a recursive unit too; `size` is the number of channels that comes out, and `fresh` tells whether the
    caller may overwrite it.
    """

    params: tuple[str, ...]
    extras: tuple[Extra, ...] = ()
    deep: frozenset[str] = frozenset()
    sizes: tuple[str, ...] = ()
    size: Expression | None = None
    firsts: tuple[bool, ...] = ()
    result_first: bool = False
    captured: tuple[str, ...] = ()
    fresh: bool = False


class Unit:
    """A class or function to be: its uses, and its text once it is written."""

    def __init__(
        self, name: str, block: Block | None, step: Step | None, frames: list[Frame], inputs: list[str]
    ) -> None:
        self.name = name
        self.block = block
        self.step = step
        self.frames = frames
        self.inputs = inputs
        self.frame_of = {frame.identity: place for place, frame in enumerate(frames)}
        self.lines: list[str] = []
        self.signature: Signature | None = None
        self.assumed: Signature | None = None
        self.recursive = False
        self.writing = False
        self.texts: dict[str | tuple[str, str], str] = {}

    def text_of(self, name: str) -> str:
        """Return what a param is called in the signature."""
        return self.texts.get(name, name)

    def default(self, name: str) -> Any:
        """Return a param's default as a Given, None where it must be given."""
        return self.block.params[name].default if self.block is not None else None


def runs_within(chain: ChainRun | None, *, deep: bool = False) -> list[Run]:
    """Return the blocks' runs right within a chain, or (`deep`) all below it, in order."""
    found: list[Run] = []
    todo = [] if chain is None else [chain]
    while todo:
        for done in todo.pop(0).steps:
            for turn in done.turns:
                if turn is None:
                    continue
                if turn.run is not None:
                    found.append(turn.run)
                    if deep:
                        todo.append(turn.run.chain)
                if turn.body is not None:
                    todo.append(turn.body)
                todo.extend(b.chain for b in turn.branches or () if b.chain is not None)
    return found


def asked_for(chain: Chain, inputs: set[str]) -> bool:
    """Tell whether a step somewhere in a chain names an input in its `from`."""
    todo = [chain]
    while todo:
        for step in todo.pop().steps:
            if step.sources is not None and any(reference.name in inputs for reference in step.sources):
                return True
            if step.body is not None:
                todo.append(step.body)
            todo.extend(branch.chain for branch in step.branches or ())
    return False


def annotation(values: list[Any]) -> str:
    """Return the type of an argument from the values that it has."""
    if values and all(isinstance(value, (list, tuple)) for value in values):
        return f"tuple[{annotation([part for value in values for part in value] or [0])}, ...]"
    kinds = {_kind(value) for value in values}
    if kinds == {"int", "float"}:
        return "float"
    return kinds.pop() if len(kinds) == 1 else " | ".join(sorted(kinds))


def _kind(value: Any) -> str:
    if isinstance(value, Code):
        return "keras.Initializer" if value.startswith("keras.initializers.") else "Callable[[Tensor], Tensor]"
    if getattr(value, "boolean", False):
        return "bool"
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return kind.__name__
    if isinstance(value, (list, tuple)):
        return f"tuple[{annotation([*value] or [0])}, ...]"
    return "None" if value is None else "object"
