"""What each named layer of a network gives for inputs and weights of one's own, from what a backend emits."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from archc import draws
from archc.backend import Backend, find
from archc.compile import compile_graph
from archc.graph import Graph
from archc.ops.base import ShapeError
from archc.problems import nearest
from archc.shapes import Shape, Unknown
from archc.trial import expected_shapes

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[Any]
    Inputs = Mapping[str, ArrayLike] | ArrayLike
    Weights = Mapping[str, ArrayLike] | str | os.PathLike[str]


def inspect(
    graph: Graph, backend: str | Backend, inputs: Inputs, weights: Weights, *, dtype: str = "float64"
) -> dict[str, Array]:
    """Return what each layer that `summary` lists gives in evaluation mode, by path; see `archc.inspect`."""
    if dtype not in ("float64", "float32"):
        raise ValueError(f"`{dtype}` is no number type to compute in: float64 or float32")
    chosen = find(backend) if isinstance(backend, str) else backend
    chosen.versions()
    compile_graph(graph, chosen, origin=graph.spec.file)
    given = _inputs(graph, inputs, dtype)
    held = _weights(graph, weights, dtype)
    runner = chosen.runner(graph, dtype=dtype)
    runner.load(held)
    found = runner.layers(given)
    return {layer.path: found[layer.path] for layer in graph.layers if layer.path in found}


def _inputs(graph: Graph, inputs: Inputs, dtype: str) -> dict[str, Array]:
    """Return arrays for all inputs, with the shapes and kinds that the network takes."""
    if not isinstance(inputs, Mapping):
        if len(graph.inputs) > 1:
            raise ValueError(f"`{graph.name}` has several inputs: give a dict with {', '.join(graph.inputs)}")
        inputs = dict.fromkeys(graph.inputs, inputs)
    _same_names("input", inputs, graph.inputs)
    found = {name: _input(name, inputs[name], shape, dtype) for name, shape in graph.inputs.items()}
    if len(batches := {name: array.shape[0] for name, array in found.items()}) and len(set(batches.values())) > 1:
        raise ValueError(f"the inputs have batches of different sizes: {batches}")
    try:
        draws.output_shapes(graph, found)
    except ShapeError as error:
        raise ValueError(f"the network does not take inputs of this size: {error}") from error
    return found


def _input(name: str, given: ArrayLike, shape: Shape, dtype: str) -> Array:
    import numpy as np

    array = np.asarray(given)
    fits = array.ndim == 1 + len(shape.sizes) and all(
        isinstance(size, Unknown) or size == n for size, n in zip(shape.sizes, array.shape[1:], strict=True)
    )
    if not fits or not array.size:
        axes = ", ".join(("batch", *shape.axes))
        raise ValueError(f"input `{name}` has shape {array.shape}, not batch x {shape}: its axes are {axes}")
    if shape.vocabulary is None:
        return array.astype(dtype)
    if array.dtype.kind not in "iu" or array.min() < 0 or array.max() >= shape.vocabulary:
        raise ValueError(f"input `{name}` holds token ids: whole numbers from 0 and below {shape.vocabulary}")
    return array.astype("int64")


def _weights(graph: Graph, weights: Weights, dtype: str) -> dict[str, Array]:
    """Return an array for each weight, by PyTorch's names and in its layouts."""
    import numpy as np

    if not isinstance(weights, Mapping):
        from archc.weights import read

        weights = read(graph, os.fspath(weights))
    shapes = expected_shapes(graph)
    _same_names("weight", weights, shapes)
    found = {name: np.asarray(weights[name]).astype(dtype) for name in shapes}
    for name, array in found.items():
        if array.shape != shapes[name]:
            raise ValueError(f"weight `{name}` has shape {array.shape}, not {shapes[name]}")
    return found


def _same_names(what: str, given: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    for name in given:
        if name not in wanted:
            close = nearest(name, wanted)
            raise ValueError(f"the network has no {what} `{name}`" + (f"; did you mean `{close}`?" if close else ""))
    missing = [name for name in wanted if name not in given]
    if missing:
        raise ValueError(
            f"no array for the {what} `{missing[0]}`" + (f" and {len(missing) - 1} more" * bool(missing[1:]))
        )
