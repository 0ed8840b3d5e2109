"""How shuffles, rolls, mirrored borders, gates, and layers that multiply and add a number, are written in PyTorch."""

from __future__ import annotations

from archc.emit.spelling import Default, Make, Spelling, Use, View
from archc.emit.symbolic import expression_of
from archc.ops.frames import Apart, Together
from archc.ops.patches import Fold, Unfold
from archc.ops.rearranging import ChannelShuffle, Glu, Identity, PixelShuffle, ReflectPad, Roll
from archc.ops.scaling import Rescale, Scale
from archc_torch.dispatch import dimension, first, last_first, layer, one
from archc_torch.spell_shapes import IDENTITY
from archc_torch.spell_values import along
from archc_torch.spell_windows import known_pads


@layer.register
def channel_shuffle(op: ChannelShuffle, _x: View) -> list[Spelling]:
    return [Spelling("plain", (Make("nn.ChannelShuffle", (op.groups,)),))]


@layer.register
def pixel_shuffle(op: PixelShuffle, _x: View) -> list[Spelling]:
    return [Spelling("plain", (Make("nn.PixelShuffle", (op.scale,)),))]


@layer.register
def apart(_op: Apart, x: View) -> list[Spelling]:
    moved = "" if x.rank == 1 and not x.first else ".transpose(1, 2)"
    return [Spelling(f"apart{moved}", (Use(f"{{x}}{moved}.flatten(0, 1)", call=False),))]


@layer.register
def together(op: Together, x: View) -> list[Spelling]:
    moved = "" if x.rank == 0 else ".transpose(1, 2)" if x.first else ".permute(0, 3, 1, 2)"
    template = f"{{x}}.unflatten(0, (-1, {{frames}})){moved}"
    return [Spelling(f"together{moved}", (Use(template, {"frames": op.frames}, call=False),))]


@layer.register
def identity(_op: Identity, _x: View) -> list[Spelling]:
    return [IDENTITY]


@layer.register
def roll(op: Roll, x: View) -> list[Spelling]:
    moves = {dimension(x, axis): shift for axis, shift in zip(op.over(x.shape), op.shifts(x.shape), strict=True)}
    dims = tuple(sorted(moves))
    if len(dims) == 1:
        slots = {"shift": moves[dims[0]], "dim": dims[0]}
        return [Spelling("one", (Use("torch.roll({x}, {shift}, dims={dim})", slots),))]
    several = {"shifts": tuple(moves[dim] for dim in dims), "dims": dims}
    return [Spelling("several", (Use("torch.roll({x}, {shifts}, dims={dims})", several),))]


@layer.register
def reflect_pad(op: ReflectPad, x: View) -> list[Spelling]:
    return [Spelling("plain", (Make(f"nn.ReflectionPad{x.rank}d", (one(last_first(op.pads(x.shape))),)),))]


@layer.register
def glu(op: Glu, x: View) -> list[Spelling]:
    return [Spelling("plain", (Use("F.glu({x}, dim={dim})", {"dim": along(x, op.over(x.shape))}),))]


@layer.register
def unfold(op: Unfold, x: View) -> list[Spelling]:
    dilation = op.dilations(x.shape)
    slots = {"kernel_size": op.kernel(x.shape), "stride": op.strides(x.shape)}
    forms = [("", Use("unfold({x}, {kernel_size}, {stride})", slots))] if told_ones(dilation) else []
    forms.append((", gaps", Use("unfold({x}, {kernel_size}, {stride}, {dilation})", {**slots, "dilation": dilation})))
    pads = known_pads(op, x)
    around: list[tuple[str, tuple[Use, ...]]] = [] if any(map(any, pads)) else [("plain", ())]
    around.append(("padded", (Use("F.pad({x}, {pads})", {"pads": last_first(pads)}),)))
    return [
        Spelling(f"{form}{gaps}", (*before, use), needs=("unfold",)) for form, before in around for gaps, use in forms
    ]


def told_ones(values: tuple[int, ...]) -> bool:
    """Tell whether all values are 1, and none of them is written as an expression."""
    return all(value == 1 and expression_of(value) is None for value in values)


@layer.register
def fold(op: Fold, x: View) -> list[Spelling]:
    return [Spelling("plain", (Use("fold({x}, {kernel_size})", {"kernel_size": op.kernel(x.shape)}),), needs=("fold",))]


@layer.register
def scale(op: Scale, x: View) -> list[Spelling]:
    name = f"Scale{x.rank}d" if first(x) else "Scale"
    made = Make(name, (x.channels,), {"initial": Default(op.initial, 1.0)})
    return [Spelling("plain", (made,), needs=(name,))]


@layer.register
def rescale(op: Rescale, _x: View) -> list[Spelling]:
    forms = []
    if op.offset == 0:
        forms.append(Spelling("scaled", (Use("{x} * {scale}", {"scale": op.scale}, call=False),)))
    below = op.offset < 0 and getattr(op.offset, "expression", None) is None
    if op.scale == 1 and below:
        forms.append(Spelling("less", (Use("{x} - {less}", {"less": -op.offset}, call=False),)))
    if op.scale == 1:
        forms.append(Spelling("shifted", (Use("{x} + {offset}", {"offset": op.offset}, call=False),)))
    if op.scale == -1 and op.offset and getattr(op.scale, "expression", None) is None:
        forms.append(Spelling("from", (Use("{offset} - {x}", {"offset": op.offset}, call=False),)))
    if below:
        less = {"scale": op.scale, "less": -op.offset}
        forms.append(Spelling("lowered", (Use("{x} * {scale} - {less}", less, call=False),)))
    slots = {"scale": op.scale, "offset": op.offset}
    return [*forms, Spelling("general", (Use("{x} * {scale} + {offset}", slots, call=False),))]
