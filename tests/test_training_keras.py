"""Keras's training scripts as they run: every recipe, resumed, and the same as PyTorch's from the same start."""

from __future__ import annotations

import csv
import math
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from archc.backend import find
from archc.compile import load_text
from archc.training.launch import launch
from archc.training.run import initial
from archc.weights import read
from tests.recipes import RECIPES, spec, written
from tests.running import broken, run

# Keras 3.15 hands NumPy variables whose `__array__` is of before NumPy 2.
pytestmark = [pytest.mark.framework, pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")]
ROOT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def _clean() -> Iterator[None]:
    keras = pytest.importorskip("keras")
    policy = keras.config.dtype_policy()
    yield
    keras.config.set_dtype_policy(policy)
    keras.backend.clear_session()


def weights(folder: Path, name: str, suffix: str = ".weights.h5") -> dict[str, Any]:
    return read(load_text(spec(name)), str(folder / "out" / f"{name}{suffix}"))


def rows(folder: Path) -> list[dict[str, float]]:
    with open(folder / "out" / "metrics.csv", newline="") as file:
        found = [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]
    return [{name: value for name, value in row.items() if "second" not in name} for row in found]


# What draws random numbers within the network differs between the frameworks.
SAME = [name for name in RECIPES if name != "numbers"]


@pytest.mark.parametrize("name", SAME)
def test_both_frameworks_train_alike_from_the_same_start(tmp_path: Path, name: str) -> None:
    torch, keras = tmp_path / "torch", tmp_path / "keras"
    for backend, folder in (("torch", torch), ("keras", keras)):
        written(name, backend, folder, strict=True)
    graph = load_text(spec(name))
    run(torch / "out")  # its weights are the start of both
    (torch / "out" / f"{name}.safetensors").rename(torch / "start.safetensors")
    start = str(torch / "start.safetensors")
    run(torch / "out", "--weights", start)
    run(keras / "out", "--weights", initial(graph, find("keras"), start, str(keras / "out")))
    # Adam takes steps of one length, however small the gradient: rounding turns those of tokens that cancel.
    share, bound = (0.03, 2e-2) if name == "tokens" else (0.02, 2e-3)
    for one, other in zip(rows(torch), rows(keras), strict=True):
        assert list(one) == list(other)
        for key, value in one.items():
            assert math.isfinite(value)
            # A tie of two classes may fall to either: one answer of 63, or a few of many near ones.
            assert value == pytest.approx(other[key], rel=2e-3, abs=share if "accuracy" in key else 1e-3), key
    theirs = weights(keras, name)
    for key, array in weights(torch, name, ".safetensors").items():
        assert np.abs(array - theirs[key]).max() < bound, key


@pytest.mark.parametrize("name", ["numbers", "stepped"])
def test_a_resumed_run_goes_on_where_it_was(tmp_path: Path, name: str) -> None:
    source = written(name, "keras", tmp_path)
    out = tmp_path / "out"
    run(out)
    whole, table = weights(tmp_path, name), rows(tmp_path)
    (out / f"{name}.weights.h5").unlink()
    broken(out, 1)
    assert len(rows(tmp_path)) == 1
    run(out, "--resume")
    assert rows(tmp_path) == table
    assert all(np.array_equal(array, whole[key]) for key, array in weights(tmp_path, name).items())
    if name == "numbers":  # the learning rate is the script's, not the one that the checkpoint was written with
        changed = source.replace("LEARNING_RATE = 0.001", "LEARNING_RATE = 1e-30").replace("EPOCHS = 2", "EPOCHS = 3")
        (out / "train.py").write_text(changed, encoding="utf-8")
        run(out, "--resume")
        assert len(rows(tmp_path)) == 3
        assert all(np.array_equal(array, whole[key]) for key, array in weights(tmp_path, name).items())


def test_a_mixed_run_keeps_its_last_layer_in_float32(tmp_path: Path) -> None:
    source = written("plain", "keras", tmp_path, mixed=True)
    assert 'model.get_layer("dense").dtype_policy = "float32"' in source
    run(tmp_path / "out")
    assert rows(tmp_path)[-1]["loss"] < 2
    assert weights(tmp_path, "plain")["dense.weight"].dtype == "float32"


@pytest.mark.slow
def test_a_compiled_run_gives_the_weights_of_one_that_is_not(tmp_path: Path) -> None:
    """With TensorBoard's files beside, which change nothing either."""
    written("sgd", "keras", tmp_path, tensorboard=True)
    found = []
    for arguments in ([], ["--compile"]):
        run(tmp_path / "out", *arguments)
        found.append(weights(tmp_path, "sgd"))
    assert all(np.abs(array - found[1][key]).max() < 1e-5 for key, array in found[0].items())
    events = b"".join(path.read_bytes() for path in (tmp_path / "out" / "runs").rglob("events*"))
    assert b"epoch_accuracy" in events


def doubled(folder: Path) -> Path:
    """Write a recipe's script that computes in float64, and leaves an example out as two workers do."""
    source = written("stepped", "keras", folder)
    for old, new in (
        ("BATCH = 8", "BATCH = 10"),
        ("count // WORLD * WORLD", "count // 2 * 2"),
        ('astype("float32")', 'astype("float64")'),
        (
            "    keras.utils.set",
            '    keras.config.set_floatx("float64")\n    keras.config.set_dtype_policy("float64")\n    keras.utils.set',
        ),
        ("            os.fsync", '            (HERE / f"by_{RANK}").touch()\n            os.fsync'),
    ):
        assert old in source
        source = source.replace(old, new)
    (folder / "out" / "train.py").write_text(source, encoding="utf-8")
    return folder / "out"


def test_two_workers_give_the_weights_of_one(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    one, two = doubled(tmp_path / "one"), doubled(tmp_path / "two")
    keras = pytest.importorskip("keras")
    try:
        run(one)
        broken(two, 1)  # one worker takes the first epoch, two the second
    finally:
        keras.config.set_floatx("float32")
    assert launch(str(two), ["--resume"], 2, "tf_config") == 0
    assert capfd.readouterr().out.count("epoch 2/2") == 2
    assert sorted(path.name for path in two.glob("by_*")) == ["by_0"]
    ours, theirs = (weights(tmp_path / name, "stepped") for name in ("one", "two"))
    for key, array in ours.items():
        assert array.dtype == "float64"
        assert np.abs(array - theirs[key]).max() <= 1e-10, key
    for row, other in zip(rows(tmp_path / "one"), rows(tmp_path / "two"), strict=True):
        assert row == pytest.approx(other, rel=1e-6)


def kills(folder: Path, name: str, count: int, seed: int) -> None:
    written(name, "keras", folder / name)
    command = [sys.executable, str(ROOT / "tests" / "running.py"), str(folder / name / "out"), str(count), str(seed)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3"}
    said = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=1500)
    assert said.returncode == 0, said.stdout + said.stderr


@pytest.mark.thorough
def test_a_killed_run_resumes_to_the_same_bits(tmp_path: Path) -> None:
    kills(tmp_path, "stepped", 3, 0)


@pytest.mark.slow
def test_a_run_killed_thirty_times_resumes_to_the_same_bits(tmp_path: Path) -> None:
    for number, name in enumerate(("numbers", "sgd", "stepped")):
        kills(tmp_path, name, 30, number)
