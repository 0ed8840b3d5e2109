"""r2plus1d_18: R(2+1)D (Tran et al., 2017, arXiv:1711.11248), a ResNet of 18 layers whose
convolutions of videos are first in space, then in time.

Compiled by archc 0.1.0 from r2plus1d_18.yaml for Keras.
31,505,325 parameters, 40,519,080,960 multiply-accumulates an example.
"""

import keras
from keras import KerasTensor, layers, ops


def conv2plus1d(
    x: KerasTensor, filters: int, between: int, stride: int, *, name: str
) -> KerasTensor:
    x = layers.ZeroPadding3D((0, 1, 1), name=f"{name}_conv1_padding")(x)
    x = layers.Conv3D(
        between, (1, 3, 3), (1, stride, stride), use_bias=False, name=f"{name}_conv1"
    )(x)
    x = layers.BatchNormalization(momentum=0.9, epsilon=1e-05, name=f"{name}_batch_norm1")(x)
    x = ops.relu(x)
    x = layers.ZeroPadding3D((1, 0, 0), name=f"{name}_conv2_padding")(x)
    x = layers.Conv3D(filters, (3, 1, 1), (stride, 1, 1), use_bias=False, name=f"{name}_conv2")(x)
    return layers.BatchNormalization(momentum=0.9, epsilon=1e-05, name=f"{name}_batch_norm2")(x)


def basic(x: KerasTensor, filters: int, between: int, stride: int, *, name: str) -> KerasTensor:
    main = conv2plus1d(x, filters, between=between, stride=stride, name=f"{name}_main_conv2plus1d1")
    main = ops.relu(main)
    main = conv2plus1d(main, filters, between=between, stride=1, name=f"{name}_main_conv2plus1d2")
    shortcut = x
    if stride > 1:
        shortcut = layers.Conv3D(
            filters,
            1,
            stride,
            use_bias=False,
            name=f"{name}_shortcut_conv",
        )(x)
        shortcut = layers.BatchNormalization(
            momentum=0.9, epsilon=1e-05, name=f"{name}_shortcut_batch_norm"
        )(shortcut)
    return ops.relu(layers.Add(name=f"{name}_add")([main, shortcut]))


def stage(x: KerasTensor, filters: int, stride: int = 2, *, name: str) -> KerasTensor:
    in_channels = x.shape[-1]
    x = basic(
        x,
        filters,
        between=27 * in_channels * filters // (9 * in_channels + 3 * filters),
        stride=stride,
        name=f"{name}_first",
    )
    return basic(x, filters, between=27 * filters // 12, stride=1, name=f"{name}_second")


def r2plus1d_18(*, logits: bool = False) -> keras.Model:
    """float32 (batch, 16, 112, 112, 3) -> probabilities (batch, 400), or logits."""
    inputs = keras.Input((16, 112, 112, 3), name="input")
    x = layers.ZeroPadding3D((0, 3, 3), name="conv1_padding")(inputs)
    x = layers.Conv3D(45, (1, 7, 7), (1, 2, 2), use_bias=False, name="conv1")(x)  # (16, 56, 56, 45)
    x = layers.BatchNormalization(momentum=0.9, epsilon=1e-05, name="batch_norm1")(x)
    x = ops.relu(x)
    x = layers.Conv3D(64, (3, 1, 1), padding="same", use_bias=False, name="conv2")(x)
    x = layers.BatchNormalization(momentum=0.9, epsilon=1e-05, name="batch_norm2")(x)
    x = ops.relu(x)
    x = stage(x, 64, stride=1, name="stage1")
    x = stage(x, 128, name="stage2")  # (8, 28, 28, 128)
    x = stage(x, 256, name="stage3")  # (4, 14, 14, 256)
    x = stage(x, 512, name="stage4")  # (2, 7, 7, 512)
    x = layers.GlobalAveragePooling3D(name="global_avg_pool")(x)  # (512,)
    x = layers.Dense(400, name="dense")(x)  # (400,)
    outputs = x if logits else layers.Softmax(name="dense_softmax")(x)
    return keras.Model(inputs, outputs, name="r2plus1d_18")
