"""Names that Keras gives by itself. A call such as `ops.relu(x)` becomes a layer called `relu`, the next `relu_1`; a
layer of a spec that is called so too would make the model fail.
"""

from __future__ import annotations

import re

from archc.emit.slots import Irregular
from archc.emit.spelling import Make, View
from archc.graph import Graph, Layer
from archc.ops.base import Op
from archc.shapes import Shape
from archc_keras.spell import layer as spellings

WITHIN = {
    "local_response_norm": ("add", "divide", "get_item", "multiply", "pad", "power", "square", "true_divide"),
    "average_pool": ("average_pool", "divide", "get_item", "ones_like", "pad", "true_divide"),
    "channel_shuffle": ("take",),
    "pixel_shuffle": ("depth_to_space", "take"),
    "unfold": ("concatenate", "get_item"),
    "adaptive_max_pool": ("max", "stack", "take"),
}
"""What the functions of `definitions` call, operators included."""
CALLED = {"hard_swish": "hard_silu", "swish": "silu"}
CALL = re.compile(r"\bops\.(\w+)\(")


class Clash(Irregular):
    """A layer has a name that Keras gives to a call in the same model."""

    code = "E0603"
    advice = "give the step or the block another `name`"


def clash(graph: Graph, code: str, definitions: list[str]) -> Layer | None:
    """Return the first layer whose name Keras may give to one of the calls in `code`; None where there is none."""
    called = {CALLED.get(name, name) for name in CALL.findall(code)}
    for name in definitions:
        called.update(WITHIN.get(name, ()))
    if "[:" in code or "[..." in code:
        called.add("get_item")
    if not called:
        return None
    given = re.compile(rf"(?:{'|'.join(sorted(called))})(?:_[0-9]+)?\Z")
    made: dict[tuple[int, tuple[Shape, ...]], bool] = {}
    for layer in graph.layers:
        if given.match(layer.path.replace(".", "_")) and _is_made(layer.op, layer.shapes, layer.final, made):
            return layer
    return None


def _is_made(op: Op, shapes: tuple[Shape, ...], final: bool, made: dict[tuple[int, tuple[Shape, ...]], bool]) -> bool:
    """Tell whether an op becomes a layer with the spec's name, rather than a call."""
    key = (id(op), shapes)
    if key not in made:
        views = [View(shape, False) for shape in shapes]
        made[key] = any(isinstance(part, Make) and not part.suffix for part in spellings(op, *views)[0].parts)
    return final or made[key]


def refuse(layer: Layer) -> Clash:
    """Return the error to raise for a name that cannot be had."""
    error = Clash(f"Keras gives the name `{layer.path.replace('.', '_')}` to a function that this model calls")
    error.mark = layer.mark
    return error
