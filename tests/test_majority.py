"""With three backends `verify` tells which one is wrong, as long as the two others agree."""

from __future__ import annotations

from typing import Any

import pytest

from archc.backend import Backend, Runner, find
from archc.compile import load
from archc.graph import Graph
from archc.verify import Verification, verify
from archc_onnx import Onnx
from tests.written import keras_backend, small, torch_backend
from tests.zoo import HARD_ONES, SPECS, Network

pytestmark = pytest.mark.framework


class Doctored(Onnx):
    """The ONNX backend, whose runner adds to what one layer gives."""

    def __init__(self, layer: str, by: float) -> None:
        self.layer = layer
        self.by = by

    def runner(self, graph: Graph, *, dtype: str, strict: bool = False) -> Runner:
        """Return a runner that errs."""
        runner: Any = super().runner(graph, dtype=dtype, strict=strict)
        layers = runner.layers
        runner.layers = lambda inputs: {
            path: array + self.by * (path == self.layer) for path, array in layers(inputs).items()
        }
        return runner  # type: ignore[no-any-return]


def judged(*backends: Backend, **more: Any) -> Verification:
    return verify(small(), backends, **{"steps": 1, **more})


def test_three_that_agree() -> None:
    for dtype in ("float64", "float32"):
        result = judged(torch_backend(), keras_backend(), find("onnx"), dtype=dtype)
        assert result.equal, result.text()
        assert result.layers_compared == 9
        assert result.to_json()["odd_one"] is None
        assert "odd one" not in result.text()


WRONG = torch_backend("F.relu(x)", "F.leaky_relu(x, 1e-6)")
DOUBLED = keras_backend('x = _probe("max_pool"', 'x = 2 * x; x = _probe("max_pool"')
CASES: list[tuple[tuple[Backend, ...], str, str]] = [
    ((WRONG, keras_backend(), find("onnx")), "torch", "relu"),
    ((torch_backend(), keras_backend("ops.relu(x)", "ops.relu6(x)"), find("onnx")), "keras", "relu"),
    ((torch_backend(), keras_backend(), Doctored("max_pool", 1e-6)), "onnx", "max_pool"),
    ((Doctored("relu", 1e-6), keras_backend(), torch_backend()), "onnx", "relu"),
    # What comes first in the network counts, though the first two backends part later.
    ((torch_backend(), DOUBLED, Doctored("conv", 1)), "onnx", "conv"),
]


@pytest.mark.parametrize(("backends", "odd", "layer"), CASES, ids=[f"{odd}-{layer}" for _, odd, layer in CASES])
def test_the_odd_one_is_named(backends: tuple[Backend, ...], odd: str, layer: str) -> None:
    result = judged(*backends)
    assert not result.equal
    found = result.to_json()
    assert found["first_difference"]["layer"] == layer, result.text()
    assert found["odd_one"]["backend"] == odd
    assert found["odd_one"]["layer"] == layer
    assert found["odd_one"]["agreeing"] == [backend.name for backend in backends if backend.name != odd]
    (line,) = [line for line in result.text().splitlines() if "odd one out" in line]
    title = {backend.name: backend.title for backend in backends}[odd]
    assert line.startswith(f"  the odd one out: {title}; ")
    assert f"agree on layer `{layer}`" in line


def test_where_two_cannot_agree_nobody_is_named() -> None:
    result = judged(WRONG, keras_backend(), Doctored("relu", 1))
    assert result.to_json()["odd_one"] is None
    assert "cannot be told" in result.text()


def test_gradients_have_two_voices() -> None:
    halved = "torch.tanh(conv(x)) * 0.5 + torch.tanh(conv(x)).detach() * 0.5"
    result = judged(torch_backend("torch.tanh(conv(x))", halved), keras_backend(), find("onnx"), steps=0)
    assert result.first_difference is not None
    assert result.first_difference.what == "gradient of `tower.1.weight`"
    assert result.to_json()["odd_one"] is None


def test_one_that_cannot_be_trained_is_no_reason_for_less() -> None:
    result = judged(find("onnx"), torch_backend(), keras_backend())
    assert result.equal
    assert 0 < result.gradients.max_rel < 1e-12
    alone = judged(find("onnx"), torch_backend())
    assert alone.equal
    assert alone.to_json()["gradients"] == {"max_abs": None, "max_rel": None}
    assert "gradients  " not in alone.text()
    assert any(limit.startswith("ONNX: ") for limit in alone.limits)


@pytest.mark.parametrize("network", HARD_ONES, ids=lambda n: n.name)
def test_hard_specs_are_the_same_to_pytorch_and_onnx(network: Network) -> None:
    result = verify(network.graph(), ("torch", "onnx"), steps=0)
    assert result.equal, result.text()
    assert result.layers_compared == len(network.graph().layers)


@pytest.mark.slow
@pytest.mark.parametrize("file", ["googlenet", "squeezenet1_1"])
def test_full_size_in_three_voices(file: str) -> None:
    result = verify(load(str(SPECS / f"{file}.yaml")), ("torch", "keras", "onnx"), steps=1)
    assert result.equal, result.text()
