"""Every initializer draws what it promises, the same in both frameworks: 200,000 numbers of each kind of kernel."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from archc.backend import find
from archc.compile import load_text
from archc.graph import Graph
from archc.ops.words_learning import INITIALIZERS, NEEDED

pytestmark = [pytest.mark.framework, pytest.mark.thorough]
stats = pytest.importorskip("scipy.stats")

COUNT = 200_000
INPUTS = {
    "image": {"height": 5, "width": 5, "channels": 80},
    "features": {"features": 400},
    "wide": {"height": 5, "width": 5, "channels": 400},
    "words": {"length": 1, "vocabulary": 2000},
}
KERNELS: dict[str, tuple[str, dict[str, Any]]] = {
    "conv": ("image", {"filters": 100, "kernel_size": 5, "bias": False}),
    "dense": ("features", {"units": 500, "bias": False}),
    "depthwise_conv": ("wide", {"kernel_size": 5, "multiplier": 20, "bias": False}),
    "embedding": ("words", {"units": 100}),
}
FANS = {"conv": (2000, 2500), "dense": (400, 500), "depthwise_conv": (25, 8000 * 25), "embedding": (2000, 100)}
"""How many values each kernel takes for one that it gives, and the other way."""

NUMBERS = {"uniform": 0.3, "normal": 0.02, "truncated_normal": 0.7, "constant": -1.5, "orthogonal": 2.0}
Arrays = dict[str, Any]


def network() -> Graph:
    """Return a network with one layer for each initializer and kind of kernel, but one that Keras has not."""
    steps = []
    for name, arguments in INITIALIZERS.items():
        given = {name: {arguments[0]: NUMBERS[name]}} if arguments else name
        for op, (source, args) in KERNELS.items():
            if (op, name) != ("depthwise_conv", "orthogonal"):
                steps.append({op: {**args, "initializer": given}, "from": source, "name": f"{op}_{name}"})
    outputs = [step["name"] for step in steps]
    return load_text(json.dumps({"archc": 1, "name": "net", "inputs": INPUTS, "layers": steps, "outputs": outputs}))


@pytest.fixture(scope="module")
def drawn() -> dict[str, Arrays]:
    import torch

    graph = network()
    torch.manual_seed(0)
    held = {"torch": find("torch").runner(graph, dtype="float32").weights()}
    from archc_keras.session import keras

    keras.utils.set_random_seed(0)
    return {**held, "keras": find("keras").runner(graph, dtype="float32").weights()}


def promised(name: str, op: str) -> Any:
    """Return the distribution; None where all numbers are one, or are not drawn apart from each other."""
    fan_in, fan_out = FANS[op]
    variances = {"glorot": 2 / (fan_in + fan_out), "he": 2 / fan_in, "lecun": 1 / fan_in}
    who, _, how = name.partition("_")
    if who in variances:
        deviation = variances[who] ** 0.5
        bound = deviation * 3**0.5
        return stats.norm(0, deviation) if how == "normal" else stats.uniform(-bound, 2 * bound)
    number = NUMBERS.get(name, 0.0)
    known = {
        "uniform": stats.uniform(-number, 2 * number),
        "normal": stats.norm(0, number or 1),
        "truncated_normal": stats.truncnorm(-2, 2, 0, number or 1),
    }
    return known.get(name)


CASES = [(name, op) for name in INITIALIZERS for op in KERNELS if (op, name) != ("depthwise_conv", "orthogonal")]


@pytest.mark.parametrize(("name", "op"), CASES)
def test_draws(drawn: dict[str, Arrays], name: str, op: str) -> None:
    one, other = (drawn[backend][f"{op}_{name}.weight"].ravel() for backend in ("torch", "keras"))
    assert one.size == other.size == COUNT
    if name in ("zeros", "ones", "constant"):
        value = {"zeros": 0, "ones": 1}.get(name, NUMBERS["constant"])
        assert (one == value).all()
        assert (other == value).all()
        return
    # 1.95 / sqrt(n): one in a thousand true draws is further off; of two draws, sqrt(2) times as far.
    assert stats.ks_2samp(one, other).statistic < 1.95 / np.sqrt(COUNT / 2)
    if name == "orthogonal":
        for backend in ("torch", "keras"):
            weight = drawn[backend][f"{op}_{name}.weight"]
            rows = weight.reshape(len(weight), -1)
            square = rows @ rows.T if rows.shape[0] < rows.shape[1] else rows.T @ rows
            np.testing.assert_allclose(square, 4 * np.eye(len(square)), atol=2e-5)
        return
    for values in (one, other):
        assert stats.kstest(values, promised(name, op).cdf).statistic < 1.95 / np.sqrt(COUNT)


def test_orthogonal_depthwise_kernels_are_refused_by_keras() -> None:
    text = "archc: 1\nname: net\ninput: {height: 5, width: 5, channels: 4}\nlayers:\n"
    graph = load_text(text + "  - depthwise_conv: {kernel_size: 3, initializer: orthogonal}\n")
    assert "orthogonal" in str(find("keras").supports(graph.layers[0]))
    assert find("torch").supports(graph.layers[0]) is None


def test_all_have_a_number_here() -> None:
    assert {name for name, arguments in INITIALIZERS.items() if arguments} == NUMBERS.keys() >= NEEDED
