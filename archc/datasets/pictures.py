"""Image files as arrays of one size: whatever is in the file, it is read or refused with a reason."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from archc.backend import MissingFramework
from archc.problems import Problems, whole_file

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

MODES = {1: "L", 3: "RGB", 4: "RGBA"}
"""Pillow's names of images by their number of channels."""
LARGEST = 2**26
"""An image of more pixels is refused before it is decoded: a small file can unpack to a huge one."""


class NoPicture(Exception):
    """There is no image in a file; the message says why, as in `is empty`."""


def pictures(paths: Sequence[str], size: tuple[int, int, int]) -> Array:
    """Return the images in files as numbers from 0 to 1. Raises SpecError with all files that hold none."""
    import numpy as np

    problems = Problems()
    found = []
    for path in paths:
        try:
            found.append(picture(path, size))
        except NoPicture as error:
            problems.add("E0722", f"the picture {error}", whole_file(path), help="give a PNG or JPEG")
    problems.stop_on_errors()
    return np.stack(found).astype("float32") / 255


def picture(path: str, size: tuple[int, int, int]) -> Array:
    """Return the image in a file as bytes, of height, width and channels `size`, turned as its camera says.

    Raises NoPicture, and MissingFramework without Pillow.
    """
    try:
        from PIL import Image, ImageOps, UnidentifiedImageError
    except ImportError as error:
        raise MissingFramework("to read images, Pillow is needed: `pip install 'archc[data]'`") from error
    try:
        with warnings.catch_warnings(), Image.open(path) as opened:
            warnings.simplefilter("ignore")
            if opened.width * opened.height > LARGEST:
                raise NoPicture(f"has {opened.width:,} x {opened.height:,} pixels, more than {LARGEST:,}")
            return fitted(ImageOps.exif_transpose(opened), size)
    except UnidentifiedImageError:
        raise NoPicture("is no image" if os.path.getsize(path) else "is empty") from None
    except Image.DecompressionBombError:
        raise NoPicture(f"has more than {LARGEST:,} pixels") from None
    except FileNotFoundError:
        raise NoPicture("is not there") from None
    except IsADirectoryError:
        raise NoPicture("is a folder") from None
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise NoPicture(f"is a broken image: {error}") from error


def fitted(image: Any, size: tuple[int, int, int]) -> Array:
    """Return one of Pillow's images as bytes of `size`: scaled, and its middle where the proportions differ."""
    import numpy as np
    from PIL import ImageOps

    height, width, channels = size
    return np.asarray(ImageOps.fit(image.convert(MODES[channels]), (width, height)), np.uint8).reshape(size)
