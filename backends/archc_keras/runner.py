"""Runs emitted Keras source: outputs, every layer, gradients and training steps, for `archc verify`."""

from __future__ import annotations

import ast
import functools
import gc
import inspect
import operator
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FunctionType
from typing import TYPE_CHECKING, Any

import numpy as np

from archc.backend import Emitted, Gradients, Training
from archc.execute import execute, last_defined
from archc.graph import Graph
from archc.hdf5 import layer_folder
from archc.probed import alike
from archc_keras.forking import forked
from archc_keras.session import array_of, engine, keras, settings
from archc_keras.weights import every, held, strangers

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]
    Arrays = Mapping[str, Array]

__all__ = ["KerasRunner", "array_of", "build", "keras", "narrow", "settings"]

LARGE = 10_000_000
"""From so many weights on, memory is given back before more is taken."""

narrow = engine.narrow


def silence_dropout(model: Any) -> None:
    """Set every dropout rate, and every noise, to zero."""
    for layer in model._flatten_layers():
        if isinstance(layer, keras.layers.Dropout):
            layer.rate = 0.0
        if isinstance(layer, keras.layers.GaussianNoise):
            layer.stddev = 0.0


def hold_exactly(model: Any) -> None:
    """Let layers hold numbers in float64 that they else round to float32 in every model."""
    for layer in every(model):
        if isinstance(layer, keras.layers.Rescaling):
            layer.scale, layer.offset = np.float64(layer.scale), np.float64(layer.offset)
        elif isinstance(layer, keras.layers.MultiHeadAttention):
            layer._inverse_sqrt_key_dim = np.float64(1 / np.sqrt(layer.key_dim))


def as_list(found: Any) -> list[Any]:
    """Return one output, or several, as a list."""
    return list(found) if isinstance(found, (list, tuple)) else [found]


def build(graph: Graph, plain: Emitted, probed: Emitted, *, dtype: str) -> KerasRunner:
    """Return the runner of emitted source; `probed` is the same source with probes."""
    return KerasRunner(graph, plain, probed, dtype)


