"""Keras models of single spellings, with weights and gradients, for the tests of the Keras side."""

from __future__ import annotations

import importlib
import math
from typing import Any, NamedTuple

import numpy as np

from archc.emit.spelling import Make, Spelling
from archc.shapes import Shape, Unknown
from archc_keras.spell import DEFINITIONS
from archc_keras.weights import SLOTS, Held, attribute, kind_of
from tests.keras_cases import text_of


class Built(NamedTuple):
    """A Keras model of one spelling, and its layers by what tells them from each other."""

    model: Any
    layers: dict[str, Any]


class Place(NamedTuple):
    """Where a weight is held: the variable, its layer's kind, and the weight's name in it."""

    variable: Any
    kind: str
    local: str


class Framework:
    """Keras on TensorFlow, in float64."""

    def __init__(self) -> None:
        self.runner = importlib.import_module("archc_keras.runner")
        self.keras = importlib.import_module("keras")
        self.tf = importlib.import_module("tensorflow")
        names = {"math": math, "keras": self.keras, "layers": self.keras.layers, "ops": self.keras.ops}
        self.names: dict[str, Any] = {**names, "KerasTensor": self.keras.KerasTensor}
        for text in DEFINITIONS.values():
            exec(text, self.names)

    def build(self, spelling: Spelling, inputs: tuple[Shape, ...]) -> Built:
        found = [self._input(x) for x in inputs]
        stretch = spelling.stretch or ("{x}",) * len(found)
        x: Any = [eval(t.format(x="x"), {**self.names, "x": v}) for t, v in zip(stretch, found, strict=True)]
        x = x if len(x) > 1 else x[0]
        layers = {}
        for part in spelling.parts:
            if isinstance(part, Make):
                layers[part.suffix] = eval(text_of(part), self.names)
                x = applied(part.call or "{layer}({x})", {**self.names, "layer": layers[part.suffix], **part.slots}, x)
            else:
                x = applied(part.template, {**self.names, **part.slots}, x)
        model = self.keras.Model(found, x)
        self.runner.narrow(model)
        self.runner.hold_exactly(model)
        return Built(model, layers)

    def _input(self, x: Shape) -> Any:
        sizes = [None if isinstance(size, Unknown) else int(size) for size in x.sizes]
        return self.keras.Input(sizes, dtype="float64" if x.vocabulary is None else "int32")

    def variables(self, built: Built, names: list[str]) -> dict[str, Place]:
        """Find the variables of weights, each in the layer that a separable convolution's parts are told by."""
        found = {}
        for name in names:
            part, _, rest = name.rpartition(".")
            owner = f"_{part}" if f"_{part}" in built.layers else ""
            made, local = built.layers[owner], rest if owner else name
            kind = kind_of(made)
            found[name] = Place(attribute(made, SLOTS[kind][local].attribute), kind, local)
        return found

    def load(self, built: Built, weights: dict[str, Any]) -> None:
        """Give the layers weights in PyTorch's names and layouts."""
        for name, (variable, kind, local) in self.variables(built, list(weights)).items():
            variable.assign(Held(variable, SLOTS[kind][local]).filled(weights[name], self.runner.array_of))

    def run(self, built: Built, arrays: list[Any]) -> tuple[Any, list[Any], Any]:
        """Return the outputs in evaluation, and the gradients of their sum, each times the number that is returned."""
        xs = [self.tf.constant(array) for array in arrays]
        with self.tf.GradientTape() as tape:
            tape.watch([x for x in xs if x.dtype.is_floating])
            y = built.model(xs, training=False)
            y = y[0] if isinstance(y, list) else y
            factors = np.random.default_rng(1).normal(size=y.shape)
            loss = self.tf.reduce_sum(y * factors)
        return y.numpy(), tape.gradient(loss, xs, unconnected_gradients="zero"), factors


def applied(template: str, names: dict[str, Any], x: Any) -> Any:
    """Return what a template gives of a tensor, or of several."""
    xs = x if isinstance(x, list) else [x]
    inputs = {f"x{place}": value for place, value in enumerate(xs)}
    slots = {name: name for name in names}
    text = template.format(*inputs, **{**slots, "x": f"[{', '.join(inputs)}]" if isinstance(x, list) else "x0"})
    return eval(text, names | inputs)
