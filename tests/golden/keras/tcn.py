"""tcn: A temporal convolutional network on images read pixel by pixel (Bai, Kolter and Koltun,
2018, arXiv:1803.01271), without its weight norm.

Compiled by archc 0.1.0 from tcn.yaml for Keras.
66,510 parameters, 51,607,050 multiply-accumulates an example.
"""

import keras
from keras import KerasTensor, layers, ops


def level(x: KerasTensor, filters: int, dilation: int, *, name: str) -> KerasTensor:
    in_channels = x.shape[-1]
    main = layers.Conv1D(
        filters,
        7,
        padding="causal",
        dilation_rate=dilation,
        activation="relu",
        name=f"{name}_main_conv1",
    )(x)
    main = layers.Dropout(0.05, name=f"{name}_main_dropout1")(main)
    main = layers.Conv1D(
        filters,
        7,
        padding="causal",
        dilation_rate=dilation,
        activation="relu",
        name=f"{name}_main_conv2",
    )(main)
    main = layers.Dropout(0.05, name=f"{name}_main_dropout2")(main)
    shortcut = x
    if in_channels != filters:
        shortcut = layers.Conv1D(filters, 1, name=f"{name}_shortcut")(x)
    return ops.relu(layers.Add(name=f"{name}_add")([main, shortcut]))


def tcn(*, logits: bool = False) -> keras.Model:
    """float32 (batch, 784, 1) -> probabilities (batch, 10), or logits."""
    inputs = keras.Input((784, 1), name="input")
    x = inputs
    for index in range(8):
        x = level(x, 25, dilation=2**index, name=f"level_{index}")
    x = layers.Cropping1D((783, 0), name="crop")(x)  # (1, 25)
    x = layers.Flatten(name="flatten")(x)  # (25,)
    x = layers.Dense(10, name="dense")(x)  # (10,)
    outputs = x if logits else layers.Softmax(name="dense_softmax")(x)
    return keras.Model(inputs, outputs, name="tcn")
