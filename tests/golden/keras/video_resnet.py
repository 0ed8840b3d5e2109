"""video_resnet: ResNets of 18 layers for videos (Tran et al., 2017, arXiv:1711.11248), R3D
unless a variant says otherwise.

Compiled by archc 0.1.0 from video_resnet.yaml for Keras.
33,371,472 parameters, 40,696,553,472 multiply-accumulates an example.
"""

import keras
from keras import KerasTensor, layers, ops


def conv_norm(x: KerasTensor, filters: int, frames: int, stride: int, *, name: str) -> KerasTensor:
    x = layers.ZeroPadding3D((frames // 2, 1, 1), name=f"{name}_conv_padding")(x)
    x = layers.Conv3D(
        filters,
        (frames, 3, 3),
        (stride if frames > 1 else 1, stride, stride),
        use_bias=False,
        name=f"{name}_conv",
    )(x)
    return layers.BatchNormalization(momentum=0.9, epsilon=1e-05, name=f"{name}_batch_norm")(x)


def basic(x: KerasTensor, filters: int, frames: int, stride: int, *, name: str) -> KerasTensor:
    main = conv_norm(x, filters, frames=frames, stride=stride, name=f"{name}_main_conv_norm1")
    main = ops.relu(main)
    main = conv_norm(main, filters, frames=frames, stride=1, name=f"{name}_main_conv_norm2")
    shortcut = x
    if stride > 1:
        shortcut = layers.Conv3D(
            filters,
            1,
            (stride if frames > 1 else 1, stride, stride),
            use_bias=False,
            name=f"{name}_shortcut_conv",
        )(x)
        shortcut = layers.BatchNormalization(
            momentum=0.9, epsilon=1e-05, name=f"{name}_shortcut_batch_norm"
        )(shortcut)
    return ops.relu(layers.Add(name=f"{name}_add")([main, shortcut]))


def stage(x: KerasTensor, filters: int, frames: int, stride: int = 2, *, name: str) -> KerasTensor:
    for index in range(2):
        x = basic(
            x,
            filters,
            frames=frames,
            stride=stride if index == 0 else 1,
            name=f"{name}_basic_{index}",
        )
    return x


def video_resnet(*, logits: bool = False) -> keras.Model:
    """float32 (batch, 16, 112, 112, 3) -> probabilities (batch, 400), or logits."""
    inputs = keras.Input((16, 112, 112, 3), name="input")
    x = layers.ZeroPadding3D((1, 3, 3), name="conv_padding")(inputs)
    x = layers.Conv3D(64, (3, 7, 7), (1, 2, 2), use_bias=False, name="conv")(x)  # (16, 56, 56, 64)
    x = ops.relu(layers.BatchNormalization(momentum=0.9, epsilon=1e-05, name="batch_norm")(x))
    x = stage(x, 64, frames=3, stride=1, name="stage1")
    x = stage(x, 128, frames=3, name="stage2")  # (8, 28, 28, 128)
    x = stage(x, 256, frames=3, name="stage3")  # (4, 14, 14, 256)
    x = stage(x, 512, frames=3, name="stage4")  # (2, 7, 7, 512)
    x = layers.GlobalAveragePooling3D(name="global_avg_pool")(x)  # (512,)
    x = layers.Dense(400, name="dense")(x)  # (400,)
    outputs = x if logits else layers.Softmax(name="dense_softmax")(x)
    return keras.Model(inputs, outputs, name="video_resnet")
