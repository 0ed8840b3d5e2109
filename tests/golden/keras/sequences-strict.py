"""sequences: Tokens through convolutions, dense layers and norms, which want different layouts.

Compiled by archc 0.1.0 from sequences.yaml for Keras.
8,049 parameters, 136,416 multiply-accumulates an example.
"""

import keras
from keras import KerasTensor, layers


def double_conv_1d(x: KerasTensor, filters: int, *, name: str) -> KerasTensor:
    x = layers.Conv1D(filters, 3, padding="same", activation="relu", name=f"{name}_conv1")(x)
    x = layers.BatchNormalization(momentum=0.9, epsilon=1e-05, name=f"{name}_batch_norm")(x)
    return layers.Conv1D(filters, 3, padding="same", name=f"{name}_conv2")(x)


def mixer(x: KerasTensor, units: int, *, name: str) -> KerasTensor:
    in_channels = x.shape[-1]
    mixed = layers.LayerNormalization(epsilon=1e-05, name=f"{name}_mixed_layer_norm")(x)
    mixed = layers.Dense(units, activation="silu", name=f"{name}_mixed_dense1")(mixed)
    mixed = layers.Dense(in_channels, name=f"{name}_mixed_dense2")(mixed)
    x = layers.Add(name=f"{name}_add")([x, mixed])
    return layers.LayerNormalization(epsilon=1e-05, name=f"{name}_layer_norm")(x)


def double_conv_2d(x: KerasTensor, filters: int, *, name: str) -> KerasTensor:
    x = layers.Conv2D(filters, 3, padding="same", activation="relu", name=f"{name}_conv1")(x)
    x = layers.BatchNormalization(momentum=0.9, epsilon=1e-05, name=f"{name}_batch_norm")(x)
    return layers.Conv2D(filters, 3, padding="same", name=f"{name}_conv2")(x)


def sequences(*, logits: bool = False) -> keras.Model:
    """int32 (batch, 24) -> probabilities (batch, 5), or logits."""
    inputs = keras.Input((24,), dtype="int32", name="input")
    x = layers.Embedding(50, 12, name="embedding")(inputs)  # (24, 12)
    x = double_conv_1d(x, 16, name="double_conv1")  # (24, 16)
    x = mixer(x, 20, name="mixer1")
    for index in range(2):
        x = mixer(x, 24, name=f"mixer2_{index}")
    conv = layers.Conv1D(16, 5, padding="same", name="conv_conv")(x)
    conv = layers.PReLU(
        alpha_initializer=keras.initializers.Constant(0.25), shared_axes=1, name="conv_prelu"
    )(conv)
    x = layers.Add(name="add")([conv, x])
    x = layers.MaxPooling1D(2, name="max_pool")(x)  # (12, 16)
    x = layers.Reshape((4, 3, 16), name="reshape")(x)  # (4, 3, 16)
    x = double_conv_2d(x, 8, name="double_conv2")  # (4, 3, 8)
    x = layers.Flatten(name="flatten")(x)  # (96,)
    x = layers.Dense(5, name="dense")(x)  # (5,)
    outputs = x if logits else layers.Softmax(name="dense_softmax")(x)
    return keras.Model(inputs, outputs, name="sequences")
