"""The recipe: what `training` says, with a default for every key, held against the network's outputs."""

from __future__ import annotations

from collections.abc import Mapping as Map
from typing import Any, NamedTuple

from archc.document import Mapping, Node, Source
from archc.graph import Graph, Output
from archc.ops.activations import LogSoftmax, activation_op
from archc.problems import Problems, nearest
from archc.shapes import Shape
from archc.spec import Given, Spec
from archc.training.words import KEYS, LOSSES, SHORT_LOSSES, Choices, Group, Setting

PREFIX = "training."
"""What stands before a key of this section in `--set`."""


class Loss(NamedTuple):
    """The loss of one output; `node` is where it is written, None for a default."""

    output: str
    kind: str
    settings: dict[str, Any]
    node: Node | None

    @property
    def logits(self) -> bool:
        """Whether it is taken from logits, before a final softmax or sigmoid."""
        return self.kind in ("cross_entropy", "binary_cross_entropy")


class Chosen(NamedTuple):
    """A word with all its settings."""

    name: str
    settings: dict[str, Any]


class Recipe(NamedTuple):
    """How to train a network, with nothing left open; an epoch goes over all the data once."""

    losses: tuple[Loss, ...]
    optimizer: Chosen
    batch_size: int
    epochs: int
    seed: int
    schedule: Chosen
    clip: float | None
    early_stopping: dict[str, Any] | None
    augment: dict[str, Any] | None


def recipe(graph: Graph) -> Recipe:
    """Return the recipe of a network whose `training` is right."""
    written = graph.spec.training
    values = {key: (written[key].value if key in written else rule.default) for key, rule in KEYS.items()}
    return Recipe(
        tuple(losses(graph)),
        _chosen("optimizer", values["optimizer"]),
        int(values["batch_size"]),
        int(values["epochs"]),
        int(values["seed"]),
        _chosen("schedule", values["schedule"]),
        values["clip"],
        _group("early_stopping", values["early_stopping"]),
        _group("augment", values["augment"]),
    )


def losses(graph: Graph) -> list[Loss]:
    """Return the loss of each output: as written, or one that suits it."""
    written = graph.spec.training.get("loss")
    if written is None:
        return [Loss(o.name, kind, _filled(LOSSES[kind], {}), None) for o in graph.outputs for kind in [_suits(o)]]
    value, node = written.value, written.node
    several = isinstance(value, dict) and len(value) > 1
    found = []
    for output in graph.outputs:
        at = (
            node.entries[output.name] if several and isinstance(node, Mapping) and output.name in node.entries else node
        )
        one = value.get(output.name, _suits(output)) if several else value
        name, settings = _chosen("loss", one)
        found.append(Loss(output.name, SHORT_LOSSES.get(name, name), settings, at))
    return found


def _suits(output: Output) -> str:
    if output.final is None:
        return "cross_entropy" if _logarithms(output) else "mean_squared_error"
    return "cross_entropy" if output.final.op.name == "softmax" else "binary_cross_entropy"


def _logarithms(output: Output) -> bool:
    """Tell whether an output is of logarithms of probabilities, which are their own logits."""
    op, shape = output.turn.op, output.tensor.shape
    if op is not None and "activation" in op.arguments:
        op = activation_op(op.activation)  # type: ignore[attr-defined]
    assert shape is not None
    return isinstance(op, LogSoftmax) and op.over(shape) == shape.axes[-1] and shape.channels != 1


def _chosen(key: str, value: Any) -> Chosen:
    name, settings = (value, {}) if isinstance(value, str) else next(iter(value.items()))
    rule = KEYS[key]
    assert isinstance(rule, Choices)
    return Chosen(name, _filled(rule.options[name], settings or {}))


def _group(key: str, value: Any) -> dict[str, Any] | None:
    rule = KEYS[key]
    assert isinstance(rule, Group)
    return None if value is None else _filled(rule.settings, value)


def _filled(known: Map[str, Setting], given: Map[str, Any]) -> dict[str, Any]:
    return {name: given.get(name, setting.default) for name, setting in known.items()}


# Held against the network


