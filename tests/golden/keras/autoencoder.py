"""autoencoder: The deep autoencoder of Hinton and Salakhutdinov (2006), from 28x28 pixels to 30
numbers and back.

Compiled by archc 0.1.0 from autoencoder.yaml for Keras.
2,837,314 parameters, 2,833,000 multiply-accumulates an image.
"""

import keras
from keras import layers


def autoencoder(*, logits: bool = False) -> keras.Model:
    """float32 (batch, 28, 28, 1) -> probabilities (batch, 28, 28, 1), or logits."""
    inputs = keras.Input((28, 28, 1), name="input")
    x = layers.Flatten(name="flatten")(inputs)  # (784,)
    x = layers.Dense(1000, activation="sigmoid", name="dense1")(x)  # (1000,)
    x = layers.Dense(500, activation="sigmoid", name="dense2")(x)  # (500,)
    x = layers.Dense(250, activation="sigmoid", name="dense3")(x)  # (250,)
    x = layers.Dense(30, name="code")(x)  # (30,)
    x = layers.Dense(250, activation="sigmoid", name="dense4")(x)  # (250,)
    x = layers.Dense(500, activation="sigmoid", name="dense5")(x)  # (500,)
    x = layers.Dense(1000, activation="sigmoid", name="dense6")(x)  # (1000,)
    x = layers.Dense(784, name="pixels")(x)  # (784,)
    x = layers.Reshape((28, 28, 1), name="reshape")(x)  # (28, 28, 1)
    outputs = x if logits else layers.Activation("sigmoid", name="sigmoid")(x)
    return keras.Model(inputs, outputs, name="autoencoder")
