"""mobilenet_v2: MobileNetV2 (Sandler et al., 2018).

Compiled by archc 0.1.0 from mobilenet_v2.yaml for Keras.
3,504,872 parameters, 300,774,272 multiply-accumulates an image.
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
    return layers.BatchNormalization(momentum=0.9, epsilon=1e-05, name=f"{name}_batch_norm")(x)


def inverted_residual(
    x: KerasTensor, filters: int, expansion: int, stride: int = 1, *, name: str
) -> KerasTensor:
    in_channels = x.shape[-1]
    main = x
    if expansion > 1:
        main = ops.relu6(conv_norm(x, in_channels * expansion, name=f"{name}_main_expand"))
    if stride > 1:
        main = layers.ZeroPadding2D(1, name=f"{name}_main_depthwise_conv_padding")(main)
    padding = "same" if stride == 1 else "valid"
    main = layers.DepthwiseConv2D(
        3, stride, padding=padding, use_bias=False, name=f"{name}_main_depthwise_conv"
    )(main)
    main = layers.BatchNormalization(
        momentum=0.9,
        epsilon=1e-05,
        name=f"{name}_main_batch_norm",
    )(main)
    main = ops.relu6(main)
    main = conv_norm(main, filters, name=f"{name}_main_project")
    if stride == 1 and in_channels == filters:
        main = layers.Add(name=f"{name}_add")([main, x])
    return main


def stage(
    x: KerasTensor, filters: int, depth: int, stride: int, expansion: int = 6, *, name: str
) -> KerasTensor:
    for index in range(depth):
        x = inverted_residual(
            x,
            filters,
            expansion=expansion,
            stride=stride if index == 0 else 1,
            name=f"{name}_inverted_residual_{index}",
        )
    return x


def mobilenet_v2(*, logits: bool = False) -> keras.Model:
    """float32 (batch, 224, 224, 3) -> probabilities (batch, 1000), or logits."""
    inputs = keras.Input((224, 224, 3), name="input")
    x = ops.relu6(conv_norm(inputs, 32, kernel_size=3, stride=2, name="stem"))  # (112, 112, 32)
    x = stage(x, 16, depth=1, stride=1, expansion=1, name="stage1")  # (112, 112, 16)
    x = stage(x, 24, depth=2, stride=2, name="stage2")  # (56, 56, 24)
    x = stage(x, 32, depth=3, stride=2, name="stage3")  # (28, 28, 32)
    x = stage(x, 64, depth=4, stride=2, name="stage4")  # (14, 14, 64)
    x = stage(x, 96, depth=3, stride=1, name="stage5")  # (14, 14, 96)
    x = stage(x, 160, depth=3, stride=2, name="stage6")  # (7, 7, 160)
    x = stage(x, 320, depth=1, stride=1, name="stage7")  # (7, 7, 320)
    x = ops.relu6(conv_norm(x, 1280, name="head"))  # (7, 7, 1280)
    x = layers.GlobalAveragePooling2D(name="global_avg_pool")(x)  # (1280,)
    x = layers.Dropout(0.2, name="dropout")(x)
    x = layers.Dense(1000, name="dense")(x)  # (1000,)
    outputs = x if logits else layers.Softmax(name="dense_softmax")(x)
    return keras.Model(inputs, outputs, name="mobilenet_v2")
