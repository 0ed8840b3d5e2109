"""branches: Merges in merges, in repeats, of many branches, of one, and of branches that repeat.

Compiled by archc 0.1.0 from branches.yaml for Keras.
5,005 parameters, 571,870 multiply-accumulates an image.
"""

import keras
from keras import KerasTensor, layers, ops


def nested(x: KerasTensor, filters: int, turns: int = 2, *, name: str) -> KerasTensor:
    in_channels = x.shape[-1]
    plain = layers.Conv2D(filters, 1, name=f"{name}_concat_plain")(x)
    deep = x
    for index in range(turns):
        deep = layers.Conv2D(
            filters, 3, padding="same", activation="relu", name=f"{name}_concat_deep_conv_{index}"
        )(deep)
    left = layers.Conv2D(filters, 1, name=f"{name}_concat_deep_left")(deep)
    gate = layers.GlobalAveragePooling2D(
        name=f"{name}_concat_deep_right_gate_global_avg_pool",
    )(deep)
    gate = layers.Dense(
        filters,
        activation="sigmoid",
        name=f"{name}_concat_deep_right_gate_dense",
    )(gate)
    right = layers.Multiply(name=f"{name}_concat_deep_right")([deep, ops.expand_dims(gate, (1, 2))])
    deep = layers.Add(name=f"{name}_concat_deep_add")([left, right])
    pooled = layers.MaxPooling2D(3, 1, padding="same", name=f"{name}_pooled_max_pool")(x)
    for index in range(turns):
        pooled = layers.Conv2D(filters + index, 1, name=f"{name}_pooled_conv_{index}")(pooled)
    x = layers.Concatenate(name=f"{name}_concat")([plain, deep, pooled])
    deep = layers.Conv2D(
        in_channels * 0 + filters * 3 + turns - 1,
        1,
        name=f"{name}_maximum_deep",
    )(x)
    return layers.Maximum(name=f"{name}_maximum")([x, deep])


def one_or_two(x: KerasTensor, filters: int, both: bool = True, *, name: str) -> KerasTensor:
    main = layers.Conv2D(filters, 3, padding="same", name=f"{name}_main")(x)
    if both:
        other = layers.Conv2D(filters, 1, name=f"{name}_other")(x)
        x = layers.Subtract(name=f"{name}_subtract")([main, other])
    else:
        x = main
    return x


def branches(*, logits: bool = False) -> keras.Model:
    """float32 (batch, 12, 10, 3) -> probabilities (batch, 3), or logits."""
    inputs = keras.Input((12, 10, 3), name="input")
    stem = layers.Conv2D(6, 1, name="stem")(inputs)  # (12, 10, 6)
    x = nested(stem, 3, name="nested1")  # (12, 10, 10)
    x = nested(x, 4, turns=3, name="nested2")  # (12, 10, 14)
    x = one_or_two(x, 6, name="one_or_two")  # (12, 10, 6)
    only = one_or_two(x, 6, both=False, name="only")
    x = only
    for index in range(3):
        main = x
        for index_ in range(2):
            main = layers.Conv2D(
                6, 3, padding="same", activation="relu", name=f"turns_{index}_main_conv_{index_}"
            )(main)
        conv = main
        main = layers.Minimum(name=f"turns_{index}_main_minimum")([conv, stem])
        x = layers.Add(name=f"turns_{index}")([main, x])
    turns = x
    x = layers.Concatenate(name="concat1")([turns, stem, only, stem])  # (12, 10, 24)
    for index in range(3):
        x = layers.Conv2D(2**index + 5, 1, name=f"left_out_{index}_first")(x)
    left_out = x  # (12, 10, 9)
    b = ops.tanh(stem)  # (12, 10, 6)
    aside = layers.Average(name="aside")([stem, b])
    global_max_pool = layers.GlobalMaxPooling2D(name="global_max_pool")(aside)  # (6,)
    global_avg_pool = layers.GlobalAveragePooling2D(name="global_avg_pool")(left_out)  # (9,)
    x = layers.Concatenate(name="concat2")([global_max_pool, global_avg_pool])  # (15,)
    x = layers.Dense(3, name="dense")(x)  # (3,)
    outputs = x if logits else layers.Softmax(name="dense_softmax")(x)
    return keras.Model(inputs, outputs, name="branches")
