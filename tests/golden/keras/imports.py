"""imports: Blocks from other files, whose own defaults and imports hold for them alone.

Compiled by archc 0.1.0 from imports.yaml for Keras.
1,293 parameters, 50,576 multiply-accumulates an image.
"""

import keras
from keras import KerasTensor, layers


def act(x: KerasTensor, *, name: str) -> KerasTensor:
    in_channels = x.shape[-1]
    return layers.Conv2D(in_channels, 1, activation="relu", name=f"{name}_conv")(x)


def conv_norm(x: KerasTensor, filters: int, *, name: str) -> KerasTensor:
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False, name=f"{name}_conv")(x)
    x = layers.BatchNormalization(momentum=0.9, epsilon=1e-05, name=f"{name}_batch_norm")(x)
    return act(x, name=f"{name}_act")


def twice(x: KerasTensor, filters: int, *, name: str) -> KerasTensor:
    for index in range(2):
        x = conv_norm(x, filters, name=f"{name}_conv_norm_{index}")
    return x


def tail(x: KerasTensor, filters: int, *, name: str) -> KerasTensor:
    x = layers.Conv2D(filters, 1, activation="tanh", name=f"{name}_conv")(x)
    return twice(x, filters + 1, name=f"{name}_twice")


def imports() -> keras.Model:
    """float32 (batch, 9, 8, 3) -> (batch, 2)."""
    inputs = keras.Input((9, 8, 3), name="input")
    x = layers.Conv2D(4, 3, activation="tanh", name="conv")(inputs)  # (7, 6, 4)
    x = conv_norm(x, 6, name="conv_norm")  # (7, 6, 6)
    x = twice(x, 5, name="twice")  # (7, 6, 5)
    x = tail(x, 3, name="tail")  # (7, 6, 4)
    x = layers.GlobalAveragePooling2D(name="global_avg_pool")(x)  # (4,)
    outputs = layers.Dense(2, name="dense")(x)  # (2,)
    return keras.Model(inputs, outputs, name="imports")
