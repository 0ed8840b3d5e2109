"""fcn: FCN-8s (Long, Shelhamer and Darrell, 2014), VGG16 made to give a class for every pixel;
all convolutions padded.

Compiled by archc 0.1.0 from fcn.yaml for Keras.
134,489,759 parameters, 21,304,752,336 multiply-accumulates an image.
"""

import keras
from keras import KerasTensor, layers


def convs(x: KerasTensor, filters: int, depth: int, *, name: str) -> KerasTensor:
    for index in range(depth):
        x = layers.Conv2D(
            filters, 3, padding="same", activation="relu", name=f"{name}_conv_{index}"
        )(x)
    return x


def fcn(*, logits: bool = False) -> keras.Model:
    """float32 (batch, 224, 224, 3) -> probabilities (batch, 224, 224, 21), or logits."""
    inputs = keras.Input((224, 224, 3), name="input")
    x = convs(inputs, 64, depth=2, name="convs1")  # (224, 224, 64)
    x = layers.MaxPooling2D(2, name="max_pool1")(x)  # (112, 112, 64)
    x = convs(x, 128, depth=2, name="convs2")  # (112, 112, 128)
    x = layers.MaxPooling2D(2, name="max_pool2")(x)  # (56, 56, 128)
    x = convs(x, 256, depth=3, name="convs3")  # (56, 56, 256)
    pool3 = layers.MaxPooling2D(2, name="pool3")(x)  # (28, 28, 256)
    x = convs(pool3, 512, depth=3, name="convs4")  # (28, 28, 512)
    pool4 = layers.MaxPooling2D(2, name="pool4")(x)  # (14, 14, 512)
    x = convs(pool4, 512, depth=3, name="convs5")
    x = layers.MaxPooling2D(2, name="max_pool3")(x)  # (7, 7, 512)
    x = layers.Conv2D(4096, 7, padding="same", activation="relu", name="fc6")(x)  # (7, 7, 4096)
    x = layers.Dropout(0.5, name="dropout1")(x)
    x = layers.Conv2D(4096, 1, activation="relu", name="fc7")(x)
    x = layers.Dropout(0.5, name="dropout2")(x)
    x = layers.Conv2D(21, 1, name="score")(x)  # (7, 7, 21)
    score2 = layers.Conv2DTranspose(21, 4, 2, padding="same", use_bias=False, name="score2")(x)
    score_pool4 = layers.Conv2D(21, 1, name="score_pool4")(pool4)
    x = layers.Add(name="add1")([score2, score_pool4])
    score4 = layers.Conv2DTranspose(21, 4, 2, padding="same", use_bias=False, name="score4")(x)
    score_pool3 = layers.Conv2D(21, 1, name="score_pool3")(pool3)
    x = layers.Add(name="add2")([score4, score_pool3])
    x = layers.Conv2DTranspose(21, 16, 8, padding="same", use_bias=False, name="score32")(x)
    outputs = x if logits else layers.Softmax(name="softmax")(x)
    return keras.Model(inputs, outputs, name="fcn")
