"""meeting_names: Steps called as Keras calls operations that have no name of their own.

Compiled by archc 0.1.0 from meeting_names.yaml for Keras.
43 parameters, 660 multiply-accumulates an image.
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


def meeting_names() -> keras.Model:
    """float32 (batch, 5, 4, 3) -> (batch, 18)."""
    inputs = keras.Input((5, 4, 3), name="input")
    x = layers.Conv2D(4, 1, name="relu")(inputs)  # (5, 4, 4)
    x = layers.Activation("relu", name="act")(x)
    x = LocalResponseNorm(3, 0.0001, 0.75, name="lrn")(x)
    b = layers.Activation("tanh", name="b")(x)
    x = layers.Multiply(name="multiply")([x, b])
    x = layers.Conv2D(3, 1, name="sigmoid")(x)  # (5, 4, 3)
    one = layers.Activation("sigmoid", name="one")(x)
    other = layers.Activation("relu", name="other_relu")(x)
    other = layers.Conv2D(3, 1, name="other_relu_1")(other)
    x = layers.Add(name="add")([one, other])
    x = ops.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)), constant_values=float("-inf"))
    x = layers.MaxPooling2D(3, 2, name="max_pool")(x)  # (3, 2, 3)
    outputs = layers.Flatten(name="flatten")(x)  # (18,)
    return keras.Model(inputs, outputs, name="meeting_names")
