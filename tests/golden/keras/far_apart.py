"""far_apart: Windows that stand further apart than they are wide, one at a time and two uses of
a block.

Compiled by archc 0.1.0 from far_apart.yaml for Keras.
44,082 parameters, 107,720 multiply-accumulates an example.
"""

import keras
from keras import KerasTensor, layers


def thin(x: KerasTensor, filters: int, *, name: str) -> KerasTensor:
    return layers.Conv3D(filters, 1, 3, activation="tanh", name=f"{name}_conv")(x)


def far_apart() -> keras.Model:
    """float32 (batch, 10, 9, 8, 2) -> (batch, 3)."""
    inputs = keras.Input((10, 9, 8, 2), name="input")
    x = thin(inputs, 3, name="first")  # (4, 3, 3, 3)
    x = thin(x, 4, name="second")  # (2, 1, 1, 4)
    x = layers.UpSampling3D((4, 5, 7), name="upsample1")(x)  # (8, 5, 7, 4)
    x = layers.ZeroPadding3D(((0, 0), (0, 1), (0, 0)), name="conv1_padding")(x)
    x = layers.Conv3D(5, 2, 4, activation="tanh", name="conv1")(x)  # (2, 2, 2, 5)
    x = layers.UpSampling3D((9, 4, 4), name="upsample2")(x)  # (18, 8, 8, 5)
    x = layers.Conv3D(4, (1, 2, 2), (4, 3, 3), padding="same", name="conv2")(x)  # (5, 3, 3, 4)
    x = layers.Conv3DTranspose(3, 1, 3, name="conv_transpose1")(x)  # (15, 9, 9, 3)
    x = layers.Conv3DTranspose(
        2,
        (1, 4, 2),
        (3, 2, 1),
        activation="tanh",
        name="conv_transpose2",
    )(x)
    x = layers.Cropping3D(((0, 0), (1, 1), (0, 1)), name="conv_transpose2_crop")(x)
    x = layers.Flatten(name="flatten")(x)  # (14580,)
    outputs = layers.Dense(3, name="dense")(x)  # (3,)
    return keras.Model(inputs, outputs, name="far_apart")
