"""Image files that the user gives, as the network takes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from archc.datasets.pictures import NoPicture, picture
from archc.problems import Problems, whole_file

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]


def read(paths: Sequence[str], size: tuple[int, int, int]) -> Array:
    """Return pictures with values from 0 to 1, of height, width and channels `size`.

    Raises SpecError with all files that cannot be read.
    """
    problems = Problems()
    found = []
    for path in paths:
        try:
            found.append(picture(path, size))
        except NoPicture as error:
            problems.add("E0722", f"the picture {error}", whole_file(path), help="give a PNG or JPEG")
    problems.stop_on_errors()
    return np.stack(found).astype("float32") / 255
