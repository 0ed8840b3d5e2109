"""ranks: One block at every rank, so that it becomes one class for each.

Compiled by archc 0.1.0 from ranks.yaml for Keras.
702 parameters, 32,358 multiply-accumulates an example.
"""

import keras
from keras import KerasTensor, layers, ops


def encode_1d(x: KerasTensor, filters: int, stride: int = 1, *, name: str) -> KerasTensor:
    x = layers.Conv1D(filters, 3, stride, padding="same", use_bias=False, name=f"{name}_conv")(x)
    x = layers.BatchNormalization(momentum=0.9, epsilon=1e-05, name=f"{name}_batch_norm")(x)
    x = ops.relu(x)
    x = layers.AveragePooling1D(2, 1, padding="same", name=f"{name}_avg_pool")(x)
    return layers.SpatialDropout1D(0.1, name=f"{name}_spatial_dropout")(x)


def head_1d(x: KerasTensor, filters: int, *, name: str) -> KerasTensor:
    x = encode_1d(x, filters, name=f"{name}_encode1")
    x = encode_1d(x, filters + 1, stride=2, name=f"{name}_encode2")
    x = layers.Conv1DTranspose(2, 2, 2, name=f"{name}_conv_transpose")(x)
    x = layers.ZeroPadding1D(1, name=f"{name}_zero_pad")(x)
    x = layers.UpSampling1D(2, name=f"{name}_upsample")(x)
    x = layers.GlobalAveragePooling1D(name=f"{name}_global_avg_pool")(x)
    return layers.Dense(3, name=f"{name}_dense")(x)


def encode_2d(x: KerasTensor, filters: int, stride: int = 1, *, name: str) -> KerasTensor:
    x = layers.Conv2D(filters, 3, stride, padding="same", use_bias=False, name=f"{name}_conv")(x)
    x = layers.BatchNormalization(momentum=0.9, epsilon=1e-05, name=f"{name}_batch_norm")(x)
    x = ops.relu(x)
    x = layers.AveragePooling2D(2, 1, padding="same", name=f"{name}_avg_pool")(x)
    return layers.SpatialDropout2D(0.1, name=f"{name}_spatial_dropout")(x)


def head_2d(x: KerasTensor, filters: int, *, name: str) -> KerasTensor:
    x = encode_2d(x, filters, name=f"{name}_encode1")
    x = encode_2d(x, filters + 1, stride=2, name=f"{name}_encode2")
    x = layers.Conv2DTranspose(2, 2, 2, name=f"{name}_conv_transpose")(x)
    x = layers.ZeroPadding2D(1, name=f"{name}_zero_pad")(x)
    x = layers.UpSampling2D(2, name=f"{name}_upsample")(x)
    x = layers.GlobalAveragePooling2D(name=f"{name}_global_avg_pool")(x)
    return layers.Dense(3, name=f"{name}_dense")(x)


def encode_3d(x: KerasTensor, filters: int, stride: int = 1, *, name: str) -> KerasTensor:
    x = layers.Conv3D(filters, 3, stride, padding="same", use_bias=False, name=f"{name}_conv")(x)
    x = layers.BatchNormalization(momentum=0.9, epsilon=1e-05, name=f"{name}_batch_norm")(x)
    x = ops.relu(x)
    x = layers.AveragePooling3D(2, 1, padding="same", name=f"{name}_avg_pool")(x)
    return layers.SpatialDropout3D(0.1, name=f"{name}_spatial_dropout")(x)


def head_3d(x: KerasTensor, filters: int, *, name: str) -> KerasTensor:
    x = encode_3d(x, filters, name=f"{name}_encode1")
    x = encode_3d(x, filters + 1, stride=2, name=f"{name}_encode2")
    x = layers.Conv3DTranspose(2, 2, 2, name=f"{name}_conv_transpose")(x)
    x = layers.ZeroPadding3D(1, name=f"{name}_zero_pad")(x)
    x = layers.UpSampling3D(2, name=f"{name}_upsample")(x)
    x = layers.GlobalAveragePooling3D(name=f"{name}_global_avg_pool")(x)
    return layers.Dense(3, name=f"{name}_dense")(x)


def ranks() -> keras.Model:
    """line float32 (batch, 9, 3), picture float32 (batch, 8, 7, 3), body float32 (batch, 5, 6,
    4, 3) -> (batch, 3).
    """
    line = keras.Input((9, 3), name="line")
    picture = keras.Input((8, 7, 3), name="picture")
    body = keras.Input((5, 6, 4, 3), name="body")
    of_line = head_1d(line, 2, name="of_line")  # (3,)
    of_picture = head_2d(picture, 2, name="of_picture")
    of_body = head_3d(body, 2, name="of_body")
    x = encode_2d(picture, 3, name="again")  # (8, 7, 3)
    global_max_pool = layers.GlobalMaxPooling2D(name="global_max_pool")(x)  # (3,)
    outputs = layers.Average(name="average")([of_line, of_picture, of_body, global_max_pool])
    return keras.Model([line, picture, body], outputs, name="ranks")
