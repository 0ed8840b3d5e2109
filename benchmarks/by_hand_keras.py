"""Networks written by hand as a Keras user would for speed, to hold the emitted ones against; they give logits."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers


def two_conv() -> keras.Model:
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(10, 3, activation="relu"),
            layers.Conv2D(10, 3, activation="relu"),
            layers.Flatten(),
            layers.Dense(3),
        ]
    )


def resnet50() -> keras.Model:
    """Return ResNet-50 with strides at its 3x3 convolutions."""

    def normed(x: Any, filters: int, kernel: int, stride: int = 1) -> Any:
        if kernel > 1:
            x = layers.ZeroPadding2D(kernel // 2)(x)
        x = layers.Conv2D(filters, kernel, stride, use_bias=False)(x)
        return layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(x)

    inputs = keras.Input((224, 224, 3))
    x = layers.ReLU()(normed(inputs, 64, 7, 2))
    x = layers.MaxPooling2D(3, 2)(layers.ZeroPadding2D(1)(x))
    for width, depth in ((64, 3), (128, 4), (256, 6), (512, 3)):
        for place in range(depth):
            stride = 2 if place == 0 and width > 64 else 1
            y = layers.ReLU()(normed(x, width, 1))
            y = layers.ReLU()(normed(y, width, 3, stride))
            y = normed(y, 4 * width, 1)
            shortcut = normed(x, 4 * width, 1, stride) if place == 0 else x
            x = layers.ReLU()(layers.Add()([y, shortcut]))
    outputs = layers.Dense(1000)(layers.GlobalAveragePooling2D()(x))
    return keras.Model(inputs, outputs)


def applications() -> keras.Model:
    """Return the ResNet-50 that comes with Keras: strides at the first 1x1 convolutions, which have biases."""
    return keras.applications.ResNet50(weights=None, classifier_activation=None)


MODELS = {"two_conv": two_conv, "resnet50": resnet50, "keras.applications": applications}
