"""Parts of a data set: some of its classes, and some of its examples, the same share of each class."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from archc.datasets import Dataset
from archc.problems import unusable
from archc.write import make_folder, write_bytes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]


class Labelled(NamedTuple):
    """Examples with one label each: what to train and what to test with."""

    x_train: Array
    y_train: Array
    x_test: Array
    y_test: Array


def labelled(data: Dataset, source: str, classes: Sequence[int]) -> Labelled:
    """Return a data set's examples of some classes, or of all where none are named, labels counted from 0 anew.

    Raises SpecError for data without labels, and for classes that it does not have.
    """
    parts = []
    for split in (data.train, data.test):
        if len(split.inputs) != 1 or len(split.targets) != 1:
            raise unusable("E0725", f"{source} has several inputs or targets; a study wants one of each", source)
        x, y = next(iter(split.inputs.values())), next(iter(split.targets.values()))
        if y.ndim != 1 or y.dtype.kind not in "iu":
            raise unusable("E0725", f"{source} has no labels; a study compares accuracies", source)
        parts += [x, y]
    x_train, y_train, x_test, y_test = parts
    if not classes:
        return Labelled(x_train, y_train, x_test, y_test)
    missing = [str(key) for key in classes if not (y_train == key).any() or not (y_test == key).any()]
    if missing:
        raise unusable(
            "E0725", f"{source} has no class {', '.join(missing)}", source, f"it has 0 to {int(y_train.max())}"
        )
    new = {key: place for place, key in enumerate(classes)}
    kept, held = np.isin(y_train, list(classes)), np.isin(y_test, list(classes))
    renumber = np.vectorize(new.__getitem__, otypes=["int64"])
    return Labelled(x_train[kept], renumber(y_train[kept]), x_test[held], renumber(y_test[held]))


def few(data: Labelled) -> Labelled:
    """Return one example of each class to train with, and one to test with: enough to see whether they fit."""
    train, test = (np.unique(labels, return_index=True)[1] for labels in (data.y_train, data.y_test))
    return Labelled(data.x_train[train], data.y_train[train], data.x_test[test], data.y_test[test])


def enough(data: Labelled, count: int) -> None:
    """Raise SpecError where there are fewer than `count` examples to train on."""
    there = len(data.x_train)
    if count > there:
        raise unusable("E0725", f"the data have {there:,} examples to train on, not {count:,}", f"data={count}")


def digest(data: Labelled) -> str:
    """Return what tells these examples from others."""
    found = hashlib.sha256()
    for array in data:
        found.update(f"{array.dtype} {array.shape}".encode())
        found.update(np.ascontiguousarray(array).tobytes())
    return found.hexdigest()


def drawn(data: Labelled, count: int | None, seed: int) -> Labelled:
    """Return `count` of the examples to train on, drawn by `seed`, as many of each class as goes; all for None."""
    if count is None:
        return data
    enough(data, count)
    random = np.random.default_rng(seed)
    shuffled = random.permutation(len(data.y_train))
    rank = np.empty(len(shuffled), "int64")
    for key in np.unique(data.y_train):
        own = shuffled[data.y_train[shuffled] == key]
        rank[own] = np.arange(len(own))
    # By their rank within their class: the first of each class, then the second of each ...
    chosen = np.sort(shuffled[np.argsort(rank[shuffled], kind="stable")][:count])
    return data._replace(x_train=data.x_train[chosen], y_train=data.y_train[chosen])


def save(data: Labelled, path: str) -> None:
    """Write the examples as `archc train` reads them, whole or not at all."""
    import io

    stream = io.BytesIO()
    np.savez(stream, **data._asdict())
    make_folder(os.path.dirname(path))
    write_bytes(path, stream.getvalue(), force=True)
