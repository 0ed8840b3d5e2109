"""Adaptive pooling: as many windows as are wanted, spread evenly over whatever comes in."""

from __future__ import annotations

from itertools import pairwise
from typing import ClassVar

from archc.ops.base import Example, Op, arg, op
from archc.ops.inputs import fixed, spatial
from archc.ops.windows import sizes
from archc.ops.words import Sizes
from archc.shapes import Image, Sequence, Shape, Volume

SIZE = "How many places come out along each spatial axis."

EVERY_KIND = (
    Example({"size": 2}, Sequence(6, 3), Sequence(2, 3)),
    Example({"size": 3}, Sequence(7, 2), Sequence(3, 2)),
    Example({"size": 1}, Image(4, 5, 2), Image(1, 1, 2)),
    Example({"size": 3}, Image(5, 7, 2), Image(3, 3, 2)),
    Example({"size": 4}, Image(6, 7, 2), Image(4, 4, 2)),
    Example({"size": [2, 1]}, Image(4, 5, 3), Image(2, 1, 3)),
    Example({"size": [3, 2]}, Image(2, 2, 3), Image(3, 2, 3)),
    Example({"size": 6}, Image(13, 13, 1), Image(6, 6, 1)),
    Example({"size": 2}, Volume(4, 2, 6, 2), Volume(2, 2, 2, 2)),
    Example({"size": [1, 3, 2]}, Volume(3, 5, 4, 2), Volume(1, 3, 2, 2)),
)

Windows = tuple[tuple[int, int], ...]
"""Where the windows of one axis begin and end."""


class AdaptivePool(Op):
    """So many windows along each spatial axis: window i of o, over n places, begins at floor(i n / o)."""

    size: Sizes

    examples: ClassVar = EVERY_KIND

    def output(self, x: Shape) -> Shape:
        return x.with_spatial(self.sizes(spatial(self, x)))

    def sizes(self, x: Shape) -> tuple[int, ...]:
        """Return how many places come out along each spatial axis."""
        return sizes(self, "size", x)

    def windows(self, x: Shape) -> tuple[Windows, ...]:
        """Return the windows along each spatial axis. Raises ShapeError where one is known only at run time."""
        return tuple(
            spread(int(fixed(self, x, axis)), int(count)) for axis, count in zip(x.axes, self.sizes(x), strict=False)
        )


def spread(places: int, count: int) -> Windows:
    """Return `count` windows that cover `places`."""
    return tuple((i * places // count, -(-(i + 1) * places // count)) for i in range(count))


def evenly(windows: Windows) -> tuple[int, int] | None:
    """Return the size of all windows and the step between them; None where they differ."""
    begins = [begin for begin, _ in windows]
    lengths = {end - begin for begin, end in windows}
    steps = {after - before for before, after in pairwise(begins)} or lengths
    return (*lengths, *steps) if len(lengths) == len(steps) == 1 and 0 not in steps else None  # type: ignore[return-value]


@op("adaptive_avg_pool")
class AdaptiveAvgPool(AdaptivePool):
    """Take the means of so many windows as are wanted along each spatial axis.

    Window i of o, over n places, goes from floor(i n / o) to before ceil((i + 1) n / o).
    """

    paper = "He, Zhang, Ren and Sun, Spatial Pyramid Pooling, 2014, arXiv:1406.4729"

    size: Sizes = arg(SIZE)


@op("adaptive_max_pool")
class AdaptiveMaxPool(AdaptivePool):
    """Keep the largest values of so many windows as are wanted along each spatial axis.

    The windows are those of `adaptive_avg_pool`.
    """

    paper = "He, Zhang, Ren and Sun, Spatial Pyramid Pooling, 2014, arXiv:1406.4729"

    size: Sizes = arg(SIZE)
