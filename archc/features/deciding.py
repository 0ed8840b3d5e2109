"""Where a decision comes from: Grad-CAM (Selvaraju et al., Visual Explanations from Deep Networks, 2017)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from archc.backend import Probe
from archc.features.choosing import Plan

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]


class Decision(NamedTuple):
    """The class that the network gives an image, its share among all classes, and how much each place spoke for it.

    `places` has the height and width of the last feature maps, and values from 0 to 1.
    """

    chosen: int
    share: float
    places: Array


def decide(probe: Probe, plan: Plan, images: Array) -> list[Decision]:
    """Return the decision on each image.

    The last feature maps are weighed by the mean of the class's gradient over each, added up, and what speaks against
    the class is cut off: relu(sum_c mean(d logit / d map_c) * map_c).
    """
    assert plan.logits is not None
    values = probe.values({plan.input: images})
    logits = values[plan.logits.path]
    chosen = logits.argmax(axis=1)
    wanted = np.zeros_like(logits)
    wanted[np.arange(len(images)), chosen] = 1
    slopes = probe.gradient({plan.input: images}, plan.logits.path, plan.last.path, wanted)
    spoken = (slopes.mean(axis=(1, 2), keepdims=True) * values[plan.last.path]).sum(axis=-1)
    places = np.maximum(spoken, 0)
    highest = places.max(axis=(1, 2), keepdims=True)
    places = np.where(highest > 0, places / np.maximum(highest, 1e-30), 0)
    shares = _softmax(np.concatenate([logits, 0 * logits], axis=1) if logits.shape[1] == 1 else logits)
    return [Decision(int(c), float(share[c]), p) for c, share, p in zip(chosen, shares, places, strict=True)]


def _softmax(logits: Array) -> Array:
    raised = np.exp(logits.astype("float64") - logits.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))
