"""same_name: A network called as one of its blocks, and a step called as both.

Compiled by archc 0.1.0 from same_name.yaml for Keras.
43 parameters, 660 multiply-accumulates an image.
"""

import keras
from keras import KerasTensor, layers


def same_name_(x: KerasTensor, filters: int, *, name: str) -> KerasTensor:
    return layers.Conv2D(filters, 1, activation="relu", name=f"{name}_conv")(x)


def same_name() -> keras.Model:
    """float32 (batch, 5, 4, 3) -> (batch, 3)."""
    inputs = keras.Input((5, 4, 3), name="input")
    x = same_name_(inputs, 4, name="first")  # (5, 4, 4)
    for index in range(2):
        x = same_name_(x, 3, name=f"same_name_{index}")
    outputs = layers.GlobalAveragePooling2D(name="global_avg_pool")(x)  # (3,)
    return keras.Model(inputs, outputs, name="same_name")
