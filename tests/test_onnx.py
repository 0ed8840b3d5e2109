"""ONNX models compute what plain NumPy computes, in onnxruntime and in ONNX's own evaluator."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from archc.compile import load_text
from archc.draws import draw
from archc.ops import OPS
from archc.testing.conformance import one_op
from tests import reference
from tests.keras_cases import EXAMPLES, FURTHER, identity
from tests.onnx_models import backend, model, results
from tests.small_zoo import SMALL, Small
from tests.test_oracle import apart, by_numpy, doubles, given
from tests.zoo import HARD_ONES, Network

pytestmark = pytest.mark.thorough

EXACT, SINGLE = 1e-12, 1e-5


@pytest.mark.parametrize("name", list(OPS))
def test_every_use_of_an_op(name: str) -> None:
    from archc_onnx.model import check

    cases = [case for case in EXAMPLES + FURTHER if case.name == name]
    assert cases
    for case in cases:
        graph = load_text(one_op(case.name, case.args, case.inputs))
        assert all(backend().supports(found) is None for found in graph.layers)
        inputs, weights = given(graph)
        local = {key.partition(".")[2]: value for key, value in weights.items()}
        wanted = np.stack([reference.run(name, case.args, [x[i] for x in inputs.values()], local) for i in range(2)])
        for dtype, bound in (("float64", EXACT), ("float32", SINGLE)):
            check(model(graph, weights, dtype=dtype))
            got = results(graph, dtype, inputs, weights)[graph.layers[-1].path]
            assert got.dtype == dtype
            apart(got, wanted, bound, f"{dtype}: {identity(case)}")


@pytest.mark.parametrize("network", HARD_ONES, ids=lambda n: n.name)
def test_hard_specs_layer_by_layer(network: Network) -> None:
    graph = network.graph()
    inputs, weights = doubles(graph, 1)
    wanted = by_numpy(graph, {name: array[0] for name, array in inputs.items()}, weights)
    for dtype, bound in (("float64", 1e-11), ("float32", 1e-4)):
        found = results(graph, dtype, inputs, weights)
        assert set(found) == {layer.path for layer in graph.layers}
        for path, array in found.items():
            apart(array, wanted[path], bound, f"{dtype}: {path}")


@pytest.mark.parametrize("small", SMALL, ids=lambda small: small.name)
def test_small_networks_run_in_both_engines(small: Small) -> None:
    graph = small.graph()
    drawn = draw(graph, 0, 0)
    single, double = (results(graph, dtype, drawn.inputs, drawn.weights) for dtype in ("float32", "float64"))
    for path, array in double.items():
        apart(single[path], array, 1e-4, path)


@pytest.mark.parametrize("batch", [1, 7])
def test_any_batch_and_any_size(batch: int) -> None:
    text = "archc: 1\nname: net\ninput: {height: any, width: any, channels: 2}\nlayers:\n"
    text += "  - conv: {filters: 3, kernel_size: 3}\n  - global_avg_pool\n  - dense: {units: 2, activation: softmax}\n"
    graph = load_text(text)
    weights = draw(graph, 0, 0).weights
    x = np.random.default_rng(0).normal(size=(batch, 9, 6, 2))
    single = results(graph, "float32", {"input": x}, weights)["dense_softmax"]
    double = results(graph, "float64", {"input": x}, weights)["dense_softmax"]
    assert double.shape == (batch, 2)
    np.testing.assert_allclose(double.sum(axis=1), 1)
    np.testing.assert_allclose(single, double, atol=1e-6)


@pytest.mark.parametrize("sizes", [(9, 6), (5, 8)])
def test_rearranging_any_size(sizes: tuple[int, int]) -> None:
    steps: list[tuple[str, dict[str, Any]]] = [
        ("roll", {"shift": [-1, 2], "axis": ["height", "width"]}),
        ("reflect_pad", {"padding": [[1, 2], [0, 1]]}),
        ("pixel_shuffle", {"scale": 2}),
        ("instance_norm", {"affine": False}),
        ("unfold", {"kernel_size": 2, "stride": 2, "padding": [[1, 1], [0, 3]]}),
        ("fold", {"kernel_size": 2}),
        ("adaptive_max_pool", {"size": 1}),
    ]
    text = "archc: 1\nname: net\ninput: {height: any, width: any, channels: 8}\nlayers:\n"
    graph = load_text(text + "".join(f"  - {json.dumps({name: args})}\n" for name, args in steps))
    x = np.random.default_rng(0).normal(size=(2, *sizes, 8))
    wanted = x
    for name, args in steps:
        wanted = np.stack([reference.run(name, args, [one]) for one in wanted])
    for dtype, bound in (("float64", EXACT), ("float32", SINGLE)):
        apart(results(graph, dtype, {"input": x}, {})["adaptive_max_pool"], wanted, bound, dtype)


def test_windows_over_any_size_are_refused() -> None:
    text = "archc: 1\nname: net\ninput: {height: any, width: 4, channels: 2}\nlayers: [adaptive_avg_pool: {size: 2}]"
    assert "`any`" in str(backend().supports(load_text(text).layers[0]))


OPERATORS: list[tuple[str, list[tuple[int, ...]], dict[str, Any]]] = [
    ("MaxPool", [(2, 3, 7, 6)], {"kernel_shape": [3, 2], "strides": [2, 1], "pads": [1, 0, 2, 1]}),
    ("MaxPool", [(2, 3, 7)], {"kernel_shape": [3], "strides": [2], "pads": [0, 1]}),
    (
        "AveragePool",
        [(2, 3, 7, 6)],
        {"kernel_shape": [3, 2], "strides": [2, 1], "pads": [1, 0, 1, 0], "count_include_pad": 0},
    ),
    (
        "AveragePool",
        [(2, 3, 6, 6)],
        {"kernel_shape": [2, 2], "strides": [2, 2], "pads": [1, 1, 1, 1], "count_include_pad": 1},
    ),
    ("ConvTranspose", [(2, 3, 4, 5), (3, 2, 3, 2), (2,)], {"strides": [2, 1], "pads": [1, 0, 0, 1]}),
    ("ConvTranspose", [(1, 2, 4), (2, 3, 1)], {"strides": [3], "pads": [0, 0], "output_padding": [2]}),
    ("LRN", [(5, 5, 2, 2)], {"size": 3, "alpha": 0.5, "beta": 0.75, "bias": 1.0}),
    ("GlobalMaxPool", [(2, 3, 4, 5)], {}),
    ("Mean", [(2, 3), (2, 3), (2, 3)], {}),
    ("HardSwish", [(3, 40)], {}),
    ("LogSoftmax", [(3, 4, 5)], {"axis": 1}),
    ("Gelu", [(3, 40)], {"approximate": "none"}),
    ("Gelu", [(3, 40)], {"approximate": "tanh"}),
    ("GroupNormalization", [(2, 6, 3, 2), (6,), (6,)], {"num_groups": 3, "epsilon": 0.01}),
]


@pytest.mark.parametrize(("kind", "shapes", "attributes"), OPERATORS, ids=[found[0] for found in OPERATORS])
def test_operators_of_ours_are_those_of_the_standard(
    kind: str, shapes: list[tuple[int, ...]], attributes: dict[str, Any]
) -> None:
    """The shapes are such that ONNX's own evaluator is right."""
    from onnx import TensorProto, helper
    from onnx.reference import ReferenceEvaluator

    from archc_onnx.evaluator import evaluator

    random = np.random.default_rng(0)
    given = {f"x{place}": 3 * random.normal(size=shape) for place, shape in enumerate(shapes)}
    inputs = [helper.make_tensor_value_info(name, TensorProto.DOUBLE, x.shape) for name, x in given.items()]
    node = helper.make_node(kind, list(given), ["y"], "node", **attributes)
    output = helper.make_tensor_value_info("y", TensorProto.DOUBLE, None)
    graph = helper.make_graph([node], "net", inputs, [output])
    proto = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)])
    engines: list[Any] = [evaluator(proto, {}), ReferenceEvaluator(proto)]
    ours, theirs = (engine.run(None, given)[0] for engine in engines)
    assert ours.shape == theirs.shape
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=2e-6)
