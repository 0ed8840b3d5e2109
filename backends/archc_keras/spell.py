"""How each op is written in Keras. Importing this fills `layer`."""

from __future__ import annotations

import math
from typing import Any

from archc.emit.spelling import Code, Default, Make, Spelling, Use, View
from archc.ops.activations import (
    Celu,
    Clip,
    Elementwise,
    Elu,
    Exponential,
    Gelu,
    LeakyRelu,
    LogSoftmax,
    Mish,
    Prelu,
    Softmax,
    activation_op,
)
from archc.ops.base import Op
from archc.ops.linear import Dense, Embedding, TiedDense
from archc.ops.norms import BatchNorm, GroupNorm, InstanceNorm, L2Normalize, LayerNorm, Lrn, RmsNorm
from archc.ops.regularisation import Dropout, DropPath, GaussianNoise, SpatialDropout
from archc.ops.tokens import endless
from archc_keras import learning, spell_attention, spell_rearranged, spell_recurrent, spell_tokens
from archc_keras.definitions import DEFINITIONS
from archc_keras.layer import fused, layer, made, needed, one, place, spelled, used
from archc_keras.spell_reduced import unknown_windows
from archc_keras.spell_shapes import unrepeatable
from archc_keras.spell_windows import steps_over_gaps

__all__ = ["DEFINITIONS", "FAMILIES", "final", "layer", "refuse"]

FAMILIES = (spell_rearranged, spell_recurrent, spell_attention, spell_tokens)
"""Modules of spellings that nothing else here asks for."""

STEPS_AND_GAPS = "Keras has no convolution with both a stride and a dilation above 1; leave one of them at 1."

ASTRAY = (
    "Keras adds biases of heads of one channel along the wrong axis where a sequence is as long as there are heads: "
    "set `bias: false`, or give the heads more channels."
)
ENDLESS = (
    "Keras wants to know how many places there are before it computes their angles: give the length as a number in "
    "place of `any` in the input."
)
UNKNOWN_REPEATS = (
    "Keras cannot safely add tensors of one channel whose first axis is stretched to a size known only at run time."
)

UNKNOWN_WINDOWS = (
    "Keras cannot spread windows over a size that is known only at run time: give it as a number in place of `any` in "
    "the input, or pool to a size of 1."
)

UNLAID = (
    "Keras lays channels out along a size known only at run time in squares of an image alone: give the size as a "
    "number in place of `any` in the input."
)

LOUD = "Keras adds noise with a standard deviation of at most 1: `rescale` down before it, and up again after it."


def refuse(op: Op, *xs: View) -> str | None:
    """Return why Keras cannot do `op` here, in words for the user; None where it can."""
    if spell_attention.bias_astray(op, xs):
        return ASTRAY
    if endless(op, xs[0].shape):
        return ENDLESS
    if unrepeatable(op, xs):
        return UNKNOWN_REPEATS
    if steps_over_gaps(op, xs):
        return STEPS_AND_GAPS
    if unknown_windows(op, xs):
        return UNKNOWN_WINDOWS
    if spell_rearranged.unlaid(op, xs):
        return UNLAID
    if isinstance(op, GaussianNoise) and op.stddev > 1:
        return LOUD
    return learning.refuse(op, xs, layer(op, *xs))


def final(op: Op, x: View) -> Spelling:
    """Return the activation after an output's logits as a layer, so that it has a name."""
    return layer(op, x)[0] if isinstance(op, Softmax) else spelled(made("Activation", op.name))[0]


# Linear layers


@layer.register
def dense(op: Dense, x: View) -> list[Spelling]:
    activation, trailing, name = fused(op, x)
    parts = made("Dense", op.units, activation=activation, use_bias=Default(op.bias, True))
    return spelled((*parts, *trailing), f"dense{name}", needs=needed(op, x))


@layer.register
def tied_dense(op: TiedDense, x: View) -> list[Spelling]:
    _, trailing, name = fused(op, x)
    activation = activation_op(op.activation)
    if activation is not None and not trailing:  # the layer that looks tokens up has no such keyword
        trailing = layer(activation, x)[0].parts
    reverse = Make("layers.ReversibleEmbedding", call="{layer}({x}, reverse=True)")
    return spelled((reverse, *trailing), f"tied{name}", needs=needed(op, x))


@layer.register
def embedding(op: Embedding, x: View) -> list[Spelling]:
    return spelled(made("Embedding", x.shape.vocabulary, op.units))


# Norms


def affine(op: Any, **keywords: Any) -> dict[str, Any]:
    """Return the keywords that all norms have, after their own."""
    return {
        **keywords,
        "epsilon": Default(op.epsilon, 0.001),
        "center": Default(op.affine, True),
        "scale": Default(op.affine, True),
    }


