"""several: Two inputs, three outputs, and every kind of merge.

Compiled by archc 0.1.0 from several.yaml for Keras.
301 parameters, 14,460 multiply-accumulates an example.
"""

import keras
from keras import KerasTensor, layers, ops


def local_response_norm(
    x: KerasTensor, size: int, alpha: float, beta: float, bias: float = 1.0
) -> KerasTensor:
    """Divide each value by the energy of the `size` channels around it."""
    channels = x.shape[-1]
    around = (size // 2, (size - 1) // 2)
    squares = ops.pad(ops.square(x), (*[(0, 0)] * (len(x.shape) - 1), around))
    energy = sum(squares[..., i : i + channels] for i in range(size))
    return x / ops.power(bias + alpha / size * energy, beta)


def several(*, logits: bool = False) -> keras.Model:
    """image float32 (batch, 10, 10, 3), meta float32 (batch, 6) -> kind probabilities (batch,
    4), mask probabilities (batch, 14, 8, 2), global_max_pool (batch, 6), or logits.
    """
    image = keras.Input((10, 10, 3), name="image")
    meta = keras.Input((6,), name="meta")
    trunk = layers.Conv2D(6, 3, activation="relu", name="trunk")(image)  # (8, 8, 6)
    gate = layers.Dense(6, activation="sigmoid", name="gate")(meta)  # (6,)
    x = layers.Multiply(name="gated")([trunk, ops.expand_dims(gate, (1, 2))])  # (8, 8, 6)
    a = layers.Conv2D(6, 1, name="a")(x)
    c = ops.tanh(x)
    maximum = layers.Maximum(name="maximum")([a, x, c])
    x = layers.Minimum(name="minimum")([maximum, trunk])
    right = layers.Conv2D(1, 1, name="right")(x)  # (8, 8, 1)
    x = layers.Subtract(name="subtract")([x, right])  # (8, 8, 6)
    two = local_response_norm(x, 3, 0.0001, 0.75)
    three = layers.SpatialDropout2D(0.2, name="three")(x)
    x = layers.Average(name="average")([x, two, three])
    down = layers.Cropping2D((1, 0), name="down")(x)  # (6, 8, 6)
    tall = layers.Concatenate(axis=1, name="tall")([x, down])  # (14, 8, 6)
    x = layers.GlobalAveragePooling2D(name="global_avg_pool")(tall)  # (6,)
    kind = layers.Dense(4, name="kind")(x)  # (4,)
    mask = layers.Conv2D(2, 1, name="mask")(tall)  # (14, 8, 2)
    global_max_pool = layers.GlobalMaxPooling2D(name="global_max_pool")(tall)  # (6,)
    kind_output = kind if logits else layers.Softmax(name="kind_softmax")(kind)
    mask_output = mask if logits else layers.Activation("sigmoid", name="mask_sigmoid")(mask)
    return keras.Model([image, meta], [kind_output, mask_output, global_max_pool], name="several")
