"""vit: Vision Transformer (Dosovitskiy et al., 2020, arXiv:2010.11929), base with patches of 16
unless a variant says otherwise.

Compiled by archc 0.1.0 from vit.yaml for Keras.
86,567,656 parameters, 17,563,828,224 multiply-accumulates an image.
"""

import keras
from keras import KerasTensor, layers, ops


@keras.saving.register_keras_serializable()
class ClassToken(layers.Layer):
    """Put a learned vector before a sequence: (batch, length, channels)."""

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        self.token = self.add_weight(shape=input_shape[2:], initializer="zeros", name="token")

    def call(self, x: KerasTensor) -> KerasTensor:
        return ops.concatenate([ops.zeros_like(x[:, :1]) + self.token, x], axis=1)


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


def encoder_block(x: KerasTensor, heads: int, hidden: int, *, name: str) -> KerasTensor:
    in_channels = x.shape[-1]
    attention = layers.LayerNormalization(epsilon=1e-06, name=f"{name}_attention_layer_norm")(x)
    attention = layers.MultiHeadAttention(
        heads,
        key_dim=64,
        kernel_initializer=keras.initializers.RandomUniform(-0.0625, 0.0625),
        name=f"{name}_attention_multi_head_attention",
    )(attention, attention)
    x = layers.Add(name=f"{name}_add1")([attention, x])
    mlp = layers.LayerNormalization(epsilon=1e-06, name=f"{name}_mlp_layer_norm")(x)
    mlp = layers.Dense(hidden, activation="gelu", name=f"{name}_mlp_dense1")(mlp)
    mlp = layers.Dense(in_channels, name=f"{name}_mlp_dense2")(mlp)
    return layers.Add(name=f"{name}_add2")([mlp, x])


def vit(*, logits: bool = False) -> keras.Model:
    """float32 (batch, 224, 224, 3) -> probabilities (batch, 1000), or logits."""
    inputs = keras.Input((224, 224, 3), name="input")
    x = layers.Conv2D(768, 16, 16, name="patches")(inputs)  # (14, 14, 768)
    x = layers.Reshape((-1, 768), name="to_sequence")(x)  # (196, 768)
    x = ClassToken(name="class_token")(x)  # (197, 768)
    x = PositionEmbedding(name="position_embedding")(x)
    for index in range(12):
        x = encoder_block(x, 12, hidden=3072, name=f"encoder_block_{index}")
    x = layers.LayerNormalization(epsilon=1e-06, name="layer_norm")(x)
    x = x[:, 0]  # (768,)
    x = layers.Dense(1000, name="dense")(x)  # (1000,)
    outputs = x if logits else layers.Softmax(name="dense_softmax")(x)
    return keras.Model(inputs, outputs, name="vit")
