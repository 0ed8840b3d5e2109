"""ONNX's operators in float64, where `onnx.reference` has none, a slow one, or a wrong one.

`LRN` there loops over the batch for the channels, `GlobalMaxPool` takes the wrong axes of all but images, and `Mean`
cannot stretch its first input; `LogSoftmax` takes the logarithm of shares that are 0 to it; `Gelu`, `HardSwish` and
`GroupNormalization` are expanded with constants of 32 bits; pools, their inverse and transposed convolutions are loops
in Python.
"""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from onnx import ModelProto
from onnx.reference import ReferenceEvaluator
from onnx.reference.op_run import OpRun

from archc_onnx.evaluator_recurrent import GRU, LSTM, RNN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

ERF = np.vectorize(math.erf, otypes=[np.float64])


class LRN(OpRun):
    """Damps by the squares of neighbouring channels."""

    def _run(self, x: Array, alpha: float, beta: float, bias: float, size: int) -> tuple[Array]:
        before, after = (size - 1) // 2, size // 2
        squares = np.pad(x * x, [(0, 0), (before, after), *[(0, 0)] * (x.ndim - 2)])
        total = sum(squares[:, c : c + x.shape[1]] for c in range(size))
        return (x / (bias + alpha / size * total) ** beta,)


class GlobalMaxPool(OpRun):
    """The largest value of each channel."""

    def _run(self, x: Array) -> tuple[Array]:
        return (x.max(axis=tuple(range(2, x.ndim)), keepdims=True),)


class Mean(OpRun):
    """The mean of any number of tensors, stretched as needed."""

    def _run(self, *xs: Array) -> tuple[Array]:
        return (sum(xs[1:], xs[0]) / len(xs),)


class Gelu(OpRun):
    """The Gaussian error linear unit."""

    def _run(self, x: Array, approximate: str) -> tuple[Array]:
        if approximate == "tanh":
            return (x / 2 * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))),)
        return (x / 2 * (1 + ERF(x / math.sqrt(2))),)


class LogSoftmax(OpRun):
    """The logarithm of the softmax, where even the smallest share has one."""

    def _run(self, x: Array, axis: int) -> tuple[Array]:
        lower = x - x.max(axis=axis, keepdims=True)
        return (lower - np.log(np.exp(lower).sum(axis=axis, keepdims=True)),)


class HardSwish(OpRun):
    """The tensor times max(0, min(1, x / 6 + 0.5))."""

    def _run(self, x: Array) -> tuple[Array]:
        return (x * np.clip(x / 6 + 0.5, 0, 1),)


class GroupNormalization(OpRun):
    """Normalises groups of channels; scale and bias are for each channel."""

    def _run(
        self, x: Array, scale: Array, bias: Array, epsilon: float, num_groups: int, stash_type: int
    ) -> tuple[Array]:
        del stash_type  # the type to compute in, where that is narrower
        groups = x.reshape(x.shape[0], num_groups, -1)
        centred = groups - groups.mean(axis=2, keepdims=True)
        y = centred / np.sqrt((centred * centred).mean(axis=2, keepdims=True) + epsilon)
        per_channel = (-1, *[1] * (x.ndim - 2))
        return (y.reshape(x.shape) * scale.reshape(per_channel) + bias.reshape(per_channel),)


def windows(x: Array, value: float, kernel_shape: list[int], pads: list[int], strides: list[int]) -> Array:
    """Return the windows of a tensor padded with `value`, their places in the last axis."""
    rank = len(kernel_shape)
    around = [(0, 0), (0, 0), *zip(pads[:rank], pads[rank:], strict=True)]
    seen = sliding_window_view(np.pad(x, around, constant_values=value), kernel_shape, tuple(range(2, rank + 2)))
    steps = (slice(None), slice(None), *(slice(None, None, step) for step in strides))
    return seen[steps].reshape(*seen[steps].shape[: rank + 2], -1)


