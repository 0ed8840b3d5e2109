"""Emitted PyTorch overwrites what a layer gives where nobody else reads it, and only there; captures see it before."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from archc.backend import Emitted, ProbingBackend, find
from archc.compile import compile_graph, load_text
from archc.graph import Graph
from archc.problems import SpecError
from archc.shapes import Shape
from archc.testing.random_specs import random_spec

IN_PLACE = ", inplace=True"
IMAGE = "input: {height: 6, width: 6, channels: 4}"
SEQUENCE = "input: {length: 5, channels: 4}"
CONV = "conv: {filters: 4, kernel_size: 3, padding: same}"
POOL = "max_pool: {kernel_size: 3, stride: 1, padding: same}"

CASES = {
    "the input": (0, IMAGE, "relu, flatten, dense: {units: 3}"),
    "a slice of the input": (0, IMAGE, "slice: {axis: channels, stop: 2}, relu"),
    "the input as a sequence": (0, IMAGE, "to_sequence, relu"),
    "the input in a row": (1, IMAGE, "flatten, relu, dense: {units: 3}, relu"),
    "what dropout lets through": (0, IMAGE, f"dropout: {{rate: 0.5}}, relu, {CONV}, dropout: {{rate: 0.5}}, relu"),
    "a convolution's": (2, IMAGE, f"{CONV}, relu, {CONV}, relu6"),
    "its own": (1, IMAGE, "conv: {filters: 4, kernel_size: 3, activation: relu}, flatten"),
    "a norm's": (2, IMAGE, f"{CONV}, batch_norm, relu, group_norm: {{groups: 2}}, relu"),
    "a sum's": (1, IMAGE, f"add: {{main: [{CONV}], other: []}}, relu"),
    "a product's": (0, IMAGE, f"multiply: {{one: [{CONV}], other: []}}, relu"),
    "what a gradient asks for": (0, IMAGE, f"{CONV}, tanh, relu, {CONV}, exponential, relu6"),
    "read again": (0, IMAGE, f"{{{CONV}, name: a}}, relu, {{add: , from: [a, relu]}}"),
    "read again later": (1, IMAGE, f"{{{CONV}, name: a}}, relu, {CONV}, relu, {{add: , from: [a, relu2]}}"),
    "read by another branch": (0, IMAGE, f"{CONV}, add: {{main: [relu], other: []}}"),
    "a branch's own": (1, IMAGE, f"add: {{main: [{CONV}, relu], other: [relu]}}"),
    "an output": (0, IMAGE, f"{{{CONV}, name: a}}, {{relu: , name: b}}\noutputs: [a, b]"),
    "a linear layer's view": (0, SEQUENCE, "dense: {units: 3}, relu, dense: {units: 3, activation: relu}"),
    "turned round": (2, SEQUENCE, "conv: {filters: 3, kernel_size: 1}, relu, layer_norm, relu, lstm: {units: 2}"),
    "under a condition": (1, IMAGE, f"{CONV}, {{relu: , when: $on}}, {CONV}"),
    "after a condition": (2, IMAGE, f"{CONV}, {{batch_norm: , when: $on}}, relu, {{{CONV}, when: $on}}, relu"),
    "the input or not": (0, IMAGE, "block: {some: true}, relu, block: {some: false}"),
    "one thing or another": (0, IMAGE, "either: {some: true}, either: {some: false}"),
    "a sum or not": (0, IMAGE, "joined: {some: true}, joined: {some: false}"),
    "a sum or a convolution's": (1, IMAGE, "residual: {some: true}, residual: {some: false}"),
    "turned back or not": (0, SEQUENCE, "there: {some: true}, there: {some: false}"),
    "first in each turn": (0, IMAGE, f"{CONV}, {{chain: [relu, {POOL}], repeat: 3}}"),
    "the turn itself": (0, IMAGE, f"{CONV}, {{relu: , repeat: 2}}"),
    "later in each turn": (1, IMAGE, f"{{chain: [{CONV}, batch_norm, relu], repeat: 3}}"),
    "what a block takes": (0, IMAGE, f"{CONV}, rectifier"),
    "what a block gives": (2, IMAGE, "normed, relu, normed, relu6"),
    "what a block keeps": (1, IMAGE, "keeper, relu"),
}
"""How often a network overwrites, its input, and its layers."""

BLOCKS = f"""
params: [on: true]
blocks:
  block: {{params: [some], layers: [{{{CONV}, when: $some}}]}}
  either: {{params: [some], layers: [{{{CONV}, when: $some}}, {{exponential: , when: $not some}}, relu]}}
  joined: {{params: [some], layers: [add: {{main: [exponential], other: {{when: $some, layers: []}}}}, relu]}}
  residual: {{params: [some], layers: [add: {{main: [{CONV}], other: {{when: $some, layers: []}}}}, relu]}}
  there: {{params: [some], layers: [layer_norm, {{conv: {{filters: 4, kernel_size: 1}}, when: $some}}, relu]}}
  rectifier: {{layers: [relu, {POOL}]}}
  normed: {{layers: [{CONV}, batch_norm]}}
  keeper: {{layers: [{{{CONV}, name: a}}, relu, {{add: , from: [relu, a]}}]}}
