"""volumes.

Compiled by archc 0.1.0 from volumes.yaml for Keras.
567 parameters, 25,929 multiply-accumulates an example.
"""

import keras
from keras import layers


def volumes() -> keras.Model:
    """float32 (batch, 6, 7, 8, 2) -> (batch, 3)."""
    inputs = keras.Input((6, 7, 8, 2), name="input")
    x = layers.Conv3D(4, 3, 2, padding="same", activation="elu", name="conv")(inputs)
    x = layers.GroupNormalization(2, epsilon=1e-05, name="group_norm")(x)
    x = layers.Conv3DTranspose(3, 3, 2, padding="same", name="conv_transpose")(x)  # (6, 8, 8, 3)
    x = layers.ZeroPadding3D(((0, 1), (1, 0), (2, 2)), name="zero_pad")(x)  # (7, 9, 12, 3)
    x = layers.Cropping3D(1, name="crop")(x)  # (5, 7, 10, 3)
    x = layers.GlobalMaxPooling3D(name="global_max_pool")(x)  # (3,)
    outputs = layers.Dense(3, name="dense")(x)
    return keras.Model(inputs, outputs, name="volumes")
