"""The lesson data: what is in it, and that its script still makes the very file that is checked in."""

from __future__ import annotations

import gzip
import hashlib
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest

from archc.data import CLASS_NAMES, LESSON_FILE, lesson

SCRIPT = Path(__file__).parent.parent / "scripts" / "make_lesson_data.py"
ORIGINAL = Path("/usr/share/datasets/fashion-mnist")
CHECKSUMS = {
    "x_train": "fae9f26089ed2984fc13e4642b81ce7b02a24d6d348fe534a0afdee467a46954",
    "y_train": "127da594a99545a6ae168c17ed59e1ee14d217e06c8cfa3ab1552cc99d21e1ba",
    "x_test": "415b00313a1f11f28e05c5b57575b608863c3c874fbea03d98eba0d633e02d12",
    "y_test": "10962c3006c5270dc066231916287b9b6571ba71bde6100f13083460a84294f7",
}


def test_shapes_and_types() -> None:
    data = lesson()
    assert [(array.shape, array.dtype.name) for array in data] == [
        ((3000, 28, 28), "uint8"),
        ((3000,), "int64"),
        ((600, 28, 28), "uint8"),
        ((600,), "int64"),
    ]


@pytest.mark.parametrize("part", ["y_train", "y_test"])
def test_classes_are_balanced_and_take_turns(part: str) -> None:
    labels = getattr(lesson(), part)
    assert len(set(np.bincount(labels).tolist())) == 1
    assert labels[: len(CLASS_NAMES)].tolist() == list(range(len(CLASS_NAMES)))
    assert (labels == np.arange(len(labels)) % len(CLASS_NAMES)).all()


def test_no_test_image_is_trained_on() -> None:
    data = lesson()
    seen = {image.tobytes() for image in data.x_train}
    assert not [number for number, image in enumerate(data.x_test) if image.tobytes() in seen]


@pytest.mark.parametrize("name", CHECKSUMS)
def test_content_is_the_published_one(name: str) -> None:
    content: bytes = getattr(lesson(), name).tobytes()
    assert hashlib.sha256(content).hexdigest() == CHECKSUMS[name]


def test_file_is_small() -> None:
    assert LESSON_FILE.stat().st_size < 2_000_000


def run_script(*arguments: Path | str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, SCRIPT, *arguments], capture_output=True, text=True, check=False)


@pytest.mark.skipif(not ORIGINAL.is_dir(), reason="needs Debian's package dataset-fashion-mnist")
@pytest.mark.skipif("ng" in zlib.ZLIB_RUNTIME_VERSION, reason="zlib-ng packs the same data into other bytes")
def test_script_makes_the_file_again(tmp_path: Path) -> None:
    output = tmp_path / "again.npz"
    result = run_script(ORIGINAL, "--output", output)
    assert result.returncode == 0, result.stderr
    assert output.read_bytes() == LESSON_FILE.read_bytes()


def test_script_refuses_another_format(tmp_path: Path) -> None:
    (tmp_path / "train-images-idx3-ubyte.gz").write_bytes(gzip.compress(b"no images"))
    result = run_script(tmp_path, "--output", tmp_path / "out.npz")
    assert result.returncode == 1
    assert "not an IDX file of bytes" in result.stderr
    assert not (tmp_path / "out.npz").exists()
