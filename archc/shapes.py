"""Shapes with named axes: what flows between steps, without a batch axis and without a memory layout."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, NamedTuple, TypeAlias

AXES = ("depth", "height", "width", "length", "channels", "features")
"""Every axis, in the one order in which shapes list them."""

SPATIAL = frozenset(AXES[:4])


class Unknown:
    """A size known only at run time. Two are equal where the same arithmetic leads from the same input axis."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Unknown) and other.text == self.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"Unknown({self.text!r})"

    def __add__(self, other: Size) -> Unknown:
        return self if other == 0 else Unknown(f"({self.text} + {_text(other)})")

    def __radd__(self, other: Size) -> Unknown:
        return self + other

    def __sub__(self, other: Size) -> Unknown:
        return self if other == 0 else Unknown(f"({self.text} - {_text(other)})")

    def __rsub__(self, other: Size) -> Unknown:
        return Unknown(f"({_text(other)} - {self.text})")

    def __mul__(self, other: Size) -> Unknown:
        return self if other == 1 else Unknown(f"({self.text} * {_text(other)})")

    def __rmul__(self, other: Size) -> Unknown:
        return self * other

    def __floordiv__(self, other: Size) -> Unknown:
        return self if other == 1 else Unknown(f"({self.text} // {_text(other)})")


Size: TypeAlias = int | Unknown


def _text(size: Size) -> str:
    return size.text if isinstance(size, Unknown) else str(size)


def product(sizes: Iterable[Size]) -> Size:
    """Multiply sizes, in the order given."""
    return math.prod(sizes)


class Shape(NamedTuple):
    """Named axes in the order of `AXES`, and their sizes."""

    axes: tuple[str, ...]
    sizes: tuple[Size, ...]
    vocabulary: Size | None = None
    """For token ids: how many there are. Ids are whole numbers, everything else is a float."""

    @property
    def rank(self) -> int:
        """How many spatial axes: 2 for an image, 1 for a sequence, 0 for a vector."""
        axes = self.axes
        return len(axes) - 1 if axes and axes[-1] in ("channels", "features") else len(axes)

    @property
    def spatial(self) -> tuple[Size, ...]:
        return self.sizes[: self.rank]

    @property
    def channels(self) -> Size:
        """The size of the last axis: channels, or features of a vector."""
        return self.sizes[-1]

    @property
    def kind(self) -> str:
        if self.vocabulary is not None:
            return "tokens"
        return KINDS.get(self.axes, "tensor")

    @property
    def elements(self) -> Size:
        return product(self.sizes)

    def __getitem__(self, key: object) -> Size:  # type: ignore[override]
        """Return the size of the axis called `key`. Raises ValueError where there is none."""
        return self.sizes[self.axes.index(key)]

    def with_channels(self, channels: Size) -> Shape:
        return Shape(self.axes, (*self.sizes[:-1], channels))

    def with_spatial(self, spatial: tuple[Size, ...]) -> Shape:
        return Shape(self.axes, (*spatial, *self.sizes[len(spatial) :]))

    def declared(self) -> dict[str, Any]:
        """Return the shape as a spec declares an input of it."""
        sizes = dict(zip(self.axes, self.sizes, strict=True))
        return sizes if self.vocabulary is None else {**sizes, "vocabulary": self.vocabulary}

    def known(self) -> bool:
        return not any(isinstance(size, Unknown) for size in self.sizes)

    def __str__(self) -> str:
        return "x".join("any" if isinstance(size, Unknown) else str(int(size)) for size in self.sizes)


KINDS = {
    ("depth", "height", "width", "channels"): "volume",
    ("height", "width", "channels"): "image",
    ("length", "channels"): "sequence",
    ("features",): "vector",
}


def Image(height: Size, width: Size, channels: Size) -> Shape:
    """An image: height, width, channels."""
    return Shape(("height", "width", "channels"), (height, width, channels))


def Volume(depth: Size, height: Size, width: Size, channels: Size) -> Shape:
    """A volume: depth, height, width, channels."""
    return Shape(("depth", "height", "width", "channels"), (depth, height, width, channels))


def Sequence(length: Size, channels: Size) -> Shape:
    """A sequence of places with channels each."""
    return Shape(("length", "channels"), (length, channels))


def Vector(features: Size) -> Shape:
    """A vector of features."""
    return Shape(("features",), (features,))


def Tokens(length: Size, vocabulary: Size) -> Shape:
    """A sequence of token ids below `vocabulary`."""
    return Shape(("length",), (length,), vocabulary)
