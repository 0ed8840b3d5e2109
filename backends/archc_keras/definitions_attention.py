"""Functions and classes for attention that an emitted file holds, as source text. See `definitions`."""

from __future__ import annotations

HEADS = '''\
@keras.saving.register_keras_serializable()
class ScaledDotProductAttention(layers.Layer):
    """Attention of queries to keys and values, in heads: each works on its part of the channels."""

    def __init__(self, heads: int = 1, causal: bool = False, *, name: str | None = None) -> None:
        super().__init__(name=name)
        self.heads, self.causal = heads, causal

    def call(self, query: KerasTensor, key: KerasTensor, value: KerasTensor) -> KerasTensor:
        query, key, value = (
            ops.stack(ops.split(x, self.heads, axis=2), axis=1) for x in (query, key, value)
        )
        scores = ops.matmul(query, ops.swapaxes(key, 2, 3)) / math.sqrt(key.shape[-1])
        if self.causal:
            seen = ops.tril(ops.ones_like(scores[:1, :1], dtype="bool"))
            scores = ops.where(seen, scores, -math.inf)
        y = ops.matmul(ops.softmax(scores), value)
        return ops.concatenate(ops.unstack(y, axis=1), axis=2)

    def get_config(self) -> dict[str, object]:
        return {"heads": self.heads, "causal": self.causal, "name": self.name}
'''

START = '''\
@keras.saving.register_keras_serializable()
class ProjectionUniform(keras.initializers.Initializer):
    """Glorot uniform for kernels that join channels with the `inner` values of all heads."""

    def __init__(self, inner: int) -> None:
        self.inner = inner

    def __call__(self, shape: tuple[int, ...], dtype: str | None = None) -> KerasTensor:
        bound = math.sqrt(6 / (math.prod(shape) / self.inner + self.inner))
        return keras.random.uniform(shape, -bound, bound, dtype)

    def get_config(self) -> dict[str, int]:
        return {"inner": self.inner}
'''

WINDOWS = '''\
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
'''

ATTENTION = {"ScaledDotProductAttention": HEADS, "ProjectionUniform": START, "WindowAttention": WINDOWS}
