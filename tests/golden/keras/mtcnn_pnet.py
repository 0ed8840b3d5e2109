"""mtcnn_pnet: The proposal network of MTCNN (Zhang et al., 2016), for an image of 12x12 or
larger, as in FaceNet's code.

Compiled by archc 0.1.0 from mtcnn_pnet.yaml for Keras.
6,632 parameters, 44,760 multiply-accumulates an image.
"""

import keras
from keras import layers


def mtcnn_pnet(*, logits: bool = False) -> keras.Model:
    """float32 (batch, 12, 12, 3) -> box (batch, 1, 1, 4), face probabilities (batch, 1, 1, 2),
    or logits.
    """
    inputs = keras.Input((12, 12, 3), name="input")
    x = layers.Conv2D(10, 3, name="conv1")(inputs)  # (10, 10, 10)
    x = layers.PReLU(
        alpha_initializer=keras.initializers.Constant(0.25), shared_axes=(1, 2), name="prelu1"
    )(x)
    x = layers.MaxPooling2D(2, name="max_pool")(x)  # (5, 5, 10)
    x = layers.Conv2D(16, 3, name="conv2")(x)  # (3, 3, 16)
    x = layers.PReLU(
        alpha_initializer=keras.initializers.Constant(0.25), shared_axes=(1, 2), name="prelu2"
    )(x)
    x = layers.Conv2D(32, 3, name="conv3")(x)  # (1, 1, 32)
    features = layers.PReLU(
        alpha_initializer=keras.initializers.Constant(0.25), shared_axes=(1, 2), name="features"
    )(x)
    face = layers.Conv2D(2, 1, name="face")(features)  # (1, 1, 2)
    box = layers.Conv2D(4, 1, name="box")(features)  # (1, 1, 4)
    face_output = face if logits else layers.Softmax(name="face_softmax")(face)
    return keras.Model(inputs, [box, face_output], name="mtcnn_pnet")
