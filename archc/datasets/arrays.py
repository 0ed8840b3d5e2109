"""Data from an `.npz` file: `x_train`, `y_train` and, where there is a test part, `x_test`, `y_test`.

Where a network has several inputs or outputs, their names stand in place of `x` and `y`. Without a test part (then `x`
and `y` will do as names), a tenth is held out.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING, Any

from archc.datasets import Dataset, Split, Wanted, held_out
from archc.problems import unusable

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

LARGEST = 2**36
"""No more bytes are unpacked from one file."""


def load(path: str, wanted: Wanted) -> Dataset:
    """Read an `.npz` file. Every array is taken for an input or a target later, by its name."""
    del wanted
    found = _arrays(path)
    train = {name.removesuffix("_train"): array for name, array in found.items() if not name.endswith("_test")}
    test = {name.removesuffix("_test"): array for name, array in found.items() if name.endswith("_test")}
    for name, array in found.items():
        if array.ndim == 0 or array.dtype.kind not in "biuf":
            what = "a single value" if array.ndim == 0 else f"of {array.dtype}"
            raise unusable("E0711", f"`{name}` in {path} is {what}, and no array of numbers", path)
    if not train:
        raise unusable("E0711", f"{path} has no array to train with", path, "it wants `x_train` and `y_train`")
    if test and set(test) != set(train):
        odd = min(set(test) ^ set(train))
        raise unusable("E0711", f"{path} has `{odd}` in one of the parts to train and to test, not in both", path)
    for part, arrays in (("train", train), ("test", test)):
        counts = {name: len(array) for name, array in arrays.items()}
        if counts and not any(counts.values()):
            raise unusable("E0711", f"the arrays of {path} to {part} with are empty", path)
        if len(set(counts.values())) > 1:
            listed = ", ".join(f"`{name}` {count:,}" for name, count in counts.items())
            raise unusable("E0711", f"the arrays of {path} to {part} with are not equally long: {listed}", path)
    if not test:
        if len(next(iter(train.values()))) < 2:
            raise unusable("E0711", f"{path} has one example, none to test with", path)
        return held_out(path, *_sides(train), ())
    return Dataset(path, Split(*_sides(train)), Split(*_sides(test)))


def _sides(arrays: dict[str, Array]) -> tuple[dict[str, Array], dict[str, Array]]:
    """Return inputs and targets. Which of the network's own names are which, `fit` finds out."""
    return {k: v for k, v in arrays.items() if k != "y"}, {k: v for k, v in arrays.items() if k == "y"}


def _arrays(path: str) -> dict[str, Array]:
    import numpy as np

    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(info.file_size for info in archive.infolist())
        if size > LARGEST:
            raise unusable("E0711", f"{path} unpacks to {size:,} bytes, more than {LARGEST:,}", path)
        with np.load(path, allow_pickle=False) as file:
            found = {name: file[name] for name in file.files}
            if odd := [name for name, array in found.items() if not isinstance(array, np.ndarray)]:
                raise ValueError(f"`{odd[0]}` is no array")
            return found
    except (ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError) as error:
        what = re.sub(r"\s+", " ", str(error))[:200]
        raise unusable("E0711", f"{path} is no whole `.npz` file of numbers: {what}", path) from error