def check_recipe(graph: Graph, problems: Problems) -> None:
    """Report a loss or an augmentation that does not fit the network."""
    written = graph.spec.training
    if "loss" in written:
        _check_names(graph, written["loss"], problems)
        for loss, output in zip(losses(graph), graph.outputs, strict=True):
            fault = _misfit(loss, output)
            if fault and loss.node is not None:
                text = f"`{loss.kind}` does not fit the output `{output.name}`: {fault[0]}"
                problems.add("E0214", text, loss.node.mark, help=fault[1])
    if "augment" in written:
        _check_augment(graph, written["augment"], problems)


def _check_names(graph: Graph, loss: Given, problems: Problems) -> None:
    if not isinstance(loss.node, Mapping) or len(loss.node.entries) < 2:
        return
    known = [output.name for output in graph.outputs]
    for name, key, _ in loss.node.items():
        if name not in known:
            close = nearest(name, known)
            text = f"did you mean `{close}`?" if close else f"outputs: {', '.join(known)}"
            problems.add("E0214", f"there is no output `{name}` to have a loss", key.mark, help=text)


def _misfit(loss: Loss, output: Output) -> tuple[str, str] | None:
    """Return what is wrong with a loss for an output, and what to do."""
    final = None if output.final is None else output.final.op.name
    shape = output.tensor.shape
    assert shape is not None
    if loss.kind == "cross_entropy":
        if final == "sigmoid":
            return "it ends in a sigmoid, a probability for each unit by itself", "write `loss: binary_cross_entropy`"
        if shape.channels == 1:
            return "it has one unit, and one class is no choice", "write `loss: binary_cross_entropy`"
        if output.final is not None and output.final.op.over(shape) != shape.axes[-1]:  # type: ignore[attr-defined]
            return "its softmax is not over the classes", f"classes lie along {shape.axes[-1]}"
    if loss.kind == "binary_cross_entropy" and final == "softmax":
        return "it ends in a softmax, whose classes exclude each other", "write `loss: cross_entropy`"
    return None


def _check_augment(graph: Graph, given: Given, problems: Problems) -> None:
    images = [shape for shape in graph.inputs.values() if shape.kind == "image"]
    if len(graph.inputs) > 1 or not images:
        text = "`augment` changes images, and the network does not take images alone"
        problems.add("E0214", text, given.node.mark, help="leave `augment` out")
    elif not _sized(images[0]) and (given.value.get("crop") or given.value.get("shift")):
        text = "the network takes images of `any` size: there is no window to cut"
        problems.add("E0214", text, given.node.mark, help="give the input numbers for its sizes")


def _sized(shape: Shape) -> bool:
    return shape.known()


# From the command line


def parted(settings: Map[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return settings of params, and those of training, without their prefix."""
    params = {name: value for name, value in settings.items() if not name.startswith(PREFIX)}
    training = {name[len(PREFIX) :]: value for name, value in settings.items() if name.startswith(PREFIX)}
    return params, training


def override(spec: Spec, training: Map[str, Any], problems: Problems) -> None:
    """Put settings from the command line in the place of what the file says."""
    import json

    from archc.check_training import check_training
    from archc.read import read

    for name, value in training.items():
        key, dot, setting = name.partition(".")
        if dot and key in KEYS:
            value = _within(key, setting, value, spec)
        # As text, so that it is checked and quoted like the file's own.
        source = Source(f"--set {PREFIX}{name}", json.dumps({"training": {key: value}}))
        problems.sources[source.name] = source
        root = read(source, problems)
        if isinstance(root, Mapping):
            check_training(root.entries["training"], spec, problems)


def _within(key: str, setting: str, value: Any, spec: Spec) -> Any:
    """Return what stands under `key`, with one of its settings changed."""
    rule = KEYS[key]
    old = spec.training[key].value if key in spec.training else rule.default
    if isinstance(rule, Group):
        return {**(old or {}), setting: value}
    if not isinstance(rule, Choices) or old is None:
        return {setting: value}
    name, settings = (old, {}) if isinstance(old, str) else next(iter(old.items()))
    return {name: {**(settings or {}), setting: value}}
