"""waves: A sequence that stays channels first, of a length known only at run time.

Compiled by archc 0.1.0 from waves.yaml for Keras.
789 parameters.
"""

import keras
from keras import KerasTensor, layers


def gated(x: KerasTensor, filters: int, dilation: int, *, name: str) -> KerasTensor:
    in_channels = x.shape[-1]
    value = x
    if dilation == 2:
        value = layers.Conv1D(
            filters,
            2,
            padding="same",
            dilation_rate=dilation,
            activation="tanh",
            name=f"{name}_main_value_conv1",
        )(x)
    if dilation != 2:
        value = layers.Conv1D(
            filters,
            3,
            padding="same",
            dilation_rate=dilation,
            activation="tanh",
            name=f"{name}_main_value_conv2",
        )(value)
    gate = layers.Conv1D(
        filters,
        3,
        padding="same",
        dilation_rate=dilation,
        activation="sigmoid",
        name=f"{name}_main_gate",
    )(x)
    main = layers.Multiply(name=f"{name}_main_multiply")([value, gate])
    main = layers.Conv1D(in_channels, 1, name=f"{name}_main_conv")(main)
    return layers.Add(name=f"{name}_add")([main, x])


def waves(*, logits: bool = False) -> keras.Model:
    """float32 (batch, any, 2) -> probabilities (batch, 3), or logits."""
    inputs = keras.Input((None, 2), name="input")
    x = layers.Conv1D(5, 3, padding="same", name="conv")(inputs)  # (any, 5)
    for index in range(3):
        x = gated(x, 6, dilation=2**index, name=f"gated_{index}")
    x = layers.DepthwiseConv1D(
        3,
        depth_multiplier=2,
        depthwise_initializer=keras.initializers.RandomUniform(-0.42640143, 0.42640143),
        name="depthwise_conv",
    )(x)  # (any, 10)
    x = layers.BatchNormalization(momentum=0.9, epsilon=1e-05, name="batch_norm")(x)
    x = layers.PReLU(
        alpha_initializer=keras.initializers.Constant(0.25), shared_axes=1, name="prelu"
    )(x)
    x = layers.GlobalAveragePooling1D(name="global_avg_pool")(x)  # (10,)
    x = layers.Dense(3, name="dense")(x)  # (3,)
    outputs = x if logits else layers.Softmax(name="dense_softmax")(x)
    return keras.Model(inputs, outputs, name="waves")
