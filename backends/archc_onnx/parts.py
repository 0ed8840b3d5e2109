"""What a layer is in ONNX, as data: a tree of nodes over what the layer is given, its weights and constants.

Tensors with channels have them right behind the batch axis, whatever else they have: images are (N, C, H, W), sequences
(N, C, L). Nothing here needs `onnx`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import singledispatch
from typing import Any, Literal, NamedTuple, TypeAlias

from archc.ops.activations import activation_op
from archc.ops.base import Op
from archc.shapes import Shape


class Given(NamedTuple):
    """One of the tensors that come into the layer."""

    place: int


class Held(NamedTuple):
    """A weight of the layer, by its name there."""

    name: str


class Const(NamedTuple):
    """A constant: `whole` numbers are int64, `scales` float32 as ONNX wants them, `numbers` what the weights are."""

    label: str
    values: float | tuple[float, ...]
    kind: Literal["whole", "scales", "numbers"] = "whole"


ABSENT = Const("", ())
"""Stands where an operator could take an input more."""


class Node(NamedTuple):
    """One ONNX operator, and what goes into it."""

    kind: str
    inputs: tuple[Value, ...]
    attributes: dict[str, Any]
    place: int = 0
    """Which of its outputs is meant."""


Value: TypeAlias = Given | Held | Const | Node


class Tensor(NamedTuple):
    """What an op is given: a value, and its shape as the spec speaks of it."""

    value: Value
    shape: Shape

    @property
    def rank(self) -> int:
        return self.shape.rank


@singledispatch
def layer(op: Op, *_xs: Tensor) -> Value:
    """Return what gives `op`'s result. Each op's function stands in one of the modules `spell_*`."""
    raise NotImplementedError(f"ONNX has no spelling of {op.name}")


def node(kind: str, *inputs: Value, **attributes: Any) -> Node:
    """Return an operator; attributes that are None are left out."""
    return Node(kind, inputs, {name: value for name, value in attributes.items() if value is not None})


def activated(op: Any, x: Tensor, value: Value) -> Value:
    """Return `value`, which `op` gives, followed by the op's own activation."""
    fused = activation_op(op.activation)
    return value if fused is None else layer(fused, Tensor(value, op.output(x.shape)))


def weights(op: Op, x: Tensor) -> tuple[Held, ...]:
    """Return the weights of `op`, in order."""
    return tuple(Held(name) for name in op.weights(x.shape))


def has_channels(shape: Shape) -> bool:
    """Tell whether a shape's last axis moves behind the batch axis."""
    return shape.axes[-1] == "channels"


def dimension(shape: Shape, axis: str) -> int:
    """Return the dimension of the ONNX tensor in which an axis stands."""
    place = shape.axes.index(axis)
    if not has_channels(shape):
        return place + 1
    return 1 if axis == "channels" else place + 2


def sizes(shape: Shape) -> tuple[Any, ...]:
    """Return the sizes in the order of the ONNX tensor, without the batch."""
    return (shape.sizes[-1], *shape.sizes[:-1]) if has_channels(shape) else shape.sizes


def transposed(value: Value, order: tuple[int, ...]) -> Value:
    """Return `value` with its dimensions in this order."""
    return value if order == tuple(range(len(order))) else node("Transpose", value, perm=order)


def channels_last(x: Tensor) -> Value:
    """Return the tensor with its channels behind the spatial axes."""
    return transposed(x.value, (0, *range(2, x.rank + 2), 1)) if has_channels(x.shape) else x.value


def channels_first(value: Value, shape: Shape) -> Value:
    """Return a tensor of this shape, whose channels stand last, with them behind the batch."""
    rank = len(shape.axes)
    return transposed(value, (0, rank, *range(1, rank))) if has_channels(shape) else value


def unsqueezed(value: Value, *axes: int) -> Value:
    """Return `value` with new axes of size 1 at these places."""
    return node("Unsqueeze", value, Const("axes", axes)) if axes else value


def nodes(value: Value) -> Iterator[Node]:
    """Yield every operator of a tree."""
    if isinstance(value, Node):
        yield value
        for inner in value.inputs:
            yield from nodes(inner)
