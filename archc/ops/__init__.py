"""Every op of the language. Importing this fills `OPS`."""

from archc.ops import (
    activations,
    adaptive,
    attention,
    convolutions,
    linear,
    merging,
    norms,
    patches,
    pools,
    rearranging,
    recurrent,
    reductions,
    regularisation,
    scaling,
    selecting,
    shaping,
    tokens,
)
from archc.ops.activations import ACTIVATIONS, activation_op
from archc.ops.base import OPS, REQUIRED, Argument, Example, Op, ShapeError, Weight, arg, freeze, op
from archc.ops.learning import extend

FAMILIES = (
    convolutions,
    pools,
    adaptive,
    reductions,
    linear,
    recurrent,
    attention,
    tokens,
    shaping,
    rearranging,
    patches,
    selecting,
    merging,
    norms,
    scaling,
    regularisation,
    activations,
)
"""The modules that hold the ops, in the order in which a reference lists them."""

for _op in OPS.values():
    extend(_op)

__all__ = [
    "ACTIVATIONS",
    "FAMILIES",
    "OPS",
    "REQUIRED",
    "Argument",
    "Example",
    "Op",
    "ShapeError",
    "Weight",
    "activation_op",
    "arg",
    "freeze",
    "op",
]
