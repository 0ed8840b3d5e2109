"""attention: Attention to itself and to others, in blocks of several sizes, in loops and in
branches.

Compiled by archc 0.1.0 from attention.yaml for Keras.
3,903 parameters, 38,274 multiply-accumulates an example.
"""

import math

import keras
from keras import KerasTensor, layers, ops


@keras.saving.register_keras_serializable()
class ProjectionUniform(keras.initializers.Initializer):
    """Glorot uniform for kernels that join channels with the `inner` values of all heads."""

    def __init__(self, inner: int) -> None:
        self.inner = inner

    def __call__(self, shape: tuple[int, ...], dtype: str | None = None) -> KerasTensor:
        bound = math.sqrt(6 / (math.prod(shape) / self.inner + self.inner))
        return keras.random.uniform(shape, -bound, bound, dtype)

    def get_config(self) -> dict[str, int]:
        return {"inner": self.inner}


@keras.saving.register_keras_serializable()
class ScaledDotProductAttention(layers.Layer):
    """Attention of queries to keys and values, in heads: each works on its part of the channels."""

    def __init__(self, heads: int = 1, causal: bool = False, *, name: str | None = None) -> None:
        super().__init__(name=name)
        self.heads, self.causal = heads, causal

    def call(self, query: KerasTensor, key: KerasTensor, value: KerasTensor) -> KerasTensor:
        query, key, value = (
            ops.stack(ops.split(x, self.heads, axis=2), axis=1) for x in (query, key, value)
        )
        scores = ops.matmul(query, ops.swapaxes(key, 2, 3)) / math.sqrt(key.shape[-1])
        if self.causal:
            seen = ops.tril(ops.ones_like(scores[:1, :1], dtype="bool"))
            scores = ops.where(seen, scores, -math.inf)
        y = ops.matmul(ops.softmax(scores), value)
        return ops.concatenate(ops.unstack(y, axis=1), axis=2)

    def get_config(self) -> dict[str, object]:
        return {"heads": self.heads, "causal": self.causal, "name": self.name}


def encoder(
    x: KerasTensor,
    heads: int,
    hidden: int,
    causal: bool,
    *,
    attention_multi_head_attention_key_dim: int,
    name: str,
) -> KerasTensor:
    in_channels = x.shape[-1]
    attention_ = layers.LayerNormalization(epsilon=1e-05, name=f"{name}_attention_layer_norm")(x)
    attention_ = layers.MultiHeadAttention(
        heads,
        key_dim=attention_multi_head_attention_key_dim,
        use_bias=False,
        kernel_initializer=keras.initializers.RandomUniform(-0.61237244, 0.61237244),
        name=f"{name}_attention_multi_head_attention",
    )(attention_, attention_, use_causal_mask=causal)
    x = layers.Add(name=f"{name}_add1")([attention_, x])
    mlp = layers.Conv1D(hidden, 3, padding="same", activation="relu", name=f"{name}_mlp_conv")(x)
    mlp = layers.Dense(in_channels, name=f"{name}_mlp_dense")(mlp)
    return layers.Add(name=f"{name}_add2")([mlp, x])


def attend(
    x: KerasTensor,
    memory: KerasTensor,
    heads: int,
    causal: bool = False,
    *,
    gathered_key_dim: int,
    name: str,
) -> KerasTensor:
    gathered = layers.MultiHeadAttention(
        heads,
        key_dim=gathered_key_dim,
        kernel_initializer=keras.initializers.RandomUniform(-0.61237244, 0.61237244),
        name=f"{name}_gathered",
    )(x, memory, use_causal_mask=causal)
    y = layers.Add(name=f"{name}_add")([gathered, x])
    return layers.LayerNormalization(epsilon=1e-05, name=f"{name}_layer_norm")(y)


def attention(*, logits: bool = False) -> keras.Model:
    """words int32 (batch, 6), image float32 (batch, 4, 3, 6) -> probabilities (batch, 3), or
    logits.
    """
    words = keras.Input((6,), dtype="int32", name="words")
    image = keras.Input((4, 3, 6), name="image")
    x = layers.Embedding(11, 8, name="embedding")(words)  # (6, 8)
    for index in range(2):
        x = encoder(
            x,
            2,
            hidden=10,
            causal=index == 0,
            attention_multi_head_attention_key_dim=4,
            name=f"encoder_{index}",
        )
    narrow = encoder(
        x, 4, hidden=12, causal=True, attention_multi_head_attention_key_dim=2, name="narrow"
    )
    places = layers.Reshape((12, 6), name="places")(image)  # (12, 6)
    x = places
    for index in range(2):
        x = layers.MultiHeadAttention(
            3,
            key_dim=4,
            dropout=0.1,
            kernel_initializer=keras.initializers.RandomUniform(-0.57735027, 0.57735027),
            name=f"seen_{index}",
        )(x, x)
    seen = x
    wide = layers.Conv1D(8, 1, name="wide")(seen)  # (12, 8)
    attend_ = attend(narrow, wide, 2, gathered_key_dim=4, name="attend")  # (6, 8)
    again = attend(attend_, narrow, 1, causal=True, gathered_key_dim=8, name="again")
    mixed = layers.MultiHeadAttention(
        2, key_dim=4, kernel_initializer=ProjectionUniform(8), name="mixed"
    )(again, seen, places)
    queries = layers.Dense(8, name="queries")(mixed)
    keys = layers.Dense(8, name="keys")(mixed)
    values = layers.Conv1D(6, 3, padding="same", name="values")(mixed)  # (6, 6)
    scaled_dot_product_attention = ScaledDotProductAttention(
        heads=2, name="scaled_dot_product_attention"
    )(queries, keys, values)
    bare = ScaledDotProductAttention(causal=True, name="bare")(mixed, again, narrow)  # (6, 8)
    x = layers.Concatenate(name="concat")([bare, scaled_dot_product_attention])  # (6, 14)
    x = layers.GlobalAveragePooling1D(name="global_avg_pool")(x)  # (14,)
    x = layers.Dense(3, name="dense")(x)  # (3,)
    outputs = x if logits else layers.Softmax(name="dense_softmax")(x)
    return keras.Model([words, image], outputs, name="attention")
