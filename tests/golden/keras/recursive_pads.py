"""recursive_pads: A recursive block whose pads differ at every depth.

Compiled by archc 0.1.0 from recursive_pads.yaml for Keras.
1,537 parameters, 114,402 multiply-accumulates an image.
"""

import keras
from keras import KerasTensor, layers


def down(x: KerasTensor, filters: int, depth: int, *, name: str) -> KerasTensor:
    x = layers.Conv2D(filters, 3, 2, padding="same", activation="relu", name=f"{name}_conv")(x)
    if depth > 0:
        x = down(x, filters + 2, depth=depth - 1, name=f"{name}_down")
    return x


def recursive_pads(*, logits: bool = False) -> keras.Model:
    """float32 (batch, 41, 50, 3) -> probabilities (batch, 3), or logits."""
    inputs = keras.Input((41, 50, 3), name="input")
    x = down(inputs, 4, depth=3, name="down")  # (3, 4, 10)
    x = layers.GlobalAveragePooling2D(name="global_avg_pool")(x)  # (10,)
    x = layers.Dense(3, name="dense")(x)  # (3,)
    outputs = x if logits else layers.Softmax(name="dense_softmax")(x)
    return keras.Model(inputs, outputs, name="recursive_pads")
