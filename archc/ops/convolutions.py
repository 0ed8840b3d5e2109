"""Convolutions: weighted sums over windows, in one, two or three spatial axes."""

from __future__ import annotations

import math

from archc.ops.activations import activated
from archc.ops.base import Example, Op, ShapeError, Weight, arg, op
from archc.ops.inputs import channels, spatial
from archc.ops.windows import (
    CONV_PADDING,
    DILATION,
    KERNEL_SIZE,
    STRIDE,
    Pairs,
    Window,
    transposed,
    transposed_crop,
)
from archc.ops.words import Activation, ConvPadding, Flag, Padding, Positive, Sizes, choice
from archc.shapes import Image, Sequence, Shape, Size, Volume, product

FILTERS = "How many channels come out."
BIAS = "Add a learned number to each channel."
ACTIVATION = "The activation after it: a name, a name with its arguments, or `none`."
GROUPS = "Into how many groups the channels are split; each is convolved apart from the others."
MULTIPLIER = "How many channels come out for each that goes in."


def glorot(fan_in: int, fan_out: int) -> tuple[str | float, ...]:
    """Return the initial distribution of weights that join so many values to so many."""
    return ("glorot_uniform", fan_in, fan_out)


def kernel_weight(out: int, into: int, kernel: tuple[int, ...]) -> Weight:
    """Return a convolution's kernel, (out, into, *kernel)."""
    area = math.prod(kernel)
    return Weight((out, into, *kernel), glorot(into * area, out * area))


def with_bias(weights: dict[str, Weight], bias: bool, out: int, name: str = "bias") -> dict[str, Weight]:
    """Return the weights and, where wanted, a bias for each channel that comes out."""
    return {**weights, name: Weight((out,), ("zeros",))} if bias else weights


def divided(op: Op, what: str, count: int, groups: int) -> int:
    """Return how many of `count` channels each group gets."""
    if count % groups != 0:
        raise ShapeError(
            "E0303",
            f"`{op.name}` cannot split {count:d} {what} into {groups:d} equal groups",
            argument="groups",
            help=f"`groups` must divide {count:d}",
        )
    return count // groups


