"""unet: U-Net (Ronneberger, Fischer and Brox, 2015), padded so that its masks are as large as
the image.

Compiled by archc 0.1.0 from unet.yaml for Keras.
31,031,745 parameters, 48,167,387,136 multiply-accumulates an image.
"""

import keras
from keras import KerasTensor, layers


def double_conv(x: KerasTensor, filters: int, *, name: str) -> KerasTensor:
    x = layers.Conv2D(filters, 3, padding="same", activation="relu", name=f"{name}_conv1")(x)
    return layers.Conv2D(filters, 3, padding="same", activation="relu", name=f"{name}_conv2")(x)


def level(x: KerasTensor, filters: int, depth: int, *, name: str) -> KerasTensor:
    x = double_conv(x, filters, name=f"{name}_encoder")
    if depth > 0:
        below = layers.MaxPooling2D(2, name=f"{name}_below_max_pool")(x)
        below = level(below, filters * 2, depth=depth - 1, name=f"{name}_below_level")
        below = layers.Conv2DTranspose(filters, 2, 2, name=f"{name}_below_conv_transpose")(below)
        x = layers.Concatenate(name=f"{name}_concat")([x, below])
        x = double_conv(x, filters, name=f"{name}_decoder")
    return x


def unet(*, logits: bool = False) -> keras.Model:
    """float32 (batch, 256, 256, 3) -> probabilities (batch, 256, 256, 1), or logits."""
    inputs = keras.Input((256, 256, 3), name="input")
    x = level(inputs, 64, depth=4, name="level")  # (256, 256, 64)
    x = layers.Conv2D(1, 1, name="masks")(x)  # (256, 256, 1)
    outputs = x if logits else layers.Activation("sigmoid", name="masks_sigmoid")(x)
    return keras.Model(inputs, outputs, name="unet")
