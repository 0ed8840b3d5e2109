"""Functions that an emitted file holds where Keras has no layer for what is meant."""

from __future__ import annotations

from archc_keras.definitions_attention import ATTENTION
from archc_keras.definitions_tokens import TOKENS

LOCAL_RESPONSE_NORM = '''\
def local_response_norm(
    x: KerasTensor, size: int, alpha: float, beta: float, bias: float = 1.0
) -> KerasTensor:
    """Divide each value by the energy of the `size` channels around it."""
    channels = x.shape[-1]
    around = (size // 2, (size - 1) // 2)
    squares = ops.pad(ops.square(x), (*[(0, 0)] * (len(x.shape) - 1), around))
    energy = sum(squares[..., i : i + channels] for i in range(size))
    return x / ops.power(bias + alpha / size * energy, beta)
'''

AVERAGE_POOL = '''\
def average_pool(
    x: KerasTensor,
    pool_size: int | tuple[int, ...],
    strides: int | tuple[int, ...],
    padding: tuple[tuple[int, int], ...],
) -> KerasTensor:
    """Average each window over its real values: what is padded does not count."""
    around = ((0, 0), *padding, (0, 0))
    real = ops.pad(ops.ones_like(x[..., :1]), around)
    share = ops.average_pool(real, pool_size, strides)
    return ops.average_pool(ops.pad(x, around), pool_size, strides) / share
'''

LAYER = '''\
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
'''

CHANNEL_SHUFFLE = '''\
def channel_shuffle(x: KerasTensor, groups: int) -> KerasTensor:
    """Deal the channels out, one of each of the groups in turn."""
    channels = x.shape[-1]
    size = channels // groups
    return ops.take(x, [c for i in range(size) for c in range(i, channels, size)], axis=-1)
'''

PIXEL_SHUFFLE = '''\
def pixel_shuffle(x: KerasTensor, scale: int) -> KerasTensor:
    """Make of every `scale * scale` neighbouring channels a square of pixels."""
    channels, area = x.shape[-1], scale * scale
    order = [c for i in range(area) for c in range(i, channels, area)]
    x = ops.take(x, order, axis=-1)
    return ops.depth_to_space(x, scale) if scale > 1 else x
'''

ADAPTIVE_MAX_POOL = '''\
def adaptive_max_pool(x: KerasTensor, sizes: tuple[int, ...]) -> KerasTensor:
    """Keep the largest values of windows that are spread evenly, so many along each axis."""
    for axis, size in enumerate(sizes, 1):
        n = x.shape[axis]
        windows = [list(range(i * n // size, -(-(i + 1) * n // size))) for i in range(size)]
        x = ops.stack([ops.max(ops.take(x, window, axis), axis) for window in windows], axis)
    return x
'''

MAX_UNPOOLING = '''\
@keras.saving.register_keras_serializable()
class MaxUnpooling(layers.Layer):
    """Put each value of `x` where the largest of its window of `y` stood, and zeros elsewhere."""

    def __init__(self, pool_size: tuple[int, ...], **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.pool_size = tuple(pool_size)

    def call(self, inputs: list[KerasTensor]) -> KerasTensor:
        x, y = inputs
        *sizes, channels = ops.shape(y)[1:]
        rank, area = len(sizes), math.prod(self.pool_size)
        windows = [-(-n // k) for n, k in zip(sizes, self.pool_size, strict=True)]
        whole = [n * k for n, k in zip(windows, self.pool_size, strict=True)]
        # The windows' places follow the channels, row by row, for the first of the largest.
        split = [n for pair in zip(windows, self.pool_size, strict=True) for n in pair]
        order = (0, *range(1, 2 * rank, 2), 2 * rank + 1, *range(2, 2 * rank + 1, 2))
        y = ops.reshape(self.pad_to(y, whole, float("-inf")), (-1, *split, channels))
        y = ops.reshape(ops.transpose(y, order), (-1, *windows, channels, area))
        places = ops.one_hot(ops.argmax(y, axis=-1), area, dtype=x.dtype)
        x = self.pad_to(x, windows, 0.0)[..., None] * places
        # And back to where they stood.
        x = ops.reshape(x, (-1, *windows, channels, *self.pool_size))
        x = ops.transpose(x, [order.index(axis) for axis in range(2 * rank + 2)])
        x = ops.reshape(x, (-1, *whole, channels))
        return x[(slice(None), *map(slice, sizes))]

    def pad_to(self, x: KerasTensor, sizes: list[int], value: float) -> KerasTensor:
        after = [n - m for n, m in zip(sizes, ops.shape(x)[1:-1], strict=True)]
        return ops.pad(x, [(0, 0), *[(0, n) for n in after], (0, 0)], constant_values=value)

    def get_config(self) -> dict[str, object]:
        return {**super().get_config(), "pool_size": self.pool_size}
'''

