"""ops_in_block: Every op that has a form of its own, within one block that is used at several
sizes.

Compiled by archc 0.1.0 from ops_in_block.yaml for Keras.
3,843 parameters, 84,510 multiply-accumulates an image.
"""

import keras
from keras import KerasTensor, layers, ops


def everything(
    x: KerasTensor,
    filters: int,
    scale: int = 2,
    *,
    depthwise_conv_depthwise_initializer: keras.Initializer,
    name: str,
) -> KerasTensor:
    x = layers.SeparableConv2D(
        filters, 3, padding="same", activation="gelu", name=f"{name}_separable_conv"
    )(x)
    x = layers.DepthwiseConv2D(
        3,
        2,
        padding="same",
        depth_multiplier=2,
        depthwise_initializer=depthwise_conv_depthwise_initializer,
        name=f"{name}_depthwise_conv",
    )(x)
    x = ops.leaky_relu(x, 0.125)
    x = layers.AveragePooling2D(3, 2, padding="same", name=f"{name}_avg_pool1")(x)
    x = layers.UpSampling2D(scale, interpolation="bilinear", name=f"{name}_upsample1")(x)
    x = layers.Conv2DTranspose(filters, 3, 2, padding="same", name=f"{name}_conv_transpose")(x)
    x = layers.LayerNormalization(epsilon=1e-05, name=f"{name}_layer_norm")(x)
    x = layers.MaxPooling2D(3, 2, padding="same", name=f"{name}_max_pool")(x)
    x = layers.UpSampling2D((2, 1), name=f"{name}_upsample2")(x)
    x = layers.Permute((2, 1, 3), name=f"{name}_permute")(x)
    x = layers.Softmax(name=f"{name}_softmax")(x)
    x = layers.PReLU(
        alpha_initializer=keras.initializers.Constant(0.25),
        shared_axes=(1, 2),
        name=f"{name}_prelu",
    )(x)
    x = layers.ZeroPadding2D(1, name=f"{name}_avg_pool2_padding")(x)
    x = layers.AveragePooling2D(2, 1, name=f"{name}_avg_pool2")(x)
    x = layers.GroupNormalization(1, epsilon=1e-05, name=f"{name}_group_norm")(x)
    return layers.Dropout(0.1, name=f"{name}_dropout")(x)


def ops_in_block(*, logits: bool = False) -> keras.Model:
    """float32 (batch, 13, 11, 4) -> probabilities (batch, 3), or logits."""
    inputs = keras.Input((13, 11, 4), name="input")
    x = everything(
        inputs,
        6,
        depthwise_conv_depthwise_initializer=keras.initializers.RandomUniform(
            -0.22645541, 0.22645541
        ),
        name="everything1",
    )
    x = everything(
        x,
        4,
        scale=3,
        depthwise_conv_depthwise_initializer=keras.initializers.RandomUniform(
            -0.27216553, 0.27216553
        ),
        name="everything2",
    )
    x = ops.selu(ops.softplus(x))
    x = layers.Flatten(name="flatten")(x)  # (832,)
    x = layers.Dense(3, name="dense")(x)  # (3,)
    outputs = x if logits else layers.Softmax(name="dense_softmax")(x)
    return keras.Model(inputs, outputs, name="ops_in_block")
