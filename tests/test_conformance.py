"""`archc conformance`, on the small backend of `examples/` as a stranger installs it, and on mutants of it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from archc.backend import find
from archc.testing.conformance import HOSTILE, becomes_code, hostile
from tests.test_plugins import GOOD, plugin

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "archc_numpy"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a fresh folder that the example is installed into."""
    source = tmp_path_factory.mktemp("source") / "archc_numpy"
    shutil.copytree(EXAMPLE, source, ignore=shutil.ignore_patterns("__pycache__"))
    target = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--no-build-isolation"]
    subprocess.run([*command, "--target", str(target), str(source)], check=True, timeout=300, cwd=source)
    return target


def run(site: Path, *args: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join(map(str, (site, ROOT, ROOT / "backends")))
    command = [sys.executable, "-m", "archc", *args]
    environment = {**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1"}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=600, cwd=site)


def test_it_is_small() -> None:
    lines = sum(len(path.read_text().splitlines()) for path in EXAMPLE.rglob("*") if path.suffix in (".py", ".toml"))
    assert lines < 400


@pytest.mark.framework
def test_the_example_conforms(installed: Path) -> None:
    done = run(installed, "conformance", "--backend", "numpy", "--random", "5", "--format", "json")
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout)
    rows = {row["name"]: row for row in found["rows"]}
    assert (found["backend"], found["against"], found["forward_only"]) == ("numpy", "torch", True)
    assert rows["conv"]["passed"] >= 10
    assert rows["conv"]["failed"] == 0
    assert rows["lrn"]["passed"] == 0
    assert rows["lrn"]["reasons"] == ["NumPy has no `lrn` like this: This small backend leaves `lrn` out"]
    assert rows["the zoo"]["passed"] >= 4
    assert rows["hostile text"]["passed"] == len(HOSTILE)
    compiled = run(installed, "compile", str(ROOT / "specs" / "two_conv.yaml"), "--backend", "numpy")
    assert compiled.returncode == 0
    assert "def network(" in compiled.stdout


MUTANTS = {
    "spell.py": [
        ("conv", "op.dilations(x), op.groups)", "op.strides(x), op.groups)"),
        ("max_pool", "(lo, hi + extra)", "(lo, hi)"),
        ("concat", "axis = 1 + layer", "axis = -1 + 0 * len(layer.op.name) or layer"),
    ],
    "functions.py": [
        ("batch_norm", "variance + epsilon)", "variance) + epsilon"),
        ("softmax", "y /= y.sum(axis=axis", "y /= y.sum(axis=-1"),
    ],
    "source.py": [("hostile text", "ascii(origin)[1:-1]", "origin")],
}


@pytest.mark.framework
def test_mutants_are_caught(installed: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    shutil.copytree(installed, site)
    for file, mutations in MUTANTS.items():
        path = site / "archc_numpy" / file
        text = path.read_text()
        for _, old, new in mutations:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        path.write_text(text)
    done = run(site, "conformance", "--backend", "numpy", "--random", "0")
    assert done.returncode == 1
    failed = {line.rsplit("  ", 4)[0].strip() for line in done.stdout.splitlines()}
    table = {line[:29].strip(): line for line in done.stdout.splitlines()}
    for mutations in MUTANTS.values():
        for row, _, _ in mutations:
            counts = table[row][29:].split()
            assert int(counts[2]) > 0, f"{row}: {table[row]} {sorted(failed)}"


def test_hostile_text_that_becomes_code() -> None:
    assert becomes_code('x = 1\n"""', ".py")
    assert becomes_code("import os", ".py")
    assert becomes_code('__import__("os").system("x")', ".py")
    assert not becomes_code('"""import os"""', ".py")
    assert not becomes_code("(", ".txt")
    for text in HOSTILE:
        assert hostile(text, find("torch")).kind == "passed", text
        assert hostile(text, find("keras")).kind == "passed", text


@pytest.mark.framework
def test_a_backend_that_cannot_run_fails_where_it_should(tmp_path: Path) -> None:
    plugin(tmp_path, "good", GOOD)
    done = run(tmp_path, "conformance", "--backend", "good", "--random", "0")
    assert done.returncode == 1
    assert "NotImplementedError" in done.stdout


def test_wrong_usage(tmp_path: Path) -> None:
    assert run(tmp_path, "conformance").returncode == 2
    assert run(tmp_path, "conformance", "--backend", "nonesuch").returncode == 2
    done = run(tmp_path, "conformance", "--backend", "torch", "--against", "torch")
    assert done.returncode == 2
    assert "is the backend that is tested" in done.stderr
