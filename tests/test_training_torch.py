"""PyTorch's training scripts as they run: every recipe, resumed, shared among processes, and with nowhere to write."""

from __future__ import annotations

import csv
import math
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from archc.compile import load_text
from archc.training.launch import NO_SENSE, launch
from archc.weights import convert, read
from tests.recipes import RECIPES, spec, written
from tests.running import broken, run

pytestmark = pytest.mark.framework
ROOT = Path(__file__).parent.parent
ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}


@pytest.fixture(autouse=True)
def dtype() -> Iterator[None]:
    """Leave PyTorch's type for numbers as it was: some scripts set it, in this process."""
    import torch

    before = torch.get_default_dtype()
    yield
    torch.set_default_dtype(before)


def weights(folder: Path, name: str) -> dict[str, Any]:
    return read(load_text(spec(name)), str(folder / "out" / f"{name}.safetensors"))


def rows(folder: Path) -> list[dict[str, str]]:
    with open(folder / "out" / "metrics.csv", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_trains_and_its_weights_are_the_networks(tmp_path: Path, name: str) -> None:
    for strict in (False, True):
        folder = tmp_path / str(strict)
        written(name, "torch", folder, strict=strict)
        run(folder / "out")
        found = rows(folder)
        assert [row["epoch"] for row in found] == ["1", "2"]
        assert all(math.isfinite(float(value)) for row in found for value in row.values())
        assert weights(folder, name)
    steps = len(list((folder / "out").glob("checkpoint_*.pt")))
    assert steps == 2  # one at the end of each epoch


def test_a_resumed_run_goes_on_where_it_was(tmp_path: Path) -> None:
    """With dropout, a schedule, augmentation: whatever draws random numbers or counts steps."""
    for name in ("numbers", "stepped", "sgd"):
        written(name, "torch", tmp_path / name)
        out = tmp_path / name / "out"
        run(out, "--save-every", "4")
        whole = (out / f"{name}.safetensors").read_bytes()
        table = [{**row, "images_per_second": "", "examples_per_second": ""} for row in rows(tmp_path / name)]
        for checkpoints in (1, 3):  # within the first epoch, and within the second
            broken(out, checkpoints, "--save-every", "4")
            assert (out / f"{name}.safetensors").read_bytes() == whole
            (out / f"{name}.safetensors").unlink()
            run(out, "--resume", "--save-every", "4")
        assert (out / f"{name}.safetensors").read_bytes() == whole
        assert [{**row, "images_per_second": "", "examples_per_second": ""} for row in rows(tmp_path / name)] == table


def test_the_last_checkpoints_are_kept_and_a_new_run_forgets_them(tmp_path: Path) -> None:
    written("plain", "torch", tmp_path)
    out = tmp_path / "out"
    run(out, "--save-every", "1")
    kept = sorted(path.name for path in out.glob("checkpoint_*"))
    assert len(kept) == 3
    last = int(kept[-1].split("_")[1].split(".")[0])
    assert kept == [f"checkpoint_{step:08}.pt" for step in range(last - 2, last + 1)]
    run(out)
    assert [path.name for path in sorted(out.glob("checkpoint_*"))] == [
        f"checkpoint_{s:08}.pt" for s in (last // 2, last)
    ]


def test_streamed_data_give_the_same_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written("stepped", "torch", tmp_path / "held")
    monkeypatch.setattr("archc.training.plan.IN_MEMORY", 100)
    source = written("stepped", "torch", tmp_path / "streamed")
    assert "WORKERS = min(4" in source
    outs = [tmp_path / name / "out" for name in ("held", "streamed")]
    for out in outs:
        run(out)
    held, streamed = ((out / "stepped.safetensors").read_bytes() for out in outs)
    assert held == streamed


@pytest.mark.slow
def test_a_compiled_run_gives_the_weights_of_one_that_is_not(tmp_path: Path) -> None:
    """With TensorBoard's files beside, which change nothing either."""
    written("sgd", "torch", tmp_path, tensorboard=True)
    found = []
    for arguments in ([], ["--compile"]):
        run(tmp_path / "out", *arguments)
        found.append(weights(tmp_path, "sgd"))
    assert all(np.abs(array - found[1][key]).max() < 1e-5 for key, array in found[0].items())
    assert all(b"test_accuracy" in path.read_bytes() for path in (tmp_path / "out" / "runs").iterdir())


def test_a_checkpoint_of_other_batches_is_refused(tmp_path: Path) -> None:
    source = written("plain", "torch", tmp_path)
    run(tmp_path / "out")
    (tmp_path / "out" / "train.py").write_text(source.replace("BATCH = 8", "BATCH = 16"), encoding="utf-8")
    with pytest.raises(SystemExit, match="is of other data or another batch size"):
        run(tmp_path / "out", "--resume")
    (tmp_path / "out" / "train.py").write_text(source.replace("EPOCHS = 2", "EPOCHS = 3"), encoding="utf-8")
    run(tmp_path / "out", "--resume")
    assert [row["epoch"] for row in rows(tmp_path)] == ["1", "2", "3"]


def test_a_resumed_run_has_the_learning_rate_of_its_script(tmp_path: Path) -> None:
    source = written("plain", "torch", tmp_path)
    run(tmp_path / "out")
    before = weights(tmp_path, "plain")
    changed = source.replace("LEARNING_RATE = 0.001", "LEARNING_RATE = 1e-30").replace("EPOCHS = 2", "EPOCHS = 3")
    (tmp_path / "out" / "train.py").write_text(changed, encoding="utf-8")
    run(tmp_path / "out", "--resume")
    assert len(rows(tmp_path)) == 3
    assert all(np.array_equal(array, before[key]) for key, array in weights(tmp_path, "plain").items())


def kills(folder: Path, name: str, count: int, seed: int) -> None:
    written(name, "torch", folder / name)
    command = [sys.executable, str(ROOT / "tests" / "running.py"), str(folder / name / "out"), str(count), str(seed)]
    said = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, timeout=1500)
    assert said.returncode == 0, said.stdout + said.stderr


def test_a_killed_run_resumes_to_the_same_bits(tmp_path: Path) -> None:
    kills(tmp_path, "stepped", 8, 0)


@pytest.mark.slow
def test_a_run_killed_a_hundred_times_resumes_to_the_same_bits(tmp_path: Path) -> None:
    for number, name in enumerate(("plain", "numbers", "sgd", "stepped")):
        kills(tmp_path, name, 100, number)


def test_with_nowhere_to_write_the_script_says_so_and_leaves_with_3(tmp_path: Path) -> None:
    written("plain", "torch", tmp_path)
    out = tmp_path / "out"
    full, blocked = (
        f"ulimit -f 1; exec {sys.executable} train.py",
        f"rm -f metrics.csv; mkdir metrics.csv; exec {sys.executable} train.py",
    )
    for command, said in ((full, "File too large"), (blocked, "Is a directory")):
        # Python's own caches would be cut off at the limit too.
        environment = {**ENVIRONMENT, "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(["bash", "-c", command], cwd=out, env=environment, capture_output=True, text=True)
        assert done.returncode == 3, done.stderr
        assert done.stderr.startswith("train.py: ")
        assert said in done.stderr
        assert "Traceback" not in done.stderr
        assert not list(out.rglob("*.tmp"))


def doubled(folder: Path, name: str, **options: bool) -> Path:
    """Write a recipe's script that computes in float64."""
    source = written(name, "torch", folder, strict=True, **options)
    assert ".float()" in source
    # 41 examples: a last batch of 2, one for each process.
    source = (
        source.replace("BATCH = 8", "BATCH = 13")
        .replace(".float()", ".double()")
        .replace("    torch.manual_seed", "    torch.set_default_dtype(torch.float64)\n    torch.manual_seed")
    )
    (folder / "out" / "train.py").write_text(source, encoding="utf-8")
    return folder / "out"


def test_two_processes_give_the_weights_of_one(tmp_path: Path) -> None:
    one, two = doubled(tmp_path / "one", "stepped"), doubled(tmp_path / "two", "stepped")
    run(one)
    # The second is also killed, once, by one of its own: the other is started anew with it, and both resume.
    source = (two / "train.py").read_text(encoding="utf-8")
    wound = "        totals.zero_()\n        checkpoint()\n"
    assert wound in source
    mark = '        if RANK == 1 and not (HERE / "wounded").exists():\n' \
           '            (HERE / "wounded").touch()\n            os.kill(os.getpid(), 9)\n'  # fmt: skip
    (two / "train.py").write_text(source.replace(wound, wound + mark), encoding="utf-8")
    assert launch(str(two), [], 2, "torchrun") == 0
    assert (two / "wounded").exists()
    assert launch(str(doubled(tmp_path / "sharded", "stepped", fsdp=True)), [], 2, "torchrun") == 0
    ours = weights(tmp_path / "one", "stepped")
    for folder in ("two", "sharded"):
        theirs = weights(tmp_path / folder, "stepped")
        for key, array in ours.items():
            assert array.dtype == "float64"
            assert np.abs(array - theirs[key]).max() <= 1e-10, (folder, key)
        for row, other in zip(rows(tmp_path / "one"), rows(tmp_path / folder), strict=True):
            assert float(row["loss"]) == pytest.approx(float(other["loss"]), rel=1e-6)
            assert row["test_accuracy"] == other["test_accuracy"]


def test_a_loss_that_is_no_number_ends_the_run_and_starts_no_other(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = doubled(tmp_path, "stepped")
    source = (folder / "train.py").read_text(encoding="utf-8")
    wild = re.sub("^LEARNING_RATE = .*", "LEARNING_RATE = 1e300", source, flags=re.MULTILINE)
    assert wild != source
    (folder / "train.py").write_text(wild, encoding="utf-8")
    with pytest.raises(SystemExit, match=r"^the loss is (nan|inf); try a smaller learning rate$"):
        run(folder)
    assert launch(str(folder), [], 2, "torchrun") == NO_SENSE
    printed = capfd.readouterr().err
    assert 1 <= printed.count("try a smaller learning rate") <= 2, "from each process once"
    assert "Traceback" not in printed
    (folder / "train.py").write_text("", encoding="utf-8")
    assert launch(str(folder), [], 2, "torchrun") == 0, "what an earlier run said is forgotten"


def test_the_trained_weights_go_to_keras(tmp_path: Path) -> None:
    pytest.importorskip("keras")
    written("plain", "torch", tmp_path)
    run(tmp_path / "out")
    graph = load_text(spec("plain"))
    trained = str(tmp_path / "out" / "plain.safetensors")
    carried = convert(graph, trained, str(tmp_path / "plain.weights.h5"))
    back = read(graph, str(tmp_path / "plain.weights.h5"))
    assert carried.tensors == len(back)
    assert all(np.array_equal(array, back[key]) for key, array in read(graph, trained).items())
