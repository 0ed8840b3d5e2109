"""Every op in ONNX: importing this fills `layer`. Here too is what cannot be written."""

from __future__ import annotations

import struct

from archc.graph import Layer
from archc.ops.patches import Fold
from archc.ops.tokens import endless
from archc_onnx import (
    spell_attention,
    spell_patches,
    spell_recurrent,
    spell_reduced,
    spell_shapes,
    spell_tokens,
    spell_values,
    spell_windows,
)
from archc_onnx.parts import Given, Tensor, Value, layer, nodes

__all__ = ["FAMILIES", "layer", "refuse", "single", "spelled"]

FAMILIES = (
    spell_windows,
    spell_patches,
    spell_shapes,
    spell_reduced,
    spell_values,
    spell_recurrent,
    spell_attention,
    spell_tokens,
)

ENDLESS = (
    "ONNX wants to know how many places there are before it holds their angles: give the length as a number in place "
    "of `any` in the input."
)
UNKNOWN_WINDOWS = (
    "ONNX cannot spread windows over a size that is known only at run time: give it as a number in place of `any` in "
    "the input, or pool to a size of 1."
)
UNLAID = (
    "ONNX lays channels out along a size known only at run time in squares of an image alone: give the size as a "
    "number in place of `any` in the input."
)


def spelled(found: Layer) -> Value:
    """Return what gives a layer's result, after its activation."""
    return layer(found.op, *(Tensor(Given(place), shape) for place, shape in enumerate(found.shapes)))


def single(value: float) -> float:
    """Return the nearest number of 32 bits, infinite where there is none."""
    try:
        return float(struct.unpack("<f", struct.pack("<f", value))[0])
    except OverflowError:
        return float("inf")


def refuse(found: Layer) -> str | None:
    """Return why ONNX cannot do a layer, in words for the user; None where it can."""
    if endless(found.op, found.shapes[0]):
        return ENDLESS
    if any(spell_reduced.unknown_windows(found.op, Tensor(Given(0), shape)) for shape in found.shapes):
        return UNKNOWN_WINDOWS
    if isinstance(found.op, Fold) and spell_patches.unlaid(found.op, Tensor(Given(0), found.shapes[0])):
        return UNLAID
    for node in nodes(spelled(found)):
        for name, value in node.attributes.items():
            if isinstance(value, float) and value and abs(single(value)) in (0.0, float("inf")):
                return (
                    f"ONNX keeps the `{name}` of `{node.kind}` as a number of 32 bits, which cannot be {value:g}: "
                    "choose one between 1e-45 and 3.4e38."
                )
    return None