class MaxPool(OpRun):
    """The largest value of each window, in the form that the compiler writes."""

    def _run(
        self, x: Array, kernel_shape: list[int], pads: list[int], strides: list[int], **_others: Any
    ) -> tuple[Array, ...]:
        seen = windows(x, -math.inf, kernel_shape, pads, strides)
        if len(self.onnx_node.output) == 1:
            return (seen.max(axis=-1),)
        # Asked for where they stand only of windows without padding.
        places = windows(np.arange(x.size).reshape(x.shape), 0, kernel_shape, pads, strides)
        return seen.max(axis=-1), np.take_along_axis(places, seen.argmax(axis=-1)[..., None], axis=-1)[..., 0]


class MaxUnpool(OpRun):
    """Puts values where the largest ones stood of windows that fill a tensor."""

    def _run(self, x: Array, places: Array, *, kernel_shape: list[int], **_others: Any) -> tuple[Array]:
        y = np.zeros((*x.shape[:2], *(n * k for n, k in zip(x.shape[2:], kernel_shape, strict=True))), x.dtype)
        y.reshape(-1)[places] = x
        return (y,)


class AveragePool(OpRun):
    """The mean of each window, in the form that the compiler writes."""

    def _run(
        self,
        x: Array,
        kernel_shape: list[int],
        pads: list[int],
        strides: list[int],
        count_include_pad: int,
        **_others: Any,
    ) -> tuple[Array]:
        total = windows(x, 0.0, kernel_shape, pads, strides).sum(axis=-1)
        if count_include_pad:
            return (total / math.prod(kernel_shape),)
        there = np.ones((1, 1, *x.shape[2:]), x.dtype)
        return (total / windows(there, 0.0, kernel_shape, pads, strides).sum(axis=-1),)


class ConvTranspose(OpRun):
    """Adds each place's multiple of the kernel to the output, and cuts off the pads."""

    def _run(
        self,
        x: Array,
        weight: Array,
        bias: Array | None = None,
        *,
        pads: list[int],
        strides: list[int],
        output_padding: list[int] | None = None,
        **_others: Any,
    ) -> tuple[Array]:
        rank, kernel = x.ndim - 2, weight.shape[2:]
        over = output_padding or [0] * rank
        whole = [(n - 1) * s + k + o for n, s, k, o in zip(x.shape[2:], strides, kernel, over, strict=True)]
        y = np.zeros((x.shape[0], weight.shape[1], *whole), x.dtype)
        for tap in itertools.product(*map(range, kernel)):
            steps = zip(tap, x.shape[2:], strides, strict=True)
            at: tuple[Any, ...] = (..., *(slice(t, t + (n - 1) * s + 1, s) for t, n, s in steps))
            here: tuple[Any, ...] = (..., *tap)
            y[at] += np.moveaxis(np.tensordot(x, weight[here], axes=(1, 0)), -1, 1)
        ends = zip(whole, pads[:rank], pads[rank:], strict=True)
        kept: tuple[Any, ...] = (..., *(slice(before, n - after) for n, before, after in ends))
        y = y[kept]
        return (y if bias is None else y + bias.reshape(-1, *[1] * rank),)


OPERATORS: list[Any] = [
    LRN,
    GlobalMaxPool,
    Mean,
    Gelu,
    HardSwish,
    LogSoftmax,
    GroupNormalization,
    MaxPool,
    MaxUnpool,
    AveragePool,
    ConvTranspose,
    RNN,
    LSTM,
    GRU,
]


def evaluator(model: ModelProto, exact: dict[str, dict[str, float]]) -> ReferenceEvaluator:
    """Return what runs a model in float64, with the attributes that ONNX rounds as they were meant."""
    found = ReferenceEvaluator(model, new_ops=OPERATORS)
    for operator in found.rt_nodes_:
        for name, value in exact.get(operator.onnx_node.name, {}).items():
            setattr(operator, name, value)
    return found
