"""densenet: DenseNet-BC (Huang, Liu, van der Maaten and Weinberger, 2016), 121 layers deep
unless a variant says otherwise.

Compiled by archc 0.1.0 from densenet.yaml for Keras.
7,978,856 parameters, 2,834,161,664 multiply-accumulates an image.
"""

import keras
from keras import KerasTensor, layers, ops


def norm_relu_conv(x: KerasTensor, filters: int, kernel_size: int = 1, *, name: str) -> KerasTensor:
    x = layers.BatchNormalization(momentum=0.9, epsilon=1e-05, name=f"{name}_batch_norm")(x)
    x = ops.relu(x)
    return layers.Conv2D(
        filters,
        kernel_size,
        padding="same",
        use_bias=False,
        name=f"{name}_conv",
    )(x)


def dense_layer(x: KerasTensor, growth: int, *, name: str) -> KerasTensor:
    new = norm_relu_conv(x, growth * 4, name=f"{name}_new_bottleneck")
    new = norm_relu_conv(new, growth, kernel_size=3, name=f"{name}_new_grow")
    return layers.Concatenate(name=f"{name}_concat")([x, new])


def transition(x: KerasTensor, *, name: str) -> KerasTensor:
    in_channels = x.shape[-1]
    x = norm_relu_conv(x, in_channels // 2, name=f"{name}_norm_relu_conv")
    return layers.AveragePooling2D(2, name=f"{name}_avg_pool")(x)


def densenet(*, logits: bool = False) -> keras.Model:
    """float32 (batch, 224, 224, 3) -> probabilities (batch, 1000), or logits."""
    inputs = keras.Input((224, 224, 3), name="input")
    x = layers.ZeroPadding2D(3, name="conv_padding")(inputs)
    x = layers.Conv2D(64, 7, 2, use_bias=False, name="conv")(x)  # (112, 112, 64)
    x = layers.BatchNormalization(momentum=0.9, epsilon=1e-05, name="batch_norm1")(x)
    x = ops.relu(x)
    x = ops.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)), constant_values=float("-inf"))
    x = layers.MaxPooling2D(3, 2, name="max_pool")(x)  # (56, 56, 64)
    for index in range(6):
        x = dense_layer(x, 32, name=f"dense_block1_{index}")
    x = transition(x, name="transition1")  # (28, 28, 128)
    for index in range(12):
        x = dense_layer(x, 32, name=f"dense_block2_{index}")
    x = transition(x, name="transition2")  # (14, 14, 256)
    for index in range(24):
        x = dense_layer(x, 32, name=f"dense_block3_{index}")
    x = transition(x, name="transition3")  # (7, 7, 512)
    for index in range(16):
        x = dense_layer(x, 32, name=f"dense_block4_{index}")
    x = layers.BatchNormalization(momentum=0.9, epsilon=1e-05, name="batch_norm2")(x)
    x = ops.relu(x)
    x = layers.GlobalAveragePooling2D(name="global_avg_pool")(x)  # (1024,)
    x = layers.Dense(1000, name="dense")(x)  # (1000,)
    outputs = x if logits else layers.Softmax(name="dense_softmax")(x)
    return keras.Model(inputs, outputs, name="densenet")
