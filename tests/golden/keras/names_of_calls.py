"""clash1.

Compiled by archc 0.1.0 from names_of_calls.yaml for Keras.
12 parameters, 128 multiply-accumulates an image.
"""

import keras
from keras import KerasTensor, layers


def gate(x: KerasTensor, *, name: str) -> KerasTensor:
    b = layers.Conv2D(2, 1, name=f"{name}_b_conv")(x)
    b = layers.Activation("sigmoid", name=f"{name}_b_sigmoid")(b)
    return layers.Multiply(name=f"{name}_multiply")([x, b])


def clash1(*, logits: bool = False) -> keras.Model:
    """float32 (batch, 4, 4, 2) -> probabilities (batch, 4, 4, 2), or logits."""
    inputs = keras.Input((4, 4, 2), name="input")
    x = layers.Conv2D(2, 1, name="relu")(inputs)
    x = layers.Activation("relu", name="act")(x)
    x = gate(x, name="gate")
    outputs = x if logits else layers.Activation("sigmoid", name="sigmoid")(x)
    return keras.Model(inputs, outputs, name="clash1")
