"""Which PyTorch class holds a layer's weights, and how source names one of them."""

from __future__ import annotations

from archc.emit.spelling import Make, View
from archc.graph import Layer
from archc_torch.spell import INITIAL, layer

__all__ = ["INITIAL", "kinds_of", "owned", "selected"]


def kinds_of(found: Layer) -> list[str]:
    """Return the classes that a layer is made of."""
    parts = layer(found.op, *map(View, found.shapes))[0].parts
    return [part.callee for part in parts if isinstance(part, Make)]


def owned(found: Layer) -> str:
    """Return the class in which the layer's kernels and matrices are; that of the parts, where it has parts."""
    kinds = kinds_of(found)
    kind = next((kind for kind in kinds if kind in INITIAL), kinds[-1] if kinds else "")
    inner = {"parts": f"nn.Conv{found.shapes[0].rank}d", "linear": "nn.Linear"}
    return inner.get(INITIAL[kind][0], kind) if kind in INITIAL else kind


def selected(name: str) -> str:
    """Return a parameter of the model as source."""
    if all(part.isidentifier() for part in name.split(".")):
        return f"self.{name}"
    return f'self.get_parameter("{name}")'
