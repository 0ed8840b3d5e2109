"""The zoo: as many weights and multiply-accumulates as published, in archc and in both frameworks, and equal there."""

from __future__ import annotations

import inspect
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest

from archc.backend import find
from archc.compile import load
from archc.execute import execute, last_defined
from archc.graph import Graph
from archc.ops.regularisation import DropPath
from archc.verify import verify
from tests.published import PUBLISHED, Published
from tests.small_zoo import SMALL, Small
from tests.zoo import FAMILIES, SPECS, ZOO, Network

ALL = [n if n in FAMILIES else pytest.param(n, marks=pytest.mark.slow) for n in ZOO]


def identity(found: Published) -> str:
    return f"{found.file}-{found.variant}" if found.variant else found.file


@pytest.mark.parametrize("found", PUBLISHED, ids=identity)
def test_counts_are_those_published(found: Published) -> None:
    summary = load(str(SPECS / f"{found.file}.yaml"), found.variant).summary()
    assert summary.trainable_parameters == found.parameters, found.source
    if found.macs is not None:
        assert summary.macs == found.macs, found.source
    if found.giga_macs is not None:
        assert summary.macs is not None
        assert round((summary.macs + found.macs_left_out) / 1e9, 3) == found.giga_macs, found.source


def test_what_is_worked_out_by_hand_is_what_is_published() -> None:
    for found in PUBLISHED:
        assert found.derived in (None, found.parameters), identity(found)
        assert found.derived is not None or "by hand" not in found.source, f"{identity(found)} has no derivation"


def test_every_network_of_the_zoo_is_published() -> None:
    table = {(found.file, found.variant) for found in PUBLISHED}
    # A file whose variants say everything is, without one, one of them.
    rest = {(n.path.stem, n.variant) for n in ZOO} - table
    assert {variant for _, variant in rest} == {None}
    for name, _ in rest:
        assert parameters(Network(SPECS / f"{name}.yaml", None)) in {f.parameters for f in PUBLISHED if f.file == name}


@pytest.mark.parametrize("path", sorted(SPECS.rglob("*.yaml")), ids=lambda path: path.stem)
def test_no_spec_is_long(path: Path) -> None:
    assert path.read_text(encoding="utf-8").count("\n") <= 120


def test_later_blocks_are_passed_by_more_often() -> None:
    layers = load(str(SPECS / "efficientnet.yaml"), "b0").layers
    rates = [layer.op.rate for layer in layers if isinstance(layer.op, DropPath)]
    # Of the sixteen blocks these have a shortcut: the others change the size or the channels.
    assert rates == [0.2 * before / 16 for before in (2, 4, 6, 7, 9, 10, 12, 13, 14)]


def parameters(network: Network) -> int:
    return network.graph().summary().trainable_parameters


def source_of(backend: str, graph: Graph) -> Any:
    return execute(find(backend).emit(graph, origin="zoo.yaml").source, graph.name)


@pytest.mark.framework
@pytest.mark.parametrize("network", ALL, ids=lambda n: n.name)
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
@pytest.mark.parametrize("network", ALL, ids=lambda n: n.name)
def test_keras_counts_as_many(network: Network) -> None:
    from archc_keras.session import keras, settings

    graph = network.graph()
    function = last_defined(source_of("keras", graph), FunctionType)
    for given in ({"logits": True}, {"logits": False}) if inspect.signature(function).parameters else ({},):
        # Variables in this scope have shapes, and no values that would take gigabytes.
        with settings("float32"), keras.StatelessScope(initialize_variables=False):
            model = function(**given)
        # Else the next such scope that ends, in whatever test, gives values to the variables of the whole zoo.
        keras.backend.clear_session()
        summary = graph.summary()
        assert model.count_params() == summary.parameters
        assert sum(weight.size for weight in map(number, model.trainable_weights)) == summary.trainable_parameters


def number(variable: Any) -> Any:
    import numpy as np

    return np.broadcast_to(0, tuple(variable.shape))


@pytest.mark.framework
@pytest.mark.parametrize("small", SMALL, ids=lambda small: small.name)
def test_both_frameworks_compute_the_same(small: Small) -> None:
    result = verify(small.graph(), steps=1)
    assert result.equal, result.text()


def test_every_family_is_among_the_small_ones() -> None:
    assert {small.file for small in SMALL} == {network.path.stem for network in ZOO}


@pytest.mark.slow
@pytest.mark.framework
@pytest.mark.parametrize("network", ZOO, ids=lambda n: n.name)
def test_both_frameworks_compute_the_same_at_full_size(network: Network) -> None:
    # In float32: the largest ones do not fit a small machine twice over in float64.
    large = network.graph().summary().parameters > 30_000_000
    result = verify(network.graph(), dtype="float32" if large else "float64", steps=1)
    assert result.equal, result.text()
