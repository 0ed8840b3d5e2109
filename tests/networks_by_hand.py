"""The networks of `tests/by_hand` as NumPy, written out step by step: what the language says that they compute."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np

from tests.reference import run

Array = Any
Arrays = dict[str, Any]


class Calls(Protocol):
    """Applies the op `op` with the weights that `path` holds."""

    def __call__(self, op: str, path: str, *xs: Array, **args: Any) -> Array:
        """Return what it gives for `xs`."""


class ByHand(NamedTuple):
    """A spec's name, and the function that computes its outputs from its inputs by name, for one example."""

    name: str
    compute: Any

    @property
    def path(self) -> Path:
        return Path(__file__).parent / "by_hand" / f"{self.name}.yaml"

    def outputs(self, inputs: Arrays, weights: Arrays) -> list[Array]:
        """Return the outputs after their final activations."""
        used: set[str] = set()

        def call(op: str, path: str, *xs: Array, **args: Any) -> Array:
            own = {name.removeprefix(f"{path}."): w for name, w in weights.items() if name.startswith(f"{path}.")}
            used.update(name for name in weights if path and name.startswith(f"{path}."))
            return run(op, args, list(xs), own if path else None)

        found = self.compute(call, **inputs)
        assert used == set(weights), set(weights) - used
        return list(found) if isinstance(found, tuple) else [found]


def plain(call: Calls, input: Array) -> Array:
    x = call("conv", "conv1", input, filters=4, kernel_size=3, activation="relu")
    x = call("conv", "conv2", x, filters=3, kernel_size=3, activation="relu")
    x = call("flatten", "", x)
    return call("softmax", "", call("dense", "dense", x, units=3))


def residual(call: Calls, input: Array) -> Array:
    def unit(x: Array, path: str, filters: int, stride: int, shortcut: bool) -> Array:
        y = call(
            "conv", f"{path}.main_conv1", x, filters=filters, kernel_size=3, stride=stride, padding="same", bias=False
        )
        y = call("relu", "", call("batch_norm", f"{path}.main_batch_norm1", y))
        y = call("conv", f"{path}.main_conv2", y, filters=filters, kernel_size=3, padding="same", bias=False)
        y = call("batch_norm", f"{path}.main_batch_norm2", y)
        if shortcut:
            x = call("conv", f"{path}.shortcut", x, filters=filters, kernel_size=1, stride=stride, bias=False)
        return np.maximum(y + x, 0)

    x = call("max_pool", "", input, kernel_size=3, stride=2, padding=1)
    x = unit(x, "unit1.0", 4, 1, True)
    x = unit(x, "unit1.1", 4, 1, False)
    x = unit(x, "unit2", 6, 2, True)
    return call("dense", "dense", call("global_avg_pool", "", x), units=2)


def branching(call: Calls, input: Array) -> Array:
    one = call("conv", "one", input, filters=2, kernel_size=1)
    three = call("conv", "three_reduce", input, filters=2, kernel_size=1, activation="relu")
    three = call("conv", "three_conv", three, filters=3, kernel_size=3, padding="same")
    pooled = call("avg_pool", "", input, kernel_size=3, stride=1, padding="same")
    pooled = call("conv", "pooled_conv", pooled, filters=1, kernel_size=1)
    x = np.concatenate([one, three, pooled, input], axis=-1)
    gate = call("dense", "gate_dense", call("global_avg_pool", "", x), units=8, activation="sigmoid")
    x = x * gate
    left = call("lrn", "", x, size=3, alpha=0.5)
    right = call("conv", "right.1", call("conv", "right.0", x, filters=8, kernel_size=1), filters=8, kernel_size=1)
    x = left - right
    tall = np.concatenate([x[1:], np.tanh(x)], axis=0)
    return call("flatten", "", call("max_pool", "", tall, kernel_size=2, stride=3, ceil=True))


def reading(call: Calls, words: Array, facts: Array) -> tuple[Array, Array]:
    x = call("embedding", "embedding", words, units=4)
    x = call("conv", "conv", x, filters=5, kernel_size=3, padding="same", activation="silu")
    mixed = call("dense", "mixed_dense", call("layer_norm", "mixed_layer_norm", x), units=5, activation="tanh")
    x = x + mixed + facts
    tags = call("softmax", "", call("dense", "tags", x, units=3))
    rows = call("reshape", "", x, to={"height": 3, "width": 2, "channels": 5})
    rows = call("permute", "", rows, to=["width", "height", "channels"])
    y = call("flatten", "", call("conv", "seen", rows, filters=2, kernel_size=2))
    return tags, call("sigmoid", "", call("dense", "mood", y, units=1))


def unet(call: Calls, input: Array) -> Array:
    def double_conv(x: Array, path: str, filters: int) -> Array:
        for step in ("conv1", "conv2"):
            x = call("conv", f"{path}.{step}", x, filters=filters, kernel_size=3, padding="same", activation="relu")
        return x

    def level(x: Array, path: str, filters: int, depth: int) -> Array:
        skip = double_conv(x, f"{path}.encoder", filters)
        if depth == 0:
            return skip
        below = call("max_pool", "", skip, kernel_size=2)
        below = level(below, f"{path}.below_level", filters * 2, depth - 1)
        below = call("conv_transpose", f"{path}.below_conv_transpose", below, filters=filters, kernel_size=2, stride=2)
        return double_conv(np.concatenate([skip, below], axis=-1), f"{path}.decoder", filters)

    x = level(input, "level", 2, 2)
    return call("sigmoid", "", call("conv", "masks", x, filters=1, kernel_size=1))


def growing(call: Calls, input: Array) -> Array:
    x = input
    for turn in range(3):
        y = call(
            "conv", f"dense_block.concat.{turn}.new", x, filters=2, kernel_size=3, padding="same", activation="relu"
        )
        x = np.concatenate([x, y], axis=-1)
    for turn in (0, 2):
        x = call("conv", f"picky.{turn}", x, filters=(3, 5, 4)[turn], kernel_size=1)
    for outer in range(2):
        for inner in range(2):
            x = call("conv", f"chain.{outer}.conv.{inner}", x, filters=3 + inner, kernel_size=1)
        x = np.maximum(x, 0)
    return call("global_max_pool", "", x)


def frames(call: Calls, input: Array) -> Array:
    seen = []
    for image in input:
        x = call("conv", "frame_conv", image, filters=3, kernel_size=3, padding="same", bias=False)
        x = call("max_pool", "", call("relu", "", call("batch_norm", "frame_batch_norm", x)), kernel_size=2)
        seen.append(call("dense", "frame_dense", call("flatten", "", x), units=5, activation="tanh"))
    states = call("lstm", "lstm", np.stack(seen), units=4, return_sequences=True)
    scores = [call("softmax", "", call("dense", "scores_dense", state, units=3)) for state in states]
    return np.mean(scores, axis=0)


NETWORKS = [
    ByHand("plain", plain),
    ByHand("residual", residual),
    ByHand("branching", branching),
    ByHand("reading", reading),
    ByHand("growing", growing),
    ByHand("unet", unet),
    ByHand("frames", frames),
]
