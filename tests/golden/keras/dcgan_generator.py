"""dcgan_generator: The generator of DCGAN (Radford, Metz and Chintala, 2015), in the sizes of
PyTorch's example; from noise to an image.

Compiled by archc 0.1.0 from dcgan_generator.yaml for Keras.
3,576,704 parameters, 104,628,224 multiply-accumulates an example.
"""

import keras
from keras import KerasTensor, layers, ops


def up(x: KerasTensor, filters: int, *, name: str) -> KerasTensor:
    x = layers.Conv2DTranspose(
        filters, 4, 2, padding="same", use_bias=False, name=f"{name}_conv_transpose"
    )(x)
    x = layers.BatchNormalization(momentum=0.9, epsilon=1e-05, name=f"{name}_batch_norm")(x)
    return ops.relu(x)


def dcgan_generator() -> keras.Model:
    """float32 (batch, 100) -> (batch, 64, 64, 3)."""
    inputs = keras.Input((100,), name="input")
    x = layers.Reshape((1, 1, 100), name="reshape")(inputs)  # (1, 1, 100)
    x = layers.Conv2DTranspose(512, 4, use_bias=False, name="project")(x)  # (4, 4, 512)
    x = ops.relu(layers.BatchNormalization(momentum=0.9, epsilon=1e-05, name="batch_norm")(x))
    x = up(x, 256, name="up1")  # (8, 8, 256)
    x = up(x, 128, name="up2")  # (16, 16, 128)
    x = up(x, 64, name="up3")  # (32, 32, 64)
    outputs = layers.Conv2DTranspose(
        3, 4, 2, padding="same", activation="tanh", use_bias=False, name="image"
    )(x)  # (64, 64, 3)
    return keras.Model(inputs, outputs, name="dcgan_generator")
