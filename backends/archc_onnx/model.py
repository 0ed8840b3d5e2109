"""The whole ONNX model: inputs and outputs, one or more nodes for each layer, weights by PyTorch's names."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from onnx import (
    ModelProto,
    NodeProto,
    StringStringEntryProto,
    TensorProto,
    ValueInfoProto,
    checker,
    defs,
    helper,
    shape_inference,
)

from archc import __version__
from archc.emit.header import costs
from archc.emit.source import prose
from archc.graph import Graph, Layer, Output
from archc.shapes import Shape, Unknown
from archc_onnx.parts import ABSENT, Const, Given, Held, Node, Value, has_channels, node, sizes
from archc_onnx.spell import spelled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

OPSET, IR_VERSION = 21, 10
"""Of ONNX 1.16: old enough for runtimes to know it, new enough for `Gelu` and `GroupNormalization`."""

TYPES = {"float32": TensorProto.FLOAT, "float64": TensorProto.DOUBLE}
STORED = {TensorProto.FLOAT: "<f4", TensorProto.DOUBLE: "<f8", TensorProto.INT64: "<i8"}
BATCH = "batch"
LAYOUT = "channels first: (batch, channels, ...); the value called by a layer's path is what that layer gives"


class Written(NamedTuple):
    """A model, and what it cannot hold itself.

    `exact` has the numbers, by node and attribute, that ONNX rounds to 32 bits. `logits` names the value of each output
    before its final activation.
    """

    model: ModelProto
    exact: dict[str, dict[str, float]]
    logits: dict[str, str]


def write_model(
    graph: Graph,
    origin: str,
    weights: Mapping[str, Array] | None,
    *,
    dtype: str = "float32",
    shown: Collection[str] = (),
) -> Written:
    """Return the model of a graph; without weights they are inputs. The layers `shown` are outputs too."""
    return _Writer(graph, weights, dtype).model(origin, shown)


def check(model: ModelProto) -> None:
    """Raise an error of `onnx` where a model is not valid, or infers other shapes than it says."""
    checker.check_model(model, full_check=True)
    shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)


class _Writer:
    def __init__(self, graph: Graph, weights: Mapping[str, Array] | None, dtype: str) -> None:
        self.graph = graph
        self.weights = weights
        self.number = TYPES[dtype]
        self.dtype = dtype
        self.nodes: list[NodeProto] = []
        self.initializers: list[TensorProto] = []
        self.exact: dict[str, dict[str, float]] = {}

    def model(self, origin: str, shown: Collection[str]) -> Written:
        graph = self.graph
        for layer in graph.layers:
            self.layer(layer)
        outputs = [self.output(output) for output in graph.outputs]
        inner = [self.value(layer.path, layer.output, batch=layer.times == 1) for layer in graph.layers]
        wanted = set(shown) - {output.name for output in outputs}
        outputs += [value for value in inner if value.name in wanted]
        listed = {output.name for output in outputs}
        model = self.head(origin)
        proto = model.graph
        proto.name = graph.name
        proto.node.extend(self.nodes)
        if self.weights is not None:
            for name in graph.weights():
                # In place: a copy of a large network's weights takes seconds.
                fill(proto.initializer.add(), name, self.weights[name], self.number)
        proto.initializer.extend(self.initializers)
        proto.input.extend([*(self.value(name, x, True) for name, x in graph.inputs.items()), *self.asked()])
        proto.output.extend(outputs)
        proto.value_info.extend(value for value in inner if value.name not in listed)
        return Written(model, self.exact, {o.name: self.logits(o) for o in graph.outputs})

    def head(self, origin: str) -> ModelProto:
        """Return a model without its graph."""
        graph = self.graph
        description = prose(graph.spec.description)
        lines = [f"Compiled by archc {__version__} from {prose(origin)} for ONNX.", costs(graph)]
        model = ModelProto(ir_version=IR_VERSION, producer_name="archc", producer_version=__version__)
        model.doc_string = "\n".join([*lines, description] if description else lines)
        model.opset_import.append(helper.make_opsetid("", OPSET))
        model.metadata_props.append(StringStringEntryProto(key="layout", value=LAYOUT))
        return model

    def asked(self) -> list[ValueInfoProto]:
        """Return the weights as inputs, where they are not given."""
        if self.weights is not None:
            return []
        shapes = {name: list(map(int, weight.shape)) for name, weight in self.graph.weights().items()}  # type: ignore[arg-type]
        return [helper.make_tensor_value_info(name, self.number, shape) for name, shape in shapes.items()]

    # Layers

    def layer(self, layer: Layer) -> None:
        """Add a layer's nodes, the last of which, and its result, go by the layer's path."""
        root = spelled(layer)
        if not isinstance(root, Node):
            root = node("Identity", root)
        self.place(root, layer, layer.path, {}, set())

    def place(self, value: Value, layer: Layer, wish: str, known: dict[int, str], taken: set[str]) -> str:
        """Add what gives `value` and return its name: `wish` for the layer's last node."""
        if isinstance(value, Given):
            return layer.inputs[value.place]
        if isinstance(value, Held):
            return f"{layer.home or layer.path}.{value.name}"
        if id(value) in known:
            return known[id(value)]
        if isinstance(value, Const):
            name = "" if value is ABSENT else self.constant(value, layer.path, taken)
        else:
            inputs = [self.place(inner, layer, "", known, taken) for inner in value.inputs]
            name = wish or free(f"{layer.path}/{value.kind}", taken)
            self.node(value, name, inputs)
        known[id(value)] = name
        return name

    def constant(self, value: Const, path: str, taken: set[str]) -> str:
        name = free(f"{path}/{value.label}", taken)
        kind = {"whole": TensorProto.INT64, "scales": TensorProto.FLOAT, "numbers": self.number}[value.kind]
        self.initializers.append(fill(TensorProto(), name, value.values, kind))
        return name

    def node(self, value: Node, name: str, inputs: list[str]) -> None:
        # Outputs before the one that is meant are left out, but for those that an operator must give.
        before = defs.get_schema(value.kind, OPSET).outputs[: value.place]
        optional = defs.OpSchema.FormalParameterOption.Optional
        others = ["" if output.option == optional else f"{name}/{output.name}" for output in before]
        made = helper.make_node(value.kind, inputs, [*others, name], name)
        made.attribute.extend(helper.make_attribute(key, value.attributes[key]) for key in sorted(value.attributes))
        self.nodes.append(made)
        floats = {key: v for key, v in value.attributes.items() if isinstance(v, float)}
        if floats:
            self.exact[name] = floats

    # Inputs and outputs

    def value(self, name: str, shape: Shape, is_input: bool = False, batch: bool = True) -> ValueInfoProto:
        """Return what is told of a tensor: sizes known at run time alone have a name in inputs, and none elsewhere.

        Without `batch`, its first axis counts the slices of all examples.
        """
        axes = ("channels", *shape.axes[:-1]) if has_channels(shape) else shape.axes
        dims = [
            (f"{name}_{axis}" if is_input else None) if isinstance(size, Unknown) else int(size)
            for axis, size in zip(axes, sizes(shape), strict=True)
        ]
        kind = TensorProto.INT64 if shape.vocabulary is not None else self.number
        doc = f"({', '.join((BATCH, *axes))})"
        return helper.make_tensor_value_info(name, kind, [BATCH if batch else None, *dims], doc)

    def output(self, output: Output) -> ValueInfoProto:
        """Return an output; what a block or a repeat gives gets the name of the step as well as its path."""
        made = self.maker(output) if output.final is None else output.final.path
        name = output.name if output.final is None else made
        if name != made:
            self.nodes.append(helper.make_node("Identity", [made], [name], name))
        assert output.tensor.shape is not None
        return self.value(name, output.tensor.shape)

    def logits(self, output: Output) -> str:
        return self.maker(output) if output.final is None else output.final.inputs[0]

    def maker(self, output: Output) -> str:
        """Return the name of the value that an output is."""
        names = {id(tensor): name for name, tensor in self.graph.run.inputs.items()}
        names |= {id(layer.turn.output): layer.path for layer in self.graph.layers}
        return names[id(output.tensor)]


def fill(tensor: TensorProto, name: str, values: Any, kind: TensorProto.DataType) -> TensorProto:
    """Put values into a tensor, and return it."""
    stored = np.asarray(values, dtype=STORED[kind], order="C")
    tensor.name, tensor.data_type, tensor.raw_data = name, kind, stored.tobytes()
    tensor.dims.extend(stored.shape)
    return tensor


def free(name: str, taken: set[str]) -> str:
    """Return `name`, with a number where it is taken, and take it."""
    number, found = 1, name
    while found in taken:
        number += 1
        found = f"{name}_{number}"
    taken.add(found)
    return found
