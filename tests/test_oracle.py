"""Emitted source against plain NumPy, so that a rule that is wrong in the same way in both frameworks shows.

Each use of an op, and each hard spec layer by layer, goes through both backends' sources and through `tests.reference`,
which takes nothing from the compiler. The networks written out in `tests.networks_by_hand` take no order of layers from
it either.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from archc.backend import Runner, find
from archc.compile import load, load_text
from archc.draws import draw
from archc.graph import Graph, Layer
from archc.ops import OPS
from archc.ops.frames import Apart, Together
from archc.ops.learning import LEARNING
from archc.shapes import Shape
from archc.testing.conformance import one_op
from archc.verify import verify
from tests import reference
from tests.keras_cases import EXAMPLES, FURTHER, ROUGH, identity
from tests.networks_by_hand import NETWORKS, ByHand
from tests.zoo import HARD_ONES, Network

pytestmark = pytest.mark.framework

BACKENDS = ("torch", "keras")
EXACT = 1e-12
SINGLE = 3e-6
"""For what TensorFlow computes in float32 even in a float64 model."""

Arrays = dict[str, Any]


@pytest.fixture(autouse=True)
def _first_model_of_a_session() -> None:
    """Let Keras count its operations from the start, since their names must not meet those of the spec."""
    from archc_keras.session import keras

    keras.utils.clear_session(free_memory=False)


# One op


def given(graph: Graph) -> tuple[Arrays, Arrays]:
    """Return two examples for each input, and weights."""
    random = np.random.default_rng(7)
    inputs = {
        name: random.integers(0, int(str(x.vocabulary)), (2, *sizes(x)))
        if x.vocabulary is not None
        else random.normal(size=(2, *sizes(x)))
        for name, x in graph.inputs.items()
    }
    weights = {name: random.uniform(0.5, 1.5, [int(str(n)) for n in w.shape]) for name, w in graph.weights().items()}
    signs = {
        name: 1 if name.endswith("running_var") else random.choice((-1, 1), w.shape) for name, w in weights.items()
    }
    return inputs, {name: array * signs[name] for name, array in weights.items()}


def sizes(x: Shape) -> list[int]:
    return [int(str(size)) for size in x.sizes]


def runner_with(graph: Graph, backend: str, weights: Arrays) -> Runner:
    runner = find(backend).runner(graph, dtype="float64")
    runner.load(weights)
    return runner


def results(graph: Graph, backend: str, inputs: Arrays, weights: Arrays) -> Arrays:
    """Return what each layer of the emitted source gives, by path, and the outputs' final activations."""
    return runner_with(graph, backend, weights).layers(inputs)


def result(graph: Graph, backend: str, inputs: Arrays, weights: Arrays) -> Any:
    """Return what the one output gives; several times faster than `results`."""
    (output,) = graph.outputs
    runner = runner_with(graph, backend, weights)
    return runner.layers(inputs)[output.final.path] if output.final else runner.outputs(inputs)[output.name]


@pytest.mark.parametrize("name", list(OPS))
def test_every_use_of_an_op(name: str) -> None:
    tried = 0
    for case in [case for case in EXAMPLES + FURTHER if case.name == name]:
        graph = load_text(one_op(case.name, case.args, case.inputs))
        inputs, weights = given(graph)
        local = {key.partition(".")[2]: value for key, value in weights.items()}
        wanted = [reference.run(name, case.args, [x[i] for x in inputs.values()], local) for i in range(2)]
        for backend in BACKENDS:
            if any(find(backend).supports(layer) is not None for layer in graph.layers):
                continue
            got = result(graph, backend, inputs, weights)
            bound = EXACT if backend == "torch" else max(case.tolerance, EXACT)
            apart(got, np.stack(wanted), bound, f"{backend}: {identity(case)}")
            tried += 1
    assert tried >= len(BACKENDS)


def apart(got: Any, wanted: Any, bound: float, place: str) -> None:
    assert got.shape == wanted.shape, place
    assert abs(got - wanted).max() <= bound * max(1.0, abs(wanted).max()), place


# Whole networks, layer by layer


def arguments(layer: Layer) -> dict[str, Any]:
    """Return an op's arguments as a spec writes them, but for those that tell how it learns."""
    found = {name: getattr(layer.op, name) for name in layer.op.arguments if name not in LEARNING}
    return {name: value for name, value in found.items() if value is not None}


