"""mlp_mixer: MLP-Mixer, base with patches of 16 (Tolstikhin et al., 2021, arXiv:2105.01601).

Compiled by archc 0.1.0 from mlp_mixer.yaml for Keras.
59,880,472 parameters, 12,601,767,936 multiply-accumulates an image.
"""

import keras
from keras import KerasTensor, layers


def mlp(x: KerasTensor, hidden: int, *, name: str) -> KerasTensor:
    in_channels = x.shape[-1]
    x = layers.Dense(hidden, activation="gelu", name=f"{name}_dense1")(x)
    return layers.Dense(in_channels, name=f"{name}_dense2")(x)


def mixer_block(x: KerasTensor, token_units: int, channel_units: int, *, name: str) -> KerasTensor:
    tokens = layers.LayerNormalization(epsilon=1e-06, name=f"{name}_tokens_layer_norm")(x)
    tokens = layers.Permute((2, 1), name=f"{name}_tokens_permute1")(tokens)
    tokens = mlp(tokens, token_units, name=f"{name}_tokens_mlp")
    tokens = layers.Permute((2, 1), name=f"{name}_tokens_permute2")(tokens)
    x = layers.Add(name=f"{name}_add1")([tokens, x])
    channels = layers.LayerNormalization(epsilon=1e-06, name=f"{name}_channels_layer_norm")(x)
    channels = mlp(channels, channel_units, name=f"{name}_channels_mlp")
    return layers.Add(name=f"{name}_add2")([channels, x])


def mlp_mixer(*, logits: bool = False) -> keras.Model:
    """float32 (batch, 224, 224, 3) -> probabilities (batch, 1000), or logits."""
    inputs = keras.Input((224, 224, 3), name="input")
    x = layers.Conv2D(768, 16, 16, name="patches")(inputs)  # (14, 14, 768)
    x = layers.Reshape((-1, 768), name="to_sequence")(x)  # (196, 768)
    for index in range(12):
        x = mixer_block(x, 384, channel_units=3072, name=f"mixer_block_{index}")
    x = layers.LayerNormalization(epsilon=1e-06, name="layer_norm")(x)
    x = layers.GlobalAveragePooling1D(name="global_avg_pool")(x)  # (768,)
    x = layers.Dense(1000, name="dense")(x)  # (1000,)
    outputs = x if logits else layers.Softmax(name="dense_softmax")(x)
    return keras.Model(inputs, outputs, name="mlp_mixer")
