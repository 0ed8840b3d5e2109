"""Layers that training leaves as they are, in PyTorch."""

from __future__ import annotations

from archc.emit.spelling import Default, Make, Spelling
from archc.ops.base import Op

GRADIENTS = "requires_grad_"
"""A keyword that becomes a call behind the layer's own: `nn.Linear(3, 4).requires_grad_(False)`."""


def trained_or_not(op: Op, spellings: list[Spelling]) -> list[Spelling]:
    """Return the spellings with what `trainable` says. A batch norm that stays keeps its running statistics too."""
    if "trainable" not in op.arguments:
        return spellings
    trainable = op.trainable  # type: ignore[attr-defined]
    return [_with(one, trainable, op.name == "batch_norm" and not trainable) for one in spellings]


def _with(one: Spelling, trainable: bool, frozen_norm: bool) -> Spelling:
    parts = []
    needs = list(one.needs)
    for part in one.parts:
        if isinstance(part, Make):
            callee = part.callee
            if frozen_norm and callee.startswith("nn.BatchNorm"):
                callee = callee.replace("nn.", "Frozen")
                needs.append(callee)
            part = part._replace(callee=callee, kwargs={**part.kwargs, GRADIENTS: Default(trainable, True)})
        parts.append(part)
    form = f"{one.form}, frozen" if frozen_norm else one.form
    return one._replace(form=form, parts=tuple(parts), needs=tuple(needs))


def called(callee: str, texts: list[str]) -> str:
    """Return the text that makes a layer, frozen where an argument says so."""
    own = [text for text in texts if not text.startswith(f"{GRADIENTS}=")]
    after = [f".{GRADIENTS}({text.partition('=')[2]})" for text in texts if text.startswith(f"{GRADIENTS}=")]
    return f"{callee}({', '.join(own)}){''.join(after)}"
