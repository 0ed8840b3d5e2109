"""arguments: Params of every kind, handed from block to block, with defaults that are themselves
expressions' results.

Compiled by archc 0.1.0 from arguments.yaml for Keras.
1,872 parameters, 144,234 multiply-accumulates an image.
"""

from collections.abc import Callable

import keras
from keras import KerasTensor, layers, ops


def local_response_norm(
    x: KerasTensor, size: int, alpha: float, beta: float, bias: float = 1.0
) -> KerasTensor:
    """Divide each value by the energy of the `size` channels around it."""
    channels = x.shape[-1]
    around = (size // 2, (size - 1) // 2)
    squares = ops.pad(ops.square(x), (*[(0, 0)] * (len(x.shape) - 1), around))
    energy = sum(squares[..., i : i + channels] for i in range(size))
    return x / ops.power(bias + alpha / size * energy, beta)


def unit(
    x: KerasTensor,
    filters: int,
    kernel: int | tuple[int, ...] = 1,
    way: str = "valid",
    biased: bool = True,
    stride: int | tuple[int, ...] = 1,
    *,
    conv_activation: Callable[[KerasTensor], KerasTensor],
    name: str,
) -> KerasTensor:
    x = layers.Conv2D(filters, kernel, stride, padding=way, use_bias=biased, name=f"{name}_conv")(x)
    x = conv_activation(x)
    return layers.BatchNormalization(
        momentum=0.9, center=biased, scale=biased, name=f"{name}_batch_norm"
    )(x)


def pair(
    x: KerasTensor,
    plan: tuple[int | tuple[int, ...], ...],
    kernel: int | tuple[int, ...],
    way: str,
    biased: bool,
    rate: float,
    *,
    unit1_conv_activation: Callable[[KerasTensor], KerasTensor],
    unit2_conv_activation: Callable[[KerasTensor], KerasTensor],
    name: str,
) -> KerasTensor:
    x = unit(
        x,
        plan[0],
        kernel=kernel,
        way=way,
        biased=biased,
        conv_activation=unit1_conv_activation,
        name=f"{name}_unit1",
    )
    if rate > 0:
        x = layers.Dropout(rate, name=f"{name}_dropout")(x)
    x = unit(
        x, plan[1][0], stride=(2, 1), conv_activation=unit2_conv_activation, name=f"{name}_unit2"
    )
    x = unit(
        x,
        max(plan[1]) // 2,
        kernel=3 if way == "same" else 1,
        biased=not biased,
        conv_activation=lambda x: x,
        name=f"{name}_unit3",
    )
    return layers.SpatialDropout2D(rate / 2, name=f"{name}_spatial_dropout")(x)


def arguments(*, logits: bool = False) -> keras.Model:
    """float32 (batch, 21, 19, 3) -> probabilities (batch, 3), or logits."""
    inputs = keras.Input((21, 19, 3), name="input")
    x = pair(
        inputs,
        (4, (6, 8)),
        kernel=(3, 5),
        way="same",
        biased=False,
        rate=0.25,
        unit1_conv_activation=lambda x: ops.leaky_relu(x, 0.125),
        unit2_conv_activation=lambda x: ops.leaky_relu(x, 0.125),
        name="pair1",
    )
    x = pair(
        x,
        (5, (3, 2)),
        kernel=3,
        way="same",
        biased=True,
        rate=0.0,
        unit1_conv_activation=lambda x: ops.elu(x, 0.5),
        unit2_conv_activation=ops.tanh,
        name="pair2",
    )
    x = unit(
        x,
        8,
        kernel=3,
        way="same",
        conv_activation=lambda x: ops.gelu(x, approximate=True),
        name="unit",
    )
    x = local_response_norm(x, 4, 0.001, 0.5, 2)
    x = layers.Flatten(name="flatten")(x)  # (360,)
    x = layers.Dense(3, use_bias=False, name="dense")(x)  # (3,)
    outputs = x if logits else layers.Softmax(name="dense_softmax")(x)
    return keras.Model(inputs, outputs, name="arguments")
