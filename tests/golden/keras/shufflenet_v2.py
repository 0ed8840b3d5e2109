"""shufflenet_v2: ShuffleNet V2 (Ma et al., 2018), of the width 1.0 unless a variant says
otherwise.

Compiled by archc 0.1.0 from shufflenet_v2.yaml for Keras.
2,278,604 parameters, 144,907,992 multiply-accumulates an image.
"""

import keras
from keras import KerasTensor, layers, ops


def channel_shuffle(x: KerasTensor, groups: int) -> KerasTensor:
    """Deal the channels out, one of each of the groups in turn."""
    channels = x.shape[-1]
    size = channels // groups
    return ops.take(x, [c for i in range(size) for c in range(i, channels, size)], axis=-1)


def conv_norm_relu(x: KerasTensor, filters: int, *, name: str) -> KerasTensor:
    x = layers.Conv2D(filters, 1, use_bias=False, name=f"{name}_conv")(x)
    x = layers.BatchNormalization(momentum=0.9, epsilon=1e-05, name=f"{name}_batch_norm")(x)
    return ops.relu(x)


def separable(x: KerasTensor, filters: int, stride: int = 1, *, name: str) -> KerasTensor:
    if stride > 1:
        x = layers.ZeroPadding2D(1, name=f"{name}_depthwise_conv_padding")(x)
    padding = "same" if stride == 1 else "valid"
    x = layers.DepthwiseConv2D(
        3, stride, padding=padding, use_bias=False, name=f"{name}_depthwise_conv"
    )(x)
    x = layers.BatchNormalization(momentum=0.9, epsilon=1e-05, name=f"{name}_batch_norm")(x)
    return conv_norm_relu(x, filters, name=f"{name}_conv_norm_relu")


def reduction(x: KerasTensor, filters: int, *, name: str) -> KerasTensor:
    shortcut = separable(x, filters // 2, stride=2, name=f"{name}_shortcut")
    convolved = conv_norm_relu(x, filters // 2, name=f"{name}_convolved_conv_norm_relu")
    convolved = separable(convolved, filters // 2, stride=2, name=f"{name}_convolved_separable")
    x = layers.Concatenate(name=f"{name}_concat")([shortcut, convolved])
    return channel_shuffle(x, 2)


def unit(x: KerasTensor, *, name: str) -> KerasTensor:
    in_channels = x.shape[-1]
    kept, convolved = ops.split(x, 2, axis=-1)
    convolved = conv_norm_relu(convolved, in_channels // 2, name=f"{name}_convolved_conv_norm_relu")
    convolved = separable(convolved, in_channels // 2, name=f"{name}_convolved_separable")
    x = layers.Concatenate(name=f"{name}_concat")([kept, convolved])
    return channel_shuffle(x, 2)


def stage(x: KerasTensor, filters: int, depth: int, *, name: str) -> KerasTensor:
    x = reduction(x, filters, name=f"{name}_reduction")
    for index in range(depth - 1):
        x = unit(x, name=f"{name}_unit_{index}")
    return x


def shufflenet_v2(*, logits: bool = False) -> keras.Model:
    """float32 (batch, 224, 224, 3) -> probabilities (batch, 1000), or logits."""
    inputs = keras.Input((224, 224, 3), name="input")
    x = layers.ZeroPadding2D(1, name="conv_padding")(inputs)
    x = layers.Conv2D(24, 3, 2, use_bias=False, name="conv")(x)  # (112, 112, 24)
    x = ops.relu(layers.BatchNormalization(momentum=0.9, epsilon=1e-05, name="batch_norm")(x))
    x = ops.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)), constant_values=float("-inf"))
    x = layers.MaxPooling2D(3, 2, name="max_pool")(x)  # (56, 56, 24)
    x = stage(x, 116, depth=4, name="stage1")  # (28, 28, 116)
    x = stage(x, 232, depth=8, name="stage2")  # (14, 14, 232)
    x = stage(x, 464, depth=4, name="stage3")  # (7, 7, 464)
    x = conv_norm_relu(x, 1024, name="head")  # (7, 7, 1024)
    x = layers.GlobalAveragePooling2D(name="global_avg_pool")(x)  # (1024,)
    x = layers.Dense(1000, name="dense")(x)  # (1000,)
    outputs = x if logits else layers.Softmax(name="dense_softmax")(x)
    return keras.Model(inputs, outputs, name="shufflenet_v2")
