"""Which layers to look at: those that the user names, or an early, an intermediate and a late one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from archc.graph import Graph, Layer
from archc.ops.activations import Elementwise
from archc.problems import Problems, SpecError, nearest, whole_file
from archc.receptive_field import Fields, all_fields
from archc.shapes import Shape, Unknown

IMAGE = ("height", "width", "channels")
ANY = 64
"""The height and width to use where the network takes any."""

SETTLES = frozenset({"batch_norm", "dropout", "spatial_dropout", "drop_path"})
"""Ops that belong to the layer before them, beside the activations."""


class Look(NamedTuple):
    """A layer to look at: what `path` gives, with a place and a channel for each unit.

    `title` is empty where the user named it; `made` is the convolution whose units these are; `depth` is which of the
    network's layers with weights it is, counted from 1 along the longest path to it; `fields` are what its places see.
    """

    title: str
    path: str
    made: Layer
    depth: int
    fields: Fields


class Plan(NamedTuple):
    """What to look at: the input, the layers, the last feature maps, and the logits that a class has a place in."""

    input: str
    size: tuple[int, int, int]
    looks: list[Look]
    last: Layer
    logits: Layer | None

    @property
    def paths(self) -> list[str]:
        """Every layer that is asked for anything."""
        chosen = [*(look.path for look in self.looks), self.last.path]
        return list(dict.fromkeys([*chosen, self.logits.path] if self.logits else chosen))


def plan(graph: Graph, names: Sequence[str] = ()) -> Plan:
    """Return what to look at. Raises SpecError for a network without images, and for names that are no such layer."""
    name, size = _image(graph)
    maps = [layer for layer in graph.layers if _is_maps(layer)]
    if not maps:
        raise _refusal(graph, "the network has no feature maps to look at", "features want a convolution")
    depths, fields = _depths(graph), all_fields(graph)
    picked = _named(graph, names, maps) if names else _chosen(graph, maps, depths)
    looks = [Look(title, path, made, depths[made.path], fields[path]) for title, path, made in picked]
    return Plan(name, size, looks, maps[-1], _logits(graph))


def _image(graph: Graph) -> tuple[str, tuple[int, int, int]]:
    if len(graph.inputs) > 1:
        raise _refusal(graph, "features are for networks with one input", "this one has several")
    name, shape = next(iter(graph.inputs.items()))
    if shape.axes != IMAGE:
        raise _refusal(graph, f"features are for networks of images, not of {shape}", "")
    if shape["channels"] not in (1, 3):
        raise _refusal(graph, f"features are for images of 1 or 3 channels, not {shape['channels']}", "")
    height, width, channels = (ANY if isinstance(part, Unknown) else part for part in shape.sizes)
    return name, (height, width, channels)


def _refusal(graph: Graph, message: str, help: str) -> SpecError:
    problems = Problems()
    first = next(iter(graph.spec.inputs.values()))
    problems.sources = graph.sources
    problems.add("E0720", message, first.mark, help=help)
    return SpecError(problems.found, problems.sources)


def _is_maps(layer: Layer) -> bool:
    # A final softmax or sigmoid is no layer of the models that are looked into: they end in logits.
    there = not layer.final and layer.op.name != "softmax" and layer.times == 1
    return there and _spatial(layer.output)


def _spatial(shape: Shape) -> bool:
    sizes = shape.sizes
    return shape.axes == IMAGE and (isinstance(sizes[0], Unknown) or sizes[0] > 1)


def _depths(graph: Graph) -> dict[str, int]:
    """Return how many layers with weights stand on the longest path to each layer, itself included."""
    depths: dict[str, int] = {}
    for layer in graph.layers:
        learned = any(len(weight.shape) > 1 for weight in layer.weights().values())
        depths[layer.path] = max((depths.get(name, 0) for name in layer.inputs), default=0) + learned
    return depths


def _settled(graph: Graph, layer: Layer) -> Layer:
    """Return the last of the activations and norms that follow a layer and nothing else."""
    while True:
        users = [other for other in graph.layers if layer.path in other.inputs]
        if len(users) != 1 or not (isinstance(users[0].op, Elementwise) or users[0].op.name in SETTLES):
            return layer
        if not _is_maps(users[0]):
            return layer
        layer = users[0]


def _convolutions(maps: list[Layer]) -> list[Layer]:
    return [layer for layer in maps if "conv" in layer.op.name] or maps


def _chosen(graph: Graph, maps: list[Layer], depths: dict[str, int]) -> list[tuple[str, str, Layer]]:
    """Choose the first convolution, the last, and one halfway between them in depth: title, path and convolution."""
    found = sorted(_convolutions(maps), key=lambda layer: depths[layer.path])
    middle = min(found, key=lambda x: abs(2 * depths[x.path] - depths[found[0].path] - depths[found[-1].path]))
    picked = list(dict.fromkeys(layer.path for layer in (found[0], middle, found[-1])))
    titles = {1: ["Early"], 2: ["Early", "Late"], 3: ["Early", "Intermediate", "Late"]}[len(picked)]
    by_path = {layer.path: layer for layer in graph.layers}
    return [
        (title, _settled(graph, by_path[path]).path, by_path[path]) for title, path in zip(titles, picked, strict=True)
    ]


def _named(graph: Graph, names: Sequence[str], maps: list[Layer]) -> list[tuple[str, str, Layer]]:
    """Return the named layers, without a title. Raises SpecError with all that are none, or give no feature maps."""
    known = {layer.path: layer for layer in maps}
    problems = Problems()
    looks = []
    for name in dict.fromkeys(names):
        layer = known.get(name)
        if layer is None:
            there = any(other.path == name for other in graph.layers)
            message = f"layer `{name}` gives no feature maps" if there else f"there is no layer `{name}`"
            close = nearest(name, known)
            listed = ", ".join(list(known)[:8])
            help = f"did you mean `{close}`?" if close else f"layers with feature maps: {listed}"
            problems.add("E0721", message, whole_file(f"--layers {name}"), help=help)
            continue
        looks.append(("", layer.path, layer))
    problems.stop_on_errors()
    return looks


def _logits(graph: Graph) -> Layer | None:
    """Return the layer whose result has a number for each class; None where the first output is no vector."""
    output = graph.outputs[0]
    by_path = {layer.path: layer for layer in graph.layers}
    path = output.final.inputs[0] if output.final is not None else output.turn.path
    layer = by_path.get(path)
    return layer if layer is not None and layer.output.axes == ("features",) else None
