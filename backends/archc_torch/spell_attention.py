"""How attention is written in PyTorch: over `F.scaled_dot_product_attention`, which takes the fastest kernel."""

from __future__ import annotations

from typing import Any

from archc.emit.spelling import Default, Make, Spelling, Use, View
from archc.ops.attention import MultiHeadAttention, ScaledDotProductAttention, WindowAttention
from archc_torch.dispatch import layer, one


@layer.register
def multi_head_attention(op: MultiHeadAttention, *xs: View) -> list[Spelling]:
    query = xs[0].channels
    values: dict[str, Any] = {"heads": op.heads}
    if len(xs) > 1:
        values["key_size"] = Default(other(xs[1].channels, query), None)
        values["value_size"] = Default(other(xs[-1].channels, query), None)
    values |= {
        "key_channels": Default(op.key_channels, None),
        "causal": Default(op.causal, False),
        "dropout": Default(op.dropout, 0.0),
        "bias": Default(op.bias, True),
    }
    if len(xs) == 1:
        return [Spelling("self", (Make("SelfAttention", (query,), values),), needs=("SelfAttention",))]
    call = "{layer}({0}, {1}, {1})" if len(xs) == 2 else "{layer}({0}, {1}, {2})"
    return [Spelling("cross", (Make("CrossAttention", (query,), values, call=call),), needs=("CrossAttention",))]


def other(size: Any, query: Any) -> Any:
    """Return a memory's channels where they are not, or not by the same expression, the query's."""
    return size if isinstance(one((size, query)), tuple) else None


@layer.register
def scaled_dot_product_attention(op: ScaledDotProductAttention, *_xs: View) -> list[Spelling]:
    forms = []
    for causal in ("", ", {how}={causal}"):
        if op.causal and not causal:
            continue
        slots = {"causal": op.causal} if causal else {}
        if op.heads == 1:
            template = "F.scaled_dot_product_attention({0}, {1}, {2}" + causal.replace("{how}", "is_causal") + ")"
            forms.append(Spelling(f"one head{causal}", (Use(template, slots),)))
        template = "attention_in_heads({0}, {1}, {2}, heads={heads}" + causal.replace("{how}", "causal") + ")"
        use = Use(template, {"heads": op.heads, **slots})
        forms.append(Spelling(f"heads{causal}", (use,), needs=("attention_in_heads",)))
    return forms


@layer.register
def window_attention(op: WindowAttention, x: View) -> list[Spelling]:
    values = {"heads": op.heads, "window": op.window, "shift": Default(op.shift, 0)}
    return [Spelling("windows", (Make("WindowAttention", (x.channels,), values),), needs=("WindowAttention",))]
