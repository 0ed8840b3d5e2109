"""c3d: C3D (Tran et al., 2014), convolutions over 16 frames of video, for the 487 classes of
Sports-1M.

Compiled by archc 0.1.0 from c3d.yaml for Keras.
79,991,015 parameters, 38,548,959,232 multiply-accumulates an example.
"""

import keras
from keras import layers


def c3d(*, logits: bool = False) -> keras.Model:
    """float32 (batch, 16, 112, 112, 3) -> probabilities (batch, 487), or logits."""
    inputs = keras.Input((16, 112, 112, 3), name="input")
    x = layers.Conv3D(64, 3, padding="same", activation="relu", name="conv1a")(inputs)
    x = layers.MaxPooling3D((1, 2, 2), name="max_pool1")(x)  # (16, 56, 56, 64)
    x = layers.Conv3D(128, 3, padding="same", activation="relu", name="conv2a")(x)
    x = layers.MaxPooling3D(2, name="max_pool2")(x)  # (8, 28, 28, 128)
    x = layers.Conv3D(256, 3, padding="same", activation="relu", name="conv3a")(x)
    x = layers.Conv3D(256, 3, padding="same", activation="relu", name="conv3b")(x)
    x = layers.MaxPooling3D(2, name="max_pool3")(x)  # (4, 14, 14, 256)
    x = layers.Conv3D(512, 3, padding="same", activation="relu", name="conv4a")(x)
    x = layers.Conv3D(512, 3, padding="same", activation="relu", name="conv4b")(x)
    x = layers.MaxPooling3D(2, name="max_pool4")(x)  # (2, 7, 7, 512)
    x = layers.Conv3D(512, 3, padding="same", activation="relu", name="conv5a")(x)
    x = layers.Conv3D(512, 3, padding="same", activation="relu", name="conv5b")(x)
    x = layers.MaxPooling3D(2, padding="same", name="max_pool5")(x)  # (1, 4, 4, 512)
    x = layers.Flatten(name="flatten")(x)  # (8192,)
    x = layers.Dense(4096, activation="relu", name="fc6")(x)  # (4096,)
    x = layers.Dropout(0.5, name="dropout1")(x)
    x = layers.Dense(4096, activation="relu", name="fc7")(x)
    x = layers.Dropout(0.5, name="dropout2")(x)
    x = layers.Dense(487, name="fc8")(x)  # (487,)
    outputs = x if logits else layers.Softmax(name="fc8_softmax")(x)
    return keras.Model(inputs, outputs, name="c3d")