@layer.register
def batch_norm(op: BatchNorm, _x: View) -> list[Spelling]:
    return spelled(made("BatchNormalization", **affine(op, momentum=Default(op.momentum, 0.99))))


@layer.register
def layer_norm(op: LayerNorm, _x: View) -> list[Spelling]:
    return spelled(made("LayerNormalization", **affine(op)))


@layer.register
def group_norm(op: GroupNorm, _x: View) -> list[Spelling]:
    return spelled(made("GroupNormalization", op.groups, **affine(op)))


@layer.register
def instance_norm(op: InstanceNorm, _x: View) -> list[Spelling]:
    return spelled(made("GroupNormalization", -1, **affine(op)))


@layer.register
def rms_norm(op: RmsNorm, _x: View) -> list[Spelling]:
    return spelled(made("RMSNormalization", epsilon=Default(op.epsilon, 1e-6)))


@layer.register
def l2_normalize(op: L2Normalize, x: View) -> list[Spelling]:
    slots = {"axis": place(x, op.over(x.shape)), "epsilon": op.epsilon}
    return spelled(used("ops.normalize({x}, axis={axis}, epsilon={epsilon})", **slots))


@layer.register
def lrn(op: Lrn, _x: View) -> list[Spelling]:
    template = "local_response_norm({x}, {size}, {alpha}, {beta})"
    slots = {"size": op.size, "alpha": op.alpha, "beta": op.beta}
    biased = used(template[:-1] + ", {bias})", bias=op.bias, **slots)
    needs = ("local_response_norm",)
    plain = spelled(used(template, **slots), "plain", needs=needs) if op.bias == 1 else []
    return plain + spelled(biased, "biased", needs=needs)


# Dropout


@layer.register
def dropout(op: Dropout, _x: View) -> list[Spelling]:
    return spelled(made("Dropout", op.rate))


@layer.register
def spatial_dropout(op: SpatialDropout, x: View) -> list[Spelling]:
    return spelled(made(f"SpatialDropout{x.rank}D", op.rate))


@layer.register
def drop_path(op: DropPath, x: View) -> list[Spelling]:
    examples = (None, *(1,) * len(x.shape.axes))
    return spelled(made("Dropout", op.rate, noise_shape=examples))


@layer.register
def gaussian_noise(op: GaussianNoise, _x: View) -> list[Spelling]:
    return spelled(made("GaussianNoise", op.stddev))


# Activations


@layer.register
def elementwise(op: Elementwise, _x: View) -> list[Spelling]:
    """Spell the activations that `keras.ops` calls as the language does, and that have no arguments."""
    return spelled(used(f"ops.{op.name}({{x}})"))


@layer.register
def leaky_relu(op: LeakyRelu, _x: View) -> list[Spelling]:
    return spelled(used("ops.leaky_relu({x}, {slope})", slope=op.slope))


@layer.register
def elu(op: Elu, _x: View) -> list[Spelling]:
    plain = spelled(used("ops.elu({x})")) if op.alpha == 1 else []
    return plain + spelled(used("ops.elu({x}, {alpha})", alpha=op.alpha), "alpha")


@layer.register
def gelu(op: Gelu, _x: View) -> list[Spelling]:
    return spelled((Use("ops.gelu({x}, approximate={approximate})", {"approximate": op.approximate}),))


@layer.register
def clip(op: Clip, _x: View) -> list[Spelling]:
    low, high = (bound if bound is not None else sign * math.inf for bound, sign in ((op.min, -1), (op.max, 1)))
    return spelled(used("ops.clip({x}, {low}, {high})", low=low, high=high))


@layer.register
def softmax(op: Softmax, x: View) -> list[Spelling]:
    return spelled(made("Softmax", axis=Default(place(x, op.over(x.shape)), -1)))


@layer.register
def log_softmax(op: LogSoftmax, x: View) -> list[Spelling]:
    return spelled(used("ops.log_softmax({x}, axis={axis})", axis=place(x, op.over(x.shape))))


@layer.register
def mish(_op: Mish, _x: View) -> list[Spelling]:
    return spelled(made("Activation", "mish"))


@layer.register
def exponential(_op: Exponential, _x: View) -> list[Spelling]:
    return spelled(used("ops.exp({x})"))


@layer.register
def celu(op: Celu, _x: View) -> list[Spelling]:
    """Spell it by elu, which it is where alpha is 1: at 0 the gradient of `ops.celu` is twice what it should be."""
    plain = spelled(used("ops.elu({x})")) if op.alpha == 1 else []
    return plain + spelled((Make("Celu", (op.alpha,)),), "alpha", needs=("Celu",))


@layer.register
def prelu(_op: Prelu, x: View) -> list[Spelling]:
    shared = one(range(1, x.rank + 1)) if x.rank else None
    start = Code("keras.initializers.Constant(0.25)")
    return spelled(made("PReLU", alpha_initializer=start, shared_axes=Default(shared, None)))
