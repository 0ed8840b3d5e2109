"""mtcnn_onet: The output network of MTCNN (Zhang et al., 2016), with five landmarks, as in
FaceNet's code.

Compiled by archc 0.1.0 from mtcnn_onet.yaml for Keras.
389,040 parameters, 12,909,952 multiply-accumulates an image.
"""

import keras
from keras import layers


def mtcnn_onet(*, logits: bool = False) -> keras.Model:
    """float32 (batch, 48, 48, 3) -> box (batch, 4), landmarks (batch, 10), face probabilities
    (batch, 2), or logits.
    """
    inputs = keras.Input((48, 48, 3), name="input")
    x = layers.Conv2D(32, 3, name="conv1")(inputs)  # (46, 46, 32)
    x = layers.PReLU(
        alpha_initializer=keras.initializers.Constant(0.25), shared_axes=(1, 2), name="prelu1"
    )(x)
    x = layers.MaxPooling2D(3, 2, padding="same", name="max_pool1")(x)  # (23, 23, 32)
    x = layers.Conv2D(64, 3, name="conv2")(x)  # (21, 21, 64)
    x = layers.PReLU(
        alpha_initializer=keras.initializers.Constant(0.25), shared_axes=(1, 2), name="prelu2"
    )(x)
    x = layers.MaxPooling2D(3, 2, name="max_pool2")(x)  # (10, 10, 64)
    x = layers.Conv2D(64, 3, name="conv3")(x)  # (8, 8, 64)
    x = layers.PReLU(
        alpha_initializer=keras.initializers.Constant(0.25), shared_axes=(1, 2), name="prelu3"
    )(x)
    x = layers.MaxPooling2D(2, name="max_pool3")(x)  # (4, 4, 64)
    x = layers.Conv2D(128, 2, name="conv4")(x)  # (3, 3, 128)
    x = layers.PReLU(
        alpha_initializer=keras.initializers.Constant(0.25), shared_axes=(1, 2), name="prelu4"
    )(x)
    x = layers.Flatten(name="flatten")(x)  # (1152,)
    x = layers.Dense(256, name="dense")(x)  # (256,)
    features = layers.PReLU(alpha_initializer=keras.initializers.Constant(0.25), name="features")(x)
    face = layers.Dense(2, name="face")(features)  # (2,)
    box = layers.Dense(4, name="box")(features)  # (4,)
    landmarks = layers.Dense(10, name="landmarks")(features)  # (10,)
    face_output = face if logits else layers.Softmax(name="face_softmax")(face)
    return keras.Model(inputs, [box, landmarks, face_output], name="mtcnn_onet")
