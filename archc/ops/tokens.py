"""Tokens: sequences made of images and back, what tells their places apart, and the token that speaks for all."""

from __future__ import annotations

from archc.ops.attention import per_head, sequence
from archc.ops.base import Example, Op, ShapeError, Weight, arg, op
from archc.ops.inputs import channels, described, fixed, spatial, written
from archc.ops.words import Choice, Positive, PositiveNumber, choice
from archc.shapes import Image, Sequence, Shape, Unknown, Volume, product


def endless(op: Op, x: Shape) -> bool:
    """Tell whether an op computes angles for as many places as are known only at run time."""
    wavy = isinstance(op, Rotary) or (isinstance(op, PositionEmbedding) and op.method == "sinusoidal")
    return wavy and isinstance(x.spatial[0], Unknown)


@op("to_sequence")
class ToSequence(Op):
    """Put the places of an image or a volume into one row, in the order of the axes. Channels stay channels."""

    paper = "Dosovitskiy et al., An Image Is Worth 16x16 Words, 2020, arXiv:2010.11929"

    examples = (
        Example({}, Image(2, 3, 4), Sequence(6, 4)),
        Example({}, Image(1, 1, 3), Sequence(1, 3)),
        Example({}, Volume(2, 3, 2, 2), Sequence(12, 2)),
    )

    def output(self, x: Shape) -> Shape:
        if spatial(self, x).rank == 1:
            raise ShapeError("E0301", f"`to_sequence` takes an image or a volume, not {described(x)}")
        return Sequence(product(x.spatial), x.channels)


@op("to_image")
class ToImage(Op):
    """Read a sequence as the rows of an image, one after the other. Channels stay channels."""

    height: Positive = arg("How many rows come out.")
    width: Positive = arg("How many places each row has.")

    examples = (
        Example({"height": 2, "width": 3}, Sequence(6, 4), Image(2, 3, 4)),
        Example({"height": 4, "width": 1}, Sequence(4, 2), Image(4, 1, 2)),
    )

    def output(self, x: Shape) -> Shape:
        length = fixed(self, sequence(self, x), "length")
        if self.height * self.width != length:
            raise ShapeError(
                "E0306",
                f"`to_image` is given {described(x)}, and {written((self.height, self.width))} would be "
                f"{written((self.height * self.width,))} places",
                argument="height",
                help=f"choose a height and a width whose product is {written((length,))}",
            )
        return Image(self.height, self.width, x.channels)


@op("position_embedding")
class PositionEmbedding(Op):
    """Add to each place of a sequence a vector of its own, which tells where the place is.

    The vectors are learned, or sines and cosines of the position p: sin(p / 10000 ^ (2i / channels)) in channel 2i,
    and the cosine of the same in channel 2i + 1.
    """

    paper = "Vaswani et al., Attention Is All You Need, 2017, arXiv:1706.03762"

    method: Choice = arg(
        "`learned` vectors, or `sinusoidal` ones.", default="learned", word=choice("learned", "sinusoidal")
    )

    examples = (
        Example({}, Sequence(5, 6), Sequence(5, 6)),
        Example({"method": "learned"}, Sequence(1, 1), Sequence(1, 1)),
        Example({"method": "sinusoidal"}, Sequence(5, 6), Sequence(5, 6)),
        Example({"method": "sinusoidal"}, Sequence(4, 3), Sequence(4, 3)),
    )

    def output(self, x: Shape) -> Shape:
        if self.method == "learned":
            fixed(self, sequence(self, x), "length")
        return sequence(self, x)

    def weights(self, x: Shape) -> dict[str, Weight]:
        if self.method == "sinusoidal":
            return {}
        return {"weight": Weight((fixed(self, x, "length"), channels(self, x)), ("uniform", 0.05))}


@op("class_token")
class ClassToken(Op):
    """Put one more place before a sequence, with a learned vector that starts at zero."""

    paper = "Devlin et al., BERT, 2018, arXiv:1810.04805"

    examples = (
        Example({}, Sequence(5, 6), Sequence(6, 6)),
        Example({}, Sequence(1, 1), Sequence(2, 1)),
    )

    def output(self, x: Shape) -> Shape:
        return Sequence(sequence(self, x).spatial[0] + 1, x.channels)

    def weights(self, x: Shape) -> dict[str, Weight]:
        return {"weight": Weight((channels(self, x),), ("zeros",))}


@op("rotary")
class Rotary(Op):
    """Turn each pair of neighbouring channels by an angle that grows with the position.

    At position p the channels 2i and 2i + 1 of a head with d channels are turned by p / base ^ (2i / d). It goes
    between the `dense` of queries or keys and a `scaled_dot_product_attention`.
    """

    paper = "Su et al., RoFormer: Enhanced Transformer with Rotary Position Embedding, 2021, arXiv:2104.09864"

    heads: Positive = arg("Into how many heads the channels are split.", default=1)
    base: PositiveNumber = arg("How much slower the last pair turns than the first, about.", default=10000.0)

    examples = (
        Example({}, Sequence(5, 6), Sequence(5, 6)),
        Example({"heads": 2}, Sequence(4, 8), Sequence(4, 8)),
        Example({"heads": 3, "base": 100}, Sequence(3, 6), Sequence(3, 6)),
    )

    def output(self, x: Shape) -> Shape:
        size = per_head(self, channels(self, sequence(self, x)), self.heads)
        if size % 2 != 0:
            raise ShapeError(
                "E0303",
                f"`rotary` turns pairs of channels, and a head has {size:d}",
                argument="heads",
                help="choose `heads` that leave an even number of channels to each",
            )
        return x
