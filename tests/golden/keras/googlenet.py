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
    x = inception(x, 64, c3_reduce=96, c3=128, c5_reduce=16, c5=32, pool=32, name="inception_3a")
    x = inception(x, 128, c3_reduce=128, c3=192, c5_reduce=32, c5=96, pool=64, name="inception_3b")
    x = layers.MaxPooling2D(3, 2, padding="same", name="max_pool3")(x)  # (14, 14, 480)
    x = inception(x, 192, c3_reduce=96, c3=208, c5_reduce=16, c5=48, pool=64, name="inception_4a")
    x = inception(x, 160, c3_reduce=112, c3=224, c5_reduce=24, c5=64, pool=64, name="inception_4b")
    x = inception(x, 128, c3_reduce=128, c3=256, c5_reduce=24, c5=64, pool=64, name="inception_4c")
    x = inception(x, 112, c3_reduce=144, c3=288, c5_reduce=32, c5=64, pool=64, name="inception_4d")
    x = inception(
        x, 256, c3_reduce=160, c3=320, c5_reduce=32, c5=128, pool=128, name="inception_4e"
    )
    x = layers.MaxPooling2D(3, 2, padding="same", name="max_pool4")(x)  # (7, 7, 832)
    x = inception(
        x, 256, c3_reduce=160, c3=320, c5_reduce=32, c5=128, pool=128, name="inception_5a"
    )
    x = inception(
        x, 384, c3_reduce=192, c3=384, c5_reduce=48, c5=128, pool=128, name="inception_5b"
    )
    x = layers.GlobalAveragePooling2D(name="global_avg_pool")(x)  # (1024,)
    x = layers.Dropout(0.4, name="dropout")(x)
    x = layers.Dense(1000, name="dense")(x)  # (1000,)
    outputs = x if logits else layers.Softmax(name="dense_softmax")(x)
    return keras.Model(inputs, outputs, name="googlenet")
