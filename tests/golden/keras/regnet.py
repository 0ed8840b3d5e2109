"""regnet: RegNet (Radosavovic et al., 2020), X unless a variant has Y's squeeze-and-excitation;
400 MF or more.

Compiled by archc 0.1.0 from regnet.yaml for Keras.
5,495,976 parameters, 413,812,608 multiply-accumulates an image.
"""

import keras
from keras import KerasTensor, layers, ops


def conv_norm(
    x: KerasTensor,
    filters: int,
    kernel_size: int = 1,
    stride: int = 1,
    groups: int = 1,
    *,
    name: str,
) -> KerasTensor:
    if stride > 1 and kernel_size > 1:
        x = layers.ZeroPadding2D(kernel_size // 2, name=f"{name}_conv_padding")(x)
    padding = "same" if stride == 1 else "valid"
    x = layers.Conv2D(
        filters,
        kernel_size,
        stride,
        padding=padding,
        groups=groups,
        use_bias=False,
        name=f"{name}_conv",
    )(x)
    return layers.BatchNormalization(momentum=0.9, epsilon=1e-05, name=f"{name}_batch_norm")(x)


def bottleneck(x: KerasTensor, filters: int, group: int, stride: int, *, name: str) -> KerasTensor:
    in_channels = x.shape[-1]
    main = ops.relu(conv_norm(x, filters, name=f"{name}_main_a"))
    main = conv_norm(
        main,
        filters,
        kernel_size=3,
        stride=stride,
        groups=max(1, filters // group),
        name=f"{name}_main_b",
    )
    main = ops.relu(main)
    main = conv_norm(main, filters, name=f"{name}_main_c")
    shortcut = x
    if stride > 1 or in_channels != filters:
        shortcut = conv_norm(x, filters, stride=stride, name=f"{name}_shortcut")
    return ops.relu(layers.Add(name=f"{name}_add")([main, shortcut]))


def stage(x: KerasTensor, filters: int, depth: int, group: int, *, name: str) -> KerasTensor:
    for index in range(depth):
        x = bottleneck(
            x,
            filters,
            group=group,
            stride=2 if index == 0 else 1,
            name=f"{name}_bottleneck_{index}",
        )
    return x


def regnet(*, logits: bool = False) -> keras.Model:
    """float32 (batch, 224, 224, 3) -> probabilities (batch, 1000), or logits."""
    inputs = keras.Input((224, 224, 3), name="input")
    x = ops.relu(conv_norm(inputs, 32, kernel_size=3, stride=2, name="stem"))  # (112, 112, 32)
    x = stage(x, 32, depth=1, group=16, name="stage1")  # (56, 56, 32)
    x = stage(x, 64, depth=2, group=16, name="stage2")  # (28, 28, 64)
    x = stage(x, 160, depth=7, group=16, name="stage3")  # (14, 14, 160)
    x = stage(x, 400, depth=12, group=16, name="stage4")  # (7, 7, 400)
    x = layers.GlobalAveragePooling2D(name="global_avg_pool")(x)  # (400,)
    x = layers.Dense(1000, name="dense")(x)  # (1000,)
    outputs = x if logits else layers.Softmax(name="dense_softmax")(x)
    return keras.Model(inputs, outputs, name="regnet")
