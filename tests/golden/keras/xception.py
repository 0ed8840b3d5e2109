"""xception: Xception (Chollet, 2016), with the padding and the norms of Keras.

Compiled by archc 0.1.0 from xception.yaml for Keras.
22,855,952 parameters, 8,357,403,496 multiply-accumulates an image.
"""

import keras
from keras import KerasTensor, layers, ops


def separable_norm(x: KerasTensor, filters: int, *, name: str) -> KerasTensor:
    x = layers.SeparableConv2D(
        filters, 3, padding="same", use_bias=False, name=f"{name}_separable_conv"
    )(x)
    return layers.BatchNormalization(name=f"{name}_batch_norm")(x)


def reduction(
    x: KerasTensor, filters: int, hidden: int, rectified: bool = True, *, name: str
) -> KerasTensor:
    main = x
    if rectified:
        main = ops.relu(x)
    main = ops.relu(separable_norm(main, hidden, name=f"{name}_main_separable_norm1"))
    main = separable_norm(main, filters, name=f"{name}_main_separable_norm2")
    main = layers.MaxPooling2D(3, 2, padding="same", name=f"{name}_main_max_pool")(main)
    shortcut = layers.Conv2D(filters, 1, 2, use_bias=False, name=f"{name}_shortcut_conv")(x)
    shortcut = layers.BatchNormalization(name=f"{name}_shortcut_batch_norm")(shortcut)
    return layers.Add(name=f"{name}_add")([main, shortcut])


def middle(x: KerasTensor, filters: int, *, name: str) -> KerasTensor:
    main = x
    for index in range(3):
        main = ops.relu(main)
        main = separable_norm(main, filters, name=f"{name}_main_{index}_separable_norm")
    return layers.Add(name=f"{name}_add")([main, x])


def xception(*, logits: bool = False) -> keras.Model:
    """float32 (batch, 299, 299, 3) -> probabilities (batch, 1000), or logits."""
    inputs = keras.Input((299, 299, 3), name="input")
    x = layers.Conv2D(32, 3, 2, use_bias=False, name="conv1")(inputs)  # (149, 149, 32)
    x = ops.relu(layers.BatchNormalization(name="batch_norm1")(x))
    x = layers.Conv2D(64, 3, use_bias=False, name="conv2")(x)  # (147, 147, 64)
    x = ops.relu(layers.BatchNormalization(name="batch_norm2")(x))
    x = reduction(x, 128, hidden=128, rectified=False, name="reduction1")  # (74, 74, 128)
    x = reduction(x, 256, hidden=256, name="reduction2")  # (37, 37, 256)
    x = reduction(x, 728, hidden=728, name="reduction3")  # (19, 19, 728)
    for index in range(8):
        x = middle(x, 728, name=f"middle_{index}")
    x = reduction(x, 1024, hidden=728, name="reduction4")  # (10, 10, 1024)
    x = ops.relu(separable_norm(x, 1536, name="separable_norm1"))  # (10, 10, 1536)
    x = ops.relu(separable_norm(x, 2048, name="separable_norm2"))  # (10, 10, 2048)
    x = layers.GlobalAveragePooling2D(name="global_avg_pool")(x)  # (2048,)
    x = layers.Dense(1000, name="dense")(x)  # (1000,)
    outputs = x if logits else layers.Softmax(name="dense_softmax")(x)
    return keras.Model(inputs, outputs, name="xception")
