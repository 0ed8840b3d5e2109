"""squeezenet1_1: SqueezeNet 1.1 (Iandola et al., 2016), the authors' second version, with less
than half the arithmetic.

Compiled by archc 0.1.0 from squeezenet1_1.yaml for Keras.
1,235,496 parameters, 349,151,936 multiply-accumulates an image.
"""

import keras
from keras import KerasTensor, layers


def fire(x: KerasTensor, squeeze: int, expand: int, *, name: str) -> KerasTensor:
    x = layers.Conv2D(squeeze, 1, activation="relu", name=f"{name}_squeeze")(x)
    expand1x1 = layers.Conv2D(expand, 1, activation="relu", name=f"{name}_expand1x1")(x)
    expand3x3 = layers.Conv2D(
        expand, 3, padding="same", activation="relu", name=f"{name}_expand3x3"
    )(x)
    return layers.Concatenate(name=f"{name}_concat")([expand1x1, expand3x3])


def squeezenet1_1(*, logits: bool = False) -> keras.Model:
    """float32 (batch, 224, 224, 3) -> probabilities (batch, 1000), or logits."""
    inputs = keras.Input((224, 224, 3), name="input")
    x = layers.Conv2D(64, 3, 2, activation="relu", name="conv")(inputs)  # (111, 111, 64)
    x = layers.MaxPooling2D(3, 2, name="max_pool1")(x)  # (55, 55, 64)
    for index in range(2):
        x = fire(x, 16, expand=64, name=f"fire1_{index}")
    x = layers.MaxPooling2D(3, 2, name="max_pool2")(x)  # (27, 27, 128)
    for index in range(2):
        x = fire(x, 32, expand=128, name=f"fire2_{index}")
    x = layers.MaxPooling2D(3, 2, name="max_pool3")(x)  # (13, 13, 256)
    for index in range(2):
        x = fire(x, 48, expand=192, name=f"fire3_{index}")
    for index in range(2):
        x = fire(x, 64, expand=256, name=f"fire4_{index}")
    x = layers.Dropout(0.5, name="dropout")(x)  # (13, 13, 512)
    x = layers.Conv2D(1000, 1, activation="relu", name="classifier")(x)  # (13, 13, 1000)
    x = layers.GlobalAveragePooling2D(name="global_avg_pool")(x)  # (1000,)
    outputs = x if logits else layers.Softmax(name="softmax")(x)
    return keras.Model(inputs, outputs, name="squeezenet1_1")
