"""How convolutions and pools are written in PyTorch.

The numbers are the core's; here it is decided which of PyTorch's ways to pad has the same windows.
"""

from __future__ import annotations

from typing import Any

from archc.emit.spelling import Default, Make, Spelling, Use, View
from archc.emit.symbolic import expression_of
from archc.ops.convolutions import Conv, ConvTranspose, DepthwiseConv, SeparableConv
from archc.ops.pools import AvgPool, GlobalAvgPool, GlobalMaxPool, MaxPool, MaxUnpool, Pool
from archc.ops.windows import Pairs, Window, fitting, overhanging
from archc.shapes import Size, Unknown
from archc_torch.dispatch import activated, last_first, layer, one, plain, spatial_dimensions
from archc_torch.spell_shapes import sliced


@layer.register
def conv(op: Conv, x: View) -> list[Spelling]:
    more = {"groups": Default(op.groups, 1), "bias": Default(op.bias, True)}
    return convolved(op, x, "nn.Conv", (x.channels, op.filters), more)


@layer.register
def depthwise_conv(op: DepthwiseConv, x: View) -> list[Spelling]:
    more = {"groups": x.channels, "bias": Default(op.bias, True)}
    return convolved(op, x, "nn.Conv", (x.channels, x.channels * op.multiplier), more)


@layer.register
def separable_conv(op: SeparableConv, x: View) -> list[Spelling]:
    more = {"multiplier": Default(op.multiplier, 1), "bias": Default(op.bias, True)}
    needs = (f"SeparableConv{x.rank}d",)
    return convolved(op, x, "SeparableConv", (x.channels, op.filters), more, needs)


def convolved(
    op: Window, x: View, callee: str, args: tuple[Any, ...], more: dict[str, Any], needs: tuple[str, ...] = ()
) -> list[Spelling]:
    """Return a convolution's forms: `same` by its name, the same zeros on both sides, or zeros put there before it."""
    pads = known_pads(op, x)
    even = all(before == after for before, after in pads)
    strides = op.strides(x.shape)
    kernel, stride, dilation = (one(sizes) for sizes in (op.kernel(x.shape), strides, op.dilations(x.shape)))

    def convolution(padding: Any) -> Make:
        geometry = {
            "kernel_size": kernel,
            "stride": Default(stride, 1),
            "padding": Default(padding, 0),
            "dilation": Default(dilation, 1),
        }
        return Make(f"{callee}{x.rank}d", args, {**geometry, **more})

    forms = []
    if op.padding == "same" and all(size == 1 and expression_of(size) is None for size in op.kernel(x.shape)):
        forms.append(Spelling("plain", (convolution(0),), needs=needs))
    # PyTorch takes uneven zeros by this name too, but warns that it copies the input to put them there.
    if op.padding == "same" and even and all(step == 1 for step in strides):
        forms.append(Spelling("same", (convolution("same"),), needs=needs))
        by_name = expression_of(op.padding) is not None
    else:
        by_name = op.padding == "valid" and expression_of(op.padding) is not None
    if by_name:
        forms.append(Spelling("by name", (convolution(op.padding),), needs=needs))
    if even:
        forms.append(Spelling("symmetric", (convolution(one(before for before, _ in pads)),), needs=needs))
    zeros = Make(f"nn.ZeroPad{x.rank}d", (one(last_first(pads)),), suffix="_padding")
    forms.append(Spelling("padded", (zeros, convolution(0)), needs=needs))
    return activated(op, x, forms)


def known_pads(op: Window, x: View) -> Pairs:
    """Return the padding: the user's own numbers, or what a word comes to as plain ones."""
    pads = op.pads(x.shape)
    if op.padding == "causal":  # as the user's own kernel and dilation say it
        taken = zip(op.kernel(x.shape), op.dilations(x.shape), strict=True)
        return tuple(((kernel - 1) * dilation, 0) for kernel, dilation in taken)
    if op.padding in ("same", "valid"):
        return tuple((plain(before), plain(after)) for before, after in pads)
    return pads


