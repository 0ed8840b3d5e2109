"""`archc train` as a user meets it: what is wrong is told before anything is written, with the right exit code."""

from __future__ import annotations

import importlib.util
import subprocess
from pathlib import Path

import pytest

from archc.__main__ import main
from tests.recipes import data, spec


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.yaml").write_text(spec("plain"), encoding="utf-8")
    data("plain", tmp_path / "d.npz")
    (tmp_path / "net.safetensors").write_bytes(b"no weights")
    return tmp_path


def train(*arguments: str) -> int:
    return main(["train", "net.yaml", "--backend", "torch", "-o", "out", *arguments])


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--data", "nothing"], 1, "error[E0709]: there are no data `nothing`"),
        (["--data", "lesson"], 1, "error[E0710]: the data are 28x28x1, and the network takes 6x6x1"),
        (["--data", "d.npz", "--set", "training.batch_size=99"], 1, "error[E0710]: a batch has 99 examples"),
        (["--data", "d.npz", "--set", "training.epochs=0"], 1, "error[E0213]"),
        (["--data", "d.npz", "--set", "epochs=3"], 2, "did you mean `training.epochs`?"),
        (["--data", "d.npz", "--set", "training.loss=mse"], 1, "ids of classes"),
        (["--data", "net.yaml"], 1, "error[E0709]"),
        (["--data", "d.npz", "--write-only"], 0, "wrote"),
        (["--data", "d.npz", "--weights", "w.bin", "--write-only"], 2, "w.bin"),
        (["--data", "d.npz", "--weights", "net.safetensors"], 1, "net.safetensors"),
        (["--data", "d.npz", "--backend", "onnx"], 2, "for inference"),
        (["--data", "d.npz", "--backend", "keras", "--fsdp"], 2, "only PyTorch's script"),
        (["--data", "d.npz", "--processes", "0"], 2, "x>=1"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_written(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, said: str
) -> None:
    assert train(*arguments) == code
    errors = capsys.readouterr().err
    assert said in errors
    assert "Traceback" not in errors
    assert (folder / "out").exists() == (code == 0)


def test_a_run_goes_on_with_its_own_network_and_optimizer_alone(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    resumed = ("--data", "d.npz", "--write-only", "--resume")
    assert train("--data", "d.npz", "--write-only") == 0
    before = (folder / "out" / "train.py").read_bytes()
    assert train(*resumed, "--set", "training.optimizer=sgd") == 1
    assert "error[E0712]: the run in out has the optimizer Adam, and is to go on with SGD" in capsys.readouterr().err
    (folder / "out" / "best.safetensors").write_bytes(b"no weights")
    assert train(*resumed, "--set", "training.epochs=9") == 1
    assert "best.safetensors" in capsys.readouterr().err
    assert (folder / "out" / "train.py").read_bytes() == before
    (folder / "out" / "best.safetensors").unlink()
    assert train(*resumed, "--set", "training.optimizer.learning_rate=1") == 0
    assert "LEARNING_RATE = 1.0\n" in (folder / "out" / "train.py").read_text(encoding="utf-8")


def test_bad_lines_are_skipped_on_request(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "net.yaml").write_text(spec("smooth"), encoding="utf-8")
    lines = [f"{n},1,2,3,4,{n % 3}\n" for n in range(30)]
    lines[4] = "1,2\n"
    (folder / "t.csv").write_text("".join(lines), encoding="utf-8")
    assert train("--data", "t.csv", "--write-only") == 1
    assert "t.csv:5" in capsys.readouterr().err
    assert train("--data", "t.csv", "--write-only", "--skip-bad") == 0
    assert "skipped t.csv:5: this row has 2 columns" in capsys.readouterr().err


def test_names_of_data_become_no_code(folder: Path) -> None:
    name = 'a"""\nimport os\n\\.npz'
    (folder / "d.npz").rename(folder / name)
    assert train("--data", name, "--write-only") == 0
    source = (folder / "out" / "train.py").read_text(encoding="utf-8")
    assert compile(source, "train.py", "exec")
    assert "\nimport os\n\\" not in source


@pytest.mark.parametrize(("status", "code"), [(0, 0), (1, 1), (3, 3), (-9, 1)])
def test_the_scripts_exit_code_is_handed_on(
    folder: Path, monkeypatch: pytest.MonkeyPatch, status: int, code: int
) -> None:
    commands: list[list[str]] = []

    def pretended(command: list[str], cwd: str, env: dict[str, str], **_: bool) -> subprocess.CompletedProcess[bytes]:
        commands.append(command)
        assert env["TORCH_DISABLE_SHARE_RDZV_TCP_STORE"] == "1"
        assert (Path(cwd) / "train.py").exists()
        return subprocess.CompletedProcess(command, status)

    monkeypatch.setattr(subprocess, "run", pretended)
    assert train("--data", "d.npz", "--resume", "--processes", "2") == code
    assert commands[0][1:] == [
        "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2", "--max-restarts=3", "train.py", "--resume",
    ]  # fmt: skip
    assert folder.exists()


def test_what_tensorboard_shows_needs_tensorboard(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "tensorboard" else found(name))
    assert train("--data", "d.npz", "--tensorboard") == 3
    assert "pip install tensorboard" in capsys.readouterr().err
    assert not (folder / "out").exists()


def test_a_missing_framework_is_the_environments_fault(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    assert train("--data", "d.npz") == 3
    assert "pip install 'archc[torch]'" in capsys.readouterr().err
    assert not (folder / "out").exists()
