"""Keras on PyTorch: tensors and gradients."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import torch

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

torch.set_num_threads(1)

VERSION = {"torch": str(torch.__version__)}


def place() -> AbstractContextManager[None]:
    """Compute on the CPU."""
    device: AbstractContextManager[None] = keras.device("cpu:0")
    return device


def tensor(array: Array, dtype: str) -> torch.Tensor:
    """Return a tensor."""
    return torch.from_numpy(np.array(array)).to(getattr(torch, dtype))


def array_of(value: Any) -> Array:
    """Return a variable or tensor as an array of its own."""
    held: torch.Tensor = getattr(value, "value", value)
    return np.array(held.detach().numpy())


def mean_square(a: Any, b: Any) -> Any:
    """Return the mean squared difference of two tensors. Keras's own mean is of float32 on some engines."""
    return (a - b).square().mean()


def narrow(model: Any) -> None:
    """Leave everything: PyTorch has a float64 kernel for all."""


def backward(
    model: Any, xs: list[Any], wanted: Sequence[int], loss_of: Callable[[Any], Any]
) -> tuple[float, list[Any], list[Any]]:
    """Return the loss in training mode, its gradients by the trainable variables, and by the `wanted` ones of `xs`."""
    given = [x.clone().requires_grad_() if number in wanted else x for number, x in enumerate(xs)]
    # Losses of the model's own are its regularizers'.
    loss = loss_of(model(given if len(given) > 1 else given[0], training=True)) + sum(model.losses)
    weights = [variable.value for variable in model.trainable_variables]
    by = [*weights, *(given[number] for number in wanted)]
    found = torch.autograd.grad(loss, by, allow_unused=True) if by else ()
    full = [torch.zeros_like(x) if g is None else g for x, g in zip(by, found, strict=True)]
    return float(loss.detach()), full[: len(weights)], full[len(weights) :]
