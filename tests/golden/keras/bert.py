"""bert: The encoder of BERT (Devlin et al., 2018, arXiv:1810.04805) with its pooled output, base
unless a variant says otherwise.

Compiled by archc 0.1.0 from bert.yaml for Keras.
109,482,240 parameters, 48,318,971,904 multiply-accumulates an example.
"""

import keras
from keras import KerasTensor, layers


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
    attention = layers.MultiHeadAttention(
        heads,
        key_dim=64,
        dropout=0.1,
        kernel_initializer=keras.initializers.RandomUniform(-0.0625, 0.0625),
        name=f"{name}_attention_multi_head_attention",
    )(x, x)
    attention = layers.Dropout(0.1, name=f"{name}_attention_dropout")(attention)
    x = layers.Add(name=f"{name}_add1")([attention, x])
    x = layers.LayerNormalization(epsilon=1e-12, name=f"{name}_layer_norm1")(x)
    mlp = layers.Dense(hidden, activation="gelu", name=f"{name}_mlp_dense1")(x)
    mlp = layers.Dense(in_channels, name=f"{name}_mlp_dense2")(mlp)
    mlp = layers.Dropout(0.1, name=f"{name}_mlp_dropout")(mlp)
    x = layers.Add(name=f"{name}_add2")([mlp, x])
    return layers.LayerNormalization(epsilon=1e-12, name=f"{name}_layer_norm2")(x)


def bert() -> keras.Model:
    """tokens int32 (batch, 512), segments int32 (batch, 512) -> encoder_block (batch, 512, 768),
    pooled (batch, 768).
    """
    tokens = keras.Input((512,), dtype="int32", name="tokens")
    segments = keras.Input((512,), dtype="int32", name="segments")
    words = layers.Embedding(30522, 768, name="words")(tokens)  # (512, 768)
    kinds = layers.Embedding(2, 768, name="kinds")(segments)
    x = layers.Add(name="add")([words, kinds])
    x = PositionEmbedding(name="position_embedding")(x)
    x = layers.LayerNormalization(epsilon=1e-12, name="layer_norm")(x)
    x = layers.Dropout(0.1, name="dropout")(x)
    for index in range(12):
        x = encoder_block(x, 12, hidden=3072, name=f"encoder_block_{index}")
    encoder_block_ = x
    x = encoder_block_[:, 0]  # (768,)
    pooled = layers.Dense(768, activation="tanh", name="pooled")(x)
    return keras.Model([tokens, segments], [encoder_block_, pooled], name="bert")
