"""How each op is written: one function an op gives an expression; what is not here is refused."""

from __future__ import annotations

from functools import singledispatch
from typing import Any

from archc.graph import Layer
from archc.ops.activations import Softmax, activation_op
from archc.ops.base import Op
from archc.ops.convolutions import Conv
from archc.ops.linear import Dense
from archc.ops.merging import Add, Concat
from archc.ops.norms import BatchNorm
from archc.ops.pools import GlobalAvgPool, MaxPool
from archc.ops.regularisation import Dropout
from archc.ops.shaping import Flatten
from archc.shapes import Shape

ELEMENTWISE = {"relu": "np.maximum({x}, 0)", "tanh": "np.tanh({x})", "sigmoid": "1 / (1 + np.exp(-{x}))"}


def refuse(layer: Layer) -> str | None:
    """Return why a layer cannot be written, in words for the user; None where it can."""
    activation = activation_op(getattr(layer.op, "activation", None))
    for op in (layer.op, activation):
        if op is not None and op.name not in ELEMENTWISE and type(op) not in spell.registry:
            return f"This small backend leaves `{op.name}` out."
    if isinstance(layer.op, Add) and any(shape != layer.shapes[0] for shape in layer.shapes):
        return "This small backend adds tensors of one shape alone."
    return None


def written(layer: Layer, names: list[str]) -> str:
    """Return a layer as an expression of its inputs' names, with the activation in it."""
    found = spell(layer.op, layer, names)
    activation = activation_op(getattr(layer.op, "activation", None))
    return found if activation is None else act(activation, layer.output, found)


def act(op: Op, shape: Shape, x: str) -> str:
    """Return an activation of an expression."""
    if isinstance(op, Softmax):
        return f"softmax({x}, {1 + shape.axes.index(op.over(shape))})"
    return ELEMENTWISE[op.name].format(x=x)


def weight(layer: Layer, name: str) -> str:
    """Return a weight as an expression; None where the layer has no such."""
    return f"weights[{f'{layer.path}.{name}'!a}]" if name in layer.weights() else "None"


def plain(value: Any) -> str:
    """Return numbers as Python writes them: they may carry the expression that they come from."""
    if isinstance(value, tuple):
        return f"({', '.join(map(plain, value))}{',' if len(value) == 1 else ''})"
    return repr(int(value) if isinstance(value, int) else float(value))


@singledispatch
def spell(op: Op, layer: Layer, xs: list[str]) -> str:
    """Return an op as an expression of its inputs' names."""
    return act(op, layer.output, xs[0])


@spell.register
def softmax(op: Softmax, layer: Layer, xs: list[str]) -> str:
    return act(op, layer.output, xs[0])


@spell.register
def dropout(_op: Dropout, _layer: Layer, xs: list[str]) -> str:
    return xs[0]  # nothing happens outside of training


@spell.register
def add(_op: Add, _layer: Layer, xs: list[str]) -> str:
    return " + ".join(xs)


@spell.register
def conv(op: Conv, layer: Layer, xs: list[str]) -> str:
    x = layer.shapes[0]
    numbers = (op.strides(x), op.pads(x), op.dilations(x), op.groups)
    given = (xs[0], weight(layer, "weight"), weight(layer, "bias"), *map(plain, numbers))
    return f"conv({', '.join(given)})"


@spell.register
def max_pool(op: MaxPool, layer: Layer, xs: list[str]) -> str:
    x = layer.shapes[0]
    pads = tuple((lo, hi + extra) for (lo, hi), extra in zip(op.pads(x), op.extra(x), strict=True))
    return f"max_pool({xs[0]}, {plain(op.kernel(x))}, {plain(op.strides(x))}, {plain(pads)})"


@spell.register
def global_avg_pool(_op: GlobalAvgPool, layer: Layer, xs: list[str]) -> str:
    return f"{xs[0]}.mean(axis={plain(tuple(range(1, layer.shapes[0].rank + 1)))})"


@spell.register
def dense(op: Dense, layer: Layer, xs: list[str]) -> str:
    bias = f" + {weight(layer, 'bias')}" if op.bias else ""
    found = f"{xs[0]} @ {weight(layer, 'weight')}.T{bias}"
    return f"({found})" if op.activation else found


@spell.register
def batch_norm(op: BatchNorm, layer: Layer, xs: list[str]) -> str:
    held = [weight(layer, name) for name in ("weight", "bias", "running_mean", "running_var")]
    return f"batch_norm({', '.join((xs[0], *held, plain(op.epsilon)))})"


@spell.register
def concat(op: Concat, layer: Layer, xs: list[str]) -> str:
    axis = 1 + layer.output.axes.index(op.over(layer.output))
    return f"np.concatenate([{', '.join(xs)}], axis={axis})"


@spell.register
def flatten(_op: Flatten, _layer: Layer, xs: list[str]) -> str:
    return f"{xs[0]}.reshape(len({xs[0]}), -1)"
