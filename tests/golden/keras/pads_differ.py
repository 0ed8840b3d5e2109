"""pads_differ: One block at sizes that want different pads, and one repeated where they differ
from turn to turn.

Compiled by archc 0.1.0 from pads_differ.yaml for Keras.
2,100 parameters, 165,660 multiply-accumulates an image.
"""

import keras
from keras import KerasTensor, layers, ops


def halve(x: KerasTensor, filters: int, kernel_size: int = 3, *, name: str) -> KerasTensor:
    x = layers.Conv2D(
        filters,
        kernel_size,
        2,
        padding="same",
        use_bias=False,
        name=f"{name}_conv",
    )(x)
    x = layers.BatchNormalization(momentum=0.9, epsilon=1e-05, name=f"{name}_batch_norm")(x)
    return ops.relu6(x)


def pads_differ() -> keras.Model:
    """float32 (batch, 45, 38, 3) -> (batch, 8)."""
    inputs = keras.Input((45, 38, 3), name="input")
    x = halve(inputs, 4, name="halve1")  # (23, 19, 4)
    x = halve(x, 8, kernel_size=5, name="halve2")  # (12, 10, 8)
    for index in range(2):
        x = layers.Conv2D(8, 3, 2, padding="same", name=f"conv_{index}")(x)
    x = layers.MaxPooling2D(2, padding="same", name="max_pool")(x)  # (2, 2, 8)
    outputs = layers.GlobalAveragePooling2D(name="global_avg_pool")(x)  # (8,)
    return keras.Model(inputs, outputs, name="pads_differ")
