"""Functions and classes for tokens that an emitted file holds, as source text. See `definitions`."""

from __future__ import annotations

POSITION = '''\
@keras.saving.register_keras_serializable()
class PositionEmbedding(layers.Layer):
    """Add a learned vector to each place of a sequence: (batch, length, channels)."""

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        self.embeddings = self.add_weight(
            shape=input_shape[1:],
            initializer=keras.initializers.RandomUniform(-0.05, 0.05),
            name="embeddings",
        )

    def call(self, x: KerasTensor) -> KerasTensor:
        return x + self.embeddings
'''

CLASS_TOKEN = '''\
@keras.saving.register_keras_serializable()
class ClassToken(layers.Layer):
    """Put a learned vector before a sequence: (batch, length, channels)."""

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        self.token = self.add_weight(shape=input_shape[2:], initializer="zeros", name="token")

    def call(self, x: KerasTensor) -> KerasTensor:
        return ops.concatenate([ops.zeros_like(x[:, :1]) + self.token, x], axis=1)
'''

SINUSOIDAL = '''\
@keras.saving.register_keras_serializable()
class SinusoidalPositions(layers.Layer):
    """Add sines and cosines of the position to a sequence: (batch, length, channels)."""

    def call(self, x: KerasTensor) -> KerasTensor:
        length, channels = x.shape[1:]
        pairs = ops.arange(0, channels, 2, dtype=x.dtype)
        angles = ops.arange(length, dtype=x.dtype)[:, None] / 10000 ** (pairs / channels)
        waves = ops.stack([ops.sin(angles), ops.cos(angles)], axis=2)
        return x + ops.reshape(waves, (length, -1))[:, :channels]
'''

ROTARY = '''\
@keras.saving.register_keras_serializable()
class Rotary(layers.Layer):
    """Turn pairs of channels by angles that grow with the position: (batch, length, channels)."""

    def __init__(self, heads: int = 1, base: float = 10000.0, *, name: str | None = None) -> None:
        super().__init__(name=name)
        self.heads, self.base = heads, base

    def call(self, x: KerasTensor) -> KerasTensor:
        length, channels = x.shape[1:]
        pairs = ops.arange(0, channels, 2, dtype=x.dtype) % (channels // self.heads)
        rates = self.base ** (pairs * self.heads / channels)
        angles = ops.arange(length, dtype=x.dtype)[:, None] / rates
        even, odd, cos, sin = x[:, :, ::2], x[:, :, 1::2], ops.cos(angles), ops.sin(angles)
        turned = ops.stack([even * cos - odd * sin, even * sin + odd * cos], axis=3)
        return ops.reshape(turned, (-1, length, channels))

    def get_config(self) -> dict[str, object]:
        return {"heads": self.heads, "base": self.base, "name": self.name}
'''

TOKENS = {
    "PositionEmbedding": POSITION,
    "ClassToken": CLASS_TOKEN,
    "SinusoidalPositions": SINUSOIDAL,
    "Rotary": ROTARY,
}
