"""Image files that the user gives, as the network takes them."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from archc.backend import MissingFramework
from archc.problems import Problems, SpecError, whole_file

try:
    from PIL import Image
except ImportError as error:
    raise MissingFramework("Pillow is not installed: `pip install 'archc[data]'`") from error

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

MOST = 40_000_000
"""A picture of more pixels is refused before it is decoded: a small file can unpack to a huge one."""


def read(paths: Sequence[str], size: tuple[int, int, int]) -> Array:
    """Return pictures with values from 0 to 1, of height, width and channels `size`.

    The largest part in the middle that has the wanted proportions is kept. Raises SpecError with all files that cannot
    be read.
    """
    problems = Problems()
    found = [_read(path, size, problems) for path in paths]
    if problems.found:
        raise SpecError(problems.found)
    return np.stack([picture for picture in found if picture is not None])


def _read(path: str, size: tuple[int, int, int], problems: Problems) -> Array | None:
    height, width, channels = size
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # Pillow's word of a picture bomb
            with Image.open(path) as opened:
                if opened.width * opened.height > MOST:
                    raise ValueError(f"it has {opened.width:,} times {opened.height:,} pixels")
                picture = opened.convert("L" if channels == 1 else "RGB")
    except FileNotFoundError:
        problems.add("E0722", "there is no such file", whole_file(path))
        return None
    except (OSError, ValueError, SyntaxError, EOFError, Warning, Image.DecompressionBombError) as error:
        what = "it is a folder" if os.path.isdir(path) else _reason(error)
        problems.add(
            "E0722", f"this is no picture that can be read: {what}", whole_file(path), help="give a PNG or JPEG"
        )
        return None
    share = min(picture.width / width, picture.height / height)
    across, down = max(1, round(width * share)), max(1, round(height * share))
    left, top = (picture.width - across) // 2, (picture.height - down) // 2
    part = picture.crop((left, top, left + across, top + down)).resize((width, height), Image.Resampling.BILINEAR)
    return np.asarray(part, "float32").reshape(height, width, channels) / 255


def _reason(error: BaseException) -> str:
    text = str(error).split("\n")[0]
    return "its form is not known" if "cannot identify" in text or not text else text
