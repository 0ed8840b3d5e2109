"""list: Names that mean something to Python or to a framework.

Compiled by archc 0.1.0 from names.yaml for Keras.
327 parameters, 16,969 multiply-accumulates an image.
"""

import keras
from keras import KerasTensor, layers, ops


def tensor(
    x: KerasTensor,
    x_: int,
    self: int,
    in_channels: int = 2,
    name_: int = 3,
    none: int = 1,
    torch: int = 1,
    *,
    name: str,
) -> KerasTensor:
    x = layers.Conv2D(
        x_ * in_channels,
        name_,
        padding="same",
        groups=none,
        name=f"{name}_layers",
    )(x)
    return layers.Conv2D(self, torch, name=f"{name}_ops")(x)


def layers_(x: KerasTensor, index_: int = 2, *, name: str) -> KerasTensor:
    return layers.Conv2D(index_, 1, name=f"{name}_keras")(x)


def list_() -> keras.Model:
    """float32 (batch, 8, 8, 3) -> (batch, 3)."""
    inputs = keras.Input((8, 8, 3), name="input")
    x = tensor(inputs, 2, self=4, name="tensor")  # (8, 8, 4)
    x = tensor(x, 3, self=3, in_channels=4, name_=1, none=2, torch=2, name="nn")  # (7, 7, 3)
    x = ops.relu(layers_(x, index_=3, name="layers"))
    outputs = layers.GlobalAveragePooling2D(name="global_avg_pool")(x)  # (3,)
    return keras.Model(inputs, outputs, name="list")
