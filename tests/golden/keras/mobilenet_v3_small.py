"""mobilenet_v3_small: MobileNetV3-Small (Howard et al., 2019), of the blocks of
MobileNetV3-Large.

Compiled by archc 0.1.0 from mobilenet_v3_small.yaml for Keras.
2,542,856 parameters, 56,510,400 multiply-accumulates an image.
"""

import keras
from keras import KerasTensor, layers, ops


def divisible(x: float, by: int) -> int:
    """Round to a multiple of `by`: at least `by`, at most 10 % below `x`, as MobileNet does."""
    rounded = max(by, int(x + by / 2) // by * by)
    return rounded + by if rounded < 0.9 * x else rounded


def conv_norm(
    x: KerasTensor, filters: int, kernel_size: int = 1, stride: int = 1, *, name: str
) -> KerasTensor:
    if stride > 1:
        x = layers.ZeroPadding2D(kernel_size // 2, name=f"{name}_conv_padding")(x)
    padding = "same" if stride == 1 else "valid"
    x = layers.Conv2D(
        filters, kernel_size, stride, padding=padding, use_bias=False, name=f"{name}_conv"
    )(x)
    return layers.BatchNormalization(name=f"{name}_batch_norm")(x)


def rectifier(x: KerasTensor, hard: bool) -> KerasTensor:
    if hard:
        x = ops.hard_swish(x)
    else:
        x = ops.relu(x)
    return x


def squeeze_excite(x: KerasTensor, *, name: str) -> KerasTensor:
    in_channels = x.shape[-1]
    weights = layers.GlobalAveragePooling2D(name=f"{name}_weights_global_avg_pool")(x)
    weights = layers.Dense(
        divisible(in_channels // 4, 8), activation="relu", name=f"{name}_weights_dense1"
    )(weights)
    weights = layers.Dense(
        in_channels,
        activation="hard_sigmoid",
        name=f"{name}_weights_dense2",
    )(weights)
    return layers.Multiply(name=f"{name}_multiply")([x, ops.expand_dims(weights, (1, 2))])


def bottleneck(
    x: KerasTensor,
    expansion: int,
    filters: int,
    kernel_size: int = 3,
    squeeze: bool = False,
    hard: bool = True,
    stride: int = 1,
    *,
    name: str,
) -> KerasTensor:
    in_channels = x.shape[-1]
    main = x
    if expansion != in_channels:
        main = conv_norm(x, expansion, name=f"{name}_main_expand")
        main = rectifier(main, hard)
    if stride > 1:
        main = layers.ZeroPadding2D(
            kernel_size // 2,
            name=f"{name}_main_depthwise_conv_padding",
        )(main)
    padding = "same" if stride == 1 else "valid"
    main = layers.DepthwiseConv2D(
        kernel_size, stride, padding=padding, use_bias=False, name=f"{name}_main_depthwise_conv"
    )(main)
    main = layers.BatchNormalization(name=f"{name}_main_batch_norm")(main)
    main = rectifier(main, hard)
    if squeeze:
        main = squeeze_excite(main, name=f"{name}_main_squeeze_excite")
    main = conv_norm(main, filters, name=f"{name}_main_project")
    if stride == 1 and in_channels == filters:
        main = layers.Add(name=f"{name}_add")([main, x])
    return main


def mobilenet_v3_small(*, logits: bool = False) -> keras.Model:
    """float32 (batch, 224, 224, 3) -> probabilities (batch, 1000), or logits."""
    inputs = keras.Input((224, 224, 3), name="input")
    x = ops.hard_swish(conv_norm(inputs, 16, kernel_size=3, stride=2, name="stem"))
    x = bottleneck(x, 16, filters=16, squeeze=True, hard=False, stride=2, name="bottleneck1")
    x = bottleneck(x, 72, filters=24, hard=False, stride=2, name="bottleneck2")  # (28, 28, 24)
    x = bottleneck(x, 88, filters=24, hard=False, name="bottleneck3")
    x = bottleneck(x, 96, filters=40, kernel_size=5, squeeze=True, stride=2, name="bottleneck4")
    for index in range(2):
        x = bottleneck(x, 240, filters=40, kernel_size=5, squeeze=True, name=f"bottleneck5_{index}")
    x = bottleneck(x, 120, filters=48, kernel_size=5, squeeze=True, name="bottleneck6")
    x = bottleneck(x, 144, filters=48, kernel_size=5, squeeze=True, name="bottleneck7")
    x = bottleneck(x, 288, filters=96, kernel_size=5, squeeze=True, stride=2, name="bottleneck8")
    for index in range(2):
        x = bottleneck(x, 576, filters=96, kernel_size=5, squeeze=True, name=f"bottleneck9_{index}")
    x = ops.hard_swish(conv_norm(x, 576, name="head"))  # (7, 7, 576)
    x = layers.GlobalAveragePooling2D(name="global_avg_pool")(x)  # (576,)
    x = layers.Dense(1024, activation="hard_swish", name="dense1")(x)  # (1024,)
    x = layers.Dropout(0.2, name="dropout")(x)
    x = layers.Dense(1000, name="dense2")(x)  # (1000,)
    outputs = x if logits else layers.Softmax(name="dense2_softmax")(x)
    return keras.Model(inputs, outputs, name="mobilenet_v3_small")
