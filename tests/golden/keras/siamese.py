"""siamese: Two images of characters are of one class or not (Koch, Zemel and Salakhutdinov,
2015); both go through the same convolutions.

Compiled by archc 0.1.0 from siamese.yaml for Keras.
38,951,745 parameters, 1,817,251,840 multiply-accumulates an image.
"""

import keras
from keras import KerasTensor, layers


def tower(x: KerasTensor, units: int, *, name: str) -> KerasTensor:
    x = layers.Conv2D(64, 10, activation="relu", name=f"{name}_conv1")(x)
    x = layers.MaxPooling2D(2, name=f"{name}_max_pool1")(x)
    x = layers.Conv2D(128, 7, activation="relu", name=f"{name}_conv2")(x)
    x = layers.MaxPooling2D(2, name=f"{name}_max_pool2")(x)
    x = layers.Conv2D(128, 4, activation="relu", name=f"{name}_conv3")(x)
    x = layers.MaxPooling2D(2, name=f"{name}_max_pool3")(x)
    x = layers.Conv2D(256, 4, activation="relu", name=f"{name}_conv4")(x)
    x = layers.Flatten(name=f"{name}_flatten")(x)
    return layers.Dense(units, activation="sigmoid", name=f"{name}_dense")(x)


def siamese(*, logits: bool = False) -> keras.Model:
    """one float32 (batch, 105, 105, 1), other float32 (batch, 105, 105, 1) -> probabilities
    (batch, 1), or logits.
    """
    one = keras.Input((105, 105, 1), name="one")
    other = keras.Input((105, 105, 1), name="other")
    tower_input = keras.Input(one.shape[1:], dtype=one.dtype)
    shared_tower = keras.Model(tower_input, tower(tower_input, 4096, name="first"), name="first")
    first = shared_tower(one)  # (4096,)
    second = shared_tower(other)
    larger = layers.Maximum(name="larger")([first, second])
    smaller = layers.Minimum(name="smaller")([first, second])
    x = layers.Subtract(name="subtract")([larger, smaller])
    x = layers.Dense(1, name="dense")(x)  # (1,)
    outputs = x if logits else layers.Activation("sigmoid", name="dense_sigmoid")(x)
    return keras.Model([one, other], outputs, name="siamese")
