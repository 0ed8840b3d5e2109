"""`verify` finds equal what is equal, and finds the place of every planted difference."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from archc import compare, draws
from archc.backend import NoBackend
from archc.compile import load_text
from archc.verify import verify
from tests.written import VARIANCE, Written, keras_backend, small, torch_backend

LINES = {"conv": 6, "batch_norm": 7, "relu": 8, "tower.0": 9, "tower.1": 9, "max_pool": 12, "flatten": 13, "dense": 14}


@pytest.mark.framework
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_equal_sources(dtype: str) -> None:
    result = verify(small(), (torch_backend(), keras_backend()), dtype=dtype)
    assert result.equal, result.text()
    assert result.layers_compared == 9
    assert 0 < result.forward.max_rel < (1e-14 if dtype == "float64" else 1e-5)
    assert result.limits == [VARIANCE]
    assert "are equal" in result.text()
    assert VARIANCE in result.text()


@pytest.mark.framework
def test_json() -> None:
    found = verify(small(), (torch_backend(), keras_backend()), steps=1).to_json()
    assert list(found) == [
        "equal", "dtype", "backends", "layers_compared", "forward", "gradients", "training", "first_difference",
        "limits",
    ]  # fmt: skip
    assert found["backends"] == ["torch", "keras"]
    assert list(found["training"]) == ["steps", "loss_max_abs", "weights_max_abs"]
    assert list(found["forward"]) == list(found["gradients"]) == ["max_abs", "max_rel"]
    assert found["first_difference"] is None
    assert found["training"]["steps"] == 1


T, K = torch_backend, keras_backend
PLANTED: list[tuple[str, Callable[[str, str], Written], str, str]] = [
    ("conv", T, "(0, 1, 0, 1)", "(1, 0, 0, 1)"),
    ("conv", T, "(0, 1, 0, 1)", "(0, 1, 1, 0)"),
    ("batch_norm", T, "eps=1e-05", "eps=1e-03"),
    ("batch_norm", T, "eps=1e-05", "eps=1.001e-05"),
    ("batch_norm", K, "momentum=0.9", "momentum=0.99"),
    ("relu", K, "ops.relu(x)", "ops.relu6(x)"),
    ("relu", K, "ops.relu(x)", "ops.leaky_relu(x, 1e-6)"),
    ("tower.0", T, "torch.tanh(conv(x))", "torch.tanh(conv(x)) * (1 + 1e-9)"),
    ("max_pool", T, "F.max_pool2d(x, 2, 1)", "F.avg_pool2d(x, 2, 1)"),
    ("flatten", T, "x.permute(0, 2, 3, 1)", "x"),
    ("dense_softmax", T, "F.softmax(self.logits(x), dim=-1)", "F.softmax(2 * self.logits(x), dim=-1)"),
    ("dense_softmax", K, 'layers.Softmax(name="dense_softmax")(x)', 'layers.Softmax(axis=0, name="dense_softmax")(x)'),
]


@pytest.mark.framework
@pytest.mark.parametrize(("layer", "side", "old", "new"), PLANTED)
def test_planted_differences_are_found_where_they_are(
    layer: str, side: Callable[[str, str], Written], old: str, new: str
) -> None:
    changed = side(old, new)
    pair = (changed, keras_backend()) if side is T else (torch_backend(), changed)
    result = verify(small(), pair)
    assert not result.equal
    first = result.first_difference
    assert first is not None
    assert (first.layer, first.line) == (layer, LINES.get(layer, 14)), result.text()
    assert first.max_abs > first.bound
    assert result.to_json()["first_difference"]["layer"] == layer
    assert "NOT equal" in result.text()


@pytest.mark.framework
def test_a_gradient_alone_may_differ() -> None:
    # Forward the same number comes out, backward half of it comes back.
    halved = "torch.tanh(conv(x)) * 0.5 + torch.tanh(conv(x)).detach() * 0.5"
    result = verify(small(), (torch_backend("torch.tanh(conv(x))", halved), keras_backend()), steps=0)
    assert result.first_difference is not None
    assert result.first_difference.what == "gradient of `tower.1.weight`"
    assert result.forward.max_rel < 1e-12


@pytest.mark.framework
def test_the_training_mode_may_differ() -> None:
    frozen = "F.batch_norm(x, self.batch_norm.running_mean, self.batch_norm.running_var, self.batch_norm.weight, "
    frozen += "self.batch_norm.bias, False, 0.1, 1e-05)"
    result = verify(small(), (torch_backend("self.batch_norm(x)", frozen), keras_backend()))
    assert result.first_difference is not None
    assert result.forward.max_rel < 1e-12 < result.gradients.max_rel


@pytest.mark.framework
def test_running_variance_is_compared_where_no_limit_excuses_it() -> None:
    result = verify(small(), (torch_backend(), keras_backend(limits=())))
    assert result.first_difference is not None
    assert result.first_difference.what == "`batch_norm.running_var` after training"
    assert result.first_difference.line == LINES["batch_norm"]


@pytest.mark.framework
@pytest.mark.parametrize(
    ("pair", "words"),
    [
        ((T(), K('_probe("relu", ops.relu(x))', "ops.relu(x)")), "layer `relu` (line 8) could not be compared: Keras"),
        ((T(), K('name="dense")', 'name="dens")')), "Keras's model has no weight `dense.weight` (line 14)"),
        ((T(), K('name="dense")', 'name="dens")')), "Keras's model has a weight `dens/kernel` that is not"),
        (
            (T("self.dense = nn.Linear(18, 4)", "self.dense = nn.Linear(18, 5)"), K()),
            "`dense.weight` (line 14) has shape",
        ),
        ((T("F.relu(x)", "torch.log(x)"), K()), "PyTorch's layer `relu` (line 8) is not finite"),
        (
            (T("return _probe(self,", "return _probe(self, 'dense', self.dense(x) * 0, False)\n        (self,"), K()),
            "proves",
        ),
    ],
)
def test_what_proves_nothing_is_not_equal(pair: tuple[Written, Written], words: str) -> None:
    result = verify(small(), pair, steps=1)
    assert not result.equal
    assert any(words in problem for problem in result.problems), result.text()
    assert result.to_json()["problems"] == result.problems


@pytest.mark.framework
def test_a_loss_that_is_no_number_proves_nothing() -> None:
    network = """archc: 1
