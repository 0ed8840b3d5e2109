"""Keras on TensorFlow: tensors, gradients, and what TensorFlow cannot compute in float64."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from typing import TYPE_CHECKING, Any

import numpy as np
import tensorflow as tf

from archc_keras.weights import operations

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

with suppress(RuntimeError):  # TensorFlow has begun to compute, and keeps its threads
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)

VERSION = {"tensorflow": str(tf.__version__)}

SINGLE_PRECISION = frozenset({"MaxPooling3D", "AveragePooling3D", "MaxPool", "AveragePool", "AdaptiveAveragePooling3D"})
"""Classes of Keras operations that TensorFlow cannot compute in float64 on volumes."""


def place() -> AbstractContextManager[None]:
    """Compute on the CPU."""
    device: AbstractContextManager[None] = tf.device("CPU:0")
    return device


def tensor(array: Array, dtype: str) -> Any:
    """Return a tensor; Keras would turn an array of float64 into float32 on the way."""
    return tf.constant(array, dtype)


def array_of(value: Any) -> Array:
    """Return a variable or tensor as an array of its own."""
    # Keras's own conversion goes through a protocol that warns.
    return np.array(tf.convert_to_tensor(getattr(value, "value", value)).numpy())


def mean_square(a: Any, b: Any) -> Any:
    """Return the mean squared difference of two tensors. Keras's own mean is of float32 on some engines."""
    return tf.reduce_mean(tf.square(a - b))


def narrow(model: Any) -> None:
    """Compute in float32 what has no float64 kernel, between casts."""
    for operation in operations(model):
        if type(operation).__name__ in SINGLE_PRECISION and len(operation.output.shape) == 5:
            operation.call = _narrowed(operation.call)


def _narrowed(call: Any) -> Any:
    def narrowed(x: Any, *args: Any, **kwargs: Any) -> Any:
        return tf.cast(call(tf.cast(x, "float32"), *args, **kwargs), x.dtype)

    return narrowed


def backward(
    model: Any, xs: list[Any], wanted: Sequence[int], loss_of: Callable[[Any], Any]
) -> tuple[float, list[Any], list[Any]]:
    """Return the loss in training mode, its gradients by the trainable variables, and by the `wanted` ones of `xs`."""
    variables = model.trainable_variables
    given = [xs[number] for number in wanted]
    # Losses of the model's own are its regularizers'.
    with tf.GradientTape() as tape:
        for x in given:
            tape.watch(x)
        loss = loss_of(model(xs if len(xs) > 1 else xs[0], training=True)) + sum(model.losses)
    by = [*(variable.value for variable in variables), *given]
    found = tape.gradient(loss, by, unconnected_gradients=tf.UnconnectedGradients.ZERO)
    full = [tf.convert_to_tensor(gradient) for gradient in found]
    return float(loss), full[: len(variables)], full[len(variables) :]
