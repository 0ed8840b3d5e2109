"""layouts: Sequences that go back and forth between what wants channels first and what wants
them last.

Compiled by archc 0.1.0 from layouts.yaml for Keras.
774 parameters, 4,672 multiply-accumulates an example.
"""

import keras
from keras import KerasTensor, layers, ops


def either(x: KerasTensor, *, name: str) -> KerasTensor:
    x = ops.relu(x)
    b = ops.tanh(x)
    return layers.Add(name=f"{name}_add")([x, b])


def mixed(x: KerasTensor, units: int, *, name: str) -> KerasTensor:
    x = layers.Conv1D(units, 3, padding="same", name=f"{name}_conv")(x)
    x = layers.LayerNormalization(epsilon=1e-05, name=f"{name}_layer_norm")(x)
    return layers.Dense(units, activation="gelu", name=f"{name}_dense")(x)


def layouts() -> keras.Model:
    """float32 (batch, 12, 6) -> (batch, 3)."""
    inputs = keras.Input((12, 6), name="input")
    x = either(inputs, name="either1")
    for index in range(2):
        x = mixed(x, 5, name=f"mixed_{index}")
    x = either(x, name="either2")  # (12, 5)
    for index in range(2):
        x = layers.Dense(4, name=f"dense1_{index}")(x)
    for index in range(2):
        x = layers.Conv1D(4, 3, padding="same", name=f"convs_{index}")(x)
    convs = x  # (12, 4)
    last = layers.Dense(4, name="last")(convs)
    x = layers.Concatenate(name="concat1")([convs, last])  # (12, 8)
    x = layers.Softmax(axis=1, name="softmax")(x)
    x = either(x, name="either3")
    short = layers.GlobalMaxPooling1D(name="short_global_max_pool")(x)  # (8,)
    short = layers.Dense(8, name="short_dense")(short)
    x = layers.Multiply(name="multiply")([x, ops.expand_dims(short, 1)])  # (12, 8)
    x = layers.Permute((2, 1), name="permute")(x)  # (8, 12)
    more = layers.Cropping1D((1, 2), name="more_crop")(x)  # (5, 12)
    more = layers.GroupNormalization(3, epsilon=1e-05, name="more_group_norm")(more)
    x = layers.Concatenate(axis=1, name="concat2")([x, more])  # (13, 12)
    x = layers.MaxPooling1D(2, padding="same", name="max_pool")(x)  # (7, 12)
    x = layers.Flatten(name="flatten")(x)  # (84,)
    outputs = layers.Dense(3, name="dense2")(x)  # (3,)
    return keras.Model(inputs, outputs, name="layouts")
