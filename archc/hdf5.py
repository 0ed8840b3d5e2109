"""Where the datasets of a Keras layer stand in a `.weights.h5` file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any


def note(datasets: dict[str, Any], layers: dict[str, str], place: str, item: Any) -> None:
    """Note a dataset; or a layer's folder, by the layer's name, where the file tells it."""
    if hasattr(item, "shape"):
        datasets[place] = item
    elif place == f"{layer_folder(place)}vars" and "name" in item.attrs:
        layers[str(item.attrs["name"])] = layer_folder(place)


def layer_folder(place: str) -> str:
    """Return the folder of the layer to which a place in a `.weights.h5` file belongs; parts of it have none."""
    found = re.match(r"(layers/[^/]+/)*", place)
    return found[0] if found else ""


def moved(place: str, layer: str, layers: Mapping[str, str]) -> str:
    """Return where a layer's dataset stands in a file. Keras numbers layers by a model's depth, which may differ."""
    return layers[layer] + place.removeprefix(layer_folder(place)) if layer in layers else place
