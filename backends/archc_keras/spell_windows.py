"""Convolutions and pools in Keras: `same`, `valid`, and padding as a layer of its own where neither is meant."""

from __future__ import annotations

from typing import Any

from archc.emit.spelling import Default, Make, Spelling, Use, View
from archc.ops.base import Op
from archc.ops.convolutions import Conv, ConvTranspose, DepthwiseConv, SeparableConv
from archc.ops.pools import AvgPool, GlobalAvgPool, GlobalMaxPool, MaxPool, MaxUnpool, Pool
from archc.ops.windows import Pairs, Window, fitting, same_pads
from archc.shapes import Size, Unknown
from archc_keras.layer import Parts, alike, bare, fused, initializer, layer, made, needed, one, sides, spelled, used
from archc_keras.padding import STRIDES, WHERE, where_it_strides

# Where windows stand


def pads(op: Window, x: View) -> Pairs:
    """Return the padding: as the user gave it, and plain numbers where it follows from sizes."""
    pairs = op.pads(x.shape)
    return tuple((int(lo), int(hi)) for lo, hi in pairs) if op.padding in ("same", "causal") else pairs


def stands_valid(n: Size, span: int, stride: int, pad: tuple[int, int], places: Size) -> bool:
    """Tell whether the windows of an axis are those without any padding."""
    if isinstance(n, Unknown):
        return max(pad) == 0
    return pad[0] == 0 and places == fitting(n, span, stride, 0, 0)


