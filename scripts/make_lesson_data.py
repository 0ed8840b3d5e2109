"""Cut the lesson data out of Fashion-MNIST: three classes, 3,000 images to train on and 600 to test with.

python scripts/make_lesson_data.py [FOLDER] [--output FILE]

FOLDER holds the four IDX files as Zalando publishes them, which Debian's package dataset-fashion-mnist installs.
Which images are taken and every byte of the file depend on those files alone.
"""

from __future__ import annotations

import argparse
import gzip
import io
import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FOLDER = Path("/usr/share/datasets/fashion-mnist")
OUTPUT = Path(__file__).resolve().parent.parent / "archc" / "data" / "lesson.npz"
CLASSES = (0, 3, 9)
"""T-shirt/top, dress, ankle boot: the labels in Fashion-MNIST, here 0, 1 and 2."""
PARTS = {"train": ("train", 1000), "test": ("t10k", 200)}
"""For each part, how its IDX files are called and how many images of each class it gets."""

Bytes = NDArray[np.uint8]


def read_idx(file: Path) -> Bytes:
    """Read a compressed IDX file of bytes: two zeros, the type 8, the rank, each size in four bytes, the values."""
    content = gzip.decompress(file.read_bytes())
    if content[:3] != b"\0\0\x08":
        raise SystemExit(f"{file}: not an IDX file of bytes")
    start = 4 + 4 * content[3]
    shape = np.frombuffer(content[4:start], dtype=">u4")
    return np.frombuffer(content[start:], dtype=np.uint8).reshape(shape.tolist())


def choose(images: Bytes, labels: Bytes, count: int) -> tuple[Bytes, NDArray[np.int64]]:
    """Take the first `count` images of each class in the order of the file, one class after another by turns."""
    places = np.stack([np.flatnonzero(labels == label)[:count] for label in CLASSES], axis=1)
    return images[places.reshape(-1)], np.tile(np.arange(len(CLASSES), dtype=np.int64), count)


def collect(folder: Path) -> dict[str, NDArray[np.generic]]:
    """Return the four arrays of the lesson data by name."""
    arrays: dict[str, NDArray[np.generic]] = {}
    for part, (prefix, count) in PARTS.items():
        images = read_idx(folder / f"{prefix}-images-idx3-ubyte.gz")
        labels = read_idx(folder / f"{prefix}-labels-idx1-ubyte.gz")
        arrays[f"x_{part}"], arrays[f"y_{part}"] = choose(images, labels, count)
    return arrays


def write_npz(file: Path, arrays: dict[str, NDArray[np.generic]]) -> None:
    """Write what `numpy.load` reads."""
    with zipfile.ZipFile(file, "w") as archive:
        for name, array in arrays.items():
            # numpy.savez would do, but for the time of day, which it puts into the file.
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            buffer = io.BytesIO()
            np.lib.format.write_array(buffer, array, version=(1, 0), allow_pickle=False)
            archive.writestr(entry, buffer.getvalue(), zipfile.ZIP_DEFLATED, compresslevel=9)


def main() -> None:
    parser = argparse.ArgumentParser(description="Cut the lesson data out of Fashion-MNIST.")
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER, help="where the IDX files are (%(default)s)")
    parser.add_argument("--output", type=Path, default=OUTPUT, help="the file to write (%(default)s)")
    arguments = parser.parse_args()
    write_npz(arguments.output, collect(arguments.folder))
    print(f"{arguments.output}: {arguments.output.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
