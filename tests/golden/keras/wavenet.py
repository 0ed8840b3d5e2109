"""wavenet: WaveNet's stack (van den Oord et al., 2016, arXiv:1609.03499), whose widths the paper
leaves open.

Compiled by archc 0.1.0 from wavenet.yaml for Keras.
1,283,776 parameters, 20,316,160,000 multiply-accumulates an example.
"""

import keras
from keras import KerasTensor, layers, ops


def residual_layer(
    x: KerasTensor, residual: int, skip: int, dilation: int, *, name: str
) -> KerasTensor:
    in_channels = x.shape[-1]
    x_ = x[:, :, :residual]
    filter_ = layers.Conv1D(
        residual,
        2,
        padding="causal",
        dilation_rate=dilation,
        activation="tanh",
        name=f"{name}_filter",
    )(x_)
    gate = layers.Conv1D(
        residual,
        2,
        padding="causal",
        dilation_rate=dilation,
        activation="sigmoid",
        name=f"{name}_gate",
    )(x_)
    y = layers.Multiply(name=f"{name}_multiply")([filter_, gate])
    main = layers.Conv1D(residual, 1, name=f"{name}_residual_main")(y)
    residual_ = layers.Add(name=f"{name}_residual_add")([main, x_])
    main_ = layers.Conv1D(skip, 1, name=f"{name}_skip_main")(y)
    if in_channels > residual:
        sum_ = x[:, :, residual:]
    with_sum = in_channels > residual
    if with_sum:
        skip_ = layers.Add(name=f"{name}_skip")([main_, sum_])
    else:
        skip_ = main_
    return layers.Concatenate(name=f"{name}_concat")([residual_, skip_])


def wavenet(*, logits: bool = False) -> keras.Model:
    """float32 (batch, 16000, 256) -> probabilities (batch, 16000, 256), or logits."""
    inputs = keras.Input((16000, 256), name="input")
    x = layers.Conv1D(64, 2, padding="causal", name="conv1")(inputs)  # (16000, 64)
    for index in range(30):
        x = residual_layer(
            x, 64, skip=256, dilation=2 ** (index % 10), name=f"residual_layer_{index}"
        )
    x = ops.relu(x[:, :, 64:])  # (16000, 256)
    x = layers.Conv1D(256, 1, activation="relu", name="conv2")(x)
    x = layers.Conv1D(256, 1, name="conv3")(x)
    outputs = x if logits else layers.Softmax(name="conv3_softmax")(x)
    return keras.Model(inputs, outputs, name="wavenet")
