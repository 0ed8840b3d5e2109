"""loops: Repeats of everything, in each other, with index, when and steps from outside.

Compiled by archc 0.1.0 from loops.yaml for Keras.
3,765 parameters, 1,426,008 multiply-accumulates an image.
"""

import keras
from keras import KerasTensor, layers, ops


def grow(x: KerasTensor, filters: int, times: int = 2, *, name: str) -> KerasTensor:
    for index in range(times):
        x = layers.Conv2D(
            filters * (index + 1), 3, padding="same", name=f"{name}_chain_{index}_conv1"
        )(x)
        x = ops.relu(x)
        for index_ in range(2):
            x = layers.Conv2D(filters, 1, name=f"{name}_chain_{index}_conv2_{index_}")(x)
    for index in range(3):
        x = layers.Conv2D(filters * 2**index, 1, activation="tanh", name=f"{name}_conv_{index}")(x)
    return x


def merge(x: KerasTensor, skip: KerasTensor, filters: int, *, name: str) -> KerasTensor:
    y = layers.Concatenate(name=f"{name}_concat")([skip, x])
    conv = layers.Conv2D(filters, 1, name=f"{name}_conv")(y)
    return layers.Add(name=f"{name}_add")([conv, x])


def loops() -> keras.Model:
    """float32 (batch, 20, 20, 3) -> (batch, 2)."""
    inputs = keras.Input((20, 20, 3), name="input")
    stem = layers.Conv2D(4, 3, padding="same", name="stem")(inputs)  # (20, 20, 4)
    x = stem
    for _ in range(2):
        x = ops.relu(x)
    x = grow(x, 4, name="first")  # (20, 20, 16)
    x = grow(x, 5, times=3, name="grow")  # (20, 20, 20)
    narrow = layers.Conv2D(4, 1, name="narrow")(x)  # (20, 20, 4)
    x = narrow
    for index in range(2):
        x = merge(x, stem, 4, name=f"merge_{index}")
    for index in range(2):
        inner = layers.Conv2D(4, 1, name=f"outside_{index}_inner")(x)
        x = layers.Add(name=f"outside_{index}_add")([inner, stem])
    for index in range(3):
        if index > 0:
            x = layers.MaxPooling2D(2, 1, padding="same", name=f"max_pool_{index}")(x)
    for index, filters in enumerate((3, 5, 4)):
        if index != 1:
            x = layers.Conv2D(filters, 3, padding="same", name=f"picky_{index}")(x)
    for index in range(2):
        x = layers.Conv2D(4, 1, name=f"gated_{index}_conv")(x)
        gate = ops.sigmoid(x)
        x = layers.Multiply(name=f"gated_{index}_multiply")([gate, x])
    x = layers.GlobalAveragePooling2D(name="global_avg_pool")(x)  # (4,)
    outputs = layers.Dense(2, name="score")(x)  # (2,)
    return keras.Model(inputs, outputs, name="loops")
