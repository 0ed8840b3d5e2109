"""resnet: ResNet (He et al., 2015), 50 layers deep unless a variant says otherwise; bottlenecks
stride at their 3x3.

Compiled by archc 0.1.0 from resnet.yaml for Keras.
25,557,032 parameters, 4,089,184,256 multiply-accumulates an image.
"""

import keras
from keras import KerasTensor, layers, ops


def conv_norm(
    x: KerasTensor, filters: int, kernel_size: int = 1, stride: int = 1, *, name: str
) -> KerasTensor:
    if stride > 1 and kernel_size > 1:
        x = layers.ZeroPadding2D(kernel_size // 2, name=f"{name}_conv_padding")(x)
    padding = "same" if stride == 1 else "valid"
    x = layers.Conv2D(
        filters, kernel_size, stride, padding=padding, use_bias=False, name=f"{name}_conv"
    )(x)
    return layers.BatchNormalization(momentum=0.9, epsilon=1e-05, name=f"{name}_batch_norm")(x)


def bottleneck(x: KerasTensor, filters: int, stride: int = 1, *, name: str) -> KerasTensor:
    in_channels = x.shape[-1]
    main = ops.relu(conv_norm(x, filters, name=f"{name}_main_conv_norm1"))
    main = conv_norm(main, filters, kernel_size=3, stride=stride, name=f"{name}_main_conv_norm2")
    main = ops.relu(main)
    main = conv_norm(main, filters * 4, name=f"{name}_main_conv_norm3")
    shortcut = x
    if stride > 1 or in_channels != filters * 4:
        shortcut = conv_norm(x, filters * 4, stride=stride, name=f"{name}_shortcut")
    return ops.relu(layers.Add(name=f"{name}_add")([main, shortcut]))


def stage(x: KerasTensor, filters: int, depth: int, stride: int = 2, *, name: str) -> KerasTensor:
    for index in range(depth):
        x = bottleneck(
            x, filters, stride=stride if index == 0 else 1, name=f"{name}_bottleneck_{index}"
        )
    return x


def resnet(*, logits: bool = False) -> keras.Model:
    """float32 (batch, 224, 224, 3) -> probabilities (batch, 1000), or logits."""
    inputs = keras.Input((224, 224, 3), name="input")
    x = ops.relu(conv_norm(inputs, 64, kernel_size=7, stride=2, name="stem"))  # (112, 112, 64)
    x = ops.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)), constant_values=float("-inf"))
    x = layers.MaxPooling2D(3, 2, name="max_pool")(x)  # (56, 56, 64)
    x = stage(x, 64, depth=3, stride=1, name="stage1")  # (56, 56, 256)
    x = stage(x, 128, depth=4, name="stage2")  # (28, 28, 512)
    x = stage(x, 256, depth=6, name="stage3")  # (14, 14, 1024)
    x = stage(x, 512, depth=3, name="stage4")  # (7, 7, 2048)
    x = layers.GlobalAveragePooling2D(name="global_avg_pool")(x)  # (2048,)
    x = layers.Dense(1000, name="dense")(x)  # (1000,)
    outputs = x if logits else layers.Softmax(name="dense_softmax")(x)
    return keras.Model(inputs, outputs, name="resnet")
