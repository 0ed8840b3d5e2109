"""Images from a folder that has a folder for each class; `train` and `test` (or `val`) folders may be around these."""

from __future__ import annotations

import os
import tempfile
from typing import TYPE_CHECKING, Any

from archc.datasets import Dataset, Faults, Split, Wanted, held_out
from archc.datasets.pictures import MODES, NoPicture, picture
from archc.problems import unusable

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

IN_MEMORY = 2**30
"""More bytes than this are kept in a file that has no name."""

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".ppm", ".pgm")


def load(path: str, wanted: Wanted) -> Dataset:
    """Read every image, scaled and cut to the size that the network takes, as bytes with channels last.

    Raises SpecError with each file that is no image, MissingFramework without Pillow, and OSError.
    """
    if wanted.image is None:
        raise unusable("E0710", f"`{path}` is a folder of images, and the network takes no image of a fixed size", path)
    if wanted.image[2] not in MODES:
        raise unusable(
            "E0710", f"the network takes images of {wanted.image[2]} channels, and files have 1, 3 or 4", path
        )
    faults = Faults(wanted)
    train, test = _part(path, ("train", "training")), _part(path, ("test", "val", "valid", "validation"))
    if train and test:
        classes = _classes(train)
        splits = [_read(folder, classes, wanted, faults) for folder in (train, test)]
        if (unknown := set(_classes(test)) - set(classes)) != set():
            raise unusable("E0711", f"{test} has a class `{min(unknown)}` that {train} has not", test)
    else:
        classes = _classes(path)
        splits = [_read(path, classes, wanted, faults)]
    faults.settle(min(len(y) for _, y in splits))
    for folder, (_, y) in zip((train, test), splits, strict=False):
        if len(y) < 2:
            raise unusable("E0711", f"{folder or path} has {len(y)} images: too few to train", path)
    parts = [Split({"x": x}, {"y": y}) for x, y in splits]
    if len(parts) == 2:
        return Dataset(path, parts[0], parts[1], tuple(classes))
    return held_out(path, parts[0].inputs, parts[0].targets, tuple(classes))


def _part(path: str, names: tuple[str, ...]) -> str:
    return next((folder for name in names if os.path.isdir(folder := os.path.join(path, name))), "")


def _classes(path: str) -> list[str]:
    found = sorted(entry.name for entry in os.scandir(path) if entry.is_dir() and not entry.name.startswith("."))
    if not found:
        text = f"{path} has no folders, one for each class, to take images from"
        raise unusable("E0711", text, path, "as in `photos/cat/1.jpg` and `photos/dog/1.jpg` for `--data photos`")
    return found


def _files(path: str, classes: list[str]) -> list[tuple[str, int]]:
    return [
        (os.path.join(folder, name), label)
        for label, known in enumerate(classes)
        for folder, inner, names in os.walk(os.path.join(path, known))
        if not inner.sort()
        for name in sorted(names)
        if not name.startswith(".") and name.lower().endswith(SUFFIXES)
    ]


def _read(path: str, classes: list[str], wanted: Wanted, faults: Faults) -> tuple[Array, Array]:
    import numpy as np

    assert wanted.image is not None
    files = _files(path, classes)
    wanted.tell(f"reading {len(files):,} images from {path}")
    images = _room((len(files), *wanted.image))
    labels: list[int] = []
    for file, label in files:
        try:
            images[len(labels)] = picture(file, wanted.image)
            labels.append(label)
        except NoPicture as error:
            faults.add(f"the image {error}", file)
    return images[: len(labels)], np.array(labels, np.int64)


def _room(shape: tuple[int, ...]) -> Array:
    import numpy as np

    if int(np.prod(shape, dtype=np.int64)) <= IN_MEMORY:
        return np.empty(shape, np.uint8)
    with tempfile.TemporaryFile() as file:
        return np.memmap(file, np.uint8, "w+", shape=shape)  # holds on to the file by itself
