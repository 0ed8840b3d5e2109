"""The demonstration does what it prints: both models learn, and agree on every test image."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from archc import demo
from archc.compile import load
from archc.training.run import metrics, prepare

ROOT = Path(__file__).parent.parent


@pytest.mark.framework
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # Keras's own, about numpy
def test_the_demonstration(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "demo"
    graph = load(str(ROOT / demo.SPEC))
    demo.compile_both(graph, demo.SPEC, str(folder))  # what an earlier demonstration has left is replaced
    prepare(graph, "keras", "lesson", str(folder / "keras"))
    assert demo.main(str(ROOT / demo.SPEC), str(folder), epochs=1) == 0
    printed = capsys.readouterr().out
    assert "are equal (float64)" in printed
    assert "same in both: 600 of 600" in printed
    accuracies = [float(share) for share in re.findall(r"([0-9.]+)%", printed)]
    assert len(accuracies) == 2
    assert min(accuracies) > 85
    assert abs(accuracies[0] - accuracies[1]) < 1
    assert {path.name for path in folder.iterdir()} - {"__pycache__"} == {
        "two_conv_torch.py", "two_conv_keras.py", "two_conv_start.safetensors", "two_conv.weights.h5", "torch", "keras",
    }  # fmt: skip
    losses = {name: metrics(str(folder / name))[0]["loss"] for name in ("torch", "keras")}
    assert losses["torch"] == pytest.approx(losses["keras"], rel=1e-3), "both take the same batches from the same start"
    assert printed.count("epoch 1/1  loss") == 2
    assert "archc" not in re.findall(r"^(?:from|import) (\w+)", (folder / "two_conv_torch.py").read_text(), re.M)
