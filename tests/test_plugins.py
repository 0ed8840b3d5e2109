"""Backends by strangers that do what they should not: each is named, and all others go on working."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SPEC = str(ROOT / "specs" / "two_conv.yaml")

GOOD = """
from archc.backend import Emitted

class Good:
    name, title, extra, suffix = "{name}", "Good", "good", ".txt"
    def supports(self, layer): return None
    def emit(self, graph, *, origin, strict=False, probe=False): return Emitted("Compiled by archc for " + graph.name)
    def versions(self): return {{"good": "1"}}
    def runner(self, graph, *, dtype, strict=False): raise NotImplementedError
    def limits(self, graph, *, dtype, strict): return []

backend = Good()
"""


def plugin(folder: Path, name: str, code: str, value: str = "") -> None:
    """Write a distribution with one module and one backend."""
    module = f"stranger_{name}"
    filled = code.replace("{name}", name).replace("{{", "{").replace("}}", "}")
    (folder / f"{module}.py").write_text(filled, encoding="utf-8")
    info = folder / f"{module}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n", encoding="utf-8")
    text = f"[archc.backends]\n{name} = {value or f'{module}:backend'}\n"
    (info / "entry_points.txt").write_text(text, encoding="utf-8")


def archc(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    """Run archc with what is installed in a folder; the folder comes first, as a user's own may."""
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT), str(ROOT / "backends")]),
        "TMPDIR": str(folder),
    }
    command = [sys.executable, "-m", "archc", *args]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)


def others_work(folder: Path) -> None:
    """Compile for both shipped backends: nothing of the strangers is to be heard of."""
    for name in ("torch", "keras"):
        done = archc(folder, "compile", SPEC, "--backend", name)
        assert (done.returncode, done.stderr) == (0, "")
        assert "Compiled by archc" in done.stdout


@pytest.mark.framework
def test_versions_are_listed(tmp_path: Path) -> None:
    plugin(tmp_path, "good", GOOD)
    plugin(tmp_path, "ageless", GOOD.replace('return {{"good": "1"}}', "raise OSError('no version')"))
    listed = archc(tmp_path, "backends", "--versions")
    assert listed.returncode == 0
    assert "Good, writes .txt files; good 1\n" in listed.stdout
    assert "Good, writes .txt files; OSError: no version\n" in listed.stdout
    assert "PyTorch, writes .py files; torch " in listed.stdout


def test_a_good_one_is_used(tmp_path: Path) -> None:
    plugin(tmp_path, "good", GOOD)
    assert archc(tmp_path, "compile", SPEC, "--backend", "good").stdout == "Compiled by archc for two_conv"
    assert "good   Good, writes .txt files\n" in archc(tmp_path, "backends").stdout
    others_work(tmp_path)


BAD_IMPORTS = {
    "raises": ('raise ValueError("no\\x1b[31m good")', "ValueError: no\\x1b[31m good"),
    "leaves": ("import sys; sys.exit(0)", "SystemExit: 0"),
    "empty": ("", "AttributeError: module 'stranger_empty' has no attribute 'backend'"),
    "typed": ("backend = 3", "stranger_typed:backend is no backend: it lacks name, title"),
    "half": ("class backend:\n    name = title = extra = suffix = 'a'", "is no backend: it lacks supports, emit"),
    "broken": ("def", "SyntaxError"),
    "needy": ("import not_there_at_all", "ModuleNotFoundError: No module named 'not_there_at_all'"),
    "endless": ("def f(): f()\nf()", "RecursionError"),
}


@pytest.mark.parametrize("name", BAD_IMPORTS)
def test_what_cannot_be_imported_is_named(name: str, tmp_path: Path) -> None:
    code, reason = BAD_IMPORTS[name]
    plugin(tmp_path, name, code)
    done = archc(tmp_path, "compile", SPEC, "--backend", name)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith(f"archc: backend `{name}` is installed and cannot be used: ")
    assert reason in done.stderr
    assert done.stderr.count("\n") == 1
    listed = archc(tmp_path, "backends")
    assert listed.returncode == 0
    assert listed.stdout.startswith("keras  Keras")
    assert "torch  PyTorch" in listed.stdout
    assert f"backend `{name}` is installed and cannot be used" in listed.stderr
    assert archc(tmp_path, "ops", "conv").returncode == 0
    others_work(tmp_path)


