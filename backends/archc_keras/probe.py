"""Looks into emitted Keras models: what layers give, and gradients of one layer by another, for `archc features`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import tensorflow as tf

from archc.backend import Emitted
from archc.execute import execute, last_defined
from archc.graph import Graph
from archc_keras.on_tensorflow import array_of
from archc_keras.runner import as_list
from archc_keras.session import keras
from archc_keras.weights import held

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]
    Arrays = Mapping[str, Array]


class KerasProbe:
    """A model built from probed Keras source, with trained weights, that gives what the chosen layers give."""

    def __init__(self, graph: Graph, probed: Emitted, weights: Arrays, paths: Sequence[str]) -> None:
        self.graph = graph
        self.paths = list(paths)
        self.found: dict[str, Any] = {}
        function = last_defined(execute(probed.source, graph.name, _probe=self._keep), type(execute))
        model = function(logits=True) if any(output.final for output in graph.outputs) else function()
        for name, entry in held(graph, model).items():
            variable, slot = entry
            variable.assign(np.ascontiguousarray(slot.there(weights[name].astype("float32"), tuple(variable.shape))))
        wanted = [self.found[path.replace(".", "_")] for path in self.paths]
        self.model = keras.Model(model.inputs, wanted)
        self.functions: dict[tuple[str, str], Any] = {}

    def _keep(self, name: str, tensor: Any, part: int | None = None) -> Any:
        self.found[name] = tensor if part is None else tensor[part]
        return tensor

    def values(self, inputs: Arrays) -> dict[str, Array]:
        """Return what each of the chosen layers gives."""
        found = as_list(self.model(self._given(self._tensors(inputs)), training=False))
        return {path: array_of(value) for path, value in zip(self.paths, found, strict=True)}

    def gradient(self, inputs: Arrays, of: str, by: str, weights: Array) -> Array:
        """Return the gradient of the sum of `weights` times layer `of`, by a layer or an input `by`."""
        if (of, by) not in self.functions:
            self.functions[of, by] = tf.function(lambda xs, scale: self._pull(xs, of, by, scale), reduce_retracing=True)
        return array_of(self.functions[of, by](self._tensors(inputs), tf.constant(weights, "float32")))

    def _pull(self, xs: list[Any], of: str, by: str, scale: Any) -> Any:
        with tf.GradientTape() as tape:
            for x in xs:
                tape.watch(x)
            found = dict(zip(self.paths, as_list(self.model(self._given(xs), training=False)), strict=True))
        into = xs[list(self.graph.inputs).index(by)] if by in self.graph.inputs else found[by]
        return tape.gradient(found[of], into, scale, unconnected_gradients=tf.UnconnectedGradients.ZERO)

    def _tensors(self, inputs: Arrays) -> list[Any]:
        return [
            tf.constant(inputs[name], given.dtype)
            for name, given in zip(self.graph.inputs, self.model.inputs, strict=True)
        ]

    @staticmethod
    def _given(xs: list[Any]) -> Any:
        return xs if len(xs) > 1 else xs[0]
