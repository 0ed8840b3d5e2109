"""unet_original: U-Net (Ronneberger, Fischer and Brox, 2015) as in the paper, without padding;
572x572 pixels give 388x388 labels.

Compiled by archc 0.1.0 from unet_original.yaml for Keras.
31,030,658 parameters, 150,428,424,448 multiply-accumulates an image.
"""

import keras
from keras import KerasTensor, layers


def double_conv(x: KerasTensor, filters: int, *, name: str) -> KerasTensor:
    x = layers.Conv2D(filters, 3, activation="relu", name=f"{name}_conv1")(x)
    return layers.Conv2D(filters, 3, activation="relu", name=f"{name}_conv2")(x)


def level(x: KerasTensor, filters: int, depth: int, cropping: int, *, name: str) -> KerasTensor:
    x = double_conv(x, filters, name=f"{name}_encoder")
    if depth > 0:
        skip = layers.Cropping2D(cropping, name=f"{name}_skip")(x)
        below = layers.MaxPooling2D(2, name=f"{name}_below_max_pool")(x)
        below = level(
            below,
            filters * 2,
            depth=depth - 1,
            cropping=cropping // 2 - 4,
            name=f"{name}_below_level",
        )
        below = layers.Conv2DTranspose(filters, 2, 2, name=f"{name}_below_conv_transpose")(below)
        x = layers.Concatenate(name=f"{name}_concat")([skip, below])
        x = double_conv(x, filters, name=f"{name}_decoder")
    return x


def unet_original(*, logits: bool = False) -> keras.Model:
    """float32 (batch, 572, 572, 1) -> probabilities (batch, 388, 388, 2), or logits."""
    inputs = keras.Input((572, 572, 1), name="input")
    x = level(inputs, 64, depth=4, cropping=88, name="level")  # (388, 388, 64)
    x = layers.Conv2D(2, 1, name="labels")(x)  # (388, 388, 2)
    outputs = x if logits else layers.Softmax(name="softmax")(x)
    return keras.Model(inputs, outputs, name="unet_original")