name: net
input: {features: 3}
layers:
  - dense: {units: 2}
  - exponential:
    repeat: 3
  - softmax
"""
    result = verify(load_text(network), steps=1)
    assert not result.equal
    assert result.first_difference is None
    assert any("is not finite, so that equality proves nothing" in problem for problem in result.problems)


@pytest.mark.framework
def test_probes_may_not_change_the_result() -> None:
    changed = torch_backend()
    changed.emit = lambda *a, probe=False, **k: type(changed).emit(  # type: ignore[method-assign]
        torch_backend("F.relu(x)", "F.relu6(x)") if probe else torch_backend(), *a, probe=probe, **k
    )
    with pytest.raises(RuntimeError, match="probed PyTorch source"):
        verify(small(), (changed, keras_backend()))


def test_arguments_that_make_no_sense() -> None:
    with pytest.raises(ValueError, match="at least two"):
        verify(small(), (torch_backend(),))
    with pytest.raises(ValueError, match="float16"):
        verify(small(), (torch_backend(), keras_backend()), dtype="float16")
    with pytest.raises(NoBackend, match="no backend `jax`"):
        verify(small(), ("jax", "keras"))


def spec(*layers: str, size: str = "{height: 16, width: 12, channels: 3}") -> Any:
    steps = "\n".join(f"  - {layer}" for layer in layers)
    return load_text(f"archc: 1\nname: net\ninput: {size}\nlayers:\n{steps}\n")


def test_a_limit_spreads_to_what_follows() -> None:
    graph = spec("conv: {filters: 2, kernel_size: 1}", "leaky_relu", "flatten", "dense: {units: 2}")
    assert compare.inexact(graph, ["leaky_relu: its slope is float32"]) == {"leaky_relu", "flatten", "dense"}
    assert compare.inexact(graph, ["batch_norm.running_var: x"]) == set()
    fused = spec("conv: {filters: 2, kernel_size: 1, activation: {leaky_relu: {slope: 0.2}}}", "flatten")
    assert compare.inexact(fused, ["leaky_relu: its slope is float32"]) == {"conv", "flatten"}


def test_draws_are_exact_in_float32_and_the_same_for_one_seed() -> None:
    one, same, other = (draws.draw(small(), seed, 2) for seed in (5, 5, 6))
    assert set(one.weights) == set(small().weights())
    assert len(one.batches) == 2
    for name, array in one.weights.items():
        np.testing.assert_array_equal(array, array.astype("float32"))
        np.testing.assert_array_equal(array, same.weights[name])
        assert not np.array_equal(array, other.weights[name])
        assert np.unique(array).size == array.size
    assert (one.weights["batch_norm.running_var"] > 0).all()
    assert abs(one.weights["conv.bias"]).min() > 0


def test_token_ids_are_whole_and_below_the_vocabulary() -> None:
    graph = spec("embedding: {units: 3}", "flatten", size="{length: 50, vocabulary: 7}")
    ids = draws.draw(graph, 0, 0).inputs["input"]
    assert ids.dtype.kind == "i"
    assert set(np.unique(ids)) == set(range(7))


def test_any_sizes_are_chosen_so_that_the_network_works() -> None:
    size = "{height: any, width: any, channels: 3}"
    few = draws.input_shapes(spec("conv: {filters: 2, kernel_size: 3}", "global_avg_pool", size=size))
    assert few["input"].sizes == (40, 32, 3)
    large = spec("conv: {filters: 2, kernel_size: 51}", "global_avg_pool", size=size)
    assert min(int(str(n)) for n in draws.input_shapes(large)["input"].sizes[:2]) > 51


def test_signals_live_through_a_deep_network() -> None:
    graph = spec("chain:\n      - conv: {filters: 16, kernel_size: 1, activation: relu}\n    repeat: 150", "flatten")
    drawn = draws.draw(graph, 0, 0)
    x = drawn.inputs["input"]
    for layer in graph.layers[:-1]:
        weight, bias = (drawn.weights[f"{layer.path}.{name}"] for name in ("weight", "bias"))
        x = np.maximum(x @ weight[:, :, 0, 0].T + bias, 0)
    assert 1e-3 < np.sqrt((x**2).mean()) < 1e3
    assert compare.varies(x)
    assert np.ptp(x, axis=0).max() > 1e-3 * abs(x).max()