@layer.register
def conv_transpose(op: ConvTranspose, x: View) -> list[Spelling]:
    crop = tuple((plain(before), plain(after)) for before, after in op.crop(x.shape))
    steps = zip(op.kernel(x.shape), op.strides(x.shape), strict=True)
    longer = one(tuple(plain(max(s - k, 0)) for k, s in steps))

    def convolution(padding: Any) -> Make:
        geometry = {
            "kernel_size": one(op.kernel(x.shape)),
            "stride": Default(one(op.strides(x.shape)), 1),
            "padding": Default(padding, 0),
            "output_padding": Default(longer, 0),
            "bias": Default(op.bias, True),
        }
        return Make(f"nn.ConvTranspose{x.rank}d", (x.channels, op.filters), geometry)

    forms = []
    if all(before == after for before, after in crop):
        forms.append(Spelling("symmetric", (convolution(one(before for before, _ in crop)),)))
    forms += [Spelling(cut.form, (convolution(0), *cut.parts)) for cut in sliced(x, crop)]
    return activated(op, x, forms)


@layer.register
def max_pool(op: MaxPool, x: View) -> list[Spelling]:
    forms = []
    same_windows = aligned(op, x)
    if same_windows is not None:
        forms.append(Spelling("plain", (pool("nn.MaxPool", op, x, *same_windows),)))
    pads = Use("F.pad({x}, {pads}, value=-torch.inf)", {"pads": last_first(reached(op, x))})
    forms.append(Spelling("padded", (pads, pool("nn.MaxPool", op, x))))
    return forms


@layer.register
def max_unpool(op: MaxUnpool, _x: View, y: View) -> list[Spelling]:
    name, slots = f"max_unpool{y.rank}d", {"kernel": one(op.kernel(y.shape)), "ceil": op.ceil}
    rounded = Use(f"{name}({{0}}, {{1}}, {{kernel}}, ceil_mode={{ceil}})", slots)
    plain = Use(f"{name}({{0}}, {{1}}, {{kernel}})", {"kernel": slots["kernel"]})
    forms = [Spelling("rounded", (rounded,), needs=(name,))]
    return forms if op.ceil else [Spelling("plain", (plain,), needs=(name,)), *forms]


@layer.register
def avg_pool(op: AvgPool, x: View) -> list[Spelling]:
    return counting(op, x) if op.count_padding else not_counting(op, x)


def counting(op: AvgPool, x: View) -> list[Spelling]:
    """Return the forms of an average that counts the padding, but not what hangs over beyond it."""
    pads, same_windows = known_pads(op, x), aligned(op, x)
    forms = []
    if same_windows is not None and all(before == after for before, after in pads):
        forms.append(Spelling("plain", (included(op, x, same_windows, True),)))
        if no_padding(same_windows):
            forms.append(Spelling("excluded", (included(op, x, same_windows, False),)))
    zeros = Use("F.pad({x}, {pads})", {"pads": last_first(pads)})
    over = tuple((0, beyond) for beyond in op.extra(x.shape))
    if not any(op.extra(x.shape)):
        forms.append(Spelling("padded", (zeros, pool("nn.AvgPool", op, x))))
    forms.append(Spelling("padded and divided", (zeros, divided(op, x, over)), needs=(f"avg_pool{x.rank}d",)))
    return forms


def not_counting(op: AvgPool, x: View) -> list[Spelling]:
    """Return the forms of an average over the places that are really there."""
    same_windows = aligned(op, x)
    forms = []
    if same_windows is not None:
        if no_padding(same_windows):
            forms.append(Spelling("plain", (included(op, x, same_windows, True),)))
        forms.append(Spelling("excluded", (included(op, x, same_windows, False),)))
    forms.append(Spelling("divided", (divided(op, x, reached(op, x)),), needs=(f"avg_pool{x.rank}d",)))
    return forms


def no_padding(same_windows: tuple[Any, Any]) -> bool:
    """Tell whether PyTorch's pool is given no padding, so that whether it counts it makes no difference."""
    padding = same_windows[0]
    return not any(padding) if isinstance(padding, tuple) else padding == 0


