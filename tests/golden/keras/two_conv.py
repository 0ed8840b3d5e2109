"""two_conv: Two convolutional layers of ten feature maps each, then a three-way softmax.

Compiled by archc 0.1.0 from two_conv.yaml for Keras.
18,293 parameters, 596,520 multiply-accumulates an image.
"""

import keras
from keras import layers


def two_conv(*, logits: bool = False) -> keras.Model:
    """float32 (batch, 28, 28, 1) -> probabilities (batch, 3), or logits."""
    inputs = keras.Input((28, 28, 1), name="input")
    x = layers.Conv2D(10, 3, activation="relu", name="conv1")(inputs)  # (26, 26, 10)
    x = layers.Conv2D(10, 3, activation="relu", name="conv2")(x)  # (24, 24, 10)
    x = layers.Flatten(name="flatten")(x)  # (5760,)
    x = layers.Dense(3, name="dense")(x)  # (3,)
    outputs = x if logits else layers.Softmax(name="dense_softmax")(x)
    return keras.Model(inputs, outputs, name="two_conv")
