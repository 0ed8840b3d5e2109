"""mobilenet_v3_large: MobileNetV3-Large (Howard et al., 2019).

Compiled by archc 0.1.0 from mobilenet_v3_large.yaml for Keras.
5,483,032 parameters, 216,589,760 multiply-accumulates an image.
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


def mobilenet_v3_large(*, logits: bool = False) -> keras.Model:
    """float32 (batch, 224, 224, 3) -> probabilities (batch, 1000), or logits."""
    inputs = keras.Input((224, 224, 3), name="input")
    x = ops.hard_swish(conv_norm(inputs, 16, kernel_size=3, stride=2, name="stem"))
    x = bottleneck(x, 16, filters=16, hard=False, name="bottleneck1")
    x = bottleneck(x, 64, filters=24, hard=False, stride=2, name="bottleneck2")  # (56, 56, 24)
    x = bottleneck(x, 72, filters=24, hard=False, name="bottleneck3")
    x = bottleneck(
        x, 72, filters=40, kernel_size=5, squeeze=True, hard=False, stride=2, name="bottleneck4"
    )
    for index in range(2):
        x = bottleneck(
            x, 120, filters=40, kernel_size=5, squeeze=True, hard=False, name=f"bottleneck5_{index}"
        )
    x = bottleneck(x, 240, filters=80, stride=2, name="bottleneck6")  # (14, 14, 80)
    x = bottleneck(x, 200, filters=80, name="bottleneck7")
    for index in range(2):
        x = bottleneck(x, 184, filters=80, name=f"bottleneck8_{index}")
    x = bottleneck(x, 480, filters=112, squeeze=True, name="bottleneck9")  # (14, 14, 112)
    x = bottleneck(x, 672, filters=112, squeeze=True, name="bottleneck10")
    x = bottleneck(x, 672, filters=160, kernel_size=5, squeeze=True, stride=2, name="bottleneck11")
    for index in range(2):
        x = bottleneck(
            x, 960, filters=160, kernel_size=5, squeeze=True, name=f"bottleneck12_{index}"
        )
    x = ops.hard_swish(conv_norm(x, 960, name="head"))  # (7, 7, 960)
    x = layers.GlobalAveragePooling2D(name="global_avg_pool")(x)  # (960,)
    x = layers.Dense(1280, activation="hard_swish", name="dense1")(x)  # (1280,)
    x = layers.Dropout(0.2, name="dropout")(x)
    x = layers.Dense(1000, name="dense2")(x)  # (1000,)
    outputs = x if logits else layers.Softmax(name="dense2_softmax")(x)
    return keras.Model(inputs, outputs, name="mobilenet_v3_large")
