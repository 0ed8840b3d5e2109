"""lenet5: LeNet-5 (LeCun et al., 1998), in today's form with average pools without weights, full
connections and tanh.

Compiled by archc 0.1.0 from lenet5.yaml for Keras.
61,706 parameters, 416,520 multiply-accumulates an image.
"""

import keras
from keras import layers


def lenet5(*, logits: bool = False) -> keras.Model:
    """float32 (batch, 32, 32, 1) -> probabilities (batch, 10), or logits."""
    inputs = keras.Input((32, 32, 1), name="input")
    x = layers.Conv2D(6, 5, activation="tanh", name="c1")(inputs)  # (28, 28, 6)
    x = layers.AveragePooling2D(2, name="s2")(x)  # (14, 14, 6)
    x = layers.Conv2D(16, 5, activation="tanh", name="c3")(x)  # (10, 10, 16)
    x = layers.AveragePooling2D(2, name="s4")(x)  # (5, 5, 16)
    x = layers.Conv2D(120, 5, activation="tanh", name="c5")(x)  # (1, 1, 120)
    x = layers.Flatten(name="flatten")(x)  # (120,)
    x = layers.Dense(84, activation="tanh", name="f6")(x)  # (84,)
    x = layers.Dense(10, name="output")(x)  # (10,)
    outputs = x if logits else layers.Softmax(name="output_softmax")(x)
    return keras.Model(inputs, outputs, name="lenet5")
