"""nasnet_mobile: NASNet-A, mobile (Zoph et al., 2017, arXiv:1707.07012), with the padding and
the norms of Keras.

Compiled by archc 0.1.0 from nasnet_mobile.yaml for Keras.
5,289,978 parameters, 563,638,816 multiply-accumulates an image.
"""

import keras
from keras import KerasTensor, layers, ops


def fit(x: KerasTensor, filters: int, halve: bool = False, *, name: str) -> KerasTensor:
    x = ops.relu(x)
    if halve:
        even = layers.Conv2D(filters // 2, 1, 2, use_bias=False, name=f"{name}_even")(x)
        odd = layers.Cropping2D(((1, 0), (1, 0)), name=f"{name}_odd_crop")(x)
        odd = layers.ZeroPadding2D(((0, 1), (0, 1)), name=f"{name}_odd_zero_pad")(odd)
        odd = layers.Conv2D(filters // 2, 1, 2, use_bias=False, name=f"{name}_odd_conv")(odd)
        x = layers.Concatenate(name=f"{name}_concat")([even, odd])
    else:
        x = layers.Conv2D(filters, 1, use_bias=False, name=f"{name}_conv")(x)
    return layers.BatchNormalization(momentum=0.9997, name=f"{name}_batch_norm")(x)


def separable(
    x: KerasTensor, filters: int, kernel_size: int = 3, stride: int = 1, *, name: str
) -> KerasTensor:
    x = ops.relu(x)
    x = layers.SeparableConv2D(
        filters, kernel_size, stride, padding="same", use_bias=False, name=f"{name}_separable_conv1"
    )(x)
    x = ops.relu(layers.BatchNormalization(momentum=0.9997, name=f"{name}_batch_norm1")(x))
    x = layers.SeparableConv2D(
        filters, kernel_size, padding="same", use_bias=False, name=f"{name}_separable_conv2"
    )(x)
    return layers.BatchNormalization(momentum=0.9997, name=f"{name}_batch_norm2")(x)


def pair(
    one: KerasTensor,
    other: KerasTensor,
    filters: int,
    kernel_sizes: tuple[int, ...],
    stride: int = 1,
    *,
    name: str,
) -> KerasTensor:
    left = separable(one, filters, kernel_size=kernel_sizes[0], stride=stride, name=f"{name}_left")
    right = separable(
        other, filters, kernel_size=kernel_sizes[1], stride=stride, name=f"{name}_right"
    )
    return layers.Add(name=f"{name}_add")([left, right])


def reduction(
    x: KerasTensor, before: KerasTensor, filters: int, first_cell: bool = False, *, name: str
) -> KerasTensor:
    before_height = before.shape[1]
    x_height = x.shape[1]
    x_width = x.shape[2]
    p = before
    if not first_cell:
        p = fit(before, filters, halve=before_height > x_height, name=f"{name}_p_fit")
    h = fit(x, filters, name=f"{name}_h")
    padded = layers.ZeroPadding2D(((x_height % 2, 1), (x_width % 2, 1)), name=f"{name}_padded")(h)
    largest = layers.MaxPooling2D(3, 2, name=f"{name}_largest")(padded)
    first = pair(h, p, filters, kernel_sizes=(5, 7), stride=2, name=f"{name}_first")
    wide = separable(p, filters, kernel_size=7, stride=2, name=f"{name}_wide")
    second = layers.Add(name=f"{name}_second")([largest, wide])
    mean = layers.AveragePooling2D(3, 2, name=f"{name}_mean")(padded)
    narrow = separable(p, filters, kernel_size=5, stride=2, name=f"{name}_narrow")
    third = layers.Add(name=f"{name}_third")([mean, narrow])
    smooth = layers.AveragePooling2D(3, 1, padding="same", name=f"{name}_smooth")(first)
    fourth = layers.Add(name=f"{name}_fourth")([second, smooth])
    separable_ = separable(first, filters, name=f"{name}_separable")
    fifth = layers.Add(name=f"{name}_fifth")([separable_, largest])
    return layers.Concatenate(name=f"{name}_concat")([second, third, fourth, fifth])


def normal(x: KerasTensor, before: KerasTensor, filters: int, *, name: str) -> KerasTensor:
    before_height = before.shape[1]
    x_height = x.shape[1]
    p = fit(before, filters, halve=before_height > x_height, name=f"{name}_p")
    h = fit(x, filters, name=f"{name}_h")
    first = pair(h, p, filters, kernel_sizes=(5, 3), name=f"{name}_first")
    second = pair(p, p, filters, kernel_sizes=(5, 3), name=f"{name}_second")
    mean_h = layers.AveragePooling2D(3, 1, padding="same", name=f"{name}_mean_h")(h)
    third = layers.Add(name=f"{name}_third")([mean_h, p])
    mean_p = layers.AveragePooling2D(3, 1, padding="same", name=f"{name}_mean_p")(p)
    fourth = layers.Add(name=f"{name}_fourth")([mean_p, mean_p])
    separable_ = separable(h, filters, name=f"{name}_separable")
    fifth = layers.Add(name=f"{name}_fifth")([separable_, h])
    return layers.Concatenate(name=f"{name}_concat")([p, first, second, third, fourth, fifth])


def nasnet_mobile(*, logits: bool = False) -> keras.Model:
    """float32 (batch, 224, 224, 3) -> probabilities (batch, 1000), or logits."""
    inputs = keras.Input((224, 224, 3), name="input")
    x = layers.Conv2D(32, 3, 2, use_bias=False, name="conv")(inputs)  # (111, 111, 32)
    stem = layers.BatchNormalization(momentum=0.9997, name="stem")(x)
    reduction1 = reduction(stem, stem, 11, first_cell=True, name="reduction1")  # (56, 56, 44)
    reduction2 = reduction(reduction1, stem, 22, name="reduction2")  # (28, 28, 88)
    normal1 = normal(reduction2, reduction1, 44, name="normal1")  # (28, 28, 264)
    normal2 = normal(normal1, reduction2, 44, name="normal2")
    normal3 = normal(normal2, normal1, 44, name="normal3")
    normal4 = normal(normal3, normal2, 44, name="normal4")
    reduction3 = reduction(normal4, normal3, 88, name="reduction3")  # (14, 14, 352)
    normal5 = normal(reduction3, normal4, 88, name="normal5")  # (14, 14, 528)
    normal6 = normal(normal5, reduction3, 88, name="normal6")
    normal7 = normal(normal6, normal5, 88, name="normal7")
    normal8 = normal(normal7, normal6, 88, name="normal8")
    reduction4 = reduction(normal8, normal7, 176, name="reduction4")  # (7, 7, 704)
    normal9 = normal(reduction4, normal8, 176, name="normal9")  # (7, 7, 1056)
    normal10 = normal(normal9, reduction4, 176, name="normal10")
    normal11 = normal(normal10, normal9, 176, name="normal11")
    x = ops.relu(normal(normal11, normal10, 176, name="normal12"))
    x = layers.GlobalAveragePooling2D(name="global_avg_pool")(x)  # (1056,)
    x = layers.Dense(1000, name="dense")(x)  # (1000,)
    outputs = x if logits else layers.Softmax(name="dense_softmax")(x)
    return keras.Model(inputs, outputs, name="nasnet_mobile")
