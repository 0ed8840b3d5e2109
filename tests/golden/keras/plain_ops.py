"""plain_ops: Fully convolutional, sizes known only at run time.

Compiled by archc 0.1.0 from plain_ops.yaml for Keras.
278 parameters.
"""

import keras
from keras import layers


def plain_ops(*, logits: bool = False) -> keras.Model:
    """float32 (batch, any, any, 3) -> probabilities (batch, any, any, 2), or logits."""
    inputs = keras.Input((None, None, 3), name="input")
    x = layers.Conv2D(4, 3, padding="same", activation="relu", name="conv1")(inputs)
    main = layers.Conv2D(4, 3, padding="same", name="main_conv")(x)
    main = layers.BatchNormalization(momentum=0.9, epsilon=1e-05, name="main_batch_norm")(main)
    x = layers.Add(name="add")([main, x])
    x = layers.MaxPooling2D(2, name="max_pool")(x)  # (any, any, 4)
    x = layers.Conv2D(2, 1, name="conv2")(x)  # (any, any, 2)
    outputs = x if logits else layers.Softmax(name="conv2_softmax")(x)
    return keras.Model(inputs, outputs, name="plain_ops")
