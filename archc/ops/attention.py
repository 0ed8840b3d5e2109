"""Attention: places of a sequence take up what other places hold, by how well they match."""

from __future__ import annotations

from archc.ops.base import Example, Op, ShapeError, Weight, arg, op
from archc.ops.convolutions import glorot, with_bias
from archc.ops.inputs import channels, described, fixed
from archc.ops.words import Count, Flag, Positive, Rate
from archc.shapes import Image, Sequence, Shape, Size

PAPER = "Vaswani et al., Attention Is All You Need, 2017, arXiv:1706.03762"
CAUSAL = "Let place i see the places 0 to i alone."


def sequence(op: Op, x: Shape) -> Shape:
    """Return `x` where it is a sequence with channels; refuse everything else."""
    channels(op, x)
    if x.rank != 1:
        help = "`to_sequence` before it puts the places of an image into one row"
        raise ShapeError("E0301", f"`{op.name}` takes a sequence, not {described(x)}", help=help if x.rank else "")
    return x


def per_head(op: Op, count: int, heads: int) -> int:
    """Return how many of `count` channels each head gets."""
    if count % heads != 0:
        raise ShapeError(
            "E0303",
            f"`{op.name}` cannot split {count:d} channels into {heads:d} equal heads",
            argument="heads",
            help=f"`heads` must divide {count:d}",
        )
    return count // heads


def same_length(op: Op, key: Shape, value: Shape, pair: tuple[int, int]) -> None:
    """Refuse keys and values of different lengths."""
    if key.spatial != value.spatial:
        raise ShapeError(
            "E0304",
            f"`{op.name}` wants a value for each key, and is given {described(key)} and {described(value)}",
            help="keys and values come from the same places",
            differing=pair,
        )


@op("multi_head_attention")
class MultiHeadAttention(Op):
    """Let each place of a sequence gather values from places of a memory, in several heads at once.

    Queries Q come from the sequence, keys K and values V from the memory, each by a learned matrix. A head gives
    softmax(Q K^T / sqrt(key channels)) V; a last matrix joins the heads. The memory is the sequence itself unless
    `from` names two or three: `[query, memory]` or `[query, key, value]`.
    """

    paper = PAPER
    most_inputs = 3

    heads: Positive = arg("Into how many heads the channels are split.")
    key_channels: Positive | None = arg(
        "Channels of the queries, keys and values of one head; the sequence's divided by `heads` where left out.",
        default=None,
    )
    causal: Flag = arg(CAUSAL, default=False)
    dropout: Rate = arg("In training, the share of the weights between places that is zeroed.", default=0.0)
    bias: Flag = arg("Add a learned number after each of the four matrices.", default=True)

    examples = (
        Example({"heads": 2}, Sequence(5, 6), Sequence(5, 6)),
        Example({"heads": 1}, Sequence(3, 4), Sequence(3, 4)),
        Example({"heads": 3, "key_channels": 4}, Sequence(4, 6), Sequence(4, 6)),
        Example({"heads": 2, "causal": True}, Sequence(5, 8), Sequence(5, 8)),
        Example({"heads": 2, "bias": False, "dropout": 0.1}, Sequence(4, 8), Sequence(4, 8)),
        Example({"heads": 2}, (Sequence(3, 8), Sequence(5, 8)), Sequence(3, 8)),
        Example({"heads": 2, "causal": True}, (Sequence(3, 8), Sequence(5, 8)), Sequence(3, 8)),
        Example({"heads": 1}, (Sequence(3, 4), Sequence(5, 4), Sequence(5, 4)), Sequence(3, 4)),
        Example({"heads": 2}, (Sequence(3, 8), Sequence(5, 6)), Sequence(3, 8)),
        Example({"heads": 2}, (Sequence(3, 8), Sequence(5, 6), Sequence(5, 2)), Sequence(3, 8)),
    )

    def output(self, *xs: Shape) -> Shape:
        for x in xs:
            sequence(self, x)
        query, key, value = self.three(*xs)
        same_length(self, key, value, (1, 2))
        self.key_size(query)
        return query

    def three(self, query: Shape, *memory: Shape) -> tuple[Shape, Shape, Shape]:
        """Return the shapes that queries, keys and values are made of."""
        key = memory[0] if memory else query
        return query, key, memory[1] if len(memory) > 1 else key

    def key_size(self, x: Shape) -> int:
        """Return the channels of one head."""
        return per_head(self, channels(self, x), self.heads) if self.key_channels is None else self.key_channels

    def weights(self, *xs: Shape) -> dict[str, Weight]:
        inner = self.heads * self.key_size(xs[0])
        out = channels(self, xs[0])
        found: dict[str, Weight] = {}
        for name, x in zip(("query", "key", "value"), self.three(*xs), strict=True):
            into = channels(self, x)
            found |= _matrix(name, inner, into, self.bias)
        return found | _matrix("output", out, inner, self.bias)

    def macs(self, x: Shape, y: Shape, *others: Shape) -> Size:
        query, key, value = self.three(x, *others)
        inner = self.heads * self.key_size(x)
        projected = (query.elements + key.elements + value.elements + y.elements) * inner
        return projected + query.sizes[0] * key.sizes[0] * (2 * inner)


def _matrix(name: str, out: int, into: int, bias: bool) -> dict[str, Weight]:
    """Return the weights of one of the four matrices."""
    return {
        f"{name}.{key}": weight
        for key, weight in with_bias({"weight": Weight((out, into), glorot(into, out))}, bias, out).items()
    }


