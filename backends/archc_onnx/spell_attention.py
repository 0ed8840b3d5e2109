"""How attention is written in ONNX: as the products of matrices that it is."""

from __future__ import annotations

import math

from archc.ops.attention import MultiHeadAttention, ScaledDotProductAttention
from archc_onnx.parts import Const, Held, Tensor, Value, layer, node, transposed, unsqueezed


@layer.register
def multi_head_attention(op: MultiHeadAttention, *xs: Tensor) -> Value:
    def projected(name: str, value: Value) -> Value:
        # On (N, C, L) the weight as it lies, (out, in), multiplies from the left.
        y = node("MatMul", Held(f"{name}.weight"), value)
        return node("Add", y, unsqueezed(Held(f"{name}.bias"), 1)) if op.bias else y

    memory = (xs[0], xs[0]) if len(xs) == 1 else (xs[1], xs[-1])
    query, key, value = (
        projected(name, x.value) for name, x in zip(("query", "key", "value"), (xs[0], *memory), strict=True)
    )
    size = op.heads * op.key_size(xs[0].shape)
    return projected("output", attended(query, key, value, (size, size), op.heads, op.causal))


@layer.register
def scaled_dot_product_attention(op: ScaledDotProductAttention, *xs: Tensor) -> Value:
    query, key, value = (x.value for x in xs)
    sizes = (int(str(xs[0].shape.channels)), int(str(xs[2].shape.channels)))
    return attended(query, key, value, sizes, op.heads, op.causal)


def attended(query: Value, key: Value, value: Value, sizes: tuple[int, int], heads: int, causal: bool) -> Value:
    """Return what heads gather of (N, C, L); `sizes` are the channels of the keys and of the values in all heads."""
    size = sizes[0] // heads
    query, key = (in_heads(x, heads, size) for x in (query, key))
    value = in_heads(value, heads, sizes[1] // heads)
    products = node("MatMul", transposed(query, (0, 1, 3, 2)), key)
    scores: Value = node("Mul", products, Const("scale", 1 / math.sqrt(size), "numbers"))
    if causal:
        never = node("Expand", Const("never", -math.inf, "numbers"), node("Shape", scores))
        scores = node("Add", scores, node("Trilu", never, Const("k", 1), upper=1))
    shares = node("Softmax", scores, axis=3)
    y = node("MatMul", value, transposed(shares, (0, 1, 3, 2)))
    return node("Reshape", y, Const("joined", (0, sizes[1], -1)))


def in_heads(x: Value, heads: int, size: int) -> Value:
    """Turn (N, C, L) into (N, heads, size, L)."""
    return node("Reshape", x, Const("heads", (0, heads, size, -1)))
