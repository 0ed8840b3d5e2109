"""lrcn: LRCN (Donahue et al., 2015) for actions in 16 frames of video, on AlexNet's layers up to
fc6, for the 101 classes of UCF101.

Compiled by archc 0.1.0 from lrcn.yaml for Keras.
44,705,957 parameters, 11,164,761,088 multiply-accumulates an example.
"""

import keras
from keras import layers, ops


def lrcn() -> keras.Model:
    """float32 (batch, 16, 224, 224, 3) -> (batch, 101)."""
    inputs = keras.Input((16, 224, 224, 3), name="input")
    x = ops.reshape(inputs, (-1, *inputs.shape[2:]))  # (224, 224, 3)
    x = layers.ZeroPadding2D(2, name="frame_conv1_padding")(x)
    x = layers.Conv2D(64, 11, 4, activation="relu", name="frame_conv1")(x)  # (55, 55, 64)
    x = layers.MaxPooling2D(3, 2, name="frame_max_pool1")(x)  # (27, 27, 64)
    x = layers.Conv2D(192, 5, padding="same", activation="relu", name="frame_conv2")(x)
    x = layers.MaxPooling2D(3, 2, name="frame_max_pool2")(x)  # (13, 13, 192)
    x = layers.Conv2D(384, 3, padding="same", activation="relu", name="frame_conv3")(x)
    x = layers.Conv2D(256, 3, padding="same", activation="relu", name="frame_conv4")(x)
    x = layers.Conv2D(256, 3, padding="same", activation="relu", name="frame_conv5")(x)
    x = layers.MaxPooling2D(3, 2, name="frame_max_pool3")(x)  # (6, 6, 256)
    x = layers.Flatten(name="frame_flatten")(x)  # (9216,)
    x = layers.Dense(4096, activation="relu", name="frame_fc6")(x)  # (4096,)
    x = layers.Dropout(0.5, name="frame_dropout")(x)
    x = ops.reshape(x, (-1, 16, *x.shape[1:]))  # (16, 4096)
    x = layers.LSTM(256, return_sequences=True, name="lstm")(x)  # (16, 256)
    x = layers.Dropout(0.5, name="dropout")(x)
    x = layers.Dense(101, activation="softmax", name="dense")(x)  # (16, 101)
    outputs = ops.mean(x, axis=1)  # (101,)
    return keras.Model(inputs, outputs, name="lrcn")
