"""googlenet: GoogLeNet (Szegedy et al., 2014), 22 layers deep, without the auxiliary heads.

Compiled by archc 0.1.0 from googlenet.yaml for Keras.
6,998,552 parameters, 1,582,671,872 multiply-accumulates an image.
"""

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


def conv_relu(x: KerasTensor, filters: int, kernel_size: int = 1, *, name: str) -> KerasTensor:
    return ops.relu(layers.Conv2D(filters, kernel_size, padding="same", name=f"{name}_conv")(x))


def inception(
    x: KerasTensor,
    c1: int,
    c3_reduce: int,
    c3: int,
    c5_reduce: int,
    c5: int,
    pool: int,
    *,
    name: str,
) -> KerasTensor:
    conv1x1 = conv_relu(x, c1, name=f"{name}_conv1x1")
    conv3x3 = conv_relu(x, c3_reduce, name=f"{name}_conv3x3_reduce")
    conv3x3 = conv_relu(conv3x3, c3, kernel_size=3, name=f"{name}_conv3x3_conv_relu")
    conv5x5 = conv_relu(x, c5_reduce, name=f"{name}_conv5x5_reduce")
    conv5x5 = conv_relu(conv5x5, c5, kernel_size=5, name=f"{name}_conv5x5_conv_relu")
    pooled = layers.MaxPooling2D(3, 1, padding="same", name=f"{name}_pooled_max_pool")(x)
    pooled = conv_relu(pooled, pool, name=f"{name}_pooled_conv_relu")
    return layers.Concatenate(name=f"{name}_concat")([conv1x1, conv3x3, conv5x5, pooled])


def googlenet(*, logits: bool = False) -> keras.Model:
    """float32 (batch, 224, 224, 3) -> probabilities (batch, 1000), or logits."""
    inputs = keras.Input((224, 224, 3), name="input")
    x = layers.ZeroPadding2D(3, name="conv_padding")(inputs)
    x = layers.Conv2D(64, 7, 2, activation="relu", name="conv")(x)  # (112, 112, 64)
    x = layers.MaxPooling2D(3, 2, padding="same", name="max_pool1")(x)  # (56, 56, 64)
    x = local_response_norm(x, 5, 0.0001, 0.75)
    x = conv_relu(x, 64, name="conv_relu1")
    x = conv_relu(x, 192, kernel_size=3, name="conv_relu2")  # (56, 56, 192)
    x = local_response_norm(x, 5, 0.0001, 0.75)
    x = layers.MaxPooling2D(3, 2, padding="same", name="max_pool2")(x)  # (28, 28, 192)
    x = inception(x, 64, 96, 128, 16, 32, 32, name="inception_3a")  # (28, 28, 256)
    x = inception(x, 128, 128, 192, 32, 96, 64, name="inception_3b")  # (28, 28, 480)
    x = layers.MaxPooling2D(3, 2, padding="same", name="max_pool3")(x)  # (14, 14, 480)
    x = inception(x, 192, 96, 208, 16, 48, 64, name="inception_4a")  # (14, 14, 512)
    x = inception(x, 160, 112, 224, 24, 64, 64, name="inception_4b")
    x = inception(x, 128, 128, 256, 24, 64, 64, name="inception_4c")
    x = inception(x, 112, 144, 288, 32, 64, 64, name="inception_4d")  # (14, 14, 528)
    x = inception(x, 256, 160, 320, 32, 128, 128, name="inception_4e")  # (14, 14, 832)
    x = layers.MaxPooling2D(3, 2, padding="same", name="max_pool4")(x)  # (7, 7, 832)
    x = inception(x, 256, 160, 320, 32, 128, 128, name="inception_5a")
    x = inception(x, 384, 192, 384, 48, 128, 128, name="inception_5b")  # (7, 7, 1024)
    x = layers.GlobalAveragePooling2D(name="global_avg_pool")(x)  # (1024,)
    x = layers.Dropout(0.4, name="dropout")(x)
    x = layers.Dense(1000, name="dense")(x)  # (1000,)
    outputs = x if logits else layers.Softmax(name="dense_softmax")(x)
    return keras.Model(inputs, outputs, name="googlenet")
