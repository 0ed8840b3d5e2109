"""How reductions and adaptive pools are written in PyTorch."""

from __future__ import annotations

from archc.emit.spelling import Make, Spelling, Use, View
from archc.ops.adaptive import AdaptiveAvgPool, AdaptiveMaxPool
from archc.ops.reductions import Reduction
from archc_torch.dispatch import dimension, layer, moved, one, spatial_dimensions

METHODS = {"mean": "mean", "sum": "sum", "max": "amax", "min": "amin"}
"""The reductions as methods of tensors; of equal extremes these share the gradient."""


@layer.register
def reduction(op: Reduction, x: View) -> list[Spelling]:
    """Spell what reduces, and what brings the axes that are left into their order."""
    dims = tuple(sorted(dimension(x, axis) for axis in op.over(x.shape)))
    keep, end = (", keepdim=True", "") if op.keep else ("", turned(op, x))
    use = Use(f"{{x}}.{METHODS[op.name]}(dim={{dim}}{keep}){end}", {"dim": one_or_all(dims)}, call=False)
    return [Spelling(f"plain{keep}{end}", (use,))]


def turned(op: Reduction, x: View) -> str:
    """Return the end of an expression that puts the last axis that is left first, where that is not so already."""
    left = op.left(x.shape)
    if len(left) == 1:
        return ""
    emitted = sorted(left, key=lambda axis: dimension(x, axis))
    return moved((0, *(emitted.index(axis) + 1 for axis in (left[-1], *left[:-1]))))


def one_or_all(dims: tuple[int, ...]) -> int | tuple[int, ...]:
    return dims if len(dims) > 1 else dims[0]


# Adaptive pools


@layer.register
def adaptive_avg_pool(op: AdaptiveAvgPool, x: View) -> list[Spelling]:
    return [Spelling("plain", (Make(f"nn.AdaptiveAvgPool{x.rank}d", (one(op.sizes(x.shape)),)),))]


@layer.register
def adaptive_max_pool(op: AdaptiveMaxPool, x: View) -> list[Spelling]:
    general = Spelling("general", (Make(f"nn.AdaptiveMaxPool{x.rank}d", (one(op.sizes(x.shape)),)),))
    if any(size != 1 for size in op.sizes(x.shape)):
        return [general]
    # As elsewhere, equal values share the gradient.
    slots = {"dim": one_or_all(spatial_dimensions(x))}
    return [Spelling("whole", (Use("{x}.amax(dim={dim}, keepdim=True)", slots, call=False),)), general]
