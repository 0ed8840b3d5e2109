"""shapes: What only moves numbers, in every direction.

Compiled by archc 0.1.0 from shapes.yaml for Keras.
591 parameters, 8,580 multiply-accumulates an image.
"""

import keras
from keras import KerasTensor, layers


def turned(x: KerasTensor, rows: int, *, name: str) -> KerasTensor:
    in_height = x.shape[1]
    in_width = x.shape[2]
    in_channels = x.shape[-1]
    x = layers.Permute((2, 1, 3), name=f"{name}_permute")(x)
    x = layers.Reshape(
        (in_height * in_width // rows, in_channels * rows),
        name=f"{name}_reshape",
    )(x)
    return layers.Dense(in_channels, name=f"{name}_dense")(x)


def shapes() -> keras.Model:
    """float32 (batch, 6, 4, 8) -> (batch, 3)."""
    inputs = keras.Input((6, 4, 8), name="input")
    x = layers.Permute((3, 1, 2), name="permute1")(inputs)  # (8, 6, 4)
    x = layers.Conv2D(4, 3, padding="same", name="conv1")(x)
    x = turned(x, 4, name="turned1")  # (12, 4)
    x = layers.Reshape((2, 3, 2, 4), name="reshape1")(x)  # (2, 3, 2, 4)
    x = layers.Permute((3, 4, 1, 2), name="permute2")(x)  # (2, 4, 2, 3)
    x = layers.ZeroPadding3D(((1, 0), (0, 1), (0, 0)), name="conv2_padding")(x)
    x = layers.Conv3D(3, 2, name="conv2")(x)  # (2, 4, 1, 3)
    x = layers.Cropping3D(((0, 1), (1, 0), (0, 0)), name="crop")(x)  # (1, 3, 1, 3)
    x = layers.Flatten(name="flatten1")(x)  # (9,)
    x = layers.Dense(24, activation="selu", name="dense1")(x)  # (24,)
    x = layers.Reshape((4, 2, 3), name="reshape2")(x)  # (4, 2, 3)
    x = turned(x, 2, name="turned2")  # (4, 3)
    x = layers.Softmax(name="softmax")(x)
    x = layers.Flatten(name="flatten2")(x)  # (12,)
    outputs = layers.Dense(3, name="dense2")(x)  # (3,)
    return keras.Model(inputs, outputs, name="shapes")
