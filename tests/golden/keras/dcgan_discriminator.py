"""dcgan_discriminator: The discriminator of DCGAN (Radford, Metz and Chintala, 2015), in the
sizes of PyTorch's example.

Compiled by archc 0.1.0 from dcgan_discriminator.yaml for Keras.
2,765,568 parameters, 103,817,216 multiply-accumulates an image.
"""

import keras
from keras import KerasTensor, layers, ops


def down(x: KerasTensor, filters: int, *, name: str) -> KerasTensor:
    x = layers.Conv2D(filters, 4, 2, padding="same", use_bias=False, name=f"{name}_conv")(x)
    x = layers.BatchNormalization(momentum=0.9, epsilon=1e-05, name=f"{name}_batch_norm")(x)
    return ops.leaky_relu(x, 0.2)


def dcgan_discriminator(*, logits: bool = False) -> keras.Model:
    """float32 (batch, 64, 64, 3) -> probabilities (batch, 1), or logits."""
    inputs = keras.Input((64, 64, 3), name="input")
    x = layers.Conv2D(64, 4, 2, padding="same", use_bias=False, name="conv")(inputs)  # (32, 32, 64)
    x = ops.leaky_relu(x, 0.2)
    x = down(x, 128, name="down1")  # (16, 16, 128)
    x = down(x, 256, name="down2")  # (8, 8, 256)
    x = down(x, 512, name="down3")  # (4, 4, 512)
    x = layers.Conv2D(1, 4, use_bias=False, name="score")(x)  # (1, 1, 1)
    x = layers.Flatten(name="flatten")(x)  # (1,)
    outputs = x if logits else layers.Activation("sigmoid", name="sigmoid")(x)
    return keras.Model(inputs, outputs, name="dcgan_discriminator")