BAD_EMISSION = {
    "raising": ("raise KeyError('lost')", "KeyError: 'lost'"),
    "leaving": ("import sys; sys.exit(0)", "SystemExit: 0"),
    "typing": ("return 3", "TypeError: `emit` gives int, not Emitted"),
    "silent": ("pass", "TypeError: `emit` gives NoneType, not Emitted"),
}


@pytest.mark.parametrize("name", BAD_EMISSION)
def test_what_fails_at_emission_is_the_backends_fault(name: str, tmp_path: Path) -> None:
    code, reason = BAD_EMISSION[name]
    plugin(tmp_path, name, GOOD.replace('return Emitted("Compiled by archc for " + graph.name)', code))
    target = tmp_path / "net.txt"
    done = archc(tmp_path, "compile", SPEC, "--backend", name, "-o", str(target))
    assert (done.returncode, done.stdout) == (70, "")
    assert done.stderr.startswith(f"archc: a fault of the backend `{name}`, not of your spec: {reason}; ")
    assert done.stderr.count("\n") == 1
    assert not target.exists()
    others_work(tmp_path)


def test_one_that_cannot_say_what_it_supports_leaves_pages_to_be_read(tmp_path: Path) -> None:
    plugin(
        tmp_path,
        "unsure",
        GOOD.replace("def supports(self, layer): return None", "def supports(self, layer): return 1 / 0"),
    )
    page = archc(tmp_path, "ops", "relu")
    assert page.returncode == 0
    assert "- PyTorch: yes" in page.stdout
    assert "it fails with ZeroDivisionError" in page.stdout
    assert "a fault of the backend `unsure`" in archc(tmp_path, "compile", SPEC, "--backend", "unsure").stderr


@pytest.mark.parametrize("name", ["torch", "keras", "onnx"])
def test_a_taken_name_stays_with_whom_it_came(name: str, tmp_path: Path) -> None:
    plugin(tmp_path, name, GOOD)
    others_work(tmp_path)
    listed = archc(tmp_path, "backends")
    assert "Good" not in listed.stdout
    assert f"backend `{name} (stranger_{name}:backend)` is installed and cannot be used: " in listed.stderr
    assert f"the name `{name}` is taken by archc_{name}:backend" in listed.stderr


def test_two_strangers_of_one_name(tmp_path: Path) -> None:
    plugin(tmp_path, "first", GOOD.replace("{name}", "same"), "stranger_first:backend")
    plugin(tmp_path, "second", GOOD.replace("{name}", "same"), "stranger_second:backend")
    for name in ("first", "second"):
        points = tmp_path / f"stranger_{name}-1.0.dist-info" / "entry_points.txt"
        points.write_text(f"[archc.backends]\nsame = stranger_{name}:backend\n", encoding="utf-8")
    listed = archc(tmp_path, "backends")
    assert listed.stdout.count("Good") == 1
    assert "the name `same` is taken by stranger_first:backend" in listed.stderr
    assert archc(tmp_path, "compile", SPEC, "--backend", "same").returncode == 0


def test_a_slow_or_noisy_one_is_not_imported_for_others(tmp_path: Path) -> None:
    noise = 'import time\nprint("noise", flush=True)\nopen(__file__ + ".imported", "w").close()\n'
    plugin(tmp_path, "slow", noise + "time.sleep(1)\n" + GOOD)
    others_work(tmp_path)
    assert archc(tmp_path, "check", SPEC).returncode == 0
    assert archc(tmp_path, "summary", SPEC).returncode == 0
    assert not (tmp_path / "stranger_slow.py.imported").exists()
    done = archc(tmp_path, "compile", SPEC, "--backend", "slow")
    assert done.stdout == "Compiled by archc for two_conv"  # what it prints at import is no source
    assert "noise" in done.stderr
    assert "backend `slow` took 1." in archc(tmp_path, "backends").stderr


SECTION = "[archc.backends]\n"
BROKEN = ["", SECTION[:-2], f"{SECTION}nothing\n= x\n", "\x00", f"{SECTION}a = b.c\n", f"{SECTION}\x1b[31m = b:c\n"]


@pytest.mark.parametrize("text", BROKEN)
def test_distributions_that_are_broken_themselves(text: str, tmp_path: Path) -> None:
    info = tmp_path / "broken-1.0.dist-info"
    info.mkdir()
    (info / "entry_points.txt").write_text(text, encoding="utf-8")
    others_work(tmp_path)
    listed = archc(tmp_path, "backends")
    assert listed.returncode == 0
    assert "\x1b" not in listed.stdout + listed.stderr
