"""From what the user asks for to the files."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, NamedTuple

from archc import __version__
from archc.backend import MissingFramework, NoBackend, ProbingBackend, find
from archc.features.choosing import Plan, plan
from archc.graph import Graph
from archc.progress import notice, progress, silent
from archc.training.recipe import recipe
from archc.weights import read
from archc.write import make_folder, room, write

try:
    import numpy as np

    from archc.datasets import load
    from archc.datasets.fit import images, wanted
    from archc.datasets.pictures import pictures
    from archc.features.gathering import SHOWN, Features, Material, Task, features
    from archc.features.page import page
except ModuleNotFoundError as error:
    raise MissingFramework(f"`{error.name}` is not installed: `pip install 'archc[torch,data]'`") from error

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]


class Asked(NamedTuple):
    """The options of the command."""

    weights: str
    images: tuple[str, ...]
    data: str | None
    backend: str
    layers: str
    units: int
    hits: int
    examples: int
    steps: int
    seed: int
    output: str
    force: bool


def run(graph: Graph, asked: Asked) -> list[str]:
    """Look into the network and return the files written.

    Raises SpecError for what is wrong with names, data, pictures and weights, NoBackend, MissingFramework, NotOurs and
    OSError.
    """
    backend = find(asked.backend)
    if not isinstance(backend, ProbingBackend):
        raise NoBackend(f"{backend.title} cannot be looked into: use `torch` or `keras`")
    names = [name.strip() for name in asked.layers.split(",") if name.strip()]
    chosen = plan(graph, names)
    targets = {name: os.path.join(asked.output, name) for name in ("features.json", "index.html")}
    for path in targets.values():
        room(path, force=asked.force)
    weights = read(graph, asked.weights)
    chosen, material = _material(graph, chosen, asked)
    make_folder(asked.output)
    task = Task(asked.units, asked.hits, asked.steps, asked.seed)
    with progress(silent) as bars:
        found = features(graph, backend, weights, material, chosen=chosen, task=task, tell=bars)
    for path, content in zip(targets.values(), (json.dumps(told(found), indent=1) + "\n", page(found)), strict=True):
        write(path, content, force=asked.force)
    return list(targets.values())


def _material(graph: Graph, chosen: Plan, asked: Asked) -> tuple[Plan, Material]:
    """Return what to look at, and the plan for images of that size where the network takes any."""
    found = labels = None
    classes: tuple[str, ...] = ()
    if asked.data is not None:
        want = wanted(graph, recipe(graph), skip=False, tell=notice)._replace(image=chosen.size)
        data = load(asked.data, want)
        found = images(graph, data, asked.examples)
        chosen = chosen._replace(size=found.shape[1:])
        targets = next(iter(data.test.targets.values()), None)
        if targets is not None and targets.ndim == 1 and targets.dtype.kind in "iu":
            labels, classes = targets[: len(found)], data.classes
    if asked.images:
        shown = pictures(asked.images, chosen.size)[:SHOWN]
    else:
        assert found is not None
        shown = _mixed(found, labels)
    return chosen, Material(shown, found, labels, classes)


def _mixed(images: Array, labels: Array | None) -> Array:
    """Return a few images to show, of as many classes as there are."""
    if labels is None:
        return images[:SHOWN]
    turns = [np.flatnonzero(labels == key) for key in np.unique(labels)]
    order = [part[turn] for turn in range(SHOWN) for part in turns if turn < len(part)]
    return images[order[:SHOWN]]


def told(found: Features) -> dict[str, Any]:
    """Return the figures behind the page, for programs."""
    return {
        "made_by": f"Drawn by archc {__version__}",
        "name": found.graph.name,
        "backend": found.backend,
        "layers": [
            {
                "path": layer.look.path,
                "title": layer.look.title,
                "map_shape": list(layer.maps.shape),
                "units": [
                    {
                        "channel": unit.channel,
                        "hits": [{"image": hit.image, "value": hit.value, "box": list(hit.box)} for hit in unit.hits],
                    }
                    for unit in layer.units
                ],
            }
            for layer in found.layers
        ],
        "decisions": [{"class": decision.chosen, "share": decision.share} for decision in found.decisions],
    }
