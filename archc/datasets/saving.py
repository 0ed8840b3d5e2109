"""Prepared data as `.npy` files beside a training script, which maps them into memory."""

from __future__ import annotations

import os

from archc.datasets.fit import Prepared
from archc.write import make_folder, replacing


def stems(data: Prepared) -> tuple[dict[str, str], dict[str, str]]:
    """Return what the files of each input and of each target are called: `x` and `y` where there is but one."""
    inputs = {name: "x" if len(data.inputs) == 1 else f"x_{name}" for name in data.inputs}
    targets = {name: "y" if len(data.targets) == 1 else f"y_{name}" for name in data.targets}
    return inputs, targets


def save(data: Prepared, folder: str) -> None:
    """Write `FOLDER/x_train.npy` and so on, each whole or not at all. Raises OSError."""
    import numpy as np

    make_folder(folder)
    inputs, targets = stems(data)
    for part, split in (("train", data.train), ("test", data.test)):
        for names, arrays in ((inputs, split.inputs), (targets, split.targets)):
            for name, array in arrays.items():
                path = os.path.join(folder, f"{names[name]}_{part}.npy")
                with replacing(path, through_links=False) as file:
                    np.save(file, np.ascontiguousarray(array), allow_pickle=False)


__all__ = ["save", "stems"]
