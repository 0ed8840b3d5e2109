"""far_sums: A block within itself whose channels come of more than an expression of the source
may hold.

Compiled by archc 0.1.0 from far_sums.yaml for Keras.
2,169 parameters, 102,048 multiply-accumulates an image.
"""

import keras
from keras import KerasTensor, layers


def level(
    x: KerasTensor, filters: int, depth: int, *, below_level_filters: tuple[int, ...], name: str
) -> KerasTensor:
    x = layers.Conv2D(filters, 3, padding="same", activation="tanh", name=f"{name}_conv")(x)
    if depth > 0:
        below = level(
            x,
            below_level_filters[0],
            depth=depth - 1,
            below_level_filters=below_level_filters[1:],
            name=f"{name}_below_level",
        )
        below = layers.Conv2D(filters, 1, name=f"{name}_below_conv")(below)
        x = layers.Add(name=f"{name}_add")([below, x])
    return x


def far_sums() -> keras.Model:
    """float32 (batch, 8, 6, 2) -> (batch, 2)."""
    inputs = keras.Input((8, 6, 2), name="input")
    x = level(inputs, 2, depth=2, below_level_filters=(11, 17, 11), name="level")
    outputs = layers.GlobalAveragePooling2D(name="global_avg_pool")(x)  # (2,)
    return keras.Model(inputs, outputs, name="far_sums")
