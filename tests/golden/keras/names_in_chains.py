"""names_in_chains: Repeated chains that take tensors from outside, called as what flows through
them is.

Compiled by archc 0.1.0 from names_in_chains.yaml for Keras.
193 parameters, 1,812 multiply-accumulates an image.
"""

import keras
from keras import KerasTensor, layers, ops


def unit(x: KerasTensor, skip: KerasTensor, *, name: str) -> KerasTensor:
    y = ops.tanh(x)
    for index in range(2):
        y = layers.Conv2D(5, 1, name=f"{name}_chain_{index}_conv")(y)
        main = ops.sigmoid(y)
        inner = layers.Conv2D(5, 1, name=f"{name}_chain_{index}_again_inner")(x)
        again = layers.Concatenate(name=f"{name}_chain_{index}_again_concat")([inner, skip])
        again = layers.Conv2D(5, 1, name=f"{name}_chain_{index}_again_conv")(again)
        y = layers.Add(name=f"{name}_chain_{index}_add")([main, again])
    return y


def names_in_chains() -> keras.Model:
    """image float32 (batch, 5, 4, 1), x float32 (batch, 3, 4, 2) -> (batch, 3, 4, 5)."""
    image = keras.Input((5, 4, 1), name="image")
    x = keras.Input((3, 4, 2), name="x")
    first = layers.Conv2D(2, (3, 1), name="first")(image)  # (3, 4, 2)
    x_ = unit(x, first, name="unit")  # (3, 4, 5)
    for index in range(2):
        most = layers.GlobalMaxPooling2D(name=f"chain_{index}_most")(x_)
        twig = layers.Conv2D(5, 1, name=f"chain_{index}_twig")(x)
        x_ = layers.Minimum(name=f"chain_{index}_minimum")([ops.expand_dims(most, (1, 2)), twig])
    return keras.Model([image, x], x_, name="names_in_chains")
