"""dense_blocks.

Compiled by archc 0.1.0 from dense_blocks.yaml for Keras.
6,925 parameters, 190,428 multiply-accumulates an image.
"""

import keras
from keras import KerasTensor, layers, ops


def dense_block(x: KerasTensor, depth: int, growth: int, *, name: str) -> KerasTensor:
    for index in range(depth):
        new = layers.BatchNormalization(
            momentum=0.9, epsilon=1e-05, name=f"{name}_concat_{index}_new_batch_norm"
        )(x)
        new = ops.relu(new)
        new = layers.Conv2D(
            growth * 2,
            1,
            use_bias=False,
            name=f"{name}_concat_{index}_new_conv1",
        )(new)
        new = layers.Conv2D(
            growth, 3, padding="same", use_bias=False, name=f"{name}_concat_{index}_new_conv2"
        )(new)
        x = layers.Concatenate(name=f"{name}_concat_{index}")([x, new])
    return x


def transition(x: KerasTensor, *, name: str) -> KerasTensor:
    in_channels = x.shape[-1]
    x = layers.Conv2D(in_channels // 2, 1, name=f"{name}_conv")(x)
    return layers.AveragePooling2D(2, name=f"{name}_avg_pool")(x)


def trunk(x: KerasTensor, growth: int, *, name: str) -> KerasTensor:
    x = dense_block(x, 2, growth=growth, name=f"{name}_dense_block1")
    x = transition(x, name=f"{name}_transition")
    x = dense_block(x, 3, growth=growth, name=f"{name}_dense_block2")
    return layers.Conv2D(6, 1, name=f"{name}_conv")(x)


def dense_blocks(*, logits: bool = False) -> keras.Model:
    """float32 (batch, 12, 12, 3) -> probabilities (batch, 3), or logits."""
    inputs = keras.Input((12, 12, 3), name="input")
    x = dense_block(inputs, 2, growth=4, name="dense_block1")  # (12, 12, 11)
    x = transition(x, name="transition")  # (6, 6, 5)
    x = dense_block(x, 3, growth=4, name="dense_block2")  # (6, 6, 17)
    x = trunk(x, 3, name="trunk1")  # (3, 3, 6)
    x = trunk(x, 5, name="trunk2")  # (1, 1, 6)
    x = layers.GlobalAveragePooling2D(name="global_avg_pool")(x)  # (6,)
    x = layers.Dense(3, name="dense")(x)  # (3,)
    outputs = x if logits else layers.Softmax(name="dense_softmax")(x)
    return keras.Model(inputs, outputs, name="dense_blocks")
