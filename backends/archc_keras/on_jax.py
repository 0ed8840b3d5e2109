"""Keras on JAX: arrays and gradients."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import jax
import keras
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

# Else JAX takes float64 for float32, and says nothing.
jax.config.update("jax_enable_x64", True)  # type: ignore[no-untyped-call]

VERSION = {"jax": str(jax.__version__)}


def place() -> AbstractContextManager[None]:
    """Compute on the CPU."""
    device: AbstractContextManager[None] = keras.device("cpu:0")
    return device


def tensor(array: Array, dtype: str) -> Any:
    """Return an array of JAX's."""
    return jax.numpy.asarray(array, dtype)


def array_of(value: Any) -> Array:
    """Return a variable or tensor as an array of its own."""
    return np.array(getattr(value, "value", value))


def mean_square(a: Any, b: Any) -> Any:
    """Return the mean squared difference of two tensors. Keras's own mean is of float32 on some engines."""
    return jax.numpy.square(a - b).mean()


def narrow(model: Any) -> None:
    """Leave everything: JAX has a float64 kernel for all."""


def backward(
    model: Any, xs: list[Any], wanted: Sequence[int], loss_of: Callable[[Any], Any]
) -> tuple[float, list[Any], list[Any]]:
    """Return the loss in training mode, its gradients by the trainable variables, and by the `wanted` ones of `xs`.

    The variables that are not trained take the values that this step gives them.
    """
    fixed = [variable.value for variable in model.non_trainable_variables]

    def loss(weights: list[Any], given: list[Any]) -> tuple[Any, Any]:
        inputs = list(xs)
        for number, x in zip(wanted, given, strict=True):
            inputs[number] = x
        passed = inputs if len(inputs) > 1 else inputs[0]
        # Losses of the model's own are its regularizers'.
        outputs, after, own = model.stateless_call(weights, fixed, passed, training=True, return_losses=True)
        return loss_of(outputs) + sum(own), after

    weights = [variable.value for variable in model.trainable_variables]
    graded = jax.value_and_grad(loss, argnums=(0, 1), has_aux=True)
    (value, after), (by_weights, by_inputs) = graded(weights, [xs[number] for number in wanted])
    for variable, held in zip(model.non_trainable_variables, after, strict=True):
        variable.assign(held)
    return float(value), list(by_weights), list(by_inputs)
