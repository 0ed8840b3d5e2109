"""Vectors from a CSV file: a row each, one column to predict and the others to predict it from."""

from __future__ import annotations

import csv
import math
from typing import TYPE_CHECKING, Any

from archc.datasets import Dataset, Faults, Wanted, held_out
from archc.problems import unusable

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

TARGETS = ("label", "target", "class", "y")
"""A column of one of these names is the one to predict; without one, the last is."""


def load(path: str, wanted: Wanted) -> Dataset:
    """Read a file whose first line may name the columns. Raises SpecError with each line that is wrong, and OSError."""
    import numpy as np

    faults = Faults(wanted)
    rows = _rows(path, "\t" if path.endswith(".tsv") else ",", faults)
    if not rows:
        raise unusable("E0711", f"{path} has no rows", path)
    if len(rows[0][1]) == 1 and (other := next((c for c in ";\t|" if c in rows[0][1][0]), "")):
        text = f"the columns of {path} have {'tabs' if other == chr(9) else f'`{other}`'} between them, not commas"
        raise unusable("E0711", text, path, "a `.csv` has commas, a `.tsv` tabs")
    head = rows.pop(0)[1] if not any(_float(cell) for cell in rows[0][1]) else []
    if not rows:
        raise unusable("E0711", f"{path} has no rows after its first, which names the columns", path)
    names = [name.strip().lower() for name in head]
    column = next((names.index(name) for name in TARGETS if name in names), -1) % max(len(head or rows[0][1]), 1)
    vectors, labels = [], []
    for line, cells in rows:
        label = cells[column].strip()
        others = [cell for place, cell in enumerate(cells) if place != column]
        bad = next((cell for cell in others if _number(cell) is None), None)
        if bad is not None:
            faults.add(f"`{bad[:40]}` is no finite number", path, line)
        elif not label or (not wanted.classes and _number(label) is None):
            faults.add(f"`{label[:40]}` is no {'class' if wanted.classes else 'finite number'} to predict", path, line)
        else:
            vectors.append([float(cell) for cell in others])
            labels.append(label)
    faults.settle(len(vectors))
    if len(vectors) < 2 or not vectors[0]:
        raise unusable("E0711", f"{path} has {len(vectors)} rows of {len(rows[0][1])} columns: too few to train", path)
    x = np.array(vectors, np.float32)
    if not wanted.classes:
        return held_out(path, {"x": x}, {"y": np.array(labels, np.float32)[:, None]}, ())
    classes = sorted(set(labels), key=lambda label: (_number(label) is None, _number(label) or 0.0, label))
    ids = {label: place for place, label in enumerate(classes)}
    return held_out(path, {"x": x}, {"y": np.array([ids[label] for label in labels], np.int64)}, tuple(classes))


def _rows(path: str, delimiter: str, faults: Faults) -> list[tuple[int, list[str]]]:
    """Return the rows with their lines; those of another length than the first are faults."""
    rows: list[tuple[int, list[str]]] = []
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, delimiter=delimiter, strict=True)
            for cells in reader:
                if not cells:
                    continue
                if rows and len(cells) != len(rows[0][1]):
                    text = f"this row has {len(cells)} columns, the first has {len(rows[0][1])}"
                    faults.add(text, path, reader.line_num)
                    continue
                rows.append((reader.line_num, cells))
    except (csv.Error, UnicodeDecodeError) as error:
        raise unusable("E0711", f"{path} is no CSV text: {error}", path) from error
    return rows


def _number(text: str) -> float | None:
    """Return a finite number, None for what is none."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _float(text: str) -> bool:
    """Tell whether a cell holds a number, finite or not: the names of columns are none."""
    try:
        float(text)
    except ValueError:
        return False
    return True
