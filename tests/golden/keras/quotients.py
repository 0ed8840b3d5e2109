"""quotients: Quotients that are whole in the first use or turn, and not in the next.

Compiled by archc 0.1.0 from quotients.yaml for Keras.
211 parameters, 192 multiply-accumulates an image.
"""

import keras
from keras import KerasTensor, layers, ops


def norm(x: KerasTensor, *, name: str) -> KerasTensor:
    in_height = x.shape[1]
    x = layers.BatchNormalization(
        momentum=in_height / 8,
        epsilon=1e-05,
        name=f"{name}_batch_norm",
    )(x)
    return ops.elu(x, in_height // 4)


def quotients(*, logits: bool = False) -> keras.Model:
    """float32 (batch, 8, 8, 4) -> probabilities (batch, 3), or logits."""
    inputs = keras.Input((8, 8, 4), name="input")
    x = norm(inputs, name="norm1")
    x = layers.MaxPooling2D(2, name="max_pool")(x)  # (4, 4, 4)
    x = norm(x, name="norm2")
    for index in range(3):
        x = ops.leaky_relu(x, index / 4)
    for index in range(2):
        x = layers.Rescaling((index + 2) / 2, offset=0.5, name=f"rescale_{index}")(x)
    x = layers.Flatten(name="flatten")(x)  # (64,)
    x = layers.Dense(3, name="dense")(x)  # (3,)
    outputs = x if logits else layers.Softmax(name="dense_softmax")(x)
    return keras.Model(inputs, outputs, name="quotients")