@op("scaled_dot_product_attention")
class ScaledDotProductAttention(Op):
    """Gather values by how well keys match queries, without weights of its own: softmax(Q K^T / sqrt(channels)) V.

    It takes queries, keys and values, in this order. With several heads, the channels of each are split into as many
    equal parts, and a head works on its part of each; the channels under the root are one head's keys'.
    """

    paper = PAPER
    merges = True
    exactly = 3

    heads: Positive = arg("Into how many heads the channels are split.", default=1)
    causal: Flag = arg(CAUSAL, default=False)

    examples = (
        Example({}, (Sequence(3, 4), Sequence(5, 4), Sequence(5, 2)), Sequence(3, 2)),
        Example({"heads": 2}, (Sequence(3, 8), Sequence(5, 8), Sequence(5, 6)), Sequence(3, 6)),
        Example({"causal": True}, (Sequence(4, 4), Sequence(4, 4), Sequence(4, 3)), Sequence(4, 3)),
        Example({"heads": 3, "causal": True}, (Sequence(4, 6), Sequence(4, 6), Sequence(4, 6)), Sequence(4, 6)),
        Example({"causal": False, "heads": 1}, (Sequence(1, 3), Sequence(2, 3), Sequence(2, 4)), Sequence(1, 4)),
    )

    def output(self, *xs: Shape) -> Shape:
        if len(xs) != 3:
            raise ShapeError(
                "E0313",
                f"`{self.name}` takes queries, keys and values, not {len(xs)} tensors",
                help="name three, in this order",
            )
        query, key, value = (sequence(self, x) for x in xs)
        same_length(self, key, value, (1, 2))
        if query.channels != key.channels:
            raise ShapeError(
                "E0304",
                f"`{self.name}` matches queries with keys of as many channels, and is given {described(query)} and "
                f"{described(key)}",
                help="a `dense` brings both to the same channels",
                differing=(0, 1),
            )
        for x in (query, value):
            per_head(self, channels(self, x), self.heads)
        return query.with_channels(value.channels)

    def macs(self, x: Shape, y: Shape, *others: Shape) -> Size:
        key, value = others
        return x.sizes[0] * key.sizes[0] * (channels(self, key) + channels(self, value))


@op("window_attention")
class WindowAttention(Op):
    """Let each place of an image gather values from the places of its window, in several heads at once.

    One matrix gives queries Q, keys K and values V. A head gives softmax(Q K^T / sqrt(channels of a head) + B) V, where
    B holds a learned number, zero at first, for each step from one place of a window to another; a last matrix joins
    the heads. With a `shift` the windows lie that much further down and right. Those that then reach over the edge go
    on at the other side, but places of one side do not see those of the other. Where one window takes up an axis,
    nothing is shifted along it. The sizes must be multiples of the window; torchvision pads others with zeros, which
    its places then see, and starts B with a standard deviation of 0.02.
    """

    paper = "Liu et al., Swin Transformer, 2021, arXiv:2103.14030"

    heads: Positive = arg("Into how many heads the channels are split.")
    window: Positive = arg("How many places a window is high, and wide.")
    shift: Count = arg("How far down and right the windows are moved; less than `window`.", default=0)

    examples = (
        Example({"heads": 2, "window": 2}, Image(4, 6, 4), Image(4, 6, 4)),
        Example({"heads": 1, "window": 3, "shift": 1}, Image(6, 9, 2), Image(6, 9, 2)),
        Example({"heads": 3, "window": 4, "shift": 2}, Image(8, 4, 6), Image(8, 4, 6)),
        Example({"heads": 2, "window": 3, "shift": 2}, Image(3, 3, 4), Image(3, 3, 4)),
    )

    def output(self, x: Shape) -> Shape:
        channels(self, x)
        if x.rank != 2:
            raise ShapeError("E0301", f"`window_attention` takes an image, not {described(x)}")
        for axis in x.axes[:2]:
            size = fixed(self, x, axis)
            if size % self.window != 0:
                raise ShapeError(
                    "E0303",
                    f"`window_attention` cannot cut {axis} of {size:d} into windows of {self.window:d}",
                    argument="window",
                    help=f"choose a `window` that divides {size:d}, or a `zero_pad` before it",
                )
        if self.shift >= self.window:
            raise ShapeError(
                "E0317",
                f"`window_attention` cannot shift windows of {self.window:d} by {self.shift:d}",
                argument="shift",
                help=f"choose a `shift` from 0 to {self.window - 1:d}",
            )
        per_head(self, channels(self, x), self.heads)
        return x

    def shifts(self, x: Shape) -> tuple[int, int]:
        """Return how far down and right the windows of `x` are moved."""
        down, right = (self.shift if fixed(self, x, axis) > self.window else 0 for axis in x.axes[:2])
        return down, right

    def weights(self, x: Shape) -> dict[str, Weight]:
        count = channels(self, x)
        qkv = with_bias(
            {"qkv.weight": Weight((3 * count, count), glorot(count, 3 * count))}, True, 3 * count, "qkv.bias"
        )
        table = Weight(((2 * self.window - 1) * (2 * self.window - 1), self.heads), ("zeros",))
        return {"position_bias": table} | qkv | _matrix("output", count, count, True)

    def macs(self, x: Shape, _y: Shape) -> Size:
        count = channels(self, x)
        return x.elements * (4 * count + 2 * self.window * self.window)