CELU = '''\
@keras.saving.register_keras_serializable()
class Celu(layers.Layer):
    """Keep what is positive, and let the rest go to -alpha with a continuous slope."""

    def __init__(self, alpha: float, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.alpha = alpha

    def call(self, x: KerasTensor) -> KerasTensor:
        return self.alpha * ops.elu(x / self.alpha)

    def get_config(self) -> dict[str, object]:
        return {**super().get_config(), "alpha": self.alpha}
'''

SCALE = '''\
@keras.saving.register_keras_serializable()
class Scale(layers.Layer):
    """Multiply each channel by a learned number."""

    def __init__(self, initial: float = 1.0, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.initial = initial

    def build(self, shape: tuple[int | None, ...]) -> None:
        start = keras.initializers.Constant(self.initial)
        self.scale = self.add_weight(shape=shape[-1:], initializer=start, name="scale")

    def call(self, x: KerasTensor) -> KerasTensor:
        return x * self.scale

    def get_config(self) -> dict[str, object]:
        return {**super().get_config(), "initial": self.initial}
'''

UNFOLD = '''\
def unfold(
    x: KerasTensor,
    kernel_size: tuple[int, ...],
    strides: tuple[int, ...],
    dilation_rate: tuple[int, ...] = (1, 1, 1),
) -> KerasTensor:
    """Put what each window holds into the channels: row by row, and at each place its channels."""
    for axis in reversed(range(len(kernel_size))):
        size, stride, step = kernel_size[axis], strides[axis], dilation_rate[axis]
        last = (size - 1) * step
        before = (slice(None),) * (axis + 1)
        parts = [
            x[(*before, slice(start, start - last or None, stride))]
            for start in range(0, last + 1, step)
        ]
        x = ops.concatenate(parts, axis=-1)
    return x
'''

FOLD = '''\
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
'''

RESHAPE_BATCH = '''\
@keras.saving.register_keras_serializable()
class ReshapeBatch(layers.Layer):
    """Give a tensor another shape, the batch included."""

    def __init__(self, shape: tuple[int, ...], **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.shape = tuple(shape)

    def call(self, x: KerasTensor) -> KerasTensor:
        return ops.reshape(x, self.shape)

    def get_config(self) -> dict[str, object]:
        return {**super().get_config(), "shape": self.shape}
'''

DEFINITIONS = {
    "local_response_norm": LOCAL_RESPONSE_NORM,
    "average_pool": AVERAGE_POOL,
    "LocalResponseNorm": LAYER,
    "channel_shuffle": CHANNEL_SHUFFLE,
    "pixel_shuffle": PIXEL_SHUFFLE,
    "adaptive_max_pool": ADAPTIVE_MAX_POOL,
    "MaxUnpooling": MAX_UNPOOLING,
    "Celu": CELU,
    "Scale": SCALE,
    "unfold": UNFOLD,
    "Fold": FOLD,
    "ReshapeBatch": RESHAPE_BATCH,
    **ATTENTION,
    **TOKENS,
}
"""Source text by name, in the order in which a file holds them."""
