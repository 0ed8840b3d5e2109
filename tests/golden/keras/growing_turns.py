"""growing_turns: A block that uses itself and gives more channels than it takes, in some turns
of a repeat.

Compiled by archc 0.1.0 from growing_turns.yaml for Keras.
149 parameters, 128 multiply-accumulates an example.
"""

import keras
from keras import KerasTensor, layers


def wider(x: KerasTensor, level: int, *, name: str) -> KerasTensor:
    more = layers.Dense(2, activation="tanh", name=f"{name}_more_dense")(x)
    if level > 1:
        more = wider(more, level - 1, name=f"{name}_more_wider")
    return layers.Concatenate(name=f"{name}_concat")([more, x])


def growing_turns(*, logits: bool = False) -> keras.Model:
    """float32 (batch, 3) -> probabilities (batch, 3), or logits."""
    inputs = keras.Input((3,), name="input")
    x = inputs
    for index in range(3):
        if index != 1:
            x = wider(x, 2 if index == 0 else 1, name=f"grown_{index}")
    x = layers.Dense(4, activation="tanh", name="dense1")(x)  # (4,)
    for index in range(2):
        x = wider(x, 2, name=f"last_{index}")
    x = layers.Dense(3, name="dense2")(x)  # (3,)
    outputs = x if logits else layers.Softmax(name="dense2_softmax")(x)
    return keras.Model(inputs, outputs, name="growing_turns")
