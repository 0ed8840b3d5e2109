"""Small networks, each as a spec and as NumPy written out by hand, step by step: what the language says they compute."""

from __future__ import annotations

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
    """A spec, and the function that computes its outputs from its inputs by name, for one example."""

    name: str
    text: str
    compute: Any

    def outputs(self, inputs: Arrays, weights: Arrays) -> list[Array]:
        """Return the outputs after their final activations."""
        used = set()

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


PLAIN = """
archc: 1
name: plain
input: {height: 8, width: 7, channels: 2}
layers:
  - conv: {filters: 4, kernel_size: 3, activation: relu}
  - conv: {filters: 3, kernel_size: 3, activation: relu}
  - flatten
  - dense: {units: 3, activation: softmax}
"""


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


RESIDUAL = """
archc: 1
name: residual
input: {height: 11, width: 10, channels: 3}
blocks:
  unit:
    params: [filters, stride: 1]
    layers:
      - add:
          main:
            - conv: {filters: $filters, kernel_size: 3, stride: $stride, padding: same, bias: false}
            - batch_norm
            - relu
            - conv: {filters: $filters, kernel_size: 3, padding: same, bias: false}
            - batch_norm
          shortcut:
            - conv: {filters: $filters, kernel_size: 1, stride: $stride, bias: false}
              when: $stride > 1 or input.channels != filters
      - relu
layers:
  - max_pool: {kernel_size: 3, stride: 2, padding: 1}
  - unit: {filters: 4}
    repeat: 2
  - unit: {filters: 6, stride: 2}
  - global_avg_pool
  - dense: {units: 2}
"""


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


BRANCHING = """
archc: 1
name: branching
input: {height: 5, width: 6, channels: 2}
layers:
  - concat:
      one:
        - conv: {filters: 2, kernel_size: 1}
      three:
        - conv: {filters: 2, kernel_size: 1, activation: relu}
          name: reduce
        - conv: {filters: 3, kernel_size: 3, padding: same}
      pooled:
        - avg_pool: {kernel_size: 3, stride: 1, padding: same}
        - conv: {filters: 1, kernel_size: 1}
      same: []
  - multiply:
      value: []
      gate:
        - global_avg_pool
        - dense: {units: 8, activation: sigmoid}
  - subtract:
      left:
        - lrn: {size: 3, alpha: 0.5}
      right:
        - conv: {filters: 8, kernel_size: 1}
          repeat: 2
  - concat:
      axis: height
      branches:
        cropped: [{crop: {cropping: [[1, 0], [0, 0]]}}]
        bent: [tanh]
  - max_pool: {kernel_size: 2, stride: 3, ceil: true}
  - flatten
"""


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


READING = """
archc: 1
name: reading
inputs:
  words: {length: 6, vocabulary: 9}
  facts: {features: 5}
layers:
  - embedding: {units: 4}
  - conv: {filters: 5, kernel_size: 3, padding: same, activation: silu}
  - add:
      same: []
      mixed:
        - layer_norm
        - dense: {units: 5, activation: tanh}
    name: both
  - add:
    from: [both, facts]
    name: told
  - dense: {units: 3, activation: softmax}
    name: tags
  - reshape: {to: {height: 3, width: 2, channels: 5}}
    from: told
  - permute: {to: [width, height, channels]}
  - conv: {filters: 2, kernel_size: 2}
    name: seen
  - flatten
  - dense: {units: 1, activation: sigmoid}
    name: mood
outputs: [tags, mood]
"""


UNET = """
archc: 1
name: unet
input: {height: 8, width: 12, channels: 3}
defaults:
  conv: {padding: same}
blocks:
  double_conv:
    params: [filters]
    layers:
      - conv: {filters: $filters, kernel_size: 3, activation: relu}
      - conv: {filters: $filters, kernel_size: 3, activation: relu}
  level:
    params: [filters, depth]
    layers:
      - double_conv: {filters: $filters}
        name: encoder
      - concat:
          skip: []
          below:
            - max_pool: {kernel_size: 2}
            - level: {filters: $filters * 2, depth: $depth - 1}
            - conv_transpose: {filters: $filters, kernel_size: 2, stride: 2}
        when: $depth > 0
      - double_conv: {filters: $filters}
        name: decoder
        when: $depth > 0
layers:
  - level: {filters: 2, depth: 2}
  - conv: {filters: 1, kernel_size: 1, activation: sigmoid}
    name: masks
"""


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


GROWING = """
archc: 1
name: growing
input: {height: 4, width: 5, channels: 3}
blocks:
  dense_block:
    params: [depth]
    layers:
      - concat:
          old: []
          new:
            - conv: {filters: 2, kernel_size: 3, padding: same, activation: relu}
        repeat: $depth
layers:
  - dense_block: {depth: 3}
  - conv: {filters: "$[3, 5, 4][index]", kernel_size: 1}
    repeat: 3
    when: $index != 1
    name: picky
  - chain:
      - conv: {filters: $3 + index, kernel_size: 1}
        repeat: 2
      - relu
    repeat: 2
  - global_max_pool
"""

NETWORKS = [
    ByHand("plain", PLAIN, plain),
    ByHand("residual", RESIDUAL, residual),
    ByHand("branching", BRANCHING, branching),
    ByHand("reading", READING, reading),
    ByHand("growing", GROWING, growing),
    ByHand("unet", UNET, unet),
]
