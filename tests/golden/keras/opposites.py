"""opposites: Opposite conditions, loops over lists, sizes that a repeat of one turn leaves, and
a shortcut that may be left out.

Compiled by archc 0.1.0 from opposites.yaml for Keras.
1,458 parameters, 87,834 multiply-accumulates an image.
"""

import keras
from keras import KerasTensor, layers, ops


def rectifier(x: KerasTensor, learned: bool, *, name: str) -> KerasTensor:
    if not learned:
        x = ops.relu(x)
    else:
        x = layers.PReLU(
            alpha_initializer=keras.initializers.Constant(0.25),
            shared_axes=(1, 2),
            name=f"{name}_prelu",
        )(x)
    return x


def either(
    x: KerasTensor,
    wide: bool,
    deep: bool = False,
    odd: int | tuple[int, ...] = (1, 1),
    *,
    name: str,
) -> KerasTensor:
    if wide:
        x = layers.Conv2D(4, odd, padding="same", name=f"{name}_conv1")(x)
        x = layers.BatchNormalization(momentum=0.9, epsilon=1e-05, name=f"{name}_batch_norm")(x)
    else:
        x = layers.Conv2D(4, 1, name=f"{name}_conv2")(x)
    if deep:
        x = layers.Conv2D(6, 1, name=f"{name}_conv3")(x)
    else:
        x = layers.Conv2D(8, 1, name=f"{name}_conv4")(x)
    return x


def grow(x: KerasTensor, kernel_size: int | tuple[int, ...] = 1, *, name: str) -> KerasTensor:
    new = layers.Conv2D(3, kernel_size, padding="same", name=f"{name}_new")(x)
    return layers.Concatenate(name=f"{name}_concat")([x, new])


def joined(x: KerasTensor, shortcut: bool, cut: int = 0, *, name: str) -> KerasTensor:
    main = layers.Conv2D(4, 3, padding="same", name=f"{name}_main_conv")(x)
    main = layers.Cropping2D(cut, name=f"{name}_main_crop")(main)
    if shortcut:
        main = layers.Add(name=f"{name}_add")([main, x])
    return main


def opposites(*, logits: bool = False) -> keras.Model:
    """float32 (batch, 9, 8, 4) -> probabilities (batch, 3), or logits."""
    inputs = keras.Input((9, 8, 4), name="input")
    x = rectifier(inputs, True, name="rectifier1")
    x = rectifier(x, False, name="rectifier2")
    x = either(x, True, odd=3, name="either1")  # (9, 8, 8)
    x = layers.Conv2D(4, 1, name="conv1")(x)  # (9, 8, 4)
    x = either(x, False, deep=True, name="either2")  # (9, 8, 6)
    for index in range(2):
        x = grow(x, kernel_size=3, name=f"grow1_{index}")
    for index in range(1):
        x = grow(x, kernel_size=(1, 3), name=f"grow2_{index}")
    for index in range(1):
        x = grow(x, name=f"grow3_{index}")
    for index, filters in enumerate((4, 6, 5)):
        x = layers.Conv2D(filters, 1, activation="tanh", name=f"conv2_{index}")(x)
    for index, filters in enumerate((7, 3, 4)):
        x = layers.Conv2D(filters, (1, 2), name=f"conv3_{index}")(x)
    x = joined(x, True, name="joined1")  # (9, 5, 4)
    x = joined(x, False, cut=1, name="joined2")  # (7, 3, 4)
    x = layers.GlobalAveragePooling2D(name="global_avg_pool")(x)  # (4,)
    x = layers.Dense(3, name="dense")(x)  # (3,)
    outputs = x if logits else layers.Softmax(name="dense_softmax")(x)
    return keras.Model(inputs, outputs, name="opposites")
