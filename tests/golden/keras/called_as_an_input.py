"""called_as_an_input: An output, which a block gives, is called as an input is, and has its
channels elsewhere in PyTorch.

Compiled by archc 0.1.0 from called_as_an_input.yaml for Keras.
61 parameters, 126 multiply-accumulates an example.
"""

import keras
from keras import KerasTensor, layers, ops


def windows(x: KerasTensor, *, name: str) -> KerasTensor:
    return ops.tanh(layers.Conv1D(4, 3, name=f"{name}_conv")(x))


def called_as_an_input() -> keras.Model:
    """x float32 (batch, 6), words float32 (batch, 5, 3) -> (batch, 3, 4)."""
    x = keras.Input((6,), name="x")
    words = keras.Input((5, 3), name="words")
    gate = layers.Dense(3, name="gate")(x)  # (3,)
    x_ = layers.Multiply(name="multiply")([words, ops.expand_dims(gate, 1)])  # (5, 3)
    outputs = windows(x_, name="words")  # (3, 4)
    return keras.Model([x, words], outputs, name="called_as_an_input")