def included(op: AvgPool, x: View, same_windows: tuple[Any, Any], include: bool) -> Make:
    """Return the pool, with PyTorch's word for whether padding counts."""
    made = pool("nn.AvgPool", op, x, *same_windows)
    return made._replace(kwargs={**made.kwargs, "count_include_pad": Default(include, True)})


def divided(op: AvgPool, x: View, pads: Pairs) -> Use:
    """Return the call of the function that pads, and divides by the places that were there before."""
    kernel, stride = one(op.kernel(x.shape)), one(op.strides(x.shape))
    slots = {"kernel": kernel, "stride": stride, "pads": last_first(pads)}
    return Use(f"avg_pool{x.rank}d({{x}}, {{kernel}}, {{stride}}, {{pads}})", slots)


def pool(callee: str, op: Pool, x: View, padding: Any = 0, ceil: Any = False) -> Make:
    """Return PyTorch's pool with the windows of `op`."""
    kernel = one(op.kernel(x.shape))
    geometry = {
        "stride": Default(one(op.strides(x.shape)), kernel),
        "padding": Default(padding, 0),
        "ceil_mode": Default(ceil, False),
    }
    return Make(f"{callee}{x.rank}d", (kernel,), geometry)


def reached(op: Pool, x: View) -> Pairs:
    """Return how far the windows reach before the input and beyond its end, along each spatial axis."""
    steps = zip(known_pads(op, x), op.extra(x.shape), strict=True)
    return tuple((before, after + beyond) for (before, after), beyond in steps)


def aligned(op: Pool, x: View) -> tuple[Any, Any] | None:
    """Return the padding and the rounding that make PyTorch's pool stand on the very windows of `op`.

    Where windows begin is told by the padding before the input. What is after it shows only in how many they are, as
    padded places never win or count, so an uneven padding may come out right by rounding up.
    """
    before = tuple(before for before, _ in known_pads(op, x))
    # PyTorch refuses volumes smaller than a window, also where it may hang over; an average's padding does not help.
    there = (0, 0, 0) if isinstance(op, AvgPool) else before
    short = zip(x.spatial, there, op.kernel(x.shape), strict=True)
    if any(2 * lo > k for lo, k in zip(before, op.kernel(x.shape), strict=True)):
        return None  # PyTorch refuses more than half a window
    if x.rank == 3 and any(isinstance(n, int) and n + 2 * lo < k for n, lo, k in short):
        return None
    asked = False if op.padding == "same" else op.ceil
    for ceil in (asked, not asked):
        if windows(op, x, before, bool(ceil)) == op.places(x.shape):
            return one(before), ceil
    return None


def windows(op: Pool, x: View, before: tuple[int, ...], ceil: bool) -> tuple[Size, ...]:
    """Return how many windows PyTorch's pool has along each spatial axis."""
    steps = zip(x.spatial, op.kernel(x.shape), op.strides(x.shape), before, strict=True)
    return tuple(
        # With a step of 1, which is all that is allowed on unknown sizes, there is nothing to round.
        overhanging(n, k, s, lo, lo) if ceil and not isinstance(n, Unknown) else fitting(n, k, s, lo, lo)
        for n, k, s, lo in steps
    )


@layer.register
def global_avg_pool(_op: GlobalAvgPool, x: View) -> list[Spelling]:
    return [Spelling("mean", (Use(f"{{x}}.mean(dim={one_dimension(x)})", call=False),))]


@layer.register
def global_max_pool(_op: GlobalMaxPool, x: View) -> list[Spelling]:
    return [Spelling("amax", (Use(f"{{x}}.amax(dim={one_dimension(x)})", call=False),))]


def one_dimension(x: View) -> str:
    """Return the spatial dimensions as an argument: a tuple, or the one there is."""
    dimensions = spatial_dimensions(x)
    return str(dimensions if len(dimensions) > 1 else dimensions[0])