def stands_same(n: Size, span: int, stride: int, pad: tuple[int, int], places: Size) -> bool:
    """Tell whether the windows of an axis are those of Keras's `same`."""
    if isinstance(n, Unknown):
        return stride == 1 and pad == same_pads(n, span, stride)
    return pad[0] == same_pads(n, span, stride)[0] and places == -(-n // stride)


def paddings(op: Window, x: View) -> list[str]:
    """Return which of Keras's two paddings give the op's windows, the one that was asked for first."""
    steps = (x.spatial, op.spans(x.shape), op.strides(x.shape), op.pads(x.shape), op.places(x.shape))
    tests = {"valid": stands_valid, "same": stands_same}
    found = [name for name, test in tests.items() if all(test(*step) for step in zip(*steps, strict=True))]
    return sorted(found, key=lambda name: name != op.padding)


def misplaced(op: Window, x: View) -> bool:
    """Tell whether TensorFlow places the windows of `same` wrong: between windows it drops two places or more."""
    # Its volumes then begin before the input, in float64 always and in float32 without oneDNN.
    steps = zip(x.spatial, op.spans(x.shape), op.strides(x.shape), strict=True)
    return x.rank == 3 and any(not isinstance(n, Unknown) and (-(-n // s) - 1) * s + k - n < -1 for n, k, s in steps)


def zeros_around(pairs: Pairs) -> Make:
    """Return the layer that pads with zeros before another one."""
    return Make(f"layers.ZeroPadding{len(pairs)}D", (sides(pairs),), suffix="_padding")


# Convolutions


def steps_over_gaps(op: Op, xs: tuple[View, ...]) -> bool:
    """Tell whether a convolution has a stride and a dilation above 1, which Keras has for its depthwise ones alone."""
    if not isinstance(op, (Conv, DepthwiseConv, SeparableConv)):
        return False
    both = max(op.strides(xs[0].shape)) > 1 and max(op.dilations(xs[0].shape)) > 1
    return both and (isinstance(op, Conv) or not has_depthwise(op, xs[0]))


def stepped(op: Window, x: View) -> list[tuple[str, tuple[Any, ...]]]:
    """Return the ways to give kernel and strides: strides are left out where they are 1."""
    kernel, strides = one(op.kernel(x.shape)), op.strides(x.shape)
    brief = [("", (kernel,))] if bare(strides, 1) else []
    return [*brief, ("strides, ", (kernel, one(strides)))]


def convolution(op: Any, x: View, callee: str, first: tuple[Any, ...], keywords: dict[str, Any]) -> list[Spelling]:
    """Return a convolution's spellings: each way to pad, and for each the ways to give strides."""
    activation, trailing, name = fused(op, x)
    rest = {"dilation_rate": Default(one(op.dilations(x.shape)), 1), **keywords}
    rest |= {"activation": activation, "use_bias": Default(op.bias, True)}
    found = [name for name in paddings(op, x) if name == "valid" or not misplaced(op, x)]
    if op.padding == "causal" and callee == "Conv1D":
        found.insert(0, "causal")
    forms: list[tuple[str, Parts, Any]] = [(padding, (), padding) for padding in found]
    if op.padding == "same" and "valid" in found and bare(op.kernel(x.shape), 1):
        forms.insert(0, ("plain", (), "valid"))
    if found:
        forms.append(("either", (), op.padding if op.padding in found else found[0]))
    striding = where_it_strides(op, x.shape)
    if striding is not None and (striding[0] or "same" in found):
        zeros = zeros_around(pads(op, x))._replace(slots={WHERE: striding[0]})
        forms.append((STRIDES, (zeros,), striding[1]))
    forms.append(("padded", (zeros_around(pads(op, x)),), "valid"))
    ways = stepped(op, x)
    return [
        Spelling(
            f"{callee}, {steps}{form}{name}",
            (*before, *made(callee, *first, *args, padding=Default(padding, "valid"), **rest), *trailing),
            needs=needed(op, x),
        )
        for form, before, padding in forms
        for steps, args in ways
    ]


@layer.register
def conv(op: Conv, x: View) -> list[Spelling]:
    return convolution(op, x, f"Conv{x.rank}D", (op.filters,), {"groups": Default(op.groups, 1)})


def has_depthwise(op: Window, x: View) -> bool:
    """Tell whether Keras's own depthwise layers can do it: with one or two axes and one stride for both."""
    return x.rank < 3 and len({int(stride) for stride in op.strides(x.shape)}) == 1


def per_channel(op: DepthwiseConv | SeparableConv, x: View, weight: str) -> dict[str, Any]:
    """Return the keywords of a depthwise part. Keras counts other fans, which shows unless the multiplier is 1."""
    same = op.multiplier == 1 or x.channels == 1
    return {
        "depth_multiplier": Default(op.multiplier, 1),
        "depthwise_initializer": initializer(op.weights(x.shape)[weight], "glorot_uniform", same),
    }


@layer.register
def depthwise_conv(op: DepthwiseConv, x: View) -> list[Spelling]:
    if has_depthwise(op, x):
        return convolution(op, x, f"DepthwiseConv{x.rank}D", (), per_channel(op, x, "weight"))
    return convolution(op, x, f"Conv{x.rank}D", (x.channels * op.multiplier,), {"groups": Default(x.channels, 1)})


HALF = ("kernel_size", "stride", "padding", "dilation", "multiplier")
"""The arguments that a separable convolution and its depthwise part have in common."""


@layer.register
def separable_conv(op: SeparableConv, x: View) -> list[Spelling]:
    if has_depthwise(op, x):
        keywords = per_channel(op, x, "depthwise.weight")
        return convolution(op, x, f"SeparableConv{x.rank}D", (op.filters,), keywords)
    return [
        Spelling(
            f"separate, {depthwise.form}",
            (*called(depthwise.parts, "_depthwise"), *called(parts, "_pointwise")),
            needs=needed(op, x),
        )
        for depthwise in depthwise_conv(first_half(op), x)
        for parts in [second_half(op, x)]
    ]


def first_half(op: SeparableConv) -> DepthwiseConv:
    """Return the depthwise convolution that a separable one begins with."""
    return DepthwiseConv(**{name: getattr(op, name) for name in HALF}, bias=False)


def second_half(op: SeparableConv, x: View) -> Parts:
    """Return the parts of the convolution that a separable one ends with."""
    mixed = Conv(filters=op.filters, kernel_size=1, bias=op.bias, activation=op.activation)
    return conv(mixed, View(x.shape.with_channels(x.channels * op.multiplier)))[0].parts


def called(parts: Parts, suffix: str) -> Parts:
    """Return the same parts, the layers without a suffix with this one."""
    return tuple(p._replace(suffix=p.suffix or suffix) if isinstance(p, Make) else p for p in parts)


@layer.register
def conv_transpose(op: ConvTranspose, x: View) -> list[Spelling]:
    activation, trailing, name = fused(op, x)
    # As in `misplaced`, the gradient of volumes is wrong under `same`: what is over is cut off by a layer of its own.
    pairs = zip(op.kernel(x.shape), op.strides(x.shape), strict=True)
    apart = x.rank == 3 and op.padding == "same" and any(k + 1 < s for k, s in pairs)
    over = op.crop(x.shape) if apart else ()
    cut = (Make("layers.Cropping3D", (sides(over),), suffix="_crop"),) if any(map(any, over)) else ()
    keywords = {
        "padding": Default("valid" if apart else op.padding, "valid"),
        "activation": activation,
        "use_bias": Default(op.bias, True),
    }
    return [
        Spelling(
            f"{steps}transposed{', cut' if cut else ''}{name}",
            (*made(f"Conv{x.rank}DTranspose", op.filters, *args, **keywords), *cut, *trailing),
            needs=needed(op, x),
        )
        for steps, args in stepped(op, x)
    ]


# Pools


def pooled(op: Pool, x: View, kind: str, padding: Any, form: str, before: Parts = ()) -> list[Spelling]:
    """Return the spellings of a pooling layer: strides are left out where they are the window's size."""
    kernel, strides = op.kernel(x.shape), op.strides(x.shape)
    whole = all(map(alike, kernel, strides))
    brief: list[tuple[str, tuple[Any, ...]]] = [("window", (one(kernel),))] if whole else []
    given = [*brief, ("strides", (one(kernel), one(strides)))]
    keywords = {"padding": Default(padding, "valid")}
    return [Spelling(f"{form}, {n}", (*before, *made(f"{kind}{x.rank}D", *args, **keywords))) for n, args in given]


def fitted(op: Pool, x: View, kind: str, found: list[str]) -> list[Spelling]:
    """Return the spellings with one of Keras's own paddings."""
    spellings = [spelling for padding in found for spelling in pooled(op, x, kind, padding, padding)]
    if found:
        spellings += pooled(op, x, kind, op.padding if op.padding in found else found[0], "either")
    return spellings


def overhung(op: Pool, x: View) -> Pairs:
    """Return the padding together with what `ceil` lets hang over the end."""
    return tuple((lo, hi + int(extra)) for (lo, hi), extra in zip(pads(op, x), op.extra(x.shape), strict=True))


@layer.register
def max_pool(op: MaxPool, x: View) -> list[Spelling]:
    around = ((0, 0), *overhung(op, x), (0, 0))
    low = used('ops.pad({x}, {pads}, constant_values=float("-inf"))', pads=around)
    kind = "MaxPooling"
    return fitted(op, x, kind, paddings(op, x)) + pooled(op, x, kind, "valid", "padded", low)


@layer.register
def max_unpool(op: MaxUnpool, _x: View, y: View) -> list[Spelling]:
    return spelled((Make("MaxUnpooling", (op.kernel(y.shape),)),), needs=("MaxUnpooling",))


def averaged(op: AvgPool, x: View, padding: Pairs) -> Parts:
    """Return the call of the definition that leaves `padding` out of the mean."""
    slots = {"pool_size": one(op.kernel(x.shape)), "strides": one(op.strides(x.shape)), "padding": padding}
    return (Use("average_pool({x}, {pool_size}, {strides}, {padding})", slots),)


@layer.register
def avg_pool(op: AvgPool, x: View) -> list[Spelling]:
    around, kind = pads(op, x), "AveragePooling"
    counted = op.count_padding and any(max(pair) > 0 for pair in around)
    # Keras's `same` counts real places alone.
    found = [name for name in paddings(op, x) if name == "valid" or not counted]
    spellings = fitted(op, x, kind, found)
    if not counted:
        return spellings + spelled(averaged(op, x, overhung(op, x)), "masked", needs=("average_pool",))
    hanging = tuple((0, int(extra)) for extra in op.extra(x.shape))
    if not any(extra for _, extra in hanging):
        spellings += pooled(op, x, kind, "valid", "padded", (zeros_around(around),))
    parts = (zeros_around(around), *averaged(op, x, hanging))
    return spellings + spelled(parts, "padded, masked", needs=("average_pool",))


@layer.register
def global_avg_pool(_op: GlobalAvgPool, x: View) -> list[Spelling]:
    return spelled(made(f"GlobalAveragePooling{x.rank}D"))


@layer.register
def global_max_pool(_op: GlobalMaxPool, x: View) -> list[Spelling]:
    return spelled(made(f"GlobalMaxPooling{x.rank}D"))
