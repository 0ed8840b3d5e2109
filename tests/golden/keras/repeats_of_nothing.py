"""repeats_of_nothing: A repeat that makes no layer, with a turn left out, leaves no loop in a
class that asks for no size.

Compiled by archc 0.1.0 from repeats_of_nothing.yaml for Keras.
164 parameters, 3,840 multiply-accumulates an image.
"""

import keras
from keras import KerasTensor, layers, ops


@keras.saving.register_keras_serializable()
class LocalResponseNorm(layers.Layer):
    """Divide each value by the energy of the `size` channels around it."""

    def __init__(
        self, size: int, alpha: float, beta: float, bias: float = 1.0, *, name: str | None = None
    ) -> None:
        super().__init__(name=name)
        self.size, self.alpha, self.beta, self.bias = size, alpha, beta, bias

    def call(self, x: KerasTensor) -> KerasTensor:
        channels = x.shape[-1]
        around = (self.size // 2, (self.size - 1) // 2)
        squares = ops.pad(ops.square(x), (*[(0, 0)] * (len(x.shape) - 1), around))
        energy = sum(squares[..., i : i + channels] for i in range(self.size))
        return x / ops.power(self.bias + self.alpha / self.size * energy, self.beta)

    def get_config(self) -> dict[str, object]:
        numbers = {"size": self.size, "alpha": self.alpha, "beta": self.beta, "bias": self.bias}
        return {**numbers, "name": self.name}


def repeats_of_nothing() -> keras.Model:
    """float32 (batch, 4, 6, 4) -> (batch, 1, 1, 1, 1)."""
    inputs = keras.Input((4, 6, 4), name="input")
    x = layers.Conv2D(4, 1, activation="sigmoid", use_bias=False, name="conv")(inputs)
    root = layers.Conv2D(4, 3, padding="same", name="root")(x)
    index = LocalResponseNorm(4, 0.0001, 3, name="index__lrn")(x)
    index = layers.Cropping2D(0, name="index__crop")(index)
    x = layers.Multiply(name="multiply")([root, index])
    x = ops.split(x, 2, axis=-1)[1]  # (4, 6, 2)
    x = layers.Reshape((48,), name="reshape1")(x)  # (48,)
    for index_ in range(2):
        if index_ != 1:
            x = ops.max(x, axis=-1, keepdims=True)
    x = layers.Reshape((1, 1, 1, 1), name="reshape2")(x)  # (1, 1, 1, 1)
    outputs = layers.Activation("softsign", name="softsign")(x)
    return keras.Model(inputs, outputs, name="repeats_of_nothing")