def by_numpy(graph: Graph, inputs: Arrays, weights: Arrays) -> Arrays:
    """Return what each layer gives for one example, by path; for each slice in a `time_distributed`."""
    known = {name: [array] for name, array in inputs.items()}
    for layer in graph.layers:
        own = {name: weights[f"{layer.home or layer.path}.{name}"] for name in layer.op.weights(*layer.shapes)}
        taken = [known[name] for name in layer.inputs]
        if isinstance(layer.op, Apart):
            known[layer.path] = [part for x in taken[0] for part in x]
        elif isinstance(layer.op, Together):
            count = len(taken[0]) // layer.times
            known[layer.path] = [np.stack(taken[0][at : at + count]) for at in range(0, len(taken[0]), count)]
        else:
            known[layer.path] = [
                reference.run(layer.op.name, arguments(layer), list(xs), own) for xs in zip(*taken, strict=True)
            ]
    return {path: np.stack(arrays) for path, arrays in known.items()}


@pytest.mark.parametrize("network", HARD_ONES, ids=lambda n: n.name)
def test_hard_specs_layer_by_layer(network: Network) -> None:
    graph = network.graph()
    inputs, weights = doubles(graph, 1)
    wanted = by_numpy(graph, {name: array[0] for name, array in inputs.items()}, weights)
    rough = rough_layers(graph)
    for backend in BACKENDS:
        found = results(graph, backend, inputs, weights)
        assert set(found) == {layer.path for layer in graph.layers}
        for path, array in found.items():
            apart(array, wanted[path], SINGLE if path in rough else 1e-11, f"{backend}: {path}")


def doubles(graph: Graph, count: int) -> tuple[Arrays, Arrays]:
    """Return inputs and weights under which signals live, as float64 in which NumPy then computes."""
    drawn = draw(graph, 0, 0)
    inputs = {name: smaller(array[:count], graph.inputs[name]) for name, array in drawn.inputs.items()}
    found = {name: x if x.dtype.kind == "i" else x.astype("float64") for name, x in inputs.items()}
    return found, {name: array.astype("float64") for name, array in drawn.weights.items()}


def smaller(array: Any, shape: Shape) -> Any:
    """Cut what is as large as one likes down to what plain Python computes in a moment."""
    return array if shape.known() else array[(slice(None), *(slice(9 - place) for place in range(shape.rank)))]


def rough_layers(graph: Graph) -> set[str]:
    """Return the layers that TensorFlow computes in float32, and all that follow from them."""
    found: set[str] = set()
    for layer in graph.layers:
        activation = getattr(layer.op, "activation", None)
        names = {layer.op.name, next(iter(activation)) if isinstance(activation, dict) else activation}
        volume_pool = layer.op.name.removeprefix("adaptive_") in ("max_pool", "avg_pool") and layer.shapes[0].rank == 3
        rough = bool(names & ROUGH) or getattr(layer.op, "method", "") == "bilinear"
        if volume_pool or rough or not found.isdisjoint(layer.inputs):
            found.add(layer.path)
    return found


@pytest.mark.parametrize("network", HARD_ONES, ids=lambda n: n.name)
def test_hard_specs_are_equal_in_both(network: Network) -> None:
    result = verify(network.graph(), steps=1)
    assert result.equal, result.text()
    assert result.layers_compared == len(network.graph().layers)


@pytest.mark.parametrize("name", ["sequences", "ranks"])
def test_strict_source_keeps_running_variances_equal_too(name: str) -> None:
    graph = next(network for network in HARD_ONES if network.name == name).graph()
    result = verify(graph, steps=2, strict=True)
    assert result.equal, result.text()
    assert not [limit for limit in result.limits if "running_var" in limit]
    assert [limit for limit in verify(graph, steps=2).limits if "running_var" in limit]


# Whole networks, by hand


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("network", NETWORKS, ids=lambda n: n.name)
def test_networks_written_by_hand(network: ByHand, backend: str) -> None:
    graph = load(str(network.path))
    inputs, weights = doubles(graph, 2)
    found = results(graph, backend, inputs, weights)
    wanted = [network.outputs({name: x[i] for name, x in inputs.items()}, weights) for i in range(2)]
    for place, output in enumerate(graph.outputs):
        got = found[output.final.path if output.final else output.turn.path]
        one, other = (outputs[place] for outputs in wanted)
        assert abs(one - other).max() > 1e-6, "these inputs tell nothing"
        apart(got, np.stack([one, other]), EXACT, f"{backend}: {output.name}")
