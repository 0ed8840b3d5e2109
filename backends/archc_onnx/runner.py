"""Runs ONNX models for `archc verify`: onnxruntime in float32, `onnx.reference` in float64. Forward alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from onnx import ModelProto, numpy_helper

from archc.backend import ForwardOnly, Gradients, MissingFramework, Training
from archc.graph import Graph
from archc.shapes import Shape
from archc_onnx.evaluator import evaluator
from archc_onnx.model import Written, check, write_model
from archc_onnx.parts import has_channels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]
    Arrays = Mapping[str, Array]


def session(model: ModelProto) -> Any:
    """Return onnxruntime's session of a model, on one thread. Raises MissingFramework."""
    try:
        import onnxruntime
    except ImportError as error:
        raise MissingFramework("onnxruntime is not installed: `pip install 'archc[onnx]'`") from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


def to_onnx(array: Array, shape: Shape, dtype: str) -> Array:
    """Bring an array from the spec's order of axes into ONNX's."""
    moved = np.moveaxis(array, -1, 1) if has_channels(shape) else array
    return np.ascontiguousarray(moved, dtype="int64" if shape.vocabulary is not None else dtype)


def from_onnx(array: Array, shape: Shape) -> Array:
    """Bring an array from ONNX's order of axes into the spec's."""
    return np.ascontiguousarray(np.moveaxis(array, 1, -1)) if has_channels(shape) else array


class OnnxRunner:
    """A model that archc wrote, with weights of zero until some are loaded."""

    def __init__(self, graph: Graph, dtype: str) -> None:
        self.graph = graph
        self.dtype = dtype
        sizes = {name: [int(str(n)) for n in weight.shape] for name, weight in graph.weights().items()}
        self.load({name: np.zeros(shape, dtype) for name, shape in sizes.items()})

    def load(self, weights: Arrays) -> None:
        """Take these weights into the model."""
        self.held = dict(weights)

    def weights(self) -> dict[str, Array]:
        """Return the model's own initializers; constants, whose names have a `/`, are none."""
        held = self._written().model.graph.initializer
        return {tensor.name: numpy_helper.to_array(tensor) for tensor in held if "/" not in tensor.name}

    def layers(self, inputs: Arrays) -> dict[str, Array]:
        """Return what each named layer gives."""
        paths = [layer.path for layer in self.graph.layers]
        found = self._run(self._written(paths), paths, inputs)
        return {layer.path: from_onnx(found[layer.path], layer.output) for layer in self.graph.layers}

    def outputs(self, inputs: Arrays) -> dict[str, Array]:
        """Return each output's logits."""
        logits = self._written().logits
        written = self._written(list(logits.values()))
        check(written.model)
        found = self._run(written, list(logits.values()), inputs)
        shapes = {output.name: output.tensor.shape for output in self.graph.outputs}
        return {
            name: from_onnx(found[value], shape)
            for name, value in logits.items()
            if (shape := shapes[name]) is not None
        }

    def gradients(self, inputs: Arrays, targets: Arrays) -> Gradients:
        """Refuse: a model for inference has no gradients."""
        raise ForwardOnly

    def train(self, batches: Sequence[tuple[Arrays, Arrays]], learning_rate: float) -> Training:
        """Refuse: a model for inference is not trained."""
        raise ForwardOnly

    def _written(self, shown: Sequence[str] = ()) -> Written:
        """Return the model as archc writes it, with some of its values as outputs too."""
        return write_model(self.graph, self.graph.name, self.held, dtype=self.dtype, shown=shown)

    def _run(self, written: Written, names: list[str], inputs: Arrays) -> dict[str, Array]:
        """Return values of a model by name."""
        wanted = [name for name in dict.fromkeys(names) if name not in self.graph.inputs]
        given = {name: to_onnx(inputs[name], shape, self.dtype) for name, shape in self.graph.inputs.items()}
        if self.dtype == "float64":
            engine: Any = evaluator(written.model, written.exact)
        else:
            engine = session(written.model)
        # Logits may be an input itself, which no runtime gives back.
        return given | dict(zip(wanted, engine.run(wanted, given) if wanted else [], strict=True))
