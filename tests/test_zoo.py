"""The zoo: as many weights and multiply-accumulates as published, in archc and in both frameworks, and equal there."""

from __future__ import annotations

import inspect
from types import FunctionType
from typing import Any

import pytest

from archc.backend import find
from archc.compile import load
from archc.execute import execute, last_defined
from archc.graph import Graph
from archc.verify import verify
from tests.zoo import PUBLISHED, SPECS, ZOO, Network, Published, shrunk


def identity(found: Published) -> str:
    return found.variant or found.file


@pytest.mark.parametrize("found", PUBLISHED, ids=identity)
def test_counts_are_those_published(found: Published) -> None:
    summary = load(str(SPECS / f"{found.file}.yaml"), found.variant).summary()
    assert summary.trainable_parameters == found.parameters, found.source
    if found.macs is not None:
        assert summary.macs == found.macs, found.source
    if found.giga_macs is not None:
        assert summary.macs is not None
        assert round(summary.macs / 1e9, 2) == found.giga_macs, found.source


def test_every_network_of_the_zoo_is_published() -> None:
    table = {(found.file, found.variant) for found in PUBLISHED}
    # A file whose variants say everything is, without one, one of them.
    assert {(n.path.stem, n.variant) for n in ZOO} - table == {("resnet", None), ("vgg", None)}
    for name in ("resnet", "vgg"):
        assert parameters(Network(SPECS / f"{name}.yaml", None)) in {f.parameters for f in PUBLISHED if f.file == name}


def parameters(network: Network) -> int:
    return network.graph().summary().trainable_parameters


def source_of(backend: str, graph: Graph) -> Any:
    return execute(find(backend).emit(graph, origin="zoo.yaml").source, graph.name)


@pytest.mark.framework
@pytest.mark.parametrize("network", ZOO, ids=lambda n: n.name)
def test_pytorch_counts_as_many(network: Network) -> None:
    import torch

    graph = network.graph()
    with torch.device("meta"):
        model: Any = last_defined(source_of("torch", graph), type)()
    summary = graph.summary()
    assert sum(weight.numel() for weight in model.parameters() if weight.requires_grad) == summary.trainable_parameters
    others = graph.zeros()
    held = {
        name: x
        for name, x in model.state_dict().items()
        if not name.endswith("num_batches_tracked") and name not in others
    }
    assert list(held) == list(graph.weights())
    assert sum(x.numel() for x in held.values()) == summary.parameters


@pytest.mark.framework
@pytest.mark.parametrize("network", ZOO, ids=lambda n: n.name)
def test_keras_counts_as_many(network: Network) -> None:
    from archc_keras.session import keras, settings

    graph = network.graph()
    function = last_defined(source_of("keras", graph), FunctionType)
    for given in ({"logits": True}, {"logits": False}) if inspect.signature(function).parameters else ({},):
        # Variables in this scope have shapes, and no values that would take gigabytes.
        with settings("float32"), keras.StatelessScope(initialize_variables=False):
            model = function(**given)
        summary = graph.summary()
        assert model.count_params() == summary.parameters
        assert sum(weight.size for weight in map(number, model.trainable_weights)) == summary.trainable_parameters


def number(variable: Any) -> Any:
    import numpy as np

    return np.broadcast_to(0, tuple(variable.shape))


FEWER_FILTERS = {"filters: 64": "filters: 8", "filters: 128": "filters: 6", "filters: 256": "filters: 5"}
SMALL_IMAGE = {"height: 224, width: 224": "height: 40, width: 36"}
SMALL: list[tuple[str, str | None, dict[str, str]]] = [
    ("one_conv", None, {}),
    ("two_conv", None, {}),
    ("deep_conv", None, {}),
    ("deep_conv", "deep", {}),
    ("lenet5", None, {}),
    (
        "alexnet",
        None,
        {"height: 224, width: 224": "height: 70, width: 63", "4096": "32", "filters: 384": "filters: 16"},
    ),
    ("vgg", "vgg11", {**FEWER_FILTERS, "filters: 512": "filters: 9", "4096": "32", **SMALL_IMAGE}),
    ("vgg", "vgg16_bn", {**FEWER_FILTERS, "filters: 512": "filters: 9", "4096": "32", **SMALL_IMAGE}),
    ("resnet", "resnet18", {**FEWER_FILTERS, "filters: 512": "filters: 9", **SMALL_IMAGE}),
    (
        "resnet",
        "resnet50",
        {
            **FEWER_FILTERS,
            "filters: 512": "filters: 9",
            "resnet50: {depths: [3, 4, 6, 3]": "resnet50: {depths: [1, 2, 1, 1]",
        }
        | SMALL_IMAGE,
    ),
    ("squeezenet1_1", None, SMALL_IMAGE),
    ("googlenet", None, {"height: 224, width: 224": "height: 40, width: 37", "classes: 1000": "classes: 20"}),
    (
        "lstm_classifier",
        None,
        {"20000, units: 512": "50, units: 9", "length: 400": "length: 7", "units: 1024": "units: 8"},
    ),
    ("bigru_tagger", None, {"10000, units: 300": "50, units: 9", "units: 100": "units: 8"}),
    ("unet", "small", {"base: 16": "base: 4", "height: 256, width: 256": "height: 32, width: 24"}),
]


@pytest.mark.framework
@pytest.mark.parametrize(("file", "variant", "changes"), SMALL, ids=[f"{f}-{v}" if v else f for f, v, _ in SMALL])
def test_both_frameworks_compute_the_same(file: str, variant: str | None, changes: dict[str, str]) -> None:
    result = verify(shrunk(file, variant, changes), steps=1)
    assert result.equal, result.text()


def test_every_family_is_among_the_small_ones() -> None:
    assert {file for file, _, _ in SMALL} == {network.path.stem for network in ZOO}


@pytest.mark.slow
@pytest.mark.framework
@pytest.mark.parametrize("network", ZOO, ids=lambda n: n.name)
def test_both_frameworks_compute_the_same_at_full_size(network: Network) -> None:
    # In float32: the largest ones do not fit a small machine twice over in float64.
    large = network.graph().summary().parameters > 30_000_000
    result = verify(network.graph(), dtype="float32" if large else "float64", steps=1)
    assert result.equal, result.text()
