"""folds_by_turn: The channels shrink by a power of the turn's number, for which nothing else in
the loop asks.

Compiled by archc 0.1.0 from folds_by_turn.yaml for Keras.
35 parameters, 240 multiply-accumulates an example.
"""

import keras
from keras import KerasTensor, layers, ops


@keras.saving.register_keras_serializable()
class Fold(layers.Layer):
    """Lay the channels out as windows that stand side by side: row by row, then the channels."""

    def __init__(self, kernel_size: tuple[int, ...], **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.kernel_size = tuple(kernel_size)

    def call(self, x: KerasTensor) -> KerasTensor:
        for axis, size in enumerate(self.kernel_size, 1):
            parts = ops.split(x, size, axis=-1)
            shape = [-1, *parts[0].shape[1:]]
            shape[axis] *= size
            x = ops.reshape(ops.stack(parts, axis=axis + 1), shape)
        return x

    def get_config(self) -> dict[str, object]:
        return {**super().get_config(), "kernel_size": self.kernel_size}


def folds_by_turn() -> keras.Model:
    """float32 (batch, 4, 4) -> (batch, 8, 5)."""
    inputs = keras.Input((4, 4), name="input")
    x = inputs
    for index in range(2):
        x = Fold((2**index,), name=f"fold_{index}")(x)
    outputs = layers.Conv1D(5, 3, padding="same", name="conv")(x)  # (8, 5)
    return keras.Model(inputs, outputs, name="folds_by_turn")
