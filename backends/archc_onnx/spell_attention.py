"""How attention is written in ONNX: as the products of matrices that it is."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import product

from archc.ops.attention import MultiHeadAttention, ScaledDotProductAttention, WindowAttention
from archc_onnx.parts import Const, Held, Tensor, Value, layer, node, transposed, unsqueezed
from archc_onnx.spell_reduced import turned


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


@layer.register
def window_attention(op: WindowAttention, x: Tensor) -> Value:
    height, width, channels = (int(str(size)) for size in x.shape.sizes)
    n, (down, right) = op.window, op.shifts(x.shape)
    rows, columns, size = height // n, width // n, channels // op.heads
    y = turned(turned(x.value, 2, down), 3, right)
    y = transposed(shaped(y, "cut", 0, channels, rows, n, columns, n), (0, 2, 4, 3, 5, 1))
    y = projected("qkv", shaped(y, "windows", 0, rows * columns, n * n, channels))
    y = transposed(shaped(y, "heads", 0, rows * columns, n * n, 3, op.heads, size), (3, 0, 1, 4, 2, 5))
    query, key, value = (node("Gather", y, Const(label, at), axis=0) for at, label in enumerate(("q", "k", "v")))
    products = node("MatMul", query, transposed(key, (0, 1, 2, 4, 3)))
    scores: Value = node("Mul", products, Const("scale", 1 / math.sqrt(size), "numbers"))
    scores = node("Add", scores, steps_bias(op))
    if down or right:
        sides = Const("sides", tuple(sides_of(op, x)))
        one, other = (
            shaped(sides, label, rows * columns, 1, *at) for label, at in (("places", (n * n, 1)), ("seen", (1, n * n)))
        )
        scores = node("Where", node("Equal", one, other), scores, Const("never", -math.inf, "numbers"))
    y = transposed(node("MatMul", node("Softmax", scores, axis=4), value), (0, 1, 3, 2, 4))
    y = projected("output", shaped(y, "joined", 0, rows, columns, n, n, channels))
    y = shaped(transposed(y, (0, 5, 1, 3, 2, 4)), "image", 0, channels, height, width)
    return turned(turned(y, 2, -down), 3, -right)


def shaped(value: Value, label: str, *sizes: int) -> Value:
    """Return `value` in another shape; 0 keeps a size."""
    return node("Reshape", value, Const(label, sizes))


def projected(name: str, value: Value) -> Value:
    """Return the product of a tensor, channels last, with one of the layer's matrices, and its bias."""
    return node("Add", node("MatMul", value, transposed(Held(f"{name}.weight"), (1, 0))), Held(f"{name}.bias"))


def steps_bias(op: WindowAttention) -> Value:
    """Return what is added to the scores for each step within a window: (heads, places, places)."""
    n = op.window
    places = [divmod(place, n) for place in range(n * n)]
    rows = [(a - c + n - 1) * (2 * n - 1) + b - d + n - 1 for a, b in places for c, d in places]
    table = node("Gather", Held("position_bias"), Const("steps", tuple(rows)), axis=0)
    return transposed(shaped(table, "pairs", n * n, n * n, op.heads), (2, 0, 1))


def sides_of(op: WindowAttention, x: Tensor) -> Iterator[int]:
    """Give for each place of each window from which side of the image's edges it comes."""
    (height, width), (down, right), n = (int(str(size)) for size in x.shape.spatial), op.shifts(x.shape), op.window
    for top, left in product(range(0, height, n), range(0, width, n)):
        for row, column in product(range(top, top + n), range(left, left + n)):
            yield 2 * (row >= height - down) + (column >= width - right)
