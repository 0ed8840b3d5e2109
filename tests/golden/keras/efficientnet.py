"""efficientnet: EfficientNet (Tan and Le, 2019), B0 unless a variant says otherwise.

Compiled by archc 0.1.0 from efficientnet.yaml for Keras.
5,288,548 parameters, 385,814,752 multiply-accumulates an image.
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


def squeeze_excite(x: KerasTensor, units: int, *, name: str) -> KerasTensor:
    in_channels = x.shape[-1]
    weights = layers.GlobalAveragePooling2D(name=f"{name}_weights_global_avg_pool")(x)
    weights = layers.Dense(units, activation="silu", name=f"{name}_weights_dense1")(weights)
    weights = layers.Dense(
        in_channels,
        activation="sigmoid",
        name=f"{name}_weights_dense2",
    )(weights)
    return layers.Multiply(name=f"{name}_multiply")([x, ops.expand_dims(weights, (1, 2))])


def mbconv(
    x: KerasTensor,
    filters: int,
    expansion: int,
    kernel_size: int,
    stride: int,
    rate: float,
    *,
    name: str,
) -> KerasTensor:
    in_channels = x.shape[-1]
    main = x
    if expansion > 1:
        main = ops.silu(conv_norm(x, in_channels * expansion, name=f"{name}_main_expand"))
    if stride > 1:
        main = layers.ZeroPadding2D(
            kernel_size // 2,
            name=f"{name}_main_depthwise_conv_padding",
        )(main)
    padding = "same" if stride == 1 else "valid"
    main = layers.DepthwiseConv2D(
        kernel_size, stride, padding=padding, use_bias=False, name=f"{name}_main_depthwise_conv"
    )(main)
    main = layers.BatchNormalization(
        momentum=0.9,
        epsilon=1e-05,
        name=f"{name}_main_batch_norm",
    )(main)
    main = ops.silu(main)
    main = squeeze_excite(main, max(1, in_channels // 4), name=f"{name}_main_squeeze_excite")
    main = conv_norm(main, filters, name=f"{name}_main_project")
    if stride == 1 and in_channels == filters:
        main = layers.Dropout(
            rate,
            noise_shape=(None, 1, 1, 1),
            name=f"{name}_main_drop_path",
        )(main)
        main = layers.Add(name=f"{name}_add")([main, x])
    return main


def stage(
    x: KerasTensor,
    filters: int,
    depth: int,
    before: int,
    total: int,
    kernel_size: int = 3,
    stride: int = 2,
    expansion: int = 6,
    *,
    name: str,
) -> KerasTensor:
    for index in range(depth):
        x = mbconv(
            x,
            filters,
            expansion=expansion,
            kernel_size=kernel_size,
            stride=stride if index == 0 else 1,
            rate=0.2 * (before + index) / total,
            name=f"{name}_mbconv_{index}",
        )
    return x


def efficientnet(*, logits: bool = False) -> keras.Model:
    """float32 (batch, 224, 224, 3) -> probabilities (batch, 1000), or logits."""
    inputs = keras.Input((224, 224, 3), name="input")
    x = ops.silu(conv_norm(inputs, 32, kernel_size=3, stride=2, name="stem"))  # (112, 112, 32)
    x = stage(x, 16, depth=1, before=0, total=16, stride=1, expansion=1, name="stage1")
    x = stage(x, 24, depth=2, before=1, total=16, name="stage2")  # (56, 56, 24)
    x = stage(x, 40, depth=2, before=3, total=16, kernel_size=5, name="stage3")  # (28, 28, 40)
    x = stage(x, 80, depth=3, before=5, total=16, name="stage4")  # (14, 14, 80)
    x = stage(x, 112, depth=3, before=8, total=16, kernel_size=5, stride=1, name="stage5")
    x = stage(x, 192, depth=4, before=11, total=16, kernel_size=5, name="stage6")  # (7, 7, 192)
    x = stage(x, 320, depth=1, before=15, total=16, stride=1, name="stage7")  # (7, 7, 320)
    x = ops.silu(conv_norm(x, 1280, name="head"))  # (7, 7, 1280)
    x = layers.GlobalAveragePooling2D(name="global_avg_pool")(x)  # (1280,)
    x = layers.Dropout(0.2, name="dropout")(x)
    x = layers.Dense(1000, name="dense")(x)  # (1000,)
    outputs = x if logits else layers.Softmax(name="dense_softmax")(x)
    return keras.Model(inputs, outputs, name="efficientnet")
