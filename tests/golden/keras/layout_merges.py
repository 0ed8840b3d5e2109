"""layout_merges: Merges of sequences whose branches end in different layouts, some of them the
same tensor twice.

Compiled by archc 0.1.0 from layout_merges.yaml for Keras.
279 parameters, 1,248 multiply-accumulates an example.
"""

import keras
from keras import layers


def layout_merges() -> keras.Model:
    """float32 (batch, 6, 4) -> (batch, 2)."""
    inputs = keras.Input((6, 4), name="input")
    first = layers.Dense(4, name="first")(inputs)
    a = layers.Conv1D(4, 3, padding="same", name="add_a")(first)
    x = layers.Add(name="add")([a, first, first])
    other = layers.Conv1D(3, 1, name="other")(x)  # (6, 3)
    third = layers.Dense(2, name="third")(x)  # (6, 2)
    x = layers.Concatenate(name="concat")([x, other, third])  # (6, 9)
    second = layers.Dense(4, name="second")(x)  # (6, 4)
    b = layers.Conv1D(4, 3, padding="same", name="larger_b")(second)
    larger = layers.Maximum(name="larger")([second, b, second])
    x = layers.Minimum(name="minimum")([larger, first, second, first])
    left = layers.Conv1D(4, 1, name="subtract_left")(x)
    x = layers.Subtract(name="subtract")([left, x])
    right = layers.Conv1D(4, 1, name="average_right")(x)
    x = layers.Average(name="average")([x, right])
    x = layers.Flatten(name="flatten")(x)  # (24,)
    outputs = layers.Dense(2, name="dense")(x)  # (2,)
    return keras.Model(inputs, outputs, name="layout_merges")
