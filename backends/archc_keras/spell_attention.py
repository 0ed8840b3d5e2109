"""Attention in Keras."""

from __future__ import annotations

from typing import Any

from archc.emit.spelling import Code, Default, Make, Spelling, View
from archc.ops import Op
from archc.ops.attention import MultiHeadAttention, ScaledDotProductAttention, WindowAttention
from archc.shapes import Unknown
from archc_keras.layer import initializer, layer, spelled

START = "ProjectionUniform"


def bias_astray(op: Op, xs: tuple[View, ...]) -> bool:
    """Tell whether Keras adds a bias of one number for each head along the places, of which there are as many."""
    if not isinstance(op, MultiHeadAttention) or not op.bias or op.heads == 1 or op.key_size(xs[0].shape) > 1:
        return False
    return any(isinstance(x.spatial[0], Unknown) or x.spatial[0] == op.heads for x in xs)


@layer.register
def multi_head_attention(op: MultiHeadAttention, *xs: View) -> list[Spelling]:
    shapes = [x.shape for x in xs]
    query = xs[0].channels
    plain = all(x.channels == query for x in xs)
    key_dim = int(op.key_size(shapes[0])) if op.key_channels is None else op.key_channels
    weight = op.weights(*shapes)["query.weight"]
    keywords = {
        "key_dim": key_dim,
        "dropout": Default(op.dropout, 0.0),
        "use_bias": Default(op.bias, True),
        "kernel_initializer": initializer(weight, "glorot_uniform", same=False)
        if plain
        else Code(f"{START}({weight.shape[0]:d})"),
    }
    # Keras takes the values before the keys.
    given = ("{x}, {x}", "{0}, {1}", "{0}, {2}, {1}")[len(xs) - 1]
    forms = []
    for causal in (False, True)[op.causal :]:
        slots: dict[str, Any] = {"causal": op.causal} if causal else {}
        call = f"{{layer}}({given}, use_causal_mask={{causal}})" if causal else f"{{layer}}({given})"
        part = Make("layers.MultiHeadAttention", (op.heads,), keywords, call=call, slots=slots)
        form = f"{'plain' if plain else 'other channels'}, {len(xs)}{', causal' if causal else ''}"
        forms.append(Spelling(form, (part,), needs=() if plain else (START,)))
    return forms


@layer.register
def scaled_dot_product_attention(op: ScaledDotProductAttention, *_xs: View) -> list[Spelling]:
    values = {"heads": Default(op.heads, 1), "causal": Default(op.causal, False)}
    part = Make("ScaledDotProductAttention", (), values, call="{layer}({0}, {1}, {2})")
    return spelled((part,), needs=("ScaledDotProductAttention",))


@layer.register
def window_attention(op: WindowAttention, _x: View) -> list[Spelling]:
    values = {"window": op.window, "shift": Default(op.shift, 0)}
    return spelled((Make("WindowAttention", (op.heads,), values),), needs=("WindowAttention",))
