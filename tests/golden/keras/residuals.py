"""residuals: Branches that come and go, a squeeze-and-excite, activations as params.

Compiled by archc 0.1.0 from residuals.yaml for Keras.
4,545 parameters, 333,512 multiply-accumulates an image.
"""

from collections.abc import Callable

import keras
from keras import KerasTensor, layers, ops


def excite(x: KerasTensor, *, name: str) -> KerasTensor:
    in_channels = x.shape[-1]
    weights = layers.GlobalAveragePooling2D(name=f"{name}_weights_global_avg_pool")(x)
    weights = layers.Dense(
        max(1, in_channels // 4), activation="relu", name=f"{name}_weights_dense1"
    )(weights)
    weights = layers.Dense(
        in_channels,
        activation="hard_sigmoid",
        name=f"{name}_weights_dense2",
    )(weights)
    return layers.Multiply(name=f"{name}_multiply")([x, ops.expand_dims(weights, (1, 2))])


def inverted(
    x: KerasTensor,
    filters: int,
    expand: int = 3,
    stride: int = 1,
    excite_: bool = False,
    *,
    main_conv1_activation: Callable[[KerasTensor], KerasTensor],
    name: str,
) -> KerasTensor:
    in_channels = x.shape[-1]
    main = x
    if expand > 1:
        main = layers.Conv2D(in_channels * expand, 1, use_bias=False, name=f"{name}_main_conv1")(x)
        main = main_conv1_activation(main)
    if stride > 1:
        main = layers.ZeroPadding2D(1, name=f"{name}_main_depthwise_conv_padding")(main)
    padding = "same" if stride == 1 else "valid"
    main = layers.DepthwiseConv2D(
        3, stride, padding=padding, use_bias=False, name=f"{name}_main_depthwise_conv"
    )(main)
    main = layers.BatchNormalization(
        momentum=0.9,
        epsilon=1e-05,
        name=f"{name}_main_batch_norm",
    )(main)
    if excite_:
        main = excite(main, name=f"{name}_main_excite")
    main = layers.Conv2D(filters, 1, use_bias=False, name=f"{name}_main_conv2")(main)
    if stride == 1 and in_channels == filters:
        main = layers.Add(name=f"{name}_add")([main, x])
    return main


def residuals(*, logits: bool = False) -> keras.Model:
    """float32 (batch, 16, 16, 3) -> probabilities (batch, 4), or logits."""
    inputs = keras.Input((16, 16, 3), name="input")
    x = layers.Conv2D(8, 3, padding="same", activation="hard_swish", name="conv")(inputs)
    x = inverted(x, 8, expand=1, main_conv1_activation=ops.relu6, name="inverted1")
    x = inverted(x, 12, stride=2, main_conv1_activation=ops.relu6, name="inverted2")  # (8, 8, 12)
    x = inverted(x, 12, excite_=True, main_conv1_activation=ops.hard_swish, name="inverted3")
    x = inverted(x, 16, main_conv1_activation=lambda x: ops.leaky_relu(x, 0.25), name="inverted4")
    x = layers.GlobalAveragePooling2D(name="global_avg_pool")(x)  # (16,)
    x = layers.Dense(4, name="dense")(x)  # (4,)
    outputs = x if logits else layers.Softmax(name="dense_softmax")(x)
    return keras.Model(inputs, outputs, name="residuals")
