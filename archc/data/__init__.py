"""The lesson data: a small real data set that comes with archc, so that a first network trains offline.

It is cut out of Fashion-MNIST by Zalando SE, under the MIT licence that stands beside this file: Han Xiao, Kashif Rasul
and Roland Vollgraf, "Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning Algorithms", 2017,
arXiv:1708.07747. `scripts/make_lesson_data.py` made `lesson.npz` from the published files.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CLASS_NAMES = ("T-shirt/top", "dress", "ankle boot")
"""What the labels 0, 1 and 2 mean."""

LESSON_FILE = Path(__file__).with_name("lesson.npz")


class Lesson(NamedTuple):
    """Grey images of 28 by 28 bytes, and a label for each; the classes take turns."""

    x_train: NDArray[np.uint8]
    y_train: NDArray[np.int64]
    x_test: NDArray[np.uint8]
    y_test: NDArray[np.int64]


def lesson() -> Lesson:
    """Return 3,000 images to train on and 600 to test with, in three classes of equal size."""
    # The compiler works without numpy: whoever asks for data has it.
    import numpy as np

    with np.load(LESSON_FILE, allow_pickle=False) as arrays:
        return Lesson(*(arrays[name] for name in Lesson._fields))
