"""Judge two backends' evidence: the first difference, and what proves nothing."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from archc.backend import Backend
from archc.compare import (
    CALIBRATION,
    DEEPEST,
    DOUBLE,
    LOOSE,
    ROUGH,
    SINGLE,
    Allowed,
    Bounds,
    Gap,
    Rough,
    depths,
    finite,
    gap,
    inexact,
    largest,
    subjects,
    unclaimed_weights,
    varies,
)
from archc.graph import Graph
from archc.trial import Evidence, expected_shapes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]


SMALLEST = 1e-3
"""Tensors smaller than this share of the largest of their kind are measured by that one."""


class Difference(NamedTuple):
    """Where two backends first part: the layer, its line in the spec, how far, and what was allowed."""

    layer: str
    line: int
    max_abs: float
    bound: float
    what: str
    rank: int = 0
    """How many tensors are compared before it."""


class Extent(NamedTuple):
    """The largest differences found, absolute and relative to their tensor."""

    max_abs: float = 0.0
    max_rel: float = 0.0

    def widened(self, found: Gap) -> Extent:
        """Return what covers `found` too."""
        return Extent(max(self.max_abs, found.absolute), max(self.max_rel, found.relative))


class Place(NamedTuple):
    """What a tensor belongs to, for the report."""

    layer: str
    line: int
    what: str


class Judge:
    """Compares each backend's evidence with the first one's. `twin` is the first one's in float64, in a float32 run."""

    def __init__(
        self,
        graph: Graph,
        outputs: dict[str, tuple[int, ...]],
        first: Evidence,
        twin: Evidence | None,
    ) -> None:
        self.graph = graph
        self.outputs = outputs
        self.first = first
        self.twin = twin
        self.inexact: set[str] = set()
        self.loose = False
        self.rough: set[str] = set()
        self.unclaimed: set[str] = set()
        self.depths = depths(graph)
        hidden = graph.hidden()
        self.compared = {layer.path for layer in graph.layers if layer.path not in hidden}
        self.done = False
        self.trained = False
        self.rank = 0
        kinds = (first.layers, first.outputs, first.gradients.weights, first.gradients.inputs, first.training.weights)
        self.scales = {id(arrays): largest(arrays) for arrays in kinds}
        self.differing: set[str] = set()
        self.extents = dict.fromkeys(("forward", "gradients", "loss", "weights"), Extent())
        self.first_difference: Difference | None = None
        self.problems: list[str] = []

    def sound(self, backend: Backend, found: Evidence) -> bool:
        """Note what makes a backend's own evidence worthless; tell whether there is anything to compare."""
        before = len(self.problems)
        self._shapes(backend, found)
        for output in self.graph.outputs:
            if found.outputs and found.outputs[output.name].shape != self.outputs[output.name]:
                self.problems.append(
                    f"{backend.title}'s output `{output.name}` (line {output.turn.step.node.mark.line}) has shape "
                    f"{found.outputs[output.name].shape}, not {self.outputs[output.name]}"
                )
        if len(self.problems) > before:
            return False
        self._captured(backend, found)
        self._finite(backend, found)
        for name, array in found.outputs.items():
            if finite(array) and not varies(array):
                self.problems.append(
                    f"{backend.title}'s output `{name}` is the same for every example, so that equality proves nothing"
                )
        return all(finite(array) for array in found.outputs.values())

    def compare(self, found: Evidence) -> None:
        """Compare with the first backend's evidence, in the order of computing; what neither claims is excused."""
        limits = (*self.first.limits, *found.limits)
        self.inexact, self.unclaimed = inexact(self.graph, limits), unclaimed_weights(self.graph, limits)
        self.loose = bool(self.inexact) or "regularizer" in subjects(limits)
        self.rough = inexact(self.graph, [limit for limit in limits if isinstance(limit, Rough)])
        self.done = True
        self.rank = 0
        self._layers(found)
        # An output that a block or a chain gives is as exact as the layer in it that gives it.
        made = {id(layer.turn.output): layer.path for layer in self.graph.layers}
        for output in self.graph.outputs:
            place = Place(output.turn.path, output.turn.step.node.mark.line, f"output `{output.name}`")
            bounds = self._bounds(made.get(id(output.tensor), output.turn.path))
            self._tensor("forward", place, output.name, "outputs", found, bounds.output)
        if not (self.first.forward_only or found.forward_only):
            self.trained = True
            self._gradients(found)
            self._training(found)

    def _shapes(self, backend: Backend, found: Evidence) -> None:
        expected = expected_shapes(self.graph)
        lines = {f"{layer.path}.{name}": layer.mark.line for layer in self.graph.layers for name in layer.weights()}
        for name, shape in expected.items():
            if name not in found.shapes:
                self.problems.append(f"{backend.title}'s model has no weight `{name}` (line {lines[name]})")
            elif found.shapes[name] != shape:
                self.problems.append(
                    f"{backend.title}'s `{name}` (line {lines[name]}) has shape {found.shapes[name]}, not {shape}"
                )
        self.problems += [
            f"{backend.title}'s model has a weight `{name}` that is not the network's"
            for name in found.shapes
            if name not in expected
        ]

    def _captured(self, backend: Backend, found: Evidence) -> None:
        for layer in self.graph.layers:
            if layer.path in self.compared and layer.path not in found.layers:
                self.compared.discard(layer.path)
                self.problems.append(
                    f"layer `{layer.path}` (line {layer.mark.line}) could not be compared: {backend.title}'s source "
                    "does not show it"
                )

    def _finite(self, backend: Backend, found: Evidence) -> None:
        """Note the first layer, or else other tensor, that holds a NaN or an infinity."""
        for layer in self.graph.layers:
            array = found.layers.get(layer.path)
            if array is not None and not finite(array):
                self.problems.append(f"{backend.title}'s layer `{layer.path}` (line {layer.mark.line}) is not finite")
                return
        others = {
            "output": found.outputs,
            "gradient of": found.gradients.weights,
            "gradient of input": found.gradients.inputs,
            "after training,": found.training.weights,
        }
        for what, arrays in others.items():
            for name, array in arrays.items():
                if not finite(array):
                    self.problems.append(f"{backend.title}'s {what} `{name}` is not finite")
                    return

    def _layers(self, found: Evidence) -> None:
        for layer in self.graph.layers:
            if layer.path in self.compared:
                place = Place(layer.path, layer.mark.line, f"layer `{layer.path}`")
                if not self._tensor("forward", place, layer.path, "layers", found, self._layer_bound(layer.path)):
                    self.compared.discard(layer.path)

    def _gradients(self, found: Evidence) -> None:
        a, b = self.first.gradients, found.gradients
        bounds = self._overall()
        floor = bounds.gradient.absolute * largest(a.weights | a.inputs)
        allowed = Allowed(bounds.gradient.relative, floor)
        # Backward, the layer nearest to the output is the first to be computed.
        for layer in reversed(self.graph.layers):
            for name, weight in layer.weights().items():
                path = f"{layer.path}.{name}"
                if weight.trainable:
                    place = Place(layer.path, layer.mark.line, f"gradient of `{path}`")
                    self._array("gradients", place, a.weights, b.weights, path, self._twin("gradients"), allowed)
        for name, shape in self.graph.inputs.items():
            if shape.vocabulary is None:
                place = Place(name, self.graph.spec.inputs[name].mark.line, f"gradient of input `{name}`")
                twin = None if self.twin is None else self.twin.gradients.inputs
                self._array("gradients", place, a.inputs, b.inputs, name, twin, allowed)
        self._loss("loss of the gradients", a.loss, b.loss, bounds.loss)

    def _training(self, found: Evidence) -> None:
        a, b = self.first.training, found.training
        bounds = self._overall()
        for step, (one, other) in enumerate(zip(a.losses, b.losses, strict=True)):
            self._loss(f"loss before training step {step + 1}", one, other, bounds.loss)
        for layer in self.graph.layers:
            for name in layer.weights():
                path = f"{layer.path}.{name}"
                if path not in self.unclaimed:
                    place = Place(layer.path, layer.mark.line, f"`{path}` after training")
                    self._array("weights", place, a.weights, b.weights, path, self._twin("training"), bounds.training)

    def _loss(self, what: str, a: float, b: float, allowed: Allowed) -> None:
        if not (math.isfinite(a) or math.isfinite(b)):
            self.problems.append(f"the {what} is not finite, so that equality proves nothing")
            return
        bound = allowed.relative * abs(a) + allowed.absolute
        found = Gap(abs(a - b), abs(a - b) / abs(a) if a else float(a != b), abs(a))
        output = self.graph.outputs[0]
        self._note("loss", Place(output.turn.path, output.turn.step.node.mark.line, what), found, bound)

    def _tensor(self, kind: str, place: Place, name: str, field: str, found: Evidence, allowed: Allowed) -> bool:
        twin = None if self.twin is None else getattr(self.twin, field)
        return self._array(kind, place, getattr(self.first, field), getattr(found, field), name, twin, allowed)

    def _array(
        self,
        kind: str,
        place: Place,
        first: Mapping[str, Array],
        other: Mapping[str, Array],
        name: str,
        twin: Mapping[str, Array] | None,
        allowed: Allowed,
    ) -> bool:
        """Compare the arrays called `name`; tell whether that could be done."""
        a, b = first.get(name), other.get(name)
        if a is None or b is None:
            self.problems.append(
                f"{place.what} (line {place.line}) could not be compared: one backend does not give it"
            )
            return False
        if a.shape != b.shape:
            self.problems.append(f"{place.what} (line {place.line}) could not be compared: {a.shape} and {b.shape}")
            return False
        if finite(a) and finite(b):
            # Gradients that are zero but for rounding, as of a bias before a norm, have no scale of their own.
            found = gap(a, b, SMALLEST * self.scales[id(first)])
            bound = allowed.relative * found.scale + allowed.absolute
            if twin is not None and name in twin:
                bound += CALIBRATION * gap(twin[name], a).absolute
            self._note(kind, place, found, bound)
        return True

    def _note(self, kind: str, place: Place, found: Gap, bound: float) -> None:
        self.extents[kind] = self.extents[kind].widened(found)
        self.rank += 1
        if not found.absolute <= bound:
            self.differing.add(place.what)
            first = self.first_difference
            if first is None or self.rank < first.rank:
                self.first_difference = Difference(
                    place.layer, place.line, found.absolute, bound, place.what, self.rank
                )

    def _twin(self, field: str) -> Mapping[str, Array] | None:
        weights: Mapping[str, Array] | None = None if self.twin is None else getattr(self.twin, field).weights
        return weights

    def _layer_bound(self, path: str) -> Allowed:
        allowed = self._bounds(path).layer
        return Allowed(allowed.relative * min(float(self.depths[path]), DEEPEST), allowed.absolute)

    def _bounds(self, path: str) -> Bounds:
        if self.twin is not None:
            return SINGLE
        return ROUGH if path in self.rough else LOOSE if path in self.inexact else DOUBLE

    def _overall(self) -> Bounds:
        """Return the bounds of what all layers have a part in."""
        if self.twin is not None:
            return SINGLE
        return ROUGH if self.rough else LOOSE if self.loose else DOUBLE
