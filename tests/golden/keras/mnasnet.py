"""mnasnet: MnasNet-B1 (Tan et al., 2018), with the channels of torchvision.

Compiled by archc 0.1.0 from mnasnet.yaml for Keras.
4,383,312 parameters, 314,415,872 multiply-accumulates an image.
"""

import keras
from keras import KerasTensor, layers, ops


def conv_norm(
    x: KerasTensor, filters: int, kernel_size: int = 1, stride: int = 1, *, name: str
) -> KerasTensor:
    if stride > 1:
        x = layers.ZeroPadding2D(kernel_size // 2, name=f"{name}_conv_padding")(x)
    padding = "same" if stride == 1 else "valid"
    x = layers.Conv2D(
        filters, kernel_size, stride, padding=padding, use_bias=False, name=f"{name}_conv"
    )(x)
    return layers.BatchNormalization(momentum=0.9997, epsilon=1e-05, name=f"{name}_batch_norm")(x)


def depthwise_norm(
    x: KerasTensor, kernel_size: int = 3, stride: int = 1, *, name: str
) -> KerasTensor:
    if stride > 1:
        x = layers.ZeroPadding2D(kernel_size // 2, name=f"{name}_depthwise_conv_padding")(x)
    padding = "same" if stride == 1 else "valid"
    x = layers.DepthwiseConv2D(
        kernel_size, stride, padding=padding, use_bias=False, name=f"{name}_depthwise_conv"
    )(x)
    return layers.BatchNormalization(momentum=0.9997, epsilon=1e-05, name=f"{name}_batch_norm")(x)


def inverted_residual(
    x: KerasTensor, filters: int, kernel_size: int, expansion: int, stride: int, *, name: str
) -> KerasTensor:
    in_channels = x.shape[-1]
    main = ops.relu(conv_norm(x, in_channels * expansion, name=f"{name}_main_expand"))
    main = depthwise_norm(
        main, kernel_size=kernel_size, stride=stride, name=f"{name}_main_depthwise"
    )
    main = ops.relu(main)
    main = conv_norm(main, filters, name=f"{name}_main_project")
    if stride == 1 and in_channels == filters:
        main = layers.Add(name=f"{name}_add")([main, x])
    return main


def stage(
    x: KerasTensor,
    filters: int,
    depth: int,
    kernel_size: int,
    expansion: int,
    stride: int,
    *,
    name: str,
) -> KerasTensor:
    for index in range(depth):
        x = inverted_residual(
            x,
            filters,
            kernel_size=kernel_size,
            expansion=expansion,
            stride=stride if index == 0 else 1,
            name=f"{name}_inverted_residual_{index}",
        )
    return x


def mnasnet(*, logits: bool = False) -> keras.Model:
    """float32 (batch, 224, 224, 3) -> probabilities (batch, 1000), or logits."""
    inputs = keras.Input((224, 224, 3), name="input")
    x = ops.relu(conv_norm(inputs, 32, kernel_size=3, stride=2, name="stem"))  # (112, 112, 32)
    x = ops.relu(depthwise_norm(x, name="depthwise_norm"))
    x = conv_norm(x, 16, name="separable")  # (112, 112, 16)
    x = stage(x, 24, depth=3, kernel_size=3, expansion=3, stride=2, name="stage1")  # (56, 56, 24)
    x = stage(x, 40, depth=3, kernel_size=5, expansion=3, stride=2, name="stage2")  # (28, 28, 40)
    x = stage(x, 80, depth=3, kernel_size=5, expansion=6, stride=2, name="stage3")  # (14, 14, 80)
    x = stage(x, 96, depth=2, kernel_size=3, expansion=6, stride=1, name="stage4")  # (14, 14, 96)
    x = stage(x, 192, depth=4, kernel_size=5, expansion=6, stride=2, name="stage5")  # (7, 7, 192)
    x = stage(x, 320, depth=1, kernel_size=3, expansion=6, stride=1, name="stage6")  # (7, 7, 320)
    x = ops.relu(conv_norm(x, 1280, name="head"))  # (7, 7, 1280)
    x = layers.GlobalAveragePooling2D(name="global_avg_pool")(x)  # (1280,)
    x = layers.Dropout(0.2, name="dropout")(x)
    x = layers.Dense(1000, name="dense")(x)  # (1000,)
    outputs = x if logits else layers.Softmax(name="dense_softmax")(x)
    return keras.Model(inputs, outputs, name="mnasnet")
