"""swin: Swin Transformer (Liu et al., 2021, arXiv:2103.14030), tiny unless a variant says
otherwise.

Compiled by archc 0.1.0 from swin.yaml for Keras.
28,288,354 parameters, 4,490,566,656 multiply-accumulates an image.
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


def patch_merging(x: KerasTensor, *, name: str) -> KerasTensor:
    in_channels = x.shape[-1]
    upper = x[:, ::2]
    lower = x[:, 1::2]
    x = layers.Concatenate(name=f"{name}_concat1")([upper, lower])
    left = x[:, :, ::2]
    right = x[:, :, 1::2]
    x = layers.Concatenate(name=f"{name}_concat2")([left, right])
    x = layers.LayerNormalization(epsilon=1e-05, name=f"{name}_layer_norm")(x)
    return layers.Conv2D(in_channels * 2, 1, use_bias=False, name=f"{name}_conv")(x)


def swin_block(x: KerasTensor, heads: int, shift: int, rate: float, *, name: str) -> KerasTensor:
    in_channels = x.shape[-1]
    attention = layers.LayerNormalization(epsilon=1e-05, name=f"{name}_attention_layer_norm")(x)
    attention = WindowAttention(
        heads, window=7, shift=shift, name=f"{name}_attention_window_attention"
    )(attention)
    attention = layers.Dropout(
        rate, noise_shape=(None, 1, 1, 1), name=f"{name}_attention_drop_path"
    )(attention)
    x = layers.Add(name=f"{name}_add1")([attention, x])
    mlp = layers.LayerNormalization(epsilon=1e-05, name=f"{name}_mlp_layer_norm")(x)
    mlp = layers.Conv2D(in_channels * 4, 1, activation="gelu", name=f"{name}_mlp_conv1")(mlp)
    mlp = layers.Conv2D(in_channels, 1, name=f"{name}_mlp_conv2")(mlp)
    mlp = layers.Dropout(rate, noise_shape=(None, 1, 1, 1), name=f"{name}_mlp_drop_path")(mlp)
    return layers.Add(name=f"{name}_add2")([mlp, x])


def stage(
    x: KerasTensor, heads: int, depth: int, before: int, total: int, rate: float, *, name: str
) -> KerasTensor:
    if before > 0:
        x = patch_merging(x, name=f"{name}_patch_merging")
    for index in range(depth):
        x = swin_block(
            x,
            heads,
            shift=index % 2 * 3,
            rate=rate * (before + index) / (total - 1),
            name=f"{name}_swin_block_{index}",
        )
    return x


def swin(*, logits: bool = False) -> keras.Model:
    """float32 (batch, 224, 224, 3) -> probabilities (batch, 1000), or logits."""
    inputs = keras.Input((224, 224, 3), name="input")
    x = layers.Conv2D(96, 4, 4, name="patches")(inputs)  # (56, 56, 96)
    x = layers.LayerNormalization(epsilon=1e-05, name="layer_norm1")(x)
    x = stage(x, 3, depth=2, before=0, total=12, rate=0.2, name="stage1")
    x = stage(x, 6, depth=2, before=2, total=12, rate=0.2, name="stage2")  # (28, 28, 192)
    x = stage(x, 12, depth=6, before=4, total=12, rate=0.2, name="stage3")  # (14, 14, 384)
    x = stage(x, 24, depth=2, before=10, total=12, rate=0.2, name="stage4")  # (7, 7, 768)
    x = layers.LayerNormalization(epsilon=1e-05, name="layer_norm2")(x)
    x = layers.GlobalAveragePooling2D(name="global_avg_pool")(x)  # (768,)
    x = layers.Dense(1000, name="dense")(x)  # (1000,)
    outputs = x if logits else layers.Softmax(name="dense_softmax")(x)
    return keras.Model(inputs, outputs, name="swin")
