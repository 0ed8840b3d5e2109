"""frames: Steps for each slice, within blocks, repeats and each other, and for slices of every
kind.

Compiled by archc 0.1.0 from frames.yaml for Keras.
1,032 parameters, 25,698 multiply-accumulates an example.
"""

import keras
from keras import KerasTensor, layers, ops


def look(x: KerasTensor, units: int, *, time_distributed_frames: int, name: str) -> KerasTensor:
    x = ops.reshape(x, (-1, *x.shape[2:]))
    x = layers.Conv2D(
        units, 3, padding="same", activation="relu", name=f"{name}_time_distributed_conv"
    )(x)
    main = layers.Conv2D(units, 1, name=f"{name}_time_distributed_main_conv")(x)
    main = layers.BatchNormalization(
        momentum=0.9, epsilon=1e-05, name=f"{name}_time_distributed_main_batch_norm"
    )(main)
    x = layers.Add(name=f"{name}_time_distributed_add")([main, x])
    return ops.reshape(x, (-1, time_distributed_frames, *x.shape[1:]))


def rows(x: KerasTensor, units: int, *, name: str) -> KerasTensor:
    x = ops.reshape(x, (-1, *x.shape[2:]))
    x = layers.GRU(units, return_sequences=True, name=f"{name}_time_distributed_gru")(x)
    x = ops.reshape(x, (-1, *x.shape[2:]))
    x = layers.Dense(
        units, activation="tanh", name=f"{name}_time_distributed_time_distributed_dense"
    )(x)
    x = ops.reshape(x, (-1, 5, *x.shape[1:]))
    return ops.reshape(x, (-1, 3, *x.shape[1:]))


def frames(*, logits: bool = False) -> keras.Model:
    """float32 (batch, 3, 6, 5, 2) -> probabilities (batch, 3), or logits."""
    inputs = keras.Input((3, 6, 5, 2), name="input")
    x = look(inputs, 4, time_distributed_frames=3, name="look1")  # (3, 6, 5, 4)
    x = layers.Conv3D(3, (2, 2, 1), (1, 2, 1), name="conv")(x)  # (2, 3, 5, 3)
    x = look(x, 3, time_distributed_frames=2, name="look2")
    for index in range(2):
        x = ops.reshape(x, (-1, *x.shape[2:]))
        x = layers.Conv2D(3, 3, padding="same", name=f"turns_{index}_conv")(x)
        x = ops.reshape(x, (-1, *x.shape[2:]))
        x = layers.Conv1D(3, 3, padding="causal", name=f"turns_{index}_inner_conv1")(x)
        inner_mixed = layers.Conv1D(3, 1, activation="tanh", name=f"turns_{index}_inner_mixed")
        x = inner_mixed(x)
        x = inner_mixed(x)
        x = ops.reshape(x, (-1, 3, *x.shape[1:]))
        x = ops.reshape(x, (-1, 2, *x.shape[1:]))
    x = ops.reshape(x, (-1, *x.shape[2:]))  # (3, 5, 3)
    x = rows(x, 5, name="each_rows")  # (3, 5, 5)
    x = ops.reshape(x, (-1, *x.shape[2:]))  # (5, 5)
    x = layers.Flatten(name="each_time_distributed_flatten")(x)  # (25,)
    x = layers.Dense(6, name="each_time_distributed_dense")(x)  # (6,)
    x = ops.reshape(x, (-1, 3, *x.shape[1:]))  # (3, 6)
    x = ops.mean(x, axis=1)  # (6,)
    x = ops.reshape(x, (-1, 2, *x.shape[1:]))  # (2, 6)
    x = ops.reshape(x, (-1, *x.shape[2:]))  # (6,)
    x = layers.Dense(4, activation="tanh", name="time_distributed_apart")(x)  # (4,)
    x = ops.reshape(x, (-1, 2, *x.shape[1:]))  # (2, 4)
    for index in range(3):
        if index > 0:
            x = ops.reshape(x, (-1, *x.shape[2:]))
            x = layers.Rescaling(0.5, offset=0.1, name=f"halved_{index}_rescale")(x)
            x = ops.softsign(x)
            x = ops.reshape(x, (-1, 2, *x.shape[1:]))
    for index in range(3):
        if index > 0:
            x = layers.ZeroPadding1D(1, name=f"longer_{index}")(x)
    x = layers.LSTM(4, name="lstm")(x)  # (4,)
    x = layers.Dense(3, name="dense")(x)  # (3,)
    outputs = x if logits else layers.Softmax(name="dense_softmax")(x)
    return keras.Model(inputs, outputs, name="frames")