class KerasRunner:
    """A model built from emitted Keras source."""

    def __init__(self, graph: Graph, plain: Emitted, probed: Emitted, dtype: str) -> None:
        self.graph = graph
        self.plain = plain.source
        self.probed = probed.source
        self.dtype = dtype
        self.tensors: dict[str, Any] = {}
        """What the layers of the model give, where its source has the probes in it."""
        self.finals: list[Any] = []
        """What the final activations give of the model's outputs, where its source has been forked."""
        tree = ast.parse(self.probed)
        self.one = alike(self.plain, tree, 1)
        self.model = self._probed(self.tensors, forked(tree)) if self.one else self._model(self.plain)
        self.held = held(graph, self.model)
        self.seen: tuple[Arrays, dict[str, Array]] | None = None
        """The last inputs, and what came out: to run them again, for probes to be compared with, takes long."""

    def _model(self, source: str, *, logits: bool = True, tree: ast.Module | None = None, **given: Any) -> Any:
        with settings(self.dtype):
            function = last_defined(execute(source, self.graph.name, tree, **given), FunctionType)
            wanted = {"logits": logits} if "logits" in inspect.signature(function).parameters else {}
            model = function(**wanted)
        silence_dropout(model)
        if self.dtype == "float64":
            narrow(model)
            hold_exactly(model)
        return model

    def _probed(self, tensors: dict[str, Any], tree: ast.Module | None = None) -> Any:
        """Return the model of probed source, or its forked tree, and keep in `tensors` what its layers give."""
        hidden = {path.replace(".", "_") for path in self.graph.hidden()}

        def probe(name: str, tensor: Any, part: int | None = None) -> Any:
            if name not in hidden:  # a tensor of a model in the model is none of this one's
                tensors[name] = tensor if part is None else tensor[part]
            return tensor

        def fork(logits: Any, final: Any) -> Any:
            self.finals.append(final)
            return logits

        return self._model(self.probed, tree=tree, _probe=probe, _fork=fork)

    def load(self, weights: Arrays) -> None:
        """Set every weight."""
        self.seen = None
        for name, array in weights.items():
            entry = self.held[name]
            entry.variable.assign(entry.filled(np.asarray(array), array_of))

    def weights(self) -> dict[str, Array]:
        """Return every weight; a variable that is no weight of the network goes by Keras's own name."""
        found = {name: entry.weight(array_of(entry.variable)) for name, entry in self.held.items()}
        return found | {name: array_of(variable) for name, variable in strangers(self.model, self.held).items()}

    def layers(self, inputs: Arrays) -> dict[str, Array]:
        """Return what each named layer gives; raise RuntimeError where probes change what comes out."""
        model, tensors = self.model, self.tensors
        if not self.one:
            model = self._probed(tensors := {})
        with settings(self.dtype):
            every = keras.Model(model.inputs, [*model.outputs, *self.finals, *tensors.values()])
        if not self.one:
            self._copy_weights(every)
        values = [array_of(value) for value in self._run(every, inputs)]
        del model, every
        # Models refer to themselves; but to look for what is left of them takes half a second.
        if self.model.count_params() > LARGE:
            gc.collect()
        count = len(self.graph.outputs)
        start = count + len(self.finals)
        if self.one:
            self.seen = inputs, dict(zip(self._names(), values[:count], strict=True))
        else:
            self._compare(values[:count], inputs)
        paths = {layer.path.replace(".", "_"): layer.path for layer in self.graph.layers}
        found = {paths.get(name, name): value for name, value in zip(tensors, values[start:], strict=True)}
        return found | self._probabilities(inputs, values[count:start])

    def outputs(self, inputs: Arrays) -> dict[str, Array]:
        """Return each output's logits."""
        if self.seen is None or self.seen[0] is not inputs:
            self.seen = inputs, self._by_name(self._run(self.model, inputs))
        return dict(self.seen[1])

    def gradients(self, inputs: Arrays, targets: Arrays) -> Gradients:
        """Return loss and gradients; the running statistics stay as they are."""
        kept = [(variable, array_of(variable)) for variable in self.model.non_trainable_variables]
        floats = [name for name, shape in self.graph.inputs.items() if shape.vocabulary is None]
        with settings(self.dtype):
            loss, weights, into = self._backward(inputs, targets, floats)
        for variable, value in kept:
            variable.assign(value)
        return Gradients(loss, self._named(weights), {name: array_of(value) for name, value in into.items()})

    def train(self, batches: Sequence[tuple[Arrays, Arrays]], learning_rate: float) -> Training:
        """Take one step of plain SGD for each batch."""
        self.seen = None
        losses = []
        with settings(self.dtype):
            for inputs, targets in batches:
                loss, gradients, _ = self._backward(inputs, targets, [])
                losses.append(loss)
                for variable in self.model.trainable_variables:
                    variable.assign_sub(learning_rate * gradients[id(variable)])
        return Training(losses, self.weights())

    def save(self, path: Path) -> None:
        """Write a `.weights.h5` file, as of the model with its final activations."""
        model = self._model(self.plain, logits=False)
        self._copy_weights(model)
        with settings(self.dtype):
            model.save_weights(path)

    def places(self) -> dict[str, tuple[str, str, tuple[int, ...]]]:
        """Return, for each weight: its dataset in a `.weights.h5` file, the layer's name there, the dataset's shape."""
        import h5py

        # Keras numbers datasets by class and order; filling each variable with a number of its own finds it again.
        model = self._model(self.plain, logits=False)
        entries = held(self.graph, model)
        numbers: dict[int, int] = {}  # several weights may be one variable's
        for entry in entries.values():
            number = numbers.setdefault(id(entry.variable), len(numbers) + 1)
            entry.variable.assign(np.full(entry.variable.shape, number))
        found: dict[int, tuple[str, str]] = {}
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "places.weights.h5")
            with settings(self.dtype):
                model.save_weights(path)
            with h5py.File(path) as file:
                file.visititems(lambda place, item: _note(found, place, item))
        return {
            name: (*found[numbers[id(entry.variable)]], tuple(entry.variable.shape)) for name, entry in entries.items()
        }

    def from_keras(self, name: str, array: Array) -> Array:
        """Turn a Keras variable's axes into those of the weight."""
        return self.held[name].weight(array)

    def _backward(
        self, inputs: Arrays, targets: Arrays, wanted: list[str]
    ) -> tuple[float, dict[int, Any], dict[str, Any]]:
        """Return the loss in training mode, and its gradients by the weights (by id) and by the `wanted` inputs."""

        def loss_of(found: Any) -> Any:
            logits = zip(self.graph.outputs, as_list(found), strict=True)
            pairs = [(value, engine.tensor(targets[output.name], self.dtype)) for output, value in logits]
            return functools.reduce(operator.add, [engine.mean_square(*pair) for pair in pairs])

        numbers = [list(self.graph.inputs).index(name) for name in wanted]
        xs = self._tensors(self.model, inputs)
        loss, by_weights, by_inputs = engine.backward(self.model, xs, numbers, loss_of)
        variables = self.model.trainable_variables
        weights = {id(variable): gradient for variable, gradient in zip(variables, by_weights, strict=True)}
        return loss, weights, dict(zip(wanted, by_inputs, strict=True))

    def _named(self, gradients: Mapping[int, Any]) -> dict[str, Array]:
        """Return gradients by PyTorch's names and in its layouts."""
        entries = {name: gradients.get(id(entry.variable)) for name, entry in self.held.items()}
        return {
            name: self.held[name].weight(array_of(gradient))
            for name, gradient in entries.items()
            if gradient is not None
        }

    def _tensors(self, model: Any, inputs: Arrays) -> list[Any]:
        given = zip(self.graph.inputs, model.inputs, strict=True)
        return [engine.tensor(inputs[name], x.dtype) for name, x in given]

    def _run(self, model: Any, inputs: Arrays) -> list[Any]:
        xs = self._tensors(model, inputs)
        with settings(self.dtype):
            return as_list(model(xs if len(xs) > 1 else xs[0], training=False))

    def _by_name(self, values: list[Any]) -> dict[str, Array]:
        return dict(zip(self._names(), map(array_of, values), strict=True))

    def _names(self) -> list[str]:
        return [output.name for output in self.graph.outputs]

    def _compare(self, values: list[Array], inputs: Arrays) -> None:
        """Raise RuntimeError where the probed source's logits are not the plain one's."""
        for (name, array), value in zip(self.outputs(inputs).items(), values, strict=True):
            if not np.array_equal(array, value, equal_nan=True):
                raise RuntimeError(f"the probed Keras source gives another `{name}` than the plain one")

    def _probabilities(self, inputs: Arrays, known: list[Array]) -> dict[str, Array]:
        """Return what the plain model gives after each final activation, by that layer's path."""
        finals = {output.name: output.final.path for output in self.graph.outputs if output.final}
        if known or not finals:
            return dict(zip(finals.values(), known, strict=True))
        model = self._model(self.plain, logits=False)
        self._copy_weights(model)
        arrays = self._by_name(self._run(model, inputs))
        return {path: arrays[name] for name, path in finals.items()}

    def _copy_weights(self, model: Any) -> None:
        """Give another model of the same source this one's weights."""
        for name, entry in held(self.graph, model).items():
            entry.variable.assign(self.held[name].variable)


def _note(found: dict[int, tuple[str, str]], place: str, item: Any) -> None:
    """Note where a dataset filled with one number stands, and the name of its layer."""
    if hasattr(item, "shape") and item.size:
        number = float(item[()].flat[0])
        if number.is_integer() and number > 0 and (item[()] == number).all():
            own = item.file[f"{layer_folder(place)}vars"]
            found.setdefault(int(number), (place, str(own.attrs.get("name", ""))))
