"""The table of spellings, `layer`, and how the numbers in them are given."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any

from archc.emit.spelling import Code, Default, Make, Spelling, Use, View
from archc.emit.symbolic import one as one
from archc.ops import Op, Weight, activation_op
from archc.ops.windows import Pairs
from archc.shapes import Shape

Parts = tuple[Make | Use, ...]

KEYWORDS = frozenset(
    {"relu", "relu6", "elu", "selu", "gelu", "silu", "hard_sigmoid", "hard_swish",
     "sigmoid", "tanh", "softplus", "softmax", "mish", "softsign", "hard_tanh", "exponential", "log_softmax"}
)  # fmt: skip
"""Activations that, without arguments, Keras's `activation=` means by the same name."""


@functools.singledispatch
def layer(op: Op, *_xs: View) -> list[Spelling]:
    """Return the ways to write `op` in Keras for what it takes, best first."""
    raise NotImplementedError(op.name)


def made(callee: str, *args: Any, **kwargs: Any) -> Parts:
    """Return one layer as the parts of a spelling."""
    return (Make(f"layers.{callee}", args, kwargs),)


def used(template: str, **slots: Any) -> Parts:
    """Return one expression as the parts of a spelling."""
    return (Use(template, slots),)


def told(value: Any) -> Any:
    """Return the expression that a value carries, if any."""
    return getattr(value, "expression", None)


def alike(one: Any, other: Any) -> bool:
    """Tell whether two values are the same and are written the same."""
    return bool(one == other and told(one) == told(other))


def bare(values: Iterable[Any], value: int) -> bool:
    """Tell whether all values are `value`, and none of them is written as an expression."""
    return all(v == value and told(v) is None for v in values)


def open_sizes(shape: Shape | None, text: str) -> str:
    """Return the sizes of an input that is called with others too than those of the tensor `text`: None for places."""
    places = "None, " * (shape.rank if shape is not None else 0)
    tokens = shape is not None and shape.vocabulary is not None
    return f"({places.strip()})" if tokens else f"({places}{text}.shape[-1])"


def place(x: View, axis: str) -> int:
    """Return the place of an axis in the emitted tensor; the last one's is -1."""
    found = x.shape.axes.index(axis)
    return -1 if found == len(x.shape.axes) - 1 else found + 1


def sides(pads: Pairs) -> Any:
    """Return sizes before and after each axis in the shortest form that Keras's padding layers take."""
    pairs = tuple(one(pair) for pair in pads)
    if not any(isinstance(pair, tuple) for pair in pairs):
        return one(pairs)
    return pads[0] if len(pads) == 1 else pads


def initializer(weight: Weight, default: str, same: bool) -> Default:
    """Return a keyword for a uniform start; Keras's `default` is left where it means the `same`."""
    if same:
        return Default(default, default)
    kind, *fans = weight.initial
    assert kind == "glorot_uniform"
    bound = (6 / sum(float(fan) for fan in fans)) ** 0.5
    return Default(Code(f"keras.initializers.RandomUniform({-bound:.8g}, {bound:.8g})"), default)


def fused(op: Any, x: View) -> tuple[Default, Parts, str]:
    """Return an op's own activation as a keyword, the parts that follow where there is none, and their name."""
    activation = activation_op(op.activation)
    if activation is None:
        return Default(None, None), (), ""
    plain = activation == type(activation)() and not any(map(told, vars(activation).values()))
    if activation.name in KEYWORDS and plain:
        # The string itself may be a block's argument, so it is passed on as it is.
        return Default(op.activation if isinstance(op.activation, str) else activation.name, None), (), ""
    parts = tuple(
        part._replace(suffix=f"_{activation.name}") if isinstance(part, Make) else part
        for part in layer(activation, x)[-1].parts
    )
    return Default(None, None), parts, f", {activation.name}"


def needed(op: Any, x: View) -> tuple[str, ...]:
    """Return the definitions that an op's own activation needs."""
    activation = activation_op(op.activation)
    return () if activation is None else layer(activation, x)[-1].needs


def spelled(parts: Parts, form: str = "plain", **rest: Any) -> list[Spelling]:
    """Return the only spelling of an op."""
    return [Spelling(form, parts, **rest)]
