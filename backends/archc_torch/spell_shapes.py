"""How ops that move values are written in PyTorch: flatten, reshape, permute, pad, crop, upsample.

A spec's axes stand in the order height, width, channels; an emitted image's in the order channels, height, width.
"""

from __future__ import annotations

from archc.emit.spelling import Default, Make, Spelling, Use, View
from archc.ops.shaping import Crop, Flatten, Permute, Reshape, Upsample, ZeroPad
from archc.ops.windows import Pairs
from archc.shapes import AXES
from archc_torch.dispatch import dimension, first, last_first, layer, moved, one, plain, to_first, to_last

IDENTITY = Spelling("identity", ())


@layer.register
def flatten(_op: Flatten, x: View) -> list[Spelling]:
    if x.rank == 0:
        return [IDENTITY]
    plainly = Spelling("plain", (Use("torch.flatten({x}, 1)"),))
    if not first(x):
        return [plainly]
    permuted = Spelling("permuted", (Use(f"torch.flatten({{x}}{to_last(x.rank)}, 1)", call=False),))
    return [plainly, permuted] if one_order(x) else [permuted]


def one_order(x: View) -> bool:
    """Tell whether values stand in the same order whether channels come first or last."""
    return x.channels == 1 or all(n == 1 for n in x.spatial)


@layer.register
def reshape(op: Reshape, x: View) -> list[Spelling]:
    axes = tuple(axis for axis in AXES if axis in op.to)
    rank = len(axes) - 1
    if rank == 0:
        return flatten(Flatten(), x)
    forms = []
    if rank == 1 and first(x) and op.to["channels"] == x.channels:
        tokens = ".transpose(1, 2)" if x.rank == 1 else ".flatten(2).transpose(1, 2)"
        forms.append(Spelling("tokens", (Use("{x}" + tokens, call=False),)))
    source = "{x}" + (to_last(x.rank) if first(x) else "")
    if rank > 1 and op.to["channels"] == 1:
        forms.append(read_as(f"{source}.reshape(-1, 1, {slots(axes[:-1])})", op, axes[:-1], "one channel"))
    end = to_first(rank) if rank > 1 else ""
    return [*forms, read_as(f"{source}.reshape(-1, {slots(axes)}){end}", op, axes, "general")]


def slots(axes: tuple[str, ...]) -> str:
    return ", ".join(f"{{{axis}}}" for axis in axes)


def read_as(template: str, op: Reshape, axes: tuple[str, ...], form: str) -> Spelling:
    return Spelling(form, (Use(template, {axis: op.to[axis] for axis in axes}, call=False),))


@layer.register
def permute(op: Permute, x: View) -> list[Spelling]:
    sources = op.order(x.shape)
    # Where each axis stands in the emitted tensor, before as after; batch stays in front.
    places = {0: 0} | {
        dimension(x, axis): dimension(x, x.shape.axes[sources[i]]) for i, axis in enumerate(x.shape.axes)
    }
    order = tuple(places[place] for place in range(len(places)))
    end = moved(order)
    plainly = Spelling(end, (Use("{x}" + end, call=False),)) if end else IDENTITY
    return [plainly, Spelling("general", (Use("{x}.permute({order})", {"order": order}, call=False),))]


@layer.register
def zero_pad(op: ZeroPad, x: View) -> list[Spelling]:
    pads = last_first(op.pads(x.shape))
    if first(x):
        return [Spelling("plain", (Make(f"nn.ZeroPad{x.rank}d", (one(pads),)),))]
    return [Spelling("functional", (Use("F.pad({x}, {pads})", {"pads": (0, 0, *pads)}),))]


@layer.register
def crop(op: Crop, x: View) -> list[Spelling]:
    given = op.crop(x.shape)
    return sliced(x, tuple((plain(before), plain(after)) for before, after in given), given)


def sliced(x: View, cut: Pairs, given: Pairs | None = None) -> list[Spelling]:
    """Return what cuts places off the ends of the spatial axes: slices, or in general padding below zero.

    `given` holds the same numbers as a user's expressions say them.
    """
    forms = []
    if any(map(any, cut)):
        before = ":, :" if first(x) else ":"
        slices = f"[{before}, {', '.join(f'{lo or str()}:{-hi or str()}' for lo, hi in cut)}]"
        forms.append(Spelling(slices, (Use("{x}" + slices, call=False),)))
    else:
        forms.append(IDENTITY)
    negative = last_first((-lo, -hi) for lo, hi in given or cut)
    pads = negative if first(x) else (0, 0, *negative)
    return [*forms, Spelling("negative", (Use("F.pad({x}, {pads})", {"pads": pads}),))]


@layer.register
def upsample(op: Upsample, x: View) -> list[Spelling]:
    values = {"scale_factor": one(op.scales(x.shape)), "mode": Default(op.method, "nearest")}
    return [Spelling("plain", (Make("nn.Upsample", (), values),))]
