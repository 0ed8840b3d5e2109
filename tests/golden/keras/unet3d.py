"""unet3d: 3D U-Net (Cicek et al., 2016), without padding; 116x132x132 voxels give 28x44x44
labels.

Compiled by archc 0.1.0 from unet3d.yaml for Keras.
19,069,955 parameters, 266,731,018,496 multiply-accumulates an example.
"""

import keras
from keras import KerasTensor, layers, ops


def double_conv(x: KerasTensor, first: int, second: int, *, name: str) -> KerasTensor:
    x = layers.Conv3D(first, 3, name=f"{name}_conv1")(x)
    x = layers.BatchNormalization(
        momentum=0.9, epsilon=1e-05, center=False, scale=False, name=f"{name}_batch_norm1"
    )(x)
    x = ops.relu(x)
    x = layers.Conv3D(second, 3, name=f"{name}_conv2")(x)
    x = layers.BatchNormalization(
        momentum=0.9, epsilon=1e-05, center=False, scale=False, name=f"{name}_batch_norm2"
    )(x)
    return ops.relu(x)


def level(x: KerasTensor, filters: int, depth: int, cropping: int, *, name: str) -> KerasTensor:
    x = double_conv(x, filters, second=filters * 2, name=f"{name}_analysis")
    if depth > 0:
        skip = layers.Cropping3D(cropping, name=f"{name}_skip")(x)
        below = layers.MaxPooling3D(2, name=f"{name}_below_max_pool")(x)
        below = level(
            below,
            filters * 2,
            depth=depth - 1,
            cropping=cropping // 2 - 4,
            name=f"{name}_below_level",
        )
        below = layers.Conv3DTranspose(
            filters * 4, 2, 2, use_bias=False, name=f"{name}_below_conv_transpose"
        )(below)
        x = layers.Concatenate(name=f"{name}_concat")([skip, below])
        x = double_conv(x, filters * 2, second=filters * 2, name=f"{name}_synthesis")
    return x


def unet3d(*, logits: bool = False) -> keras.Model:
    """float32 (batch, 116, 132, 132, 3) -> probabilities (batch, 28, 44, 44, 3), or logits."""
    inputs = keras.Input((116, 132, 132, 3), name="input")
    x = level(inputs, 32, depth=3, cropping=40, name="level")  # (28, 44, 44, 64)
    x = layers.Conv3D(3, 1, name="labels")(x)  # (28, 44, 44, 3)
    outputs = x if logits else layers.Softmax(name="softmax")(x)
    return keras.Model(inputs, outputs, name="unet3d")
