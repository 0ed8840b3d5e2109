"""branches_of_parts: Branches that each begin with one part of a split, in one use and in
several.

Compiled by archc 0.1.0 from branches_of_parts.yaml for Keras.
313 parameters, 6,498 multiply-accumulates an image.
"""

import keras
from keras import KerasTensor, layers, ops


def unit(x: KerasTensor, *, name: str) -> KerasTensor:
    kept, changed = ops.split(x, 2, axis=-1)
    changed = ops.tanh(layers.Conv2D(3, 3, padding="same", name=f"{name}_changed_conv")(changed))
    return layers.Concatenate(name=f"{name}_concat")([kept, changed])


def gated(x: KerasTensor, *, value_axis: int, gate_split_axis: int, name: str) -> KerasTensor:
    value = ops.split(x, 2, axis=value_axis)[0]
    gate = ops.sigmoid(ops.split(x, 2, axis=gate_split_axis)[1])
    return layers.Multiply(name=f"{name}_multiply")([value, gate])


def branches_of_parts(*, logits: bool = False) -> keras.Model:
    """float32 (batch, 6, 6, 6) -> probabilities (batch, 3), or logits."""
    inputs = keras.Input((6, 6, 6), name="input")
    narrow, middle, wide = ops.split(inputs, (1, 3), axis=-1)
    narrow = layers.Conv2D(2, 1, name="narrow_conv")(narrow)  # (6, 6, 2)
    middle_2, wide_2, narrow_2 = ops.split(wide, 3, axis=-1)
    wide_2 = ops.tanh(wide_2)  # (6, 6, 1)
    wide = layers.Concatenate(name="wide_concat")([middle_2, wide_2, narrow_2])  # (6, 6, 3)
    x = layers.Concatenate(name="concat1")([narrow, middle, wide])  # (6, 6, 7)
    second = ops.split(x, 7, axis=-1)[1]  # (6, 6, 1)
    first = ops.split(x, 7, axis=-1)[0]
    x = layers.Concatenate(name="concat2")([second, first])  # (6, 6, 2)
    x = layers.Conv2D(6, 1, name="conv")(x)  # (6, 6, 6)
    for index in range(2):
        x = unit(x, name=f"unit_{index}")
    x = gated(x, value_axis=1, gate_split_axis=1, name="gated1")  # (3, 6, 6)
    x = gated(x, value_axis=-1, gate_split_axis=-1, name="gated2")  # (3, 6, 3)
    upper = ops.split(x, 3, axis=1)[0]  # (1, 6, 3)
    upper = layers.Conv2D(3, 1, name="upper_seen")(upper)
    lower = ops.split(x, 3, axis=1)[1]
    x = layers.Concatenate(name="concat3")([upper, lower])  # (1, 6, 6)
    x = layers.Flatten(name="flatten")(x)  # (36,)
    x = layers.Dense(3, name="dense")(x)  # (3,)
    outputs = x if logits else layers.Softmax(name="dense_softmax")(x)
    return keras.Model(inputs, outputs, name="branches_of_parts")
