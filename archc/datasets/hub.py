"""Data sets of images from the Hugging Face hub, as `datasets:NAME`, where the package `datasets` is installed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archc.backend import MissingFramework
from archc.datasets import Dataset, Faults, Split, Wanted, held_out
from archc.datasets.pictures import MODES, fitted
from archc.problems import unusable

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

PREFIX = "datasets:"


def load(source: str, wanted: Wanted) -> Dataset:
    """Read the splits `train` and `test` (or `validation`) of a data set with one image and one class label.

    Raises SpecError, MissingFramework without the package, and OSError where it cannot be fetched.
    """
    try:
        import datasets
    except ImportError as error:
        raise MissingFramework(f"`{source}` wants the package datasets: `pip install datasets pillow`") from error
    name = source.removeprefix(PREFIX)
    try:
        found: Any = datasets.load_dataset(name)
    except (ValueError, FileNotFoundError, ConnectionError) as error:
        raise unusable("E0709", f"there is no data set `{name}`: {error}", f"--data {source}") from error
    train = found["train"]
    image = _column(train, ("Image",), source, "images")
    label = _column(train, ("ClassLabel",), source, "class labels")
    if wanted.image is None or wanted.image[2] not in MODES:
        raise unusable(
            "E0710", f"`{source}` has images, and the network takes none of a fixed size", f"--data {source}"
        )
    faults = Faults(wanted)
    names = [split for split in ("train", "test", "validation") if split in found]
    parts = [_split(found[split], image, label, wanted, faults, f"{source} {split}") for split in names[:2]]
    faults.settle(min(part.size for part in parts))
    classes = tuple(train.features[label].names)
    if len(parts) == 1:
        return held_out(source, parts[0].inputs, parts[0].targets, classes)
    return Dataset(source, parts[0], parts[1], classes)


def _column(split: Any, kinds: tuple[str, ...], source: str, what: str) -> str:
    for name, feature in split.features.items():
        if type(feature).__name__ in kinds:
            return str(name)
    raise unusable("E0711", f"`{source}` has no column of {what}", f"--data {source}")


def _split(rows: Any, image: str, label: str, wanted: Wanted, faults: Faults, name: str) -> Split:
    import numpy as np

    assert wanted.image is not None
    images, labels = [], []
    for place, row in enumerate(rows):
        if row[image] is None or row[label] is None or row[label] < 0:
            faults.add("has no image or no class", name, place + 1)
            continue
        images.append(fitted(row[image], wanted.image))
        labels.append(row[label])
    return Split({"x": np.array(images, np.uint8).reshape(-1, *wanted.image)}, {"y": np.array(labels, np.int64)})
