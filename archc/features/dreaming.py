"""Images made to excite a unit, by gradient ascent from grey noise (Erhan et al., 2009; Simonyan et al., 2013).

Bare ascent ends in noise that no eye reads. Three things keep it smooth, as is the custom (Yosinski et al.,
Understanding Neural Networks Through Deep Visualization, 2015; Olah et al., Feature Visualization, 2017): the image is
shifted by a pixel or two before each step, so that no single pixel counts; it is blurred a little every few steps; and
it is drawn back to grey.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from archc.backend import Probe
from archc.features.choosing import Plan

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

STEPS = 120
RATE = 0.06
"""How far a step moves, in units of the range from black to white, at the root mean square."""
DECAY = 0.01
"""The share of its distance to grey that the image loses in each step."""
BLURRED = 4
"""Every so many steps the image is blurred."""
KERNEL = np.array([0.054, 0.892, 0.054], "float32")
"""A Gaussian of half a pixel."""


def dream(
    probe: Probe,
    plan: Plan,
    path: str,
    channels: Sequence[int],
    seed: int,
    tick: Callable[[int], None],
    *,
    steps: int = STEPS,
) -> Array:
    """Return an image for each channel of a layer, with values from 0 to 1: what raises the channel's mean most."""
    random = np.random.default_rng(seed)
    count, (height, width, depth) = len(channels), plan.size
    images = (0.5 + 0.05 * random.standard_normal((count, height, width, depth))).astype("float32")
    maps = probe.values({plan.input: images[:1]})[path].shape[1:]
    wanted = np.zeros((count, *maps), "float32")
    for place, channel in enumerate(channels):
        wanted[place, :, :, channel] = 1 / (maps[0] * maps[1])
    reach = 1 + max(height, width) // 64
    for step in range(steps):
        shift = tuple(int(part) for part in random.integers(-reach, reach + 1, 2))
        moved = np.roll(images, shift, (1, 2))
        slope = probe.gradient({plan.input: moved}, path, plan.input, wanted)
        slope = np.roll(slope, (-shift[0], -shift[1]), (1, 2))
        scale = np.sqrt((slope**2).mean(axis=(1, 2, 3), keepdims=True)) + 1e-12
        images = images + RATE * slope / scale
        images = 0.5 + (1 - DECAY) * (images - 0.5)
        if step % BLURRED == 0:
            images = blur(images)
        images = np.clip(images, 0, 1).astype("float32")
        tick(1)
    return images


def blur(images: Array) -> Array:
    """Blur images a little along height and width; the border is repeated."""
    for axis in (1, 2):
        pad = [(1, 1) if place == axis else (0, 0) for place in range(4)]
        wide = np.pad(images, pad, mode="edge")
        size = images.shape[axis]
        images = sum(factor * np.take(wide, range(place, place + size), axis) for place, factor in enumerate(KERNEL))
    return images
