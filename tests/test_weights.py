"""Weights go from PyTorch's file to Keras's and back, and files that do not fit are explained."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from archc import weights
from archc.problems import SpecError
from archc.weights import convert
from archc.write import NotOurs
from tests.written import keras_backend, small, torch_backend

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Arrays = dict[str, NDArray[Any]]

pytestmark = pytest.mark.framework


@pytest.fixture(autouse=True)
def _hand_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "find", lambda _name: keras_backend())


@contextmanager
def quiet() -> Iterator[None]:
    """Let Keras warn of its own ways with numpy."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield


@pytest.fixture(scope="module")
def state() -> Arrays:
    source = np.random.default_rng(3)
    drawn = {
        name: source.standard_normal(tuple(int(str(n)) for n in weight.shape)).astype("float32")
        for name, weight in small().weights().items()
    }
    return {**drawn, "batch_norm.running_var": np.full(3, 2.0, "float32")}


@pytest.fixture
def file(tmp_path: Path, state: Arrays) -> Path:
    return saved(tmp_path / "small.safetensors", state)


def saved(path: Path, arrays: Arrays) -> Path:
    from safetensors.numpy import save_file

    save_file({name: np.ascontiguousarray(array) for name, array in arrays.items()}, path)
    return path


def codes(error: pytest.ExceptionInfo[SpecError]) -> list[tuple[str, int]]:
    return [(problem.code, problem.mark.line) for problem in error.value.problems]


def test_there_and_back_is_the_same(tmp_path: Path, file: Path, state: Arrays) -> None:
    from safetensors.numpy import load_file

    there, back = tmp_path / "there.weights.h5", tmp_path / "back.safetensors"
    assert convert(small(), str(file), str(there)).tensors == len(state)
    assert convert(small(), str(there), str(back)).numbers == sum(array.size for array in state.values())
    found = load_file(back)
    assert set(found) == {*state, "batch_norm.num_batches_tracked"}
    for name, array in state.items():
        np.testing.assert_array_equal(found[name], array, err_msg=name)
    assert found["batch_norm.num_batches_tracked"].dtype == np.int64


def test_keras_reads_what_pytorch_computes(tmp_path: Path, file: Path) -> None:
    import torch
    from safetensors.torch import load_file

    there, back = tmp_path / "there.weights.h5", tmp_path / "back.safetensors"
    convert(small(), str(file), str(there))
    convert(small(), str(there), str(back))
    graph = small()
    images = np.random.default_rng(0).standard_normal((4, 8, 6, 2)).astype("float32")
    torch_runner: Any = torch_backend().runner(graph, dtype="float32")
    torch_runner.model.load_state_dict(load_file(back), strict=True)
    keras_runner: Any = keras_backend().runner(graph, dtype="float32")
    with quiet():
        keras_runner.model.load_weights(there)
    ours, theirs = (runner.outputs({"input": images})["dense"] for runner in (torch_runner, keras_runner))
    assert torch.is_tensor(torch_runner.model.conv.weight)
    assert np.ptp(ours) > 0.1
    np.testing.assert_allclose(theirs, ours, atol=1e-5)


def test_a_keras_model_of_the_user_is_read(tmp_path: Path, state: Arrays) -> None:
    from safetensors.numpy import load_file

    runner: Any = keras_backend().runner(small(), dtype="float32")
    runner.load(state)
    with quiet():
        runner.model.compile("adam", "mse")
        runner.model.optimizer.build(runner.model.trainable_variables)
        runner.model.save_weights(tmp_path / "user.weights.h5")
    convert(small(), str(tmp_path / "user.weights.h5"), str(tmp_path / "user.safetensors"))
    np.testing.assert_array_equal(load_file(tmp_path / "user.safetensors")["tower.1.weight"], state["tower.1.weight"])


def test_every_fault_of_names_and_shapes_is_told_at_once(tmp_path: Path, state: Arrays) -> None:
    arrays = {name: array for name, array in state.items() if name not in ("conv.weight", "tower.0.bias")}
    arrays |= {
        "conv.weights": state["conv.weight"],
        "dense.weight": state["dense.weight"].T,
        "dense.bias": np.arange(4),
    }
    with pytest.raises(SpecError) as error:
        convert(small(), str(saved(tmp_path / "x.safetensors", arrays)), str(tmp_path / "x.weights.h5"))
    assert codes(error) == [("E0704", 1), ("E0703", 6), ("E0703", 9), ("E0705", 14), ("E0706", 14)]
    assert "conv.weights" in error.value.problems[1].help
    assert not (tmp_path / "x.weights.h5").exists()


def test_another_networks_keras_file(tmp_path: Path) -> None:
    import h5py

    runner: Any = keras_backend().runner(small(), dtype="float32")
    runner.save(tmp_path / "x.weights.h5")
    with h5py.File(tmp_path / "x.weights.h5", "r+") as edited:
        del edited["layers/dense/vars/1"]
        del edited["layers/conv2d/vars/0"]
        edited["layers/conv2d/vars/0"] = np.zeros((3, 3, 2, 5), "float32")
        edited["layers/lstm/vars/0"] = np.zeros(3, "float32")
    with pytest.raises(SpecError) as error:
        convert(small(), str(tmp_path / "x.weights.h5"), str(tmp_path / "x.safetensors"))
    assert codes(error) == [("E0704", 1), ("E0705", 6), ("E0703", 14)]


@pytest.mark.parametrize("name", ["cut.safetensors", "cut.weights.h5", "noise.safetensors", "noise.weights.h5"])
def test_broken_files_are_told_from_others(tmp_path: Path, file: Path, name: str) -> None:
    whole = tmp_path / f"whole{name[name.index('.') :]}"
    convert(small(), str(file), str(whole))
    content = whole.read_bytes()
    (tmp_path / name).write_bytes(content[: len(content) // 2] if name.startswith("cut") else b"not weights" * 50)
    with pytest.raises(SpecError) as error:
        convert(small(), str(tmp_path / name), str(tmp_path / "out.safetensors"))
    assert codes(error) == [("E0702", 1)]


def test_names_of_files(tmp_path: Path, file: Path) -> None:
    with pytest.raises(SpecError) as error:
        convert(small(), str(file), str(tmp_path / "x.pt"))
    assert codes(error) == [("E0707", 1)]
    with pytest.raises(FileNotFoundError):
        convert(small(), str(tmp_path / "none.safetensors"), str(tmp_path / "x.weights.h5"))
    (tmp_path / "there.safetensors").write_text("mine")
    with pytest.raises(NotOurs):
        convert(small(), str(file), str(tmp_path / "there.safetensors"))
    convert(small(), str(file), str(tmp_path / "there.safetensors"), force=True)
    assert (tmp_path / "there.safetensors").stat().st_size > 100
