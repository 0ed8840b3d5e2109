"""merges_into_blocks: Sequences of two layouts merged right before a block that takes their
channels first.

Compiled by archc 0.1.0 from merges_into_blocks.yaml for Keras.
26 parameters, 38 multiply-accumulates an example.
"""

import keras
from keras import KerasTensor, layers, ops


def bottleneck(x: KerasTensor, *, name: str) -> KerasTensor:
    y = layers.GlobalMaxPooling1D(name=f"{name}_global_max_pool")(x)
    for index in range(1):
        less = layers.Rescaling(0.5, name=f"{name}_chain_{index}_less")(y)
        y = layers.BatchNormalization(
            momentum=0.9, epsilon=1e-05, name=f"{name}_chain_{index}_batch_norm"
        )(x)
        mean = ops.mean(y, axis=-1)
        y = ops.softplus(layers.Subtract(name=f"{name}_chain_{index}_subtract")([mean, less]))
    return y


def nn(x: KerasTensor, *, name: str) -> KerasTensor:
    y = layers.LSTM(1, name=f"{name}_stem_lstm")(x)
    value = ops.stack([y, y], axis=1)
    a = layers.Conv1D(1, 1, name=f"{name}_stem_a")(x)
    y = layers.Add(name=f"{name}_stem_add")([value, a])
    return bottleneck(y, name=f"{name}_stem_bottleneck")


def merges_into_blocks() -> keras.Model:
    """float32 (batch, 2, 3) -> (batch, 2)."""
    inputs = keras.Input((2, 3), name="input")
    outputs = nn(inputs, name="nn")  # (2,)
    return keras.Model(inputs, outputs, name="merges_into_blocks")
