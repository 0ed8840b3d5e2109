"""gpt2: GPT-2 (Radford et al., 2019), with the embedding's weights in its head; small unless a
variant says otherwise.

Compiled by archc 0.1.0 from gpt2.yaml for Keras.
124,439,808 parameters, 145,824,153,600 multiply-accumulates an example.
"""

import keras
from keras import KerasTensor, layers, ops


@keras.saving.register_keras_serializable()
class PositionEmbedding(layers.Layer):
    """Add a learned vector to each place of a sequence: (batch, length, channels)."""

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        self.embeddings = self.add_weight(
            shape=input_shape[1:],
            initializer=keras.initializers.RandomUniform(-0.05, 0.05),
            name="embeddings",
        )

    def call(self, x: KerasTensor) -> KerasTensor:
        return x + self.embeddings


def decoder_block(x: KerasTensor, heads: int, hidden: int, *, name: str) -> KerasTensor:
    in_channels = x.shape[-1]
    attention = layers.LayerNormalization(epsilon=1e-05, name=f"{name}_attention_layer_norm")(x)
    attention = layers.MultiHeadAttention(
        heads,
        key_dim=64,
        dropout=0.1,
        kernel_initializer=keras.initializers.RandomUniform(-0.0625, 0.0625),
        name=f"{name}_attention_multi_head_attention",
    )(attention, attention, use_causal_mask=True)
    attention = layers.Dropout(0.1, name=f"{name}_attention_dropout")(attention)
    x = layers.Add(name=f"{name}_add1")([attention, x])
    mlp = layers.LayerNormalization(epsilon=1e-05, name=f"{name}_mlp_layer_norm")(x)
    mlp = layers.Dense(hidden, name=f"{name}_mlp_dense1")(mlp)
    mlp = ops.gelu(mlp, approximate=True)
    mlp = layers.Dense(in_channels, name=f"{name}_mlp_dense2")(mlp)
    mlp = layers.Dropout(0.1, name=f"{name}_mlp_dropout")(mlp)
    return layers.Add(name=f"{name}_add2")([mlp, x])


def gpt2() -> keras.Model:
    """int32 (batch, 1024) -> (batch, 1024, 50257)."""
    inputs = keras.Input((1024,), dtype="int32", name="input")
    embedding = layers.ReversibleEmbedding(50257, 768, name="embedding")
    x = embedding(inputs)  # (1024, 768)
    x = PositionEmbedding(name="position_embedding")(x)
    x = layers.Dropout(0.1, name="dropout")(x)
    for index in range(12):
        x = decoder_block(x, 12, hidden=3072, name=f"decoder_block_{index}")
    x = layers.LayerNormalization(epsilon=1e-05, name="layer_norm")(x)
    outputs = embedding(x, reverse=True)  # (1024, 50257)
    return keras.Model(inputs, outputs, name="gpt2")
