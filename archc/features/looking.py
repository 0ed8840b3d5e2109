"""What the units of a layer respond to: their maps of an image, and the patches of a data set that excite them most."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from archc.backend import Probe
from archc.features.choosing import Look, Plan
from archc.receptive_field import Field

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]
    Arrays = Mapping[str, Array]

BATCH = 32


class Box(NamedTuple):
    """A rectangle of an image: from `top` and `left` on, up to but without `bottom` and `right`."""

    top: int
    left: int
    bottom: int
    right: int


class Hit(NamedTuple):
    """One image that excites a unit: its number in the data, how much, and what the unit sees of it."""

    image: int
    value: float
    box: Box


class Unit(NamedTuple):
    """One channel of a layer, and what excites it most, the strongest first."""

    channel: int
    hits: list[Hit]


class Peaks(NamedTuple):
    """The largest value of each channel in each image, and where it stands; images by channels."""

    values: Array
    rows: Array
    columns: Array


def batches(count: int) -> Iterator[slice]:
    """Cut `count` examples into batches."""
    for start in range(0, count, BATCH):
        yield slice(start, min(start + BATCH, count))


def peaks(probe: Probe, plan: Plan, images: Array, tick: Callable[[int], None]) -> dict[str, Peaks]:
    """Return where each channel of the chosen layers responds most in each image. `tick` is told of images done."""
    found: dict[str, list[tuple[Array, Array, Array]]] = {look.path: [] for look in plan.looks}
    for part in batches(len(images)):
        values = probe.values({plan.input: images[part]})
        for path, parts in found.items():
            parts.append(_peaks(values[path]))
        tick(part.stop - part.start)
    return {
        path: Peaks(*(np.concatenate(column) for column in zip(*parts, strict=True))) for path, parts in found.items()
    }


def _peaks(maps: Array) -> tuple[Array, Array, Array]:
    count, _, width, channels = maps.shape
    flat = maps.reshape(count, -1, channels)
    place = flat.argmax(axis=1)
    return np.take_along_axis(flat, place[:, None], axis=1)[:, 0], place // width, place % width


def units(plan: Plan, look: Look, found: Peaks, *, most: int, hits: int) -> list[Unit]:
    """Return the units whose peaks differ most from image to image, each with its strongest images.

    Units that never respond are left out: there is nothing to be seen.
    """
    spread = found.values.std(axis=0)
    order = [int(channel) for channel in np.argsort(-spread, kind="stable")[:most] if spread[channel] > 0]
    across = look.fields[plan.input, "height"], look.fields[plan.input, "width"]
    chosen = []
    for channel in order:
        best = np.argsort(-found.values[:, channel], kind="stable")[:hits]
        chosen.append(
            Unit(
                channel,
                [
                    Hit(int(i), float(found.values[i, channel]), _box(found, int(i), channel, across, plan))
                    for i in best
                ],
            )
        )
    return chosen


def _box(found: Peaks, image: int, channel: int, across: tuple[Field, Field], plan: Plan) -> Box:
    """Return what a place sees of the image, without what lies beyond its border."""
    row, column = int(found.rows[image, channel]), int(found.columns[image, channel])
    top, bottom = span(across[0], row, plan.size[0])
    left, right = span(across[1], column, plan.size[1])
    return Box(top, left, bottom, right)


def span(field: Field, place: int, size: int) -> tuple[int, int]:
    """Return the first pixel that a place sees along one axis, and the first after it."""
    if field.size is None or not field.along:
        return 0, size
    low = int(field.low + place * field.jump // 1)
    first = min(max(low, 0), size - 1)
    return first, max(min(low - int(-field.size // 1), size), first + 1)


def kernels(plan: Plan, look: Look, weights: Arrays) -> Array | None:
    """Return a layer's kernels, filters by height by width by channels, where it looks at the image itself."""
    name = f"{look.made.path}.weight"
    if look.made.inputs[:1] != (plan.input,) or look.made.op.name != "conv" or name not in weights:
        return None
    return np.asarray(weights[name], "float32").transpose(0, 2, 3, 1)