@op("conv")
class Conv(Window):
    """Weighted sums over windows of all channels: y[o] = bias[o] + sum over places and channels of weight * x.

    The kernel is not flipped. Padded places are zero.
    """

    paper = "LeCun et al., Gradient-Based Learning Applied to Document Recognition, 1998"

    filters: Positive = arg(FILTERS)
    kernel_size: Sizes = arg(KERNEL_SIZE)
    stride: Sizes = arg(STRIDE, default=1)
    padding: ConvPadding = arg(CONV_PADDING, default="valid")
    dilation: Sizes = arg(DILATION, default=1)
    groups: Positive = arg(GROUPS, default=1)
    bias: Flag = arg(BIAS, default=True)
    activation: Activation | None = arg(ACTIVATION, default=None)

    examples = (
        Example({"filters": 4, "kernel_size": 3}, Sequence(7, 3), Sequence(5, 4)),
        Example({"filters": 4, "kernel_size": 3}, Image(7, 6, 3), Image(5, 4, 4)),
        Example({"filters": 2, "kernel_size": 2}, Volume(3, 4, 5, 2), Volume(2, 3, 4, 2)),
        Example({"filters": 2, "kernel_size": [1, 3], "stride": [2, 1]}, Image(5, 6, 2), Image(3, 4, 2)),
        Example({"filters": 2, "kernel_size": 3, "padding": "same"}, Image(5, 6, 2), Image(5, 6, 2)),
        Example({"filters": 2, "kernel_size": 3, "stride": 2, "padding": "same"}, Image(6, 7, 2), Image(3, 4, 2)),
        Example({"filters": 2, "kernel_size": 4, "padding": "same", "dilation": 2}, Sequence(9, 2), Sequence(9, 2)),
        Example(
            {"filters": 2, "kernel_size": 2, "stride": 2, "padding": "same"}, Volume(3, 4, 5, 1), Volume(2, 2, 3, 2)
        ),
        Example({"filters": 2, "kernel_size": 1, "stride": 3, "padding": "same"}, Image(7, 8, 2), Image(3, 3, 2)),
        Example({"filters": 2, "kernel_size": 3, "padding": 1, "stride": 2}, Image(6, 7, 2), Image(3, 4, 2)),
        Example(
            {"filters": 2, "kernel_size": [3, 5], "stride": [1, 2], "padding": [[1, 1], [2, 2]]},
            Image(5, 6, 2),
            Image(5, 3, 2),
        ),
        Example({"filters": 2, "kernel_size": 3, "padding": [[1, 0], [0, 2]]}, Image(5, 6, 2), Image(4, 6, 2)),
        Example({"filters": 2, "kernel_size": 3, "dilation": [1, 2]}, Image(6, 7, 2), Image(4, 3, 2)),
        Example({"filters": 2, "kernel_size": 3, "dilation": 2, "padding": "causal"}, Sequence(7, 2), Sequence(7, 2)),
        Example({"filters": 2, "kernel_size": 2, "stride": 2, "padding": "causal"}, Sequence(7, 2), Sequence(4, 2)),
        Example({"filters": 6, "kernel_size": 3, "groups": 2}, Image(5, 5, 4), Image(3, 3, 6)),
        Example({"filters": 3, "kernel_size": 3, "bias": False}, Sequence(6, 2), Sequence(4, 3)),
        Example({"filters": 3, "kernel_size": 3, "activation": "relu"}, Image(5, 5, 2), Image(3, 3, 3)),
        Example(
            {"filters": 3, "kernel_size": 3, "activation": {"leaky_relu": {"slope": 0.2}}},
            Image(5, 5, 2),
            Image(3, 3, 3),
        ),
        Example({"filters": 3, "kernel_size": 3, "activation": "none"}, Image(5, 5, 2), Image(3, 3, 3)),
    )

    def output(self, x: Shape) -> Shape:
        divided(self, "channels", channels(self, spatial(self, x)), self.groups)
        divided(self, "filters", self.filters, self.groups)
        return activated(self.activation, x.with_spatial(self.places(x)).with_channels(self.filters))

    def weights(self, x: Shape) -> dict[str, Weight]:
        into = channels(self, x) // self.groups
        return with_bias({"weight": kernel_weight(self.filters, into, self.kernel(x))}, self.bias, self.filters)

    def macs(self, x: Shape, y: Shape) -> Size:
        each = math.prod(self.kernel(x)) * (channels(self, x) // self.groups)
        return y.elements * each


@op("depthwise_conv")
class DepthwiseConv(Window):
    """A convolution of each channel apart: channel c gives the channels c * multiplier and following."""

    paper = "Howard et al., MobileNets, 2017, arXiv:1704.04861"

    kernel_size: Sizes = arg(KERNEL_SIZE)
    stride: Sizes = arg(STRIDE, default=1)
    padding: ConvPadding = arg(CONV_PADDING, default="valid")
    dilation: Sizes = arg(DILATION, default=1)
    multiplier: Positive = arg(MULTIPLIER, default=1)
    bias: Flag = arg(BIAS, default=True)
    activation: Activation | None = arg(ACTIVATION, default=None)

    examples = (
        Example({"kernel_size": 3}, Sequence(7, 3), Sequence(5, 3)),
        Example({"kernel_size": 3}, Image(7, 6, 3), Image(5, 4, 3)),
        Example({"kernel_size": 2}, Volume(3, 4, 5, 2), Volume(2, 3, 4, 2)),
        Example({"kernel_size": [3, 2], "multiplier": 2}, Image(5, 6, 3), Image(3, 5, 6)),
        Example({"kernel_size": 3, "stride": 2, "padding": "same"}, Image(6, 7, 2), Image(3, 4, 2)),
        Example({"kernel_size": 3, "stride": [1, 2], "padding": 1}, Image(5, 6, 2), Image(5, 3, 2)),
        Example({"kernel_size": 2, "padding": [[1, 0], [0, 1]]}, Image(5, 6, 2), Image(5, 6, 2)),
        Example({"kernel_size": 3, "dilation": 2, "padding": "same"}, Image(5, 6, 2), Image(5, 6, 2)),
        Example({"kernel_size": 3, "dilation": [2]}, Sequence(6, 2), Sequence(2, 2)),
        Example({"kernel_size": 3, "dilation": 2, "padding": "causal"}, Sequence(6, 2), Sequence(6, 2)),
        Example({"kernel_size": 3, "bias": False, "activation": "silu"}, Image(5, 5, 2), Image(3, 3, 2)),
        Example({"kernel_size": 3, "activation": {"elu": {"alpha": 0.5}}}, Sequence(6, 2), Sequence(4, 2)),
    )

    def output(self, x: Shape) -> Shape:
        out = channels(self, spatial(self, x)) * self.multiplier
        return activated(self.activation, x.with_spatial(self.places(x)).with_channels(out))

    def weights(self, x: Shape) -> dict[str, Weight]:
        out = channels(self, x) * self.multiplier
        return with_bias({"weight": kernel_weight(out, 1, self.kernel(x))}, self.bias, out)

    def macs(self, x: Shape, y: Shape) -> Size:
        return y.elements * math.prod(self.kernel(x))


@op("separable_conv")
class SeparableConv(Window):
    """A depthwise convolution without bias, then a convolution of kernel size 1 that mixes its channels."""

    paper = "Chollet, Xception, 2016, arXiv:1610.02357"

    filters: Positive = arg(FILTERS)
    kernel_size: Sizes = arg(KERNEL_SIZE)
    stride: Sizes = arg(STRIDE, default=1)
    padding: ConvPadding = arg(CONV_PADDING, default="valid")
    dilation: Sizes = arg(DILATION, default=1)
    multiplier: Positive = arg("How many channels the depthwise part gives for each that goes in.", default=1)
    bias: Flag = arg(BIAS, default=True)
    activation: Activation | None = arg(ACTIVATION, default=None)

    examples = (
        Example({"filters": 4, "kernel_size": 3}, Sequence(7, 3), Sequence(5, 4)),
        Example({"filters": 4, "kernel_size": 3}, Image(7, 6, 3), Image(5, 4, 4)),
        Example({"filters": 3, "kernel_size": 2}, Volume(3, 4, 5, 2), Volume(2, 3, 4, 3)),
        Example({"filters": 4, "kernel_size": [3, 2], "multiplier": 2}, Image(5, 6, 3), Image(3, 5, 4)),
        Example({"filters": 4, "kernel_size": 3, "stride": 2, "padding": "same"}, Image(6, 7, 2), Image(3, 4, 4)),
        Example({"filters": 4, "kernel_size": 3, "stride": 2, "padding": 1}, Sequence(6, 2), Sequence(3, 4)),
        Example({"filters": 4, "kernel_size": 3, "padding": "causal"}, Sequence(6, 2), Sequence(6, 4)),
        Example({"filters": 4, "kernel_size": 2, "padding": [[0, 1], [1, 0]]}, Image(4, 5, 2), Image(4, 5, 4)),
        Example({"filters": 4, "kernel_size": 3, "dilation": 2, "bias": False}, Image(6, 7, 2), Image(2, 3, 4)),
        Example({"filters": 4, "kernel_size": 3, "activation": "tanh"}, Image(5, 5, 2), Image(3, 3, 4)),
    )

    def output(self, x: Shape) -> Shape:
        channels(self, spatial(self, x))
        return activated(self.activation, x.with_spatial(self.places(x)).with_channels(self.filters))

    def weights(self, x: Shape) -> dict[str, Weight]:
        between = channels(self, x) * self.multiplier
        kernels = {
            "depthwise.weight": kernel_weight(between, 1, self.kernel(x)),
            "pointwise.weight": kernel_weight(self.filters, between, (1,) * x.rank),
        }
        return with_bias(kernels, self.bias, self.filters, "pointwise.bias")

    def macs(self, x: Shape, y: Shape) -> Size:
        between = channels(self, x) * self.multiplier
        return product(y.spatial) * (between * (math.prod(self.kernel(x)) + self.filters))


@op("conv_transpose")
class ConvTranspose(Window):
    """The transpose of a convolution: each input place adds its multiple of the kernel to the output.

    `valid` gives (n - 1) * stride + max(kernel, stride) places, `same` gives n * stride: what is over is cut off,
    half of it (rounded down) at the start.
    """

    paper = "Zeiler et al., Deconvolutional Networks, 2010"

    filters: Positive = arg(FILTERS)
    kernel_size: Sizes = arg("Size of the kernel along each spatial axis.")
    stride: Sizes = arg("How many places out one place in moves on, along each spatial axis.", default=1)
    padding: Padding = arg(
        "`valid` keeps everything; `same` so that size * stride places come out.",
        default="valid",
        word=choice("valid", "same"),
    )
    bias: Flag = arg(BIAS, default=True)
    activation: Activation | None = arg(ACTIVATION, default=None)

    examples = (
        Example({"filters": 4, "kernel_size": 3}, Sequence(4, 3), Sequence(6, 4)),
        Example({"filters": 4, "kernel_size": 2, "stride": 2}, Image(3, 4, 3), Image(6, 8, 4)),
        Example({"filters": 2, "kernel_size": 2, "stride": 2}, Volume(2, 3, 2, 2), Volume(4, 6, 4, 2)),
        Example({"filters": 2, "kernel_size": [2, 3], "stride": [3, 2]}, Image(3, 4, 2), Image(9, 9, 2)),
        Example({"filters": 2, "kernel_size": 3, "stride": 2, "padding": "same"}, Image(3, 4, 2), Image(6, 8, 2)),
        Example({"filters": 2, "kernel_size": 4, "stride": 2, "padding": "same"}, Image(3, 4, 2), Image(6, 8, 2)),
        Example({"filters": 2, "kernel_size": 4, "stride": 1, "padding": "same"}, Sequence(5, 2), Sequence(5, 2)),
        Example({"filters": 2, "kernel_size": 2, "stride": 3, "padding": "same"}, Sequence(4, 2), Sequence(12, 2)),
        Example(
            {"filters": 2, "kernel_size": 3, "stride": 2, "padding": "same"}, Volume(2, 2, 3, 1), Volume(4, 4, 6, 2)
        ),
        Example({"filters": 2, "kernel_size": 3, "bias": False, "activation": "relu"}, Image(3, 3, 2), Image(5, 5, 2)),
        Example(
            {"filters": 2, "kernel_size": 2, "activation": {"gelu": {"approximate": True}}},
            Sequence(3, 2),
            Sequence(4, 2),
        ),
    )

    def output(self, x: Shape) -> Shape:
        channels(self, spatial(self, x))
        return activated(self.activation, x.with_spatial(self.places(x)).with_channels(self.filters))

    def pads(self, x: Shape) -> Pairs:
        """Return no padding: what a transposed convolution takes away is said by `crop`."""
        return ((0, 0),) * x.rank

    def crop(self, x: Shape) -> Pairs:
        """Return what is cut off the whole output, before and after, along each spatial axis."""
        steps = zip(self.kernel(x), self.strides(x), strict=True)
        return tuple(transposed_crop(k, s) if self.padding == "same" else (0, 0) for k, s in steps)

    def places(self, x: Shape) -> tuple[Size, ...]:
        steps = zip(x.spatial, self.kernel(x), self.strides(x), strict=True)
        return tuple(n * s if self.padding == "same" else transposed(n, k, s) for n, k, s in steps)

    def weights(self, x: Shape) -> dict[str, Weight]:
        kernel = kernel_weight(channels(self, x), self.filters, self.kernel(x))
        return with_bias({"weight": kernel}, self.bias, self.filters)

    def macs(self, x: Shape, y: Shape) -> Size:
        each = math.prod(self.kernel(x)) * channels(self, y)
        return x.elements * each
