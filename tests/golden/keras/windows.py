"""windows: Attention within windows, in a loop that shifts every other one, and along one axis
alone.

Compiled by archc 0.1.0 from windows.yaml for Keras.
965 parameters, 49,266 multiply-accumulates an image.
"""

import math

import keras
from keras import KerasTensor, layers, ops


@keras.saving.register_keras_serializable()
class WindowAttention(layers.Layer):
    """Attention within shifted windows of an image: (batch, height, width, channels) in and out."""

    def __init__(self, heads: int, window: int, shift: int = 0, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.heads, self.window, self.shift = heads, window, shift

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        channels = input_shape[-1]
        self.position_bias = self.add_weight(
            shape=((2 * self.window - 1) ** 2, self.heads),
            initializer="zeros",
            name="position_bias",
        )
        self.qkv = layers.Dense(3 * channels, dtype=self.dtype_policy, name="qkv")
        self.qkv.build(input_shape)
        self.projection = layers.Dense(channels, dtype=self.dtype_policy, name="projection")
        self.projection.build(input_shape)

    def windows(self, x: KerasTensor) -> KerasTensor:
        """Turn (batch, height, width, channels) into (batch, windows, places, channels)."""
        n, (height, width, channels) = self.window, x.shape[1:]
        x = ops.reshape(x, (-1, height // n, n, width // n, n, channels))
        count = (height // n) * (width // n)
        return ops.reshape(ops.transpose(x, (0, 1, 3, 2, 4, 5)), (-1, count, n * n, channels))

    def bias(self, height: int, width: int, down: int, right: int) -> KerasTensor:
        """Return what is added to the scores: (windows or 1, heads, places, places)."""
        n = self.window
        steps = ops.arange(n)[:, None] - ops.arange(n) + n - 1
        rows = steps[:, None, :, None] * (2 * n - 1) + steps[None, :, None, :]
        bias = ops.take(self.position_bias, ops.reshape(rows, (n * n, n * n)), axis=0)
        bias = ops.transpose(bias, (2, 0, 1))[None]
        if not (down or right):
            return bias
        below = ops.cast(ops.arange(height) >= height - down, "int32")
        beyond = ops.cast(ops.arange(width) >= width - right, "int32")
        sides = self.windows((2 * below[:, None] + beyond)[None, :, :, None])[0]
        seen = sides == ops.swapaxes(sides, 1, 2)
        return ops.where(seen[:, None], bias, -math.inf)

    def call(self, x: KerasTensor) -> KerasTensor:
        n, (height, width, channels) = self.window, x.shape[1:]
        # Where one window takes up an axis, nothing is shifted along it.
        down, right = (self.shift if size > n else 0 for size in (height, width))
        x = self.windows(ops.roll(x, (-down, -right), axis=(1, 2)))
        count, places = x.shape[1:3]
        qkv = ops.reshape(self.qkv(x), (-1, count, places, 3, self.heads, channels // self.heads))
        query, key, value = ops.unstack(ops.transpose(qkv, (3, 0, 1, 4, 2, 5)), 3)
        scores = ops.matmul(query, ops.swapaxes(key, 3, 4)) / math.sqrt(key.shape[-1])
        scores = scores + self.bias(height, width, down, right)
        y = ops.transpose(ops.matmul(ops.softmax(scores), value), (0, 1, 3, 2, 4))
        y = self.projection(ops.reshape(y, (-1, height // n, width // n, n, n, channels)))
        y = ops.reshape(ops.transpose(y, (0, 1, 3, 2, 4, 5)), (-1, height, width, channels))
        return ops.roll(y, (down, right), axis=(1, 2))

    def get_config(self) -> dict[str, object]:
        values = {"heads": self.heads, "window": self.window, "shift": self.shift}
        return {**super().get_config(), **values}


def attend(x: KerasTensor, heads: int, shift: int = 0, *, name: str) -> KerasTensor:
    gathered = layers.LayerNormalization(epsilon=1e-05, name=f"{name}_gathered_layer_norm")(x)
    gathered = WindowAttention(
        heads, window=3, shift=shift, name=f"{name}_gathered_window_attention"
    )(gathered)
    return layers.Add(name=f"{name}_add")([gathered, x])


def windows(*, logits: bool = False) -> keras.Model:
    """float32 (batch, 6, 9, 5) -> probabilities (batch, 3), or logits."""
    inputs = keras.Input((6, 9, 5), name="input")
    x = layers.Conv2D(6, 1, name="conv")(inputs)  # (6, 9, 6)
    for index in range(2):
        x = attend(x, 2, shift=index % 2, name=f"attend_{index}")
    x = attend(x, 3, shift=2, name="shifted")
    x = x[:, :3]  # (3, 9, 6)
    x = WindowAttention(1, window=3, shift=1, name="one_axis")(x)
    x = layers.GlobalAveragePooling2D(name="global_avg_pool")(x)  # (6,)
    x = layers.Dense(3, name="dense")(x)  # (3,)
    outputs = x if logits else layers.Softmax(name="dense_softmax")(x)
    return keras.Model(inputs, outputs, name="windows")
