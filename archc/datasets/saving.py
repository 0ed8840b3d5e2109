"""Prepared data as `.npy` files beside a training script, which maps them into memory."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from archc.datasets.fit import Prepared

if TYPE_CHECKING:
    from numpy.typing import NDArray


def stems(data: Prepared) -> tuple[dict[str, str], dict[str, str]]:
    """Return what the files of each input and of each target are called: `x` and `y` where there is but one."""
    inputs = {name: "x" if len(data.inputs) == 1 else f"x_{name}" for name in data.inputs}
    targets = {name: "y" if len(data.targets) == 1 else f"y_{name}" for name in data.targets}
    return inputs, targets


def save(data: Prepared, folder: str) -> None:
    """Write `FOLDER/x_train.npy` and so on, each whole or not at all. Raises OSError."""
    os.makedirs(folder, exist_ok=True)
    inputs, targets = stems(data)
    for part, split in (("train", data.train), ("test", data.test)):
        for names, arrays in ((inputs, split.inputs), (targets, split.targets)):
            for name, array in arrays.items():
                _save(os.path.join(folder, f"{names[name]}_{part}.npy"), array)


def _save(path: str, array: NDArray[Any]) -> None:
    import numpy as np

    beside = f"{path}.tmp"
    try:
        with open(beside, "wb") as file:
            np.save(file, np.ascontiguousarray(array), allow_pickle=False)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException as error:
        if os.path.lexists(beside):
            os.unlink(beside)
        if isinstance(error, OSError):
            error.filename, error.filename2 = path, None
        raise


__all__ = ["save", "stems"]
