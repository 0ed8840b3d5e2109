"""efficientnet_v2: EfficientNetV2 (Tan and Le, 2021), the small one unless a variant says
otherwise.

Compiled by archc 0.1.0 from efficientnet_v2.yaml for Keras.
21,458,488 parameters, 8,365,617,152 multiply-accumulates an image.
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
    return layers.BatchNormalization(name=f"{name}_batch_norm")(x)


def fused_mbconv(
    x: KerasTensor, filters: int, expansion: int, stride: int, *, name: str
) -> KerasTensor:
    in_channels = x.shape[-1]
    main = conv_norm(
        x,
        in_channels * expansion if expansion > 1 else filters,
        kernel_size=3,
        stride=stride,
        name=f"{name}_main_fused",
    )
    main = ops.silu(main)
    if expansion > 1:
        main = conv_norm(main, filters, name=f"{name}_main_project")
    if stride == 1 and in_channels == filters:
        main = layers.Add(name=f"{name}_add")([main, x])
    return main


def fused_stage(
    x: KerasTensor, filters: int, depth: int, expansion: int, stride: int, *, name: str
) -> KerasTensor:
    for index in range(depth):
        x = fused_mbconv(
            x,
            filters,
            expansion=expansion,
            stride=stride if index == 0 else 1,
            name=f"{name}_fused_mbconv_{index}",
        )
    return x


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


def mbconv(x: KerasTensor, filters: int, expansion: int, stride: int, *, name: str) -> KerasTensor:
    in_channels = x.shape[-1]
    main = ops.silu(conv_norm(x, in_channels * expansion, name=f"{name}_main_expand"))
    if stride > 1:
        main = layers.ZeroPadding2D(1, name=f"{name}_main_depthwise_conv_padding")(main)
    padding = "same" if stride == 1 else "valid"
    main = layers.DepthwiseConv2D(
        3, stride, padding=padding, use_bias=False, name=f"{name}_main_depthwise_conv"
    )(main)
    main = ops.silu(layers.BatchNormalization(name=f"{name}_main_batch_norm")(main))
    main = squeeze_excite(main, in_channels // 4, name=f"{name}_main_squeeze_excite")
    main = conv_norm(main, filters, name=f"{name}_main_project")
    if stride == 1 and in_channels == filters:
        main = layers.Add(name=f"{name}_add")([main, x])
    return main


def stage(
    x: KerasTensor, filters: int, depth: int, expansion: int, stride: int, *, name: str
) -> KerasTensor:
    for index in range(depth):
        x = mbconv(
            x,
            filters,
            expansion=expansion,
            stride=stride if index == 0 else 1,
            name=f"{name}_mbconv_{index}",
        )
    return x


def efficientnet_v2(*, logits: bool = False) -> keras.Model:
    """float32 (batch, 384, 384, 3) -> probabilities (batch, 1000), or logits."""
    inputs = keras.Input((384, 384, 3), name="input")
    x = ops.silu(conv_norm(inputs, 24, kernel_size=3, stride=2, name="stem"))  # (192, 192, 24)
    x = fused_stage(x, 24, depth=2, expansion=1, stride=1, name="fused_stage1")
    x = fused_stage(x, 48, depth=4, expansion=4, stride=2, name="fused_stage2")  # (96, 96, 48)
    x = fused_stage(x, 64, depth=4, expansion=4, stride=2, name="fused_stage3")  # (48, 48, 64)
    x = stage(x, 128, depth=6, expansion=4, stride=2, name="stage1")  # (24, 24, 128)
    x = stage(x, 160, depth=9, expansion=6, stride=1, name="stage2")  # (24, 24, 160)
    x = stage(x, 256, depth=15, expansion=6, stride=2, name="stage3")  # (12, 12, 256)
    x = ops.silu(conv_norm(x, 1280, name="head"))  # (12, 12, 1280)
    x = layers.GlobalAveragePooling2D(name="global_avg_pool")(x)  # (1280,)
    x = layers.Dropout(0.2, name="dropout")(x)
    x = layers.Dense(1000, name="dense")(x)  # (1000,)
    outputs = x if logits else layers.Softmax(name="dense_softmax")(x)
    return keras.Model(inputs, outputs, name="efficientnet_v2")
