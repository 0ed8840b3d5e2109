"""fcn_resnet50: FCN (Long, Shelhamer and Darrell, 2014) on a dilated ResNet-50, as torchvision
has it, without the auxiliary head.

Compiled by archc 0.1.0 from fcn_resnet50.yaml for Keras.
32,957,013 parameters, 142,725,772,800 multiply-accumulates an image.
"""

import keras
from keras import KerasTensor, layers, ops


def conv_norm(
    x: KerasTensor,
    filters: int,
    kernel_size: int = 1,
    stride: int = 1,
    dilation: int = 1,
    *,
    name: str,
) -> KerasTensor:
    if stride > 1 and kernel_size // 2 * dilation > 0:
        x = layers.ZeroPadding2D(kernel_size // 2 * dilation, name=f"{name}_conv_padding")(x)
    padding = "same" if stride == 1 else "valid"
    x = layers.Conv2D(
        filters,
        kernel_size,
        stride,
        padding=padding,
        dilation_rate=dilation,
        use_bias=False,
        name=f"{name}_conv",
    )(x)
    return layers.BatchNormalization(momentum=0.9, epsilon=1e-05, name=f"{name}_batch_norm")(x)


def bottleneck(
    x: KerasTensor, filters: int, stride: int = 1, dilation: int = 1, *, name: str
) -> KerasTensor:
    in_channels = x.shape[-1]
    main = ops.relu(conv_norm(x, filters, name=f"{name}_main_conv_norm1"))
    main = conv_norm(
        main,
        filters,
        kernel_size=3,
        stride=stride,
        dilation=dilation,
        name=f"{name}_main_conv_norm2",
    )
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


def dilated_stage(
    x: KerasTensor, filters: int, depth: int, dilation: int, *, name: str
) -> KerasTensor:
    for index in range(depth):
        x = bottleneck(
            x,
            filters,
            dilation=dilation // 2 if index == 0 else dilation,
            name=f"{name}_bottleneck_{index}",
        )
    return x


def fcn_resnet50(*, logits: bool = False) -> keras.Model:
    """float32 (batch, 520, 520, 3) -> probabilities (batch, 520, 520, 21), or logits."""
    inputs = keras.Input((520, 520, 3), name="input")
    x = ops.relu(conv_norm(inputs, 64, kernel_size=7, stride=2, name="stem"))  # (260, 260, 64)
    x = ops.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)), constant_values=float("-inf"))
    x = layers.MaxPooling2D(3, 2, name="max_pool")(x)  # (130, 130, 64)
    x = stage(x, 64, depth=3, stride=1, name="stage1")  # (130, 130, 256)
    x = stage(x, 128, depth=4, name="stage2")  # (65, 65, 512)
    x = dilated_stage(x, 256, depth=6, dilation=2, name="dilated_stage1")  # (65, 65, 1024)
    x = dilated_stage(x, 512, depth=3, dilation=4, name="dilated_stage2")  # (65, 65, 2048)
    x = ops.relu(conv_norm(x, 512, kernel_size=3, name="head"))  # (65, 65, 512)
    x = layers.Dropout(0.1, name="dropout")(x)
    x = layers.Conv2D(21, 1, name="scores")(x)  # (65, 65, 21)
    x = layers.UpSampling2D(8, interpolation="bilinear", name="upsample")(x)  # (520, 520, 21)
    outputs = x if logits else layers.Softmax(name="softmax")(x)
    return keras.Model(inputs, outputs, name="fcn_resnet50")
