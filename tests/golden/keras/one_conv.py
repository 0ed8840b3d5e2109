"""one_conv: One convolutional layer of ten feature maps, then a three-way softmax.

Compiled by archc 0.1.0 from one_conv.yaml for Keras.
20,383 parameters, 81,120 multiply-accumulates an image.
"""

import keras
from keras import layers


def one_conv(*, logits: bool = False) -> keras.Model:
    """float32 (batch, 28, 28, 1) -> probabilities (batch, 3), or logits."""
    inputs = keras.Input((28, 28, 1), name="input")
    x = layers.Conv2D(10, 3, activation="relu", name="conv")(inputs)  # (26, 26, 10)
    x = layers.Flatten(name="flatten")(x)  # (6760,)
    x = layers.Dense(3, name="dense")(x)  # (3,)
    outputs = x if logits else layers.Softmax(name="dense_softmax")(x)
    return keras.Model(inputs, outputs, name="one_conv")
