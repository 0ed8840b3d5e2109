"""Everything that the page shows, computed with one backend."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from archc.backend import Probe, ProbingBackend
from archc.features.choosing import Look, Plan, plan
from archc.features.deciding import Decision, decide
from archc.features.dreaming import STEPS, dream
from archc.features.looking import Unit, kernels, peaks, units
from archc.graph import Graph
from archc.progress import Tell, silent

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

SHOWN = 6
"""So many images are shown with their feature maps' origin and the decision on them."""
TAKEN = 2000
"""So many images of a data set are looked through, unless the user says otherwise."""


class Material(NamedTuple):
    """Images with values from 0 to 1 (count, height, width, channels) to look at, and those to search through.

    `labels` are the ids of classes of the images to search through, where they are known; `classes` their names.
    """

    shown: Array
    searched: Array | None = None
    labels: Array | None = None
    classes: tuple[str, ...] = ()


class LayerFeatures(NamedTuple):
    """What one layer's units respond to: `maps` are of the first shown image, `dreams` one for each of `units`."""

    look: Look
    kernels: Array | None
    maps: Array
    units: list[Unit]
    dreams: Array


class Features(NamedTuple):
    """All that was found out about a trained network."""

    graph: Graph
    backend: str
    plan: Plan
    material: Material
    layers: list[LayerFeatures]
    decisions: list[Decision]


class Task(NamedTuple):
    """What is to be done: how many units a layer, images a unit, and steps of ascent."""

    units: int = 8
    hits: int = 6
    steps: int = STEPS
    seed: int = 0


def features(
    graph: Graph,
    backend: ProbingBackend,
    weights: Mapping[str, Array],
    material: Material,
    *,
    chosen: Plan | None = None,
    task: Task | None = None,
    tell: Tell = silent,
) -> Features:
    """Look into a trained network, at what is `chosen`, or at an early, an intermediate and a late layer.

    `tell` is told how far it is. Raises SpecError for networks that have no features, and MissingFramework.
    """
    task = task or Task()
    chosen = chosen or plan(graph)
    probe = backend.probe(graph, weights, chosen.paths)
    maps = probe.values({chosen.input: material.shown[:1]})
    searched = material.searched
    found = None
    if searched is not None:
        found = peaks(probe, chosen, searched, tell("images searched", len(searched)))
    done = []
    for look in chosen.looks:
        if found is not None:
            picked = units(chosen, look, found[look.path], most=task.units, hits=task.hits)
        else:
            picked = _strongest(maps[look.path][0], task.units)
        done.append(
            LayerFeatures(
                look,
                kernels(chosen, look, weights),
                maps[look.path][0],
                picked,
                _dreams(probe, chosen, look, picked, task, tell),
            )
        )
    decisions = decide(probe, chosen, material.shown) if chosen.logits is not None else []
    return Features(graph, backend.title, chosen, material, done, decisions)


def _strongest(maps: Array, most: int) -> list[Unit]:
    """Return the units that respond most to one image, where there is no data set to search."""
    order = np.argsort(-maps.max(axis=(0, 1)), kind="stable")
    return [Unit(int(channel), []) for channel in order[:most]]


def _dreams(
    probe: Probe,
    chosen: Plan,
    look: Look,
    picked: list[Unit],
    task: Task,
    tell: Tell,
) -> Array:
    if not picked:
        return np.zeros((0, *chosen.size), "float32")
    tick = tell(f"steps towards images for {look.path}", task.steps)
    return dream(probe, chosen, look.path, [unit.channel for unit in picked], task.seed, tick, steps=task.steps)
