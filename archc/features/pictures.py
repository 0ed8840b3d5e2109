"""Arrays as pictures: grids of maps and kernels, images with a box or with heat on them, as PNG."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from archc.backend import MissingFramework
from archc.features.looking import Box

try:
    from PIL import Image
except ImportError as error:
    raise MissingFramework("Pillow is not installed: `pip install 'archc[data]'`") from error

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

WANTED = 84
"""How many pixels one picture in a grid is wide, about: small ones are magnified by whole numbers."""
GAP = 2
RED = (220, 50, 32)
HEAT = np.array([(0, 0, 4), (87, 16, 110), (188, 55, 84), (249, 142, 9), (252, 255, 164)], "float64")
"""Five colours of a scale whose lightness rises evenly."""


def data_uri(pixels: Array) -> str:
    """Return a picture, of bytes, as an address that holds it."""
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(stream.getvalue()).decode("ascii")


def pixels(image: Array) -> Array:
    """Turn an image with values from 0 to 1, and 1 or 3 channels, into bytes with 3 channels."""
    levels = np.clip(np.rint(np.asarray(image, "float64") * 255), 0, 255).astype("uint8")
    return np.repeat(levels, 3, axis=-1) if levels.shape[-1] == 1 else levels


def magnified(picture: Array, wanted: int = WANTED) -> Array:
    """Repeat each pixel, so that the picture is about as wide as wanted."""
    times = max(1, round(wanted / max(picture.shape[:2])))
    return picture.repeat(times, axis=0).repeat(times, axis=1)


def stretched(plane: Array) -> Array:
    """Bring values between 0 and 1, the lowest and the highest; all 0 where they are the same."""
    low, high = float(plane.min()), float(plane.max())
    return np.asarray((plane - low) / (high - low) if high > low else plane * 0)


def around_grey(kernel: Array) -> Array:
    """Bring values between 0 and 1 so that 0 becomes grey."""
    most = float(np.abs(kernel).max())
    return np.asarray(0.5 + 0.5 * kernel / most if most > 0 else kernel * 0 + 0.5)


def grid(pictures: Sequence[Array], columns: int = 8) -> Array:
    """Set pictures of one size, of bytes, side by side with a gap; what is not filled is white."""
    height, width = pictures[0].shape[:2]
    columns = min(columns, len(pictures))
    rows = -(-len(pictures) // columns)
    size = rows * (height + GAP) - GAP, columns * (width + GAP) - GAP, 3
    sheet = np.full(size, 255, "uint8")
    for place, picture in enumerate(pictures):
        top, left = place // columns * (height + GAP), place % columns * (width + GAP)
        sheet[top : top + height, left : left + width] = picture
    return sheet


def maps(values: Array, most: int) -> Array:
    """Return the feature maps of one image (height by width by channels), each brought to its own range."""
    planes = [stretched(values[:, :, channel]) for channel in range(min(values.shape[-1], most))]
    return grid([magnified(pixels(plane[:, :, None])) for plane in planes])


def kernels(values: Array, most: int) -> Array:
    """Return kernels (filters by height by width by 1 or 3 channels), each brought to its own range around grey."""
    return grid([magnified(pixels(around_grey(kernel))) for kernel in values[:most]])


def boxed(image: Array, box: Box) -> Array:
    """Return an image with a red frame round what a unit sees of it; none where that is all of it."""
    picture = magnified(pixels(image))
    times = picture.shape[0] // image.shape[0]
    if (box.top, box.left, box.bottom, box.right) == (0, 0, *image.shape[:2]):
        return picture
    top, left, bottom, right = (edge * times for edge in box)
    thick = 2
    frame = np.zeros(picture.shape[:2], bool)
    frame[top:bottom, left:right] = True
    frame[top + thick : bottom - thick, left + thick : right - thick] = False
    picture[frame] = RED
    return picture


def cut(image: Array, box: Box) -> Array:
    """Return what a unit sees of an image, brought to one size."""
    patch = Image.fromarray(pixels(image[box.top : box.bottom, box.left : box.right]))
    return np.asarray(patch.resize((WANTED, WANTED), Image.Resampling.NEAREST))


def heated(image: Array, places: Array) -> Array:
    """Lay heat, from 0 to 1 at each place, over an image."""
    picture = magnified(pixels(image), 2 * WANTED)
    size = picture.shape[1], picture.shape[0]
    spread = Image.fromarray(np.rint(places * 255).astype("uint8")).resize(size, Image.Resampling.BILINEAR)
    share = np.asarray(spread, "float64")[:, :, None] / 255
    colours = np.stack(
        [np.interp(share[:, :, 0], np.linspace(0, 1, len(HEAT)), HEAT[:, channel]) for channel in range(3)], axis=-1
    )
    return np.asarray(np.clip((1 - 0.6 * share) * picture + 0.6 * share * colours, 0, 255).astype("uint8"))
