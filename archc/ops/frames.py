"""Both ends of `time_distributed`: a tensor is taken apart along its first axis, and put together again.

These are no words of the language: the group of steps brings them along. In between, a tensor's slices stand in the
batch, so that the same layers compute each of them.
"""

from __future__ import annotations

from archc.ops.base import Op, ShapeError
from archc.ops.inputs import described, fixed, floats
from archc.shapes import KINDS, Shape, Size

GROUP = "time_distributed"

WITH = {len(axes) - 1: axes for axes in KINDS}
"""The axes of a shape by the number of those that are spatial."""


class Together(Op):
    """Put the slices of each example, `frames` in number, side by side along a new first axis."""

    name = GROUP
    family = "shaping"
    frames: Size

    def output(self, x: Shape) -> Shape:
        floats(self, x)
        if x.rank > 2:
            raise ShapeError(
                "E0301",
                f"`{GROUP}` cannot put {described(x)} of each slice together, with four axes before the channels",
                help="flatten or pool what comes out of its steps",
            )
        return Shape(WITH[x.rank + 1], (self.frames, *x.sizes))


class Apart(Op):
    """Put the slices along the first axis into the batch: a volume's images, an image's rows, a sequence's places."""

    name = "apart"
    family = "shaping"

    def output(self, x: Shape) -> Shape:
        group = Together(frames=1)  # the word that is written, for errors
        if floats(group, x).rank == 0:
            raise ShapeError(
                "E0301",
                f"`{GROUP}` takes apart a volume, an image or a sequence, not {described(x)}",
                help="a sequence of images is a volume whose `depth` counts them",
            )
        sizes = [fixed(group, x, axis) for axis in x.axes]
        return Shape(WITH[x.rank - 1], tuple(sizes[1:]))
