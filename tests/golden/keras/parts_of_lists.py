"""parts_of_lists: Blocks that hand on what is left of a list, and sums of its beginnings.

Compiled by archc 0.1.0 from parts_of_lists.yaml for Keras.
1,458 parameters, 19,859 multiply-accumulates an image.
"""

import math

import keras
from keras import KerasTensor, layers, ops


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


def level(x: KerasTensor, filters: tuple[int, ...], *, name: str) -> KerasTensor:
    x = layers.Conv2D(filters[0], 3, padding="same", activation="tanh", name=f"{name}_conv")(x)
    if len(filters) > 1:
        below = layers.MaxPooling2D(2, padding="same", name=f"{name}_below_max_pool")(x)
        below = level(below, filters[1:], name=f"{name}_below_level")
        below = layers.Conv2D(filters[0], 1, name=f"{name}_below_conv")(below)
        x = MaxUnpooling((2, 2), name=f"{name}_max_unpool")([below, x])
    return x


def heads(x: KerasTensor, widths: tuple[int, ...], *, name: str) -> KerasTensor:
    for index in range(len(widths)):
        x = layers.Dense(
            sum(widths[: index + 1]), activation="tanh", name=f"{name}_dense1_{index}"
        )(x)
    x = layers.Dense(sum(widths[-2:]), name=f"{name}_last")(x)
    x = layers.Dropout(sum(widths[1:-1]) / 100, name=f"{name}_dropout")(x)
    return layers.Dense(len(widths[1:]), name=f"{name}_dense2")(x)


def parts_of_lists(*, logits: bool = False) -> keras.Model:
    """float32 (batch, 12, 9, 2) -> probabilities (batch, 2), or logits."""
    inputs = keras.Input((12, 9, 2), name="input")
    x = level(inputs, (4, 6, 8), name="level")  # (12, 9, 4)
    x = layers.GlobalAveragePooling2D(name="global_avg_pool")(x)  # (4,)
    x = heads(x, (3, 5, 2, 4), name="heads1")  # (3,)
    x = heads(x, (5, 2, 4), name="heads2")  # (2,)
    outputs = x if logits else layers.Softmax(name="softmax")(x)
    return keras.Model(inputs, outputs, name="parts_of_lists")
