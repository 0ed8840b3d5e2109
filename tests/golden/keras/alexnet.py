"""alexnet: AlexNet (Krizhevsky, Sutskever and Hinton, 2012), in the single tower of Krizhevsky
(2014).

Compiled by archc 0.1.0 from alexnet.yaml for Keras.
61,100,840 parameters, 714,188,480 multiply-accumulates an image.
"""

import keras
from keras import layers


def alexnet(*, logits: bool = False) -> keras.Model:
    """float32 (batch, 224, 224, 3) -> probabilities (batch, 1000), or logits."""
    inputs = keras.Input((224, 224, 3), name="input")
    x = layers.ZeroPadding2D(2, name="conv1_padding")(inputs)
    x = layers.Conv2D(64, 11, 4, activation="relu", name="conv1")(x)  # (55, 55, 64)
    x = layers.MaxPooling2D(3, 2, name="max_pool1")(x)  # (27, 27, 64)
    x = layers.Conv2D(192, 5, padding="same", activation="relu", name="conv2")(x)  # (27, 27, 192)
    x = layers.MaxPooling2D(3, 2, name="max_pool2")(x)  # (13, 13, 192)
    x = layers.Conv2D(384, 3, padding="same", activation="relu", name="conv3")(x)  # (13, 13, 384)
    x = layers.Conv2D(256, 3, padding="same", activation="relu", name="conv4")(x)  # (13, 13, 256)
    x = layers.Conv2D(256, 3, padding="same", activation="relu", name="conv5")(x)
    x = layers.MaxPooling2D(3, 2, name="max_pool3")(x)  # (6, 6, 256)
    x = layers.Flatten(name="flatten")(x)  # (9216,)
    x = layers.Dropout(0.5, name="dropout1")(x)
    x = layers.Dense(4096, activation="relu", name="dense1")(x)  # (4096,)
    x = layers.Dropout(0.5, name="dropout2")(x)
    x = layers.Dense(4096, activation="relu", name="dense2")(x)
    x = layers.Dense(1000, name="dense3")(x)  # (1000,)
    outputs = x if logits else layers.Softmax(name="dense3_softmax")(x)
    return keras.Model(inputs, outputs, name="alexnet")
