"""skips: A recursive block of two inputs, repeats within repeats with both indices, lists read
by index.

Compiled by archc 0.1.0 from skips.yaml for Keras.
2,054 parameters, 325,446 multiply-accumulates an image.
"""

import keras
from keras import KerasTensor, layers, ops


def fuse(x: KerasTensor, skip: KerasTensor, filters: int, *, name: str) -> KerasTensor:
    skip_channels = skip.shape[-1]
    up = layers.Conv2DTranspose(skip_channels, 3, 2, padding="same", name=f"{name}_up")(x)
    y = layers.Concatenate(name=f"{name}_concat")([skip, up])
    return layers.Conv2D(filters, 3, padding="same", name=f"{name}_conv")(y)


def level(x: KerasTensor, filters: int, depth: int, *, name: str) -> KerasTensor:
    before = layers.Conv2D(filters, 3, padding="same", activation="relu", name=f"{name}_before")(x)
    x = layers.MaxPooling2D(2, name=f"{name}_halved")(before)
    if depth > 1:
        x = level(x, filters + 2, depth=depth - 1, name=f"{name}_level")
    bottom = layers.Conv2D(filters, 1, name=f"{name}_bottom")(x)
    return fuse(bottom, before, filters, name=f"{name}_fuse")


def grid(x: KerasTensor, widths: tuple[int, ...], times: int, *, name: str) -> KerasTensor:
    for index, width in enumerate(widths):
        x = layers.Conv2D(width, 1, name=f"{name}_outer_{index}_conv")(x)
        for index_ in range(times):
            x = ops.relu6(x)
            x = layers.Conv2D(3 + index_, 1, name=f"{name}_outer_{index}_inner_{index_}_conv")(x)
    return x


def skips() -> keras.Model:
    """float32 (batch, 16, 24, 3) -> (batch, 2)."""
    inputs = keras.Input((16, 24, 3), name="input")
    x = level(inputs, 4, depth=2, name="level")  # (16, 24, 4)
    x = grid(x, (4, 6, 3), times=2, name="grid1")
    x = grid(x, (2, 5), times=1, name="grid2")  # (16, 24, 3)
    for index in range(2):
        x = layers.AveragePooling2D(2, name=f"avg_pool_{index}")(x)
    x = layers.GlobalAveragePooling2D(name="global_avg_pool")(x)  # (3,)
    outputs = layers.Dense(2, name="dense")(x)  # (2,)
    return keras.Model(inputs, outputs, name="skips")
