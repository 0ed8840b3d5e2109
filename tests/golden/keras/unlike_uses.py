"""unlike_uses: Steps whose uses have little in common. Sums that Keras would take for a bias
here and not there, and channels that shrink by turns.

Compiled by archc 0.1.0 from unlike_uses.yaml for Keras.
156 parameters, 1,464 multiply-accumulates an example.
"""

import keras
from keras import KerasTensor, layers, ops


def join(a: KerasTensor, b: KerasTensor, *, name: str) -> KerasTensor:
    return layers.Subtract(name=f"{name}_add")([a, ops.negative(b)])


def narrow(x: KerasTensor, *, name: str) -> KerasTensor:
    return layers.Conv1D(2, 1, name=f"{name}_conv")(x)


def self_product(x: KerasTensor, *, name: str) -> KerasTensor:
    other = ops.tanh(x)
    x = ops.matmul(x, ops.swapaxes(other, 1, 2))
    return narrow(x, name=f"{name}_narrow")


def unlike_uses() -> keras.Model:
    """image float32 (batch, 3, 4, 3), words float32 (batch, 4, 7) -> left (batch, 4, 2), right
    (batch, 3, 4, 3), turned (batch, 2), made (batch, 2).
    """
    image = keras.Input((3, 4, 3), name="image")
    words = keras.Input((4, 7), name="words")
    thin = layers.Conv2D(1, 1, name="thin")(image)  # (3, 4, 1)
    x = join(image, thin, name="join")  # (3, 4, 3)
    wide = layers.Conv2D(3, 1, name="wide")(x)
    low = layers.MaxPooling2D((3, 1), name="low")(wide)  # (1, 4, 3)
    right = join(wide, low, name="right")  # (3, 4, 3)
    x = words  # (4, 7)
    for index in range(2):
        x = x[:, :, :-1]
        x = layers.DepthwiseConv1D(1, name=f"chain_{index}_depthwise_conv")(x)
    for _ in range(2):
        x = x[:, :, :-2]
    x = ops.relu(x)  # (4, 1)
    x = layers.Dense(4, name="dense")(x)  # (4, 4)
    left = self_product(x, name="left")  # (4, 2)
    x = left
    for index in range(1):
        x = layers.Reshape((2, 2, 2), name=f"reshape1_{index}")(x)
    made = layers.GlobalAveragePooling2D(name="made")(x)  # (2,)
    x = layers.Conv1D(3, 1, name="conv")(words)  # (4, 3)
    x = layers.Reshape((2, 3, 2), name="reshape2")(x)  # (2, 3, 2)
    for index in range(3):
        if index > 0:
            x = layers.Conv2DTranspose(
                2, 3, 2**index, padding="same", name=f"conv_transpose_{index}"
            )(x)
    turned = layers.GlobalMaxPooling2D(name="turned")(x)  # (2,)
    return keras.Model([image, words], [left, right, turned, made], name="unlike_uses")
