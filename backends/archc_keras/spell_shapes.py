"""Ops that move values, and ops that merge tensors, in Keras."""

from __future__ import annotations

from archc.emit.spelling import Default, Make, Spelling, View
from archc.ops.base import Op
from archc.ops.merging import Add, Average, Concat, Maximum, Merge, Minimum, Multiply, Subtract
from archc.ops.shaping import Crop, Flatten, Permute, Reshape, Upsample, ZeroPad
from archc.shapes import AXES, Size, Unknown
from archc_keras.layer import layer, made, one, sides, spelled

# Moves


@layer.register
def flatten(_op: Flatten, x: View) -> list[Spelling]:
    nothing = spelled((), "nothing") if x.rank == 0 else []
    return nothing + spelled(made("Flatten"))


@layer.register
def reshape(op: Reshape, _x: View) -> list[Spelling]:
    return spelled(made("Reshape", tuple(op.to[axis] for axis in AXES if axis in op.to)))


@layer.register
def permute(op: Permute, x: View) -> list[Spelling]:
    order = tuple(place + 1 for place in op.order(x.shape))
    nothing = spelled((), "nothing") if order == tuple(sorted(order)) else []
    return nothing + spelled(made("Permute", order))


@layer.register
def zero_pad(op: ZeroPad, x: View) -> list[Spelling]:
    return spelled(made(f"ZeroPadding{x.rank}D", sides(op.pads(x.shape))))


@layer.register
def crop(op: Crop, x: View) -> list[Spelling]:
    return spelled(made(f"Cropping{x.rank}D", sides(op.crop(x.shape))))


@layer.register
def upsample(op: Upsample, x: View) -> list[Spelling]:
    keywords = {"interpolation": Default(op.method, "nearest")} if x.rank == 2 else {}
    return spelled(made(f"UpSampling{x.rank}D", one(op.scales(x.shape)), **keywords))


# Merges


def placed(x: View, rank: int) -> str:
    """Return how `x` is written beside tensors of `rank` spatial axes: a vector as one place."""
    if x.rank == rank:
        return "{x}"
    places = tuple(range(1, rank + 1))
    return f"ops.expand_dims({{x}}, {places if rank > 1 else 1})"


def merged(callee: str, xs: tuple[View, ...]) -> list[Spelling]:
    """Return the spellings of a layer that takes a list; Keras stretches sizes of 1, and also vectors, itself."""
    rank = max(x.rank for x in xs)
    plain = Spelling("as they come", made(callee), ("{x}",) * len(xs))
    templates = tuple(placed(x, rank) for x in xs)
    return [plain] if templates == plain.stretch else [Spelling("stretched", made(callee), templates), plain]


def summed(op: Merge, callee: str, xs: tuple[View, ...]) -> list[Spelling]:
    """Return the spellings of a sum.

    Keras takes what it adds for a bias where a single axis is longer than 1 and as long as the channels or the first
    spatial axis, even if that axis is the batch. What has one channel is therefore repeated before.
    """
    axis = mistaken(op, xs)
    if axis is None:
        return [*merged(callee, xs), *negated(op, xs)]
    sizes = op.output(*(x.shape for x in xs)).sizes
    templates = tuple(repeated(placed(x, len(sizes) - 1), x, sizes, axis) for x in xs)
    return [Spelling("repeated", made(callee), templates), *negated(op, xs)]


def negated(op: Merge, xs: tuple[View, ...]) -> list[Spelling]:
    """Return the sum of two tensors as a difference, which Keras takes for no bias: right for tensors of any shapes."""
    if not isinstance(op, Add) or len(xs) != 2:
        return []
    one, other = (placed(x, max(x.rank for x in xs)) for x in xs)
    return [Spelling("negated", made("Subtract"), (one, f"ops.negative({other})"))]


def mistaken(op: Merge, xs: tuple[View, ...]) -> int | None:
    """Return the axis along which inputs of size 1 must be repeated, lest Keras take them for a bias."""
    shapes = tuple(x.shape for x in xs)
    y = op.output(*shapes)
    if len(set(shapes)) == 1 or all(x.channels == y.channels != 1 for x in xs):
        return None
    return 0 if y.channels == 1 else y.rank


def unrepeatable(op: Op, xs: tuple[View, ...]) -> bool:
    """Tell whether a sum would have to repeat an input as often as is known only at run time."""
    if not isinstance(op, (Add, Average)):
        return False
    axis = mistaken(op, xs)
    sizes = op.output(*(x.shape for x in xs)).sizes
    return axis == 0 and isinstance(sizes[0], Unknown) and any(x.shape.sizes[0] == 1 for x in xs)


def repeated(template: str, x: View, sizes: tuple[Size, ...], axis: int) -> str:
    """Return the template with size 1 along `axis` repeated to the size that comes out."""
    size = 1 if x.rank == 0 and axis < len(sizes) - 1 else x.shape.sizes[axis if x.rank else -1]
    if size == sizes[axis]:
        return template
    count = sizes[axis]
    assert not isinstance(count, Unknown)
    return f"ops.repeat({template}, {count:d}, {-1 if axis == len(sizes) - 1 else axis + 1})"


@layer.register
def add(op: Add, *xs: View) -> list[Spelling]:
    return summed(op, "Add", xs)


@layer.register
def subtract(_op: Subtract, *xs: View) -> list[Spelling]:
    return merged("Subtract", xs)


@layer.register
def multiply(_op: Multiply, *xs: View) -> list[Spelling]:
    return merged("Multiply", xs)


@layer.register
def average(op: Average, *xs: View) -> list[Spelling]:
    return summed(op, "Average", xs)


@layer.register
def maximum(_op: Maximum, *xs: View) -> list[Spelling]:
    return merged("Maximum", xs)


@layer.register
def minimum(_op: Minimum, *xs: View) -> list[Spelling]:
    return merged("Minimum", xs)


@layer.register
def concat(op: Concat, *xs: View) -> list[Spelling]:
    axes = xs[0].shape.axes
    place = axes.index(op.over(xs[0].shape))
    axis = -1 if place == len(axes) - 1 else place + 1
    return spelled((Make("layers.Concatenate", (), {"axis": Default(axis, -1)}),), stretch=("{x}",) * len(xs))
