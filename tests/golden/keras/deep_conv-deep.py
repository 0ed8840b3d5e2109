"""deep_conv: As many convolutional layers as one likes, each of as many feature maps, then a
three-way softmax.

Compiled by archc 0.1.0 from deep_conv.yaml for Keras.
10,793 parameters, 2,207,160 multiply-accumulates an image.
"""

import keras
from keras import layers


def deep_conv(*, logits: bool = False) -> keras.Model:
    """float32 (batch, 28, 28, 1) -> probabilities (batch, 3), or logits."""
    inputs = keras.Input((28, 28, 1), name="input")
    x = inputs
    for index in range(8):
        x = layers.Conv2D(10, 3, activation="relu", name=f"conv_{index}")(x)
    x = layers.Flatten(name="flatten")(x)  # (1440,)
    x = layers.Dense(3, name="dense")(x)  # (3,)
    outputs = x if logits else layers.Softmax(name="dense_softmax")(x)
    return keras.Model(inputs, outputs, name="deep_conv")
