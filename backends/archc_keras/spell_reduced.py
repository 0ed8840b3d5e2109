"""Reductions and adaptive pools in Keras."""

from __future__ import annotations

from archc.emit.spelling import Default, Spelling, View
from archc.ops.adaptive import AdaptiveAvgPool, AdaptiveMaxPool, AdaptivePool, evenly
from archc.ops.base import Op
from archc.ops.reductions import Reduction
from archc.shapes import Unknown
from archc_keras.layer import layer, made, one, place, spelled, used


@layer.register
def reduction(op: Reduction, x: View) -> list[Spelling]:
    """Spell the reductions, which `keras.ops` calls as the language does."""
    places = tuple(place(x, axis) for axis in op.over(x.shape))
    keep = ", keepdims=True" if op.keep else ""
    axis = places if len(places) > 1 else places[0]
    return spelled(used(f"ops.{op.name}({{x}}, axis={{axis}}{keep})", axis=axis), f"plain{keep}")


# Adaptive pools


def unknown_windows(op: Op, xs: tuple[View, ...]) -> bool:
    """Tell whether an adaptive pool's windows would depend on a size that is known only at run time."""
    if not isinstance(op, AdaptivePool):
        return False
    return any(isinstance(n, Unknown) for n in xs[0].spatial) and any(size != 1 for size in op.sizes(xs[0].shape))


def whole(op: AdaptivePool, x: View, kind: str) -> list[Spelling]:
    """Return the pool over all places, where only one is to come out."""
    if any(size != 1 for size in op.sizes(x.shape)):
        return []
    return spelled(made(f"Global{kind}Pooling{x.rank}D", keepdims=True), "whole")


def even(op: AdaptivePool, x: View, kind: str) -> list[Spelling]:
    """Return the plain pool that has the same windows, where all are as large and as far apart."""
    if any(isinstance(n, Unknown) for n in x.spatial):
        return []
    steps = [evenly(windows) for windows in op.windows(x.shape)]
    known = [step for step in steps if step is not None]
    if len(known) < len(steps):
        return []
    kernel, strides = one(k for k, _ in known), one(s for _, s in known)
    return spelled(made(f"{kind}Pooling{x.rank}D", kernel, strides=Default(strides, kernel)), "even")


@layer.register
def adaptive_avg_pool(op: AdaptiveAvgPool, x: View) -> list[Spelling]:
    sized = spelled(made(f"AdaptiveAveragePooling{x.rank}D", one(op.sizes(x.shape))), "sized")
    return [*whole(op, x, "Average"), *sized]


@layer.register
def adaptive_max_pool(op: AdaptiveMaxPool, x: View) -> list[Spelling]:
    """Spell it without Keras's own layer, which ends the process where a window is as long as its axis."""
    forms = [*whole(op, x, "Max"), *even(op, x, "Max")]
    if any(isinstance(n, Unknown) for n in x.spatial):
        return forms
    slots = {"sizes": tuple(op.sizes(x.shape))}
    parts = used("adaptive_max_pool({x}, {sizes})", **slots)
    return [*forms, *spelled(parts, "general", needs=("adaptive_max_pool",))]
