"""mtcnn_rnet: The refinement network of MTCNN (Zhang et al., 2016), as in FaceNet's code.

Compiled by archc 0.1.0 from mtcnn_rnet.yaml for Keras.
100,178 parameters, 1,530,768 multiply-accumulates an image.
"""

import keras
from keras import layers


def mtcnn_rnet(*, logits: bool = False) -> keras.Model:
    """float32 (batch, 24, 24, 3) -> box (batch, 4), face probabilities (batch, 2), or logits."""
    inputs = keras.Input((24, 24, 3), name="input")
    x = layers.Conv2D(28, 3, name="conv1")(inputs)  # (22, 22, 28)
    x = layers.PReLU(
        alpha_initializer=keras.initializers.Constant(0.25), shared_axes=(1, 2), name="prelu1"
    )(x)
    x = layers.MaxPooling2D(3, 2, padding="same", name="max_pool1")(x)  # (11, 11, 28)
    x = layers.Conv2D(48, 3, name="conv2")(x)  # (9, 9, 48)
    x = layers.PReLU(
        alpha_initializer=keras.initializers.Constant(0.25), shared_axes=(1, 2), name="prelu2"
    )(x)
    x = layers.MaxPooling2D(3, 2, name="max_pool2")(x)  # (4, 4, 48)
    x = layers.Conv2D(64, 2, name="conv3")(x)  # (3, 3, 64)
    x = layers.PReLU(
        alpha_initializer=keras.initializers.Constant(0.25), shared_axes=(1, 2), name="prelu3"
    )(x)
    x = layers.Flatten(name="flatten")(x)  # (576,)
    x = layers.Dense(128, name="dense")(x)  # (128,)
    features = layers.PReLU(alpha_initializer=keras.initializers.Constant(0.25), name="features")(x)
    face = layers.Dense(2, name="face")(features)  # (2,)
    box = layers.Dense(4, name="box")(features)  # (4,)
    face_output = face if logits else layers.Softmax(name="face_softmax")(face)
    return keras.Model(inputs, [box, face_output], name="mtcnn_rnet")
