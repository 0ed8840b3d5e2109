"""clash2.

Compiled by archc 0.1.0 from names_within_calls.yaml for Keras.
0 parameters, 0 multiply-accumulates an image.
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


def clash2() -> keras.Model:
    """float32 (batch, 4, 4, 2) -> (batch, 4, 4, 2)."""
    inputs = keras.Input((4, 4, 2), name="input")
    x = LocalResponseNorm(3, 0.0001, 0.75, name="lrn")(inputs)
    b = layers.Activation("tanh", name="b")(x)
    outputs = layers.Multiply(name="multiply")([x, b])
    return keras.Model(inputs, outputs, name="clash2")
