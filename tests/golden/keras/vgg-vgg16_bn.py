"""vgg: VGG (Simonyan and Zisserman, 2014), 16 layers deep unless a variant says otherwise.

Compiled by archc 0.1.0 from vgg.yaml for Keras.
138,365,992 parameters, 15,470,264,320 multiply-accumulates an image.
"""

import keras
from keras import KerasTensor, layers, ops


def conv_relu(x: KerasTensor, filters: int, *, name: str) -> KerasTensor:
    x = layers.Conv2D(filters, 3, padding="same", name=f"{name}_conv")(x)
    x = layers.BatchNormalization(momentum=0.9, epsilon=1e-05, name=f"{name}_batch_norm")(x)
    return ops.relu(x)


def stage(x: KerasTensor, filters: int, depth: int, *, name: str) -> KerasTensor:
    for index in range(depth):
        x = conv_relu(x, filters, name=f"{name}_conv_relu_{index}")
    return layers.MaxPooling2D(2, name=f"{name}_max_pool")(x)


def vgg(*, logits: bool = False) -> keras.Model:
    """float32 (batch, 224, 224, 3) -> probabilities (batch, 1000), or logits."""
    inputs = keras.Input((224, 224, 3), name="input")
    x = stage(inputs, 64, depth=2, name="stage1")  # (112, 112, 64)
    x = stage(x, 128, depth=2, name="stage2")  # (56, 56, 128)
    x = stage(x, 256, depth=3, name="stage3")  # (28, 28, 256)
    x = stage(x, 512, depth=3, name="stage4")  # (14, 14, 512)
    x = stage(x, 512, depth=3, name="stage5")  # (7, 7, 512)
    x = layers.Flatten(name="flatten")(x)  # (25088,)
    x = layers.Dense(4096, activation="relu", name="dense1")(x)  # (4096,)
    x = layers.Dropout(0.5, name="dropout1")(x)
    x = layers.Dense(4096, activation="relu", name="dense2")(x)
    x = layers.Dropout(0.5, name="dropout2")(x)
    x = layers.Dense(1000, name="dense3")(x)  # (1000,)
    outputs = x if logits else layers.Softmax(name="dense3_softmax")(x)
    return keras.Model(inputs, outputs, name="vgg")
