"""Calls as layers with names, for models in which Keras's own names for calls would clash."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from archc.emit.spelling import Default, Make
from archc.ops.base import Op


def _activation(op: Op) -> tuple[Make, ...]:
    return (Make("layers.Activation", (op.name,)),)


NAMED: dict[str, Callable[[Any], tuple[Make, ...]]] = {
    **dict.fromkeys(
        (
            "relu",
            "relu6",
            "selu",
            "silu",
            "hard_sigmoid",
            "hard_swish",
            "sigmoid",
            "tanh",
            "softplus",
            "softsign",
            "hard_tanh",
            "exponential",
        ),
        _activation,
    ),
    "leaky_relu": lambda op: (Make("layers.LeakyReLU", (), {"negative_slope": op.slope}),),
    "lrn": lambda op: (Make("LocalResponseNorm", (op.size, op.alpha, op.beta), {"bias": Default(op.bias, 1.0)}),),
    "elu": lambda op: (Make("layers.ELU", (), {"alpha": op.alpha}),),
}
"""What makes the layer, by the op's name."""
