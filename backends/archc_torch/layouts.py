"""Where a sequence's channels stand in PyTorch: what steps, blocks and loops want."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archc.emit.frames import Unit
from archc.emit.scope import Var
from archc.graph import ChainRun, Turn
from archc_torch.spell import LAYOUT

if TYPE_CHECKING:
    from archc_torch.body import TorchBody


def turned(body: TorchBody, turn: Turn, x: Var) -> Var:
    """Return what a loop starts from: a sequence is turned once, before it, as each turn wants it and leaves it."""
    shapes = (x.shape, turn.output.shape)
    if any(shape is None or shape.kind != "sequence" for shape in shapes):
        return x
    wish = wish_of(turn)
    if turn.run is not None:
        signature = body.units.signature(body.units.block(turn))
        wish = signature.firsts[0] if signature.firsts[0] == signature.result_first else None
    return x if wish is None else body.layout(x, wish)


def starts_first(unit: Unit, place: int) -> bool:
    """Return the layout in which a unit takes a sequence: what the first op that cares wants."""
    frame = unit.frames[0]
    shape = frame.inputs[place]
    if shape is None or shape.kind != "sequence":
        return True
    if frame.chain is not None:
        return bool(first_wish(frame.chain))
    assert frame.turn is not None
    return bool(wish_of(frame.turn))


def first_wish(chain: ChainRun) -> bool | None:
    """Return whether the first op of a chain that cares wants channels first; None where none does."""
    for done in chain.steps:
        for turn in done.turns:
            wish = None if turn is None else wish_of(turn)
            if wish is not None:
                return wish
    return None


def wish_of(turn: Turn) -> bool | None:
    """Return whether the first op of a step that cares wants channels first; None where none does."""
    if turn.run is not None:
        return first_wish(turn.run.chain)
    if turn.body is not None:
        return first_wish(turn.body)
    if turn.branches:
        wishes = [first_wish(branch.chain) for branch in turn.branches if branch.chain is not None]
        return next((wish for wish in wishes if wish is not None), None)
    layout = LAYOUT.get(turn.op.name, "any") if turn.op is not None else "any"
    return None if layout == "any" else layout == "first"
