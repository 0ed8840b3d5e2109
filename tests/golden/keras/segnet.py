"""segnet: SegNet (Badrinarayanan, Kendall and Cipolla, 2015), a class for every pixel of a road
scene of CamVid.

Compiled by archc 0.1.0 from segnet.yaml for Keras.
29,449,355 parameters, 106,712,432,640 multiply-accumulates an image.
"""

import math

import keras
from keras import KerasTensor, layers, ops


@keras.saving.register_keras_serializable()
class MaxUnpooling(layers.Layer):
    """Put each value of `x` where the largest of its window of `y` stood, and zeros elsewhere."""

    def __init__(self, pool_size: tuple[int, ...], **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.pool_size = tuple(pool_size)

    def call(self, inputs: list[KerasTensor]) -> KerasTensor:
        x, y = inputs
        *sizes, channels = ops.shape(y)[1:]
        rank, area = len(sizes), math.prod(self.pool_size)
        windows = [-(-n // k) for n, k in zip(sizes, self.pool_size, strict=True)]
        whole = [n * k for n, k in zip(windows, self.pool_size, strict=True)]
        # The windows' places follow the channels, row by row, for the first of the largest.
        split = [n for pair in zip(windows, self.pool_size, strict=True) for n in pair]
        order = (0, *range(1, 2 * rank, 2), 2 * rank + 1, *range(2, 2 * rank + 1, 2))
        y = ops.reshape(self.pad_to(y, whole, float("-inf")), (-1, *split, channels))
        y = ops.reshape(ops.transpose(y, order), (-1, *windows, channels, area))
        places = ops.one_hot(ops.argmax(y, axis=-1), area, dtype=x.dtype)
        x = self.pad_to(x, windows, 0.0)[..., None] * places
        # And back to where they stood.
        x = ops.reshape(x, (-1, *windows, channels, *self.pool_size))
        x = ops.transpose(x, [order.index(axis) for axis in range(2 * rank + 2)])
        x = ops.reshape(x, (-1, *whole, channels))
        return x[(slice(None), *map(slice, sizes))]

    def pad_to(self, x: KerasTensor, sizes: list[int], value: float) -> KerasTensor:
        after = [n - m for n, m in zip(sizes, ops.shape(x)[1:-1], strict=True)]
        return ops.pad(x, [(0, 0), *[(0, n) for n in after], (0, 0)], constant_values=value)

    def get_config(self) -> dict[str, object]:
        return {**super().get_config(), "pool_size": self.pool_size}


def conv_relu(x: KerasTensor, filters: int, *, name: str) -> KerasTensor:
    x = layers.Conv2D(filters, 3, padding="same", name=f"{name}_conv")(x)
    x = layers.BatchNormalization(momentum=0.9, epsilon=1e-05, name=f"{name}_batch_norm")(x)
    return ops.relu(x)


def encoder(x: KerasTensor, filters: int, depth: int, *, name: str) -> KerasTensor:
    for index in range(depth):
        x = conv_relu(x, filters, name=f"{name}_conv_relu_{index}")
    return x


def decoder(x: KerasTensor, filters: int, depth: int, above: int, *, name: str) -> KerasTensor:
    for index in range(depth - 1):
        x = conv_relu(x, filters, name=f"{name}_conv_relu1_{index}")
    return conv_relu(x, above, name=f"{name}_conv_relu2")


def segnet(*, logits: bool = False) -> keras.Model:
    """float32 (batch, 360, 480, 3) -> probabilities (batch, 360, 480, 11), or logits."""
    inputs = keras.Input((360, 480, 3), name="input")
    encoder1 = encoder(inputs, 64, depth=2, name="encoder1")  # (360, 480, 64)
    x = layers.MaxPooling2D(2, name="max_pool1")(encoder1)  # (180, 240, 64)
    encoder2 = encoder(x, 128, depth=2, name="encoder2")  # (180, 240, 128)
    x = layers.MaxPooling2D(2, name="max_pool2")(encoder2)  # (90, 120, 128)
    encoder3 = encoder(x, 256, depth=3, name="encoder3")  # (90, 120, 256)
    x = layers.MaxPooling2D(2, name="max_pool3")(encoder3)  # (45, 60, 256)
    encoder4 = encoder(x, 512, depth=3, name="encoder4")  # (45, 60, 512)
    x = layers.MaxPooling2D(2, padding="same", name="max_pool4")(encoder4)  # (23, 30, 512)
    encoder5 = encoder(x, 512, depth=3, name="encoder5")
    code = layers.MaxPooling2D(2, padding="same", name="code")(encoder5)  # (12, 15, 512)
    x = MaxUnpooling((2, 2), name="max_unpool1")([code, encoder5])  # (23, 30, 512)
    decoder5 = decoder(x, 512, depth=3, above=512, name="decoder5")
    x = MaxUnpooling((2, 2), name="max_unpool2")([decoder5, encoder4])  # (45, 60, 512)
    decoder4 = decoder(x, 512, depth=3, above=256, name="decoder4")  # (45, 60, 256)
    x = MaxUnpooling((2, 2), name="max_unpool3")([decoder4, encoder3])  # (90, 120, 256)
    decoder3 = decoder(x, 256, depth=3, above=128, name="decoder3")  # (90, 120, 128)
    x = MaxUnpooling((2, 2), name="max_unpool4")([decoder3, encoder2])  # (180, 240, 128)
    decoder2 = decoder(x, 128, depth=2, above=64, name="decoder2")  # (180, 240, 64)
    x = MaxUnpooling((2, 2), name="max_unpool5")([decoder2, encoder1])  # (360, 480, 64)
    x = conv_relu(x, 64, name="decoder1")
    x = layers.Conv2D(11, 3, padding="same", name="score")(x)  # (360, 480, 11)
    outputs = x if logits else layers.Softmax(name="softmax")(x)
    return keras.Model(inputs, outputs, name="segnet")
