"""Training scripts: tidy source for every kind of recipe, and nothing in it that the recipe does not need."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from archc.backend import NoBackend, find
from archc.cli import commands
from archc.compile import load_text
from archc.problems import SpecError
from archc.testing.checking import KNOWN, RUFF, RULES
from archc.training.plan import Plan, TrainingBackend
from archc.training.recipe import recipe
from archc.training.run import prepare
from archc.write import NotOurs
from tests.recipes import RECIPES, data, spec, written

BACKENDS = [name for name in ("torch", "keras") if isinstance(find(name), TrainingBackend)]


def test_every_recipe_gives_tidy_source(tmp_path: Path) -> None:
    for backend in BACKENDS:
        for name in RECIPES:
            for strict in (False, True):
                folder = tmp_path / f"{backend}_{name}_{strict}"
                shared = strict and backend == "torch" and name != "penalised"
                source = written(name, backend, folder, strict=strict, tensorboard=strict, fsdp=shared)
                assert ast.parse(source)
                assert "archc" not in source.replace("Compiled by archc", "")
    _tidy(tmp_path)


def _tidy(folder: Path) -> None:
    for command in (
        ("format", "--diff"),
        ("check", "--output-format=concise", *RULES, "--config=src=['*/out']", KNOWN),
    ):
        said = subprocess.run(
            [sys.executable, "-m", "ruff", *command, *RUFF, "."], cwd=folder, capture_output=True, text=True
        )
        assert (said.returncode, said.stdout) == (0, "") or said.stdout == "All checks passed!\n", said.stdout


def test_long_names_of_many_inputs_and_outputs_give_tidy_source(tmp_path: Path) -> None:
    names = [f"measured_by_sensor_number_{place}" for place in range(5)]
    outputs = [f"what_{name}_says" for name in names]
    lines = ["archc: 1", "name: many", "inputs:", *[f"  {name}: {{features: 2}}" for name in names], "layers:"]
    for place, (name, output) in enumerate(zip(names, outputs, strict=True)):
        ending = ("softmax", "sigmoid", "none")[place % 3]
        lines.append(f"  - dense: {{units: 2, activation: {ending}}}\n    from: {name}\n    name: {output}")
    spec = "\n".join([*lines, f"outputs: [{', '.join(outputs)}]", "training: {batch_size: 2}"])
    random = np.random.default_rng(0)
    arrays = {name: random.random((8, 2)) for name in (*names, *outputs)}
    np.savez(tmp_path / "data.npz", allow_pickle=True, **arrays)
    for backend in BACKENDS:
        prepare(load_text(spec), backend, str(tmp_path / "data.npz"), str(tmp_path / backend / "out"))
    _tidy(tmp_path)


@pytest.mark.parametrize(
    ("layer", "loss"),
    [
        ("conv: {filters: 3, kernel_size: 1, activation: log_softmax}", "cross_entropy"),
        ("log_softmax", "cross_entropy"),
        ("log_softmax: {axis: height}", "mean_squared_error"),
        ("softmax", "cross_entropy"),
        ("sigmoid", "binary_cross_entropy"),
        ("tanh", "mean_squared_error"),
    ],
)
def test_the_loss_suits_what_a_network_ends_in(layer: str, loss: str) -> None:
    layers = f"  - conv: {{filters: 3, kernel_size: 1}}\n  - {layer}"
    text = f"archc: 1\nname: net\ninput: {{height: 4, width: 4, channels: 1}}\nlayers:\n{layers}\n"
    (found,) = recipe(load_text(text)).losses
    assert found.kind == loss


@pytest.mark.parametrize("backend", BACKENDS)
def test_what_a_recipe_does_not_need_is_not_written(tmp_path: Path, backend: str) -> None:
    plain = written("plain", backend, tmp_path / "plain")
    for word in (
        "PATIENCE",
        "windows",
        "clip",
        "def rate",
        "SummaryWriter",
        "DataLoader",
        "SyncBatchNorm",
        "Iterable",
        '["eps"]',
    ):
        assert word not in plain
    assert len(plain.splitlines()) < {"torch": 210, "keras": 220}[backend]
    assert "SyncBatchNorm" in written("normed", "torch", tmp_path / "normed")
    assert "windows" in written("constant", backend, tmp_path / "constant")


def test_the_same_input_gives_the_same_files(tmp_path: Path) -> None:
    one, other = (written("stepped", "torch", tmp_path / name) for name in ("one", "other"))
    assert one == other
    for name in ("x_train.npy", "y_test.npy"):
        contents = [(tmp_path / folder / "out" / "data" / name).read_bytes() for folder in ("one", "other")]
        assert contents[0] == contents[1]


def test_data_too_large_for_a_device_are_streamed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archc.training.plan.IN_MEMORY", 100)
    assert "DataLoader(" in written("plain", "torch", tmp_path)


def test_files_of_others_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "train.py").write_text("mine")
    with pytest.raises(NotOurs):
        written("plain", "torch", tmp_path)
    assert (tmp_path / "out" / "train.py").read_text() == "mine"
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["train.py"]
    written("plain", "torch", tmp_path, force=True)


def test_a_backend_for_inference_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoBackend, match="for inference"):
        written("plain", "onnx", tmp_path)


def test_pytorch_adds_the_penalty_to_the_loss_before_it_goes_back(tmp_path: Path) -> None:
    source = written("penalised", "torch", tmp_path)
    lines = (" = criterion(net", "loss = loss + model.penalty()", "backward()")
    assert sorted(lines, key=source.index) == list(lines)
    assert "penalty" not in written("plain", "torch", tmp_path / "plain")


def test_weights_that_are_shared_have_no_penalty(tmp_path: Path) -> None:
    with pytest.raises(NoBackend, match="use `weight_decay`"):
        written("penalised", "torch", tmp_path, fsdp=True)


def test_overrides_are_checked_and_leave_the_graph_alone(tmp_path: Path) -> None:
    graph = load_text(spec("plain"))
    source = str(data("plain", tmp_path / "d.npz"))
    plan: Plan = prepare(
        graph, "torch", source, str(tmp_path / "o"), epochs=7, optimizer={"adam": {"learning_rate": 0.5}}
    )
    assert (plan.recipe.epochs, plan.recipe.optimizer.settings["learning_rate"]) == (7, 0.5)
    assert graph.spec.training["epochs"].value == 2
    with pytest.raises(SpecError):
        prepare(graph, "torch", source, str(tmp_path / "o"), epochs=0)
    assert graph.spec.training["epochs"].value == 2


def test_the_command_writes_the_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.yaml").write_text(spec("plain"), encoding="utf-8")
    data("plain", tmp_path / "d.npz")
    args = ["train", "net.yaml", "-b", "torch", "-d", "d.npz", "--write-only", "--set", "training.epochs=3"]
    with commands.make_context("archc", args) as context:
        commands.invoke(context)
    assert "EPOCHS = 3" in (tmp_path / "plain_torch" / "train.py").read_text(encoding="utf-8")
