"""mobilenet_v1: MobileNet (Howard et al., 2017), with the padding, the relu6 and the norms of
Keras.

Compiled by archc 0.1.0 from mobilenet_v1.yaml for Keras.
4,231,976 parameters, 568,740,352 multiply-accumulates an image.
"""

import keras
from keras import KerasTensor, layers, ops


def separable(x: KerasTensor, filters: int, stride: int = 1, *, name: str) -> KerasTensor:
    x = layers.DepthwiseConv2D(
        3,
        stride,
        padding="same",
        use_bias=False,
        name=f"{name}_depthwise",
    )(x)
    x = ops.relu6(layers.BatchNormalization(name=f"{name}_depthwise_norm")(x))
    x = layers.Conv2D(filters, 1, use_bias=False, name=f"{name}_pointwise")(x)
    return ops.relu6(layers.BatchNormalization(name=f"{name}_pointwise_norm")(x))


def mobilenet_v1(*, logits: bool = False) -> keras.Model:
    """float32 (batch, 224, 224, 3) -> probabilities (batch, 1000), or logits."""
    inputs = keras.Input((224, 224, 3), name="input")
    x = layers.Conv2D(32, 3, 2, padding="same", use_bias=False, name="conv")(inputs)
    x = ops.relu6(layers.BatchNormalization(name="batch_norm")(x))
    x = separable(x, 64, name="separable1")  # (112, 112, 64)
    x = separable(x, 128, stride=2, name="separable2")  # (56, 56, 128)
    x = separable(x, 128, name="separable3")
    x = separable(x, 256, stride=2, name="separable4")  # (28, 28, 256)
    x = separable(x, 256, name="separable5")
    x = separable(x, 512, stride=2, name="separable6")  # (14, 14, 512)
    for index in range(5):
        x = separable(x, 512, name=f"separable7_{index}")
    x = separable(x, 1024, stride=2, name="separable8")  # (7, 7, 1024)
    x = separable(x, 1024, name="separable9")
    x = layers.GlobalAveragePooling2D(name="global_avg_pool")(x)  # (1024,)
    x = layers.Dropout(0.001, name="dropout")(x)
    x = layers.Dense(1000, name="dense")(x)  # (1000,)
    outputs = x if logits else layers.Softmax(name="dense_softmax")(x)
    return keras.Model(inputs, outputs, name="mobilenet_v1")
