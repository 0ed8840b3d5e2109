"""Fresh models of both frameworks start from the same distributions, and from the ones that the language promises."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from archc.backend import find
from archc.compile import load_text

SPEC = """
archc: 1
name: fresh
inputs:
  words: {length: 12, vocabulary: 300}
  image: {height: 16, width: 16, channels: 16}
  body: {depth: 5, height: 5, width: 5, channels: 8}
layers:
  - embedding: {units: 40}
    from: words
  - conv: {filters: 64, kernel_size: 5}
    name: line
  - depthwise_conv: {kernel_size: 5, multiplier: 3}
    name: apart_line
  - global_avg_pool
    name: words_out
  - conv: {filters: 64, kernel_size: 3}
    from: image
    name: plain
  - depthwise_conv: {kernel_size: [5, 7]}
    name: apart
  - depthwise_conv: {kernel_size: 5, multiplier: 2}
    name: apart_twice
  - conv: {filters: 96, kernel_size: 3, groups: 4}
    name: grouped
  - separable_conv: {filters: 48, kernel_size: 3, padding: same, multiplier: 2}
    name: separable
  - conv_transpose: {filters: 40, kernel_size: [3, 5], stride: 2}
    name: transposed
  - prelu
  - batch_norm
  - layer_norm
  - group_norm: {groups: 5}
  - rms_norm
  - instance_norm
  - scale: {initial: 0.125}
  - global_avg_pool
    name: image_out
  - dense: {units: 200}
    name: wide
  - dense: {units: 128}
    name: narrow
  - conv: {filters: 24, kernel_size: [3, 2, 3]}
    from: body
    name: solid
  - global_avg_pool
    name: body_out
  - concat:
    from: [words_out, narrow, body_out]
outputs: [concat]
""".replace("global_avg_pool\n", "global_avg_pool:\n").replace("prelu\n", "prelu:\n")

FANS = {
    "line.weight": (5 * 40, 5 * 64),
    "apart_line.weight": (5, 5 * 192),
    "plain.weight": (9 * 16, 9 * 64),
    "apart.weight": (35, 35 * 64),
    "apart_twice.weight": (25, 25 * 128),
    "grouped.weight": (9 * 32, 9 * 96),
    "separable.depthwise.weight": (9, 9 * 192),
    "separable.pointwise.weight": (192, 48),
    "transposed.weight": (15 * 40, 15 * 48),
    "wide.weight": (40, 200),
    "narrow.weight": (200, 128),
    "solid.weight": (18 * 8, 18 * 24),
}
"""How many values each weight takes and gives, as its PyTorch shape says it."""

CONSTANT = {
    "bias": 0.0, "prelu.weight": 0.25, "batch_norm.weight": 1.0, "layer_norm.weight": 1.0, "group_norm.weight": 1.0,
    "rms_norm.weight": 1.0, "instance_norm.weight": 1.0, "scale.weight": 0.125,
    "running_mean": 0.0, "running_var": 1.0,
}  # fmt: skip

Weights = dict[str, Any]


@pytest.fixture(scope="module")
def fresh() -> dict[str, Weights]:
    """Return the weights of a new model of each framework."""
    graph = load_text(SPEC)
    return {name: find(name).runner(graph, dtype="float32").weights() for name in ("torch", "keras")}


def promised(name: str) -> float | None:
    """Return a weight's bound around zero; None where it is constant."""
    if name == "embedding.weight":
        return 0.05
    return float(np.sqrt(6 / sum(FANS[name]))) if name in FANS else None


@pytest.mark.framework
@pytest.mark.parametrize("backend", ["torch", "keras"])
def test_weights_are_uniform_within_the_promised_bound(fresh: dict[str, Weights], backend: str) -> None:
    drawn = {name: array for name, array in fresh[backend].items() if promised(name) is not None}
    assert len(drawn) == len(FANS) + 1
    for name, array in drawn.items():
        bound = promised(name)
        assert bound is not None
        rest = 4 / np.sqrt(array.size)
        assert abs(array).max() <= bound * (1 + 1e-6), name
        assert abs(array).max() >= bound * (1 - 12 / array.size), name
        assert abs(array.mean()) <= rest * bound, name
        assert array.std() == pytest.approx(bound / np.sqrt(3), rel=rest), name
        assert np.unique(array).size > 0.99 * array.size, name


@pytest.mark.framework
@pytest.mark.parametrize("backend", ["torch", "keras"])
def test_other_weights_are_constant(fresh: dict[str, Weights], backend: str) -> None:
    others = {name: array for name, array in fresh[backend].items() if promised(name) is None}
    assert len(others) == 24
    for name, array in others.items():
        value = CONSTANT[name if name in CONSTANT else name.rpartition(".")[2]]
        assert (array == value).all(), name


@pytest.mark.framework
def test_both_hold_the_same_weights(fresh: dict[str, Weights]) -> None:
    shapes = [{name: array.shape for name, array in fresh[backend].items()} for backend in ("torch", "keras")]
    assert shapes[0] == shapes[1]