"""


def network(given: str, layers: str) -> Graph:
    used = [line for line in BLOCKS.splitlines() if line.strip().partition(":")[0] in layers and line[:1] == " "]
    blocks = "\n".join(["blocks:", *used]) if used else ""
    params = "params: [on: true]" if "$on" in layers else ""
    layers, _, outputs = layers.partition("\n")
    text = f"archc: 1\nname: net\n{params}\n{given}\n{blocks}\nlayers: [{layers}]\n{outputs}\n"
    return load_text(text)


def written(graph: Graph) -> Emitted:
    return compile_graph(graph, find("torch"), origin="net.yaml")


def results(graph: Graph, emitted: Emitted, overwriting: bool = True) -> list[Any]:
    """Return what a network gives in training mode, and its gradients; see that it leaves its inputs alone."""
    import torch

    from archc_torch.runner import build, settings

    text = emitted.source if overwriting else emitted.source.replace(IN_PLACE, "")
    torch.manual_seed(0)
    runner: Any = build(graph, emitted._replace(source=text), emitted, dtype="float64")
    random = np.random.default_rng(1)
    xs = runner.tensors({name: drawn(shape, random) for name, shape in graph.inputs.items()}).values()
    leaves = [x.requires_grad_() for x in xs if x.is_floating_point()]
    given = [x * 1 for x in xs]  # a leaf that asks for its gradient could not be overwritten
    before = [x.clone() for x in given]
    with settings(torch.float64):
        ys = runner.model.train()(*given)
    ys = ys if isinstance(ys, tuple) else (ys,)
    loss = sum((y * torch.rand_like(y)).sum() for y in ys)
    by = [x for x in (*leaves, *runner.model.parameters()) if x.requires_grad]
    found = torch.autograd.grad(loss, by, allow_unused=True)
    assert all(map(torch.equal, given, before)), "an input is overwritten"
    return [*(y.detach() for y in ys), *(torch.zeros(()) if part is None else part for part in found)]


def drawn(shape: Shape, random: np.random.Generator) -> Any:
    sizes = (2, *(int(size) if isinstance(size, int) else 9 for size in shape.sizes))
    if isinstance(shape.vocabulary, int):
        return random.integers(0, shape.vocabulary, sizes)
    return random.normal(size=sizes)


@pytest.mark.framework
@pytest.mark.parametrize("name", CASES)
def test_only_what_nobody_else_reads_is_overwritten(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from torch.nn import functional as F

    count, given, layers = CASES[name]
    graph = network(given, layers)
    emitted = written(graph)
    assert emitted.source.count(IN_PLACE) == count
    monkeypatch.setattr(F, "relu", watched(F.relu))
    monkeypatch.setattr(F, "relu6", watched(F.relu6))
    same(graph, emitted)


def watched(function: Any) -> Any:
    """Return a function that refuses to overwrite a view, of which the gradient would take a copy."""

    def call(x: Any, inplace: bool = False) -> Any:
        assert not (inplace and x._is_view())
        return function(x, inplace=inplace)

    return call


def same(graph: Graph, emitted: Emitted) -> None:
    """See that nothing changes where nothing is overwritten."""
    for found, wanted in zip(results(graph, emitted), results(graph, emitted, overwriting=False), strict=True):
        np.testing.assert_allclose(found.numpy(), wanted.numpy(), rtol=1e-10, atol=1e-13)


PLAIN = re.compile(r"\b(selu|silu|hard_sigmoid|hard_swish|sigmoid|tanh|softplus|mish|softsign|hard_tanh|exponential)\b")


def with_relus(seed: int) -> tuple[Graph, Emitted] | None:
    """Return a random network with relus for its other activations, and its source; None where there is none."""
    try:
        graph = load_text(PLAIN.sub("relu", random_spec(seed)))
        return graph, written(graph)
    except SpecError:
        return None


def overwriting(seeds: range) -> int:
    """Compare what random networks give that overwrite something with the same when they do not; return how many."""
    count = 0
    for seed in seeds:
        found = with_relus(seed)
        if found is not None and IN_PLACE in found[1].source:
            same(*found)
            count += 1
    return count


@pytest.mark.framework
def test_random_networks_give_the_same_whether_they_overwrite_or_not() -> None:
    assert overwriting(range(60)) > 10


@pytest.mark.slow
def test_many_random_networks_give_the_same_whether_they_overwrite_or_not() -> None:
    assert overwriting(range(60, 1500)) > 300


@pytest.mark.framework
def test_features_see_what_a_layer_gave_before_it_was_overwritten_and_gradients_by_it() -> None:
    backend = find("torch")
    assert isinstance(backend, ProbingBackend)
    graph = network(IMAGE, f"{CONV}, relu, flatten, dense: {{units: 1}}")
    assert IN_PLACE in written(graph).source
    random = np.random.default_rng(0)
    weights = {
        name: random.normal(size=[int(str(size)) for size in weight.shape]) for name, weight in graph.weights().items()
    }
    probe = backend.probe(graph, weights, ["conv", "relu", "dense"])
    inputs = {"input": random.normal(size=(2, 6, 6, 4)).astype("float32")}
    found = probe.values(inputs)
    assert (found["conv"] < 0).any()
    np.testing.assert_array_equal(found["relu"], np.maximum(found["conv"], 0))
    by = probe.gradient(inputs, "dense", "conv", np.ones((2, 1)))
    slopes = np.reshape(weights["dense.weight"], (1, 6, 6, 4))
    np.testing.assert_allclose(by, slopes * (found["conv"] > 0), rtol=1e-5)
