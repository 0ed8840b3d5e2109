"""Plain command lines run without click, and do what click's would."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from archc import quick
from archc.__main__ import main

SPEC = str(Path(__file__).resolve().parent.parent / "specs" / "two_conv.yaml")
WITHOUT_CLICK = """
import gc
import sys
from archc.__main__ import main
status = main()
assert "click" not in sys.modules, "click was imported"
assert gc.get_freeze_count(), "what was built is walked once more at the end"
sys.exit(status)
"""


def run(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", WITHOUT_CLICK, *args], capture_output=True, text=True)


@pytest.mark.parametrize("backend", ["torch", "keras"])
def test_a_plain_compile_imports_no_click(backend: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compile", SPEC, f"--backend={backend}"]) == 0
    wanted = capsys.readouterr().out
    printed = run("compile", SPEC, "--backend", backend)
    assert (printed.returncode, printed.stdout, printed.stderr) == (0, wanted, "")
    path = tmp_path / "net.py"
    written = run("compile", "-o", str(path), "-b", backend, SPEC)
    assert (written.returncode, written.stdout, written.stderr) == (0, "", f"wrote {path}\n")
    assert path.read_text(encoding="utf-8") == wanted


@pytest.mark.parametrize(
    "args",
    [
        [],
        ["check"],
        ["check", "--format", "json", SPEC],
        ["compile"],
        ["compile", SPEC],
        ["compile", SPEC, "--backend"],
        ["compile", SPEC, "--backend", "--strict"],
        ["compile", SPEC, SPEC, "-b", "torch"],
        ["compile", SPEC, "-b", "torch", "-b", "keras"],
        ["compile", SPEC, "-b", "torch", "--strict"],
        ["compile", SPEC, "-b", "torch", "-o", "-"],
        ["compile", SPEC, "-b", "torch", "--set", "a=1"],
        ["compile", "-", "-b", "torch"],
        ["compile", "", "-b", "torch"],
        ["compile", SPEC, "-b", "onnx"],
        ["summary", SPEC],
    ],
)
def test_every_other_line_is_for_click(args: list[str]) -> None:
    assert quick.run(args) is None


def test_wrong_specs_and_names_are_told_alike(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("archc: 1\nname: net\ninput: {features: 4}\nlayers: [rleu]\n", encoding="utf-8")
    told: dict[str, list[tuple[int, object]]] = {}
    for backend in ("torch", "nobody"):
        for line in (["compile", str(wrong), "-b", backend], ["compile", str(wrong), f"-b{backend}"]):
            status = main(line)
            told.setdefault(backend, []).append((status, capsys.readouterr()))
    assert [pair[0][0] for pair in told.values()] == [1, 2]
    assert all(one == other for one, other in told.values())
