"""Every op as Keras is told to compute it: each way to write it against plain NumPy, values and gradients."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from archc.emit.spelling import View
from archc.shapes import Image, Sequence, Shape, Unknown, Vector
from archc_keras.spell import final, refuse
from tests import reference
from tests.keras_cases import EXAMPLES, FURTHER, Case, case, identity, spellings, texts_of
from tests.keras_framework import Framework


@pytest.fixture(scope="module")
def framework() -> Iterator[Framework]:
    found = Framework()
    with found.runner.settings("float64"):
        yield found


def drawn(found: Case, rng: np.random.Generator, batch: int) -> tuple[list[Any], dict[str, Any]]:
    """Return a batch for each input, and weights."""
    arrays = []
    for x in found.inputs:
        sizes = [batch, *(int(size) for size in x.sizes if isinstance(size, int))]
        count = x.vocabulary
        floats = rng.normal(0, reference.spread(found.op.name), sizes)
        arrays.append(rng.integers(0, count, sizes, "int32") if isinstance(count, int) else floats)
    weights = found.op.weights(*found.inputs)
    return arrays, {name: rng.uniform(0.5, 1.5, [int(n) for n in w.shape]) for name, w in weights.items()}


def expected(found: Case, arrays: list[Any], weights: dict[str, Any]) -> Any:
    return np.stack([reference.run(found.name, found.args, list(xs), weights) for xs in zip(*arrays, strict=True)])


def compare(framework: Framework, found: Case, batch: int = 2) -> None:
    """Hold every spelling's values, and its gradient along one direction, to what NumPy gives."""
    assert refuse(found.op, *map(View, found.inputs)) is None
    rng = np.random.default_rng(0)
    arrays, weights = drawn(found, rng, batch)
    y = expected(found, arrays, weights)
    floats = arrays[0].dtype == float
    ways = [1e-6 * rng.normal(size=a.shape) for a in arrays] if floats else []
    after, before = ([a + sign * w for a, w in zip(arrays, ways, strict=False)] for sign in (1, -1))
    slope = (expected(found, after, weights) - expected(found, before, weights)) / 2 if floats else None
    for spelling in {texts_of(s): s for s in reversed(spellings(found))}.values():
        built = framework.build(spelling, found.inputs)
        framework.load(built, weights)
        result, gradients, factors = framework.run(built, arrays)
        assert result.shape == y.shape, spelling
        assert np.abs(result - y).max() <= found.tolerance * max(1, np.abs(y).max()), spelling
        if slope is not None:
            along = sum(float((g * w).numpy().sum()) for g, w in zip(gradients, ways, strict=True))
            wanted, size = (slope * factors).sum(), np.abs(slope * factors).sum()
            assert abs(along - wanted) <= max(1e-7, 10 * found.tolerance) * max(size, 1e-6), spelling


@pytest.mark.framework
@pytest.mark.parametrize("found", [*EXAMPLES, *FURTHER], ids=identity)
def test_values_and_gradients(framework: Framework, found: Case) -> None:
    compare(framework, found)


def pool_cases(name: str) -> Iterator[Case]:
    """Give pools of one axis: every kind of padding, rounding and fit."""
    for n, k, s, ceil in itertools.product((4, 5, 7), (1, 2, 3), (1, 2, 3), (False, True)):
        for padding in ("valid", "same", [[1, 1]], [[0, 1]], [[2, 0]]):
            found = case(name, Sequence(n, 2), kernel_size=k, stride=s, padding=padding, ceil=ceil)
            if isinstance(padding, str) or max(padding[0]) < k:
                yield found
                if name == "avg_pool":
                    yield found._replace(args={**found.args, "count_padding": True})


@pytest.mark.framework
@pytest.mark.slow
@pytest.mark.parametrize("name", ["max_pool", "avg_pool"])
def test_every_kind_of_pool(framework: Framework, name: str) -> None:
    cases = []
    for found in pool_cases(name):
        compare(framework, found)
        cases.append(found)
    assert len(cases) > 150


SHAPES = (Image(2, 2, 2), Image(2, 2, 1), Image(1, 2, 1), Image(2, 1, 1), Image(1, 1, 2), Image(1, 1, 1))


@pytest.mark.framework
@pytest.mark.parametrize("name", ["add", "average"])
@pytest.mark.parametrize("batch", [1, 2])
def test_nothing_added_is_taken_for_a_bias(framework: Framework, name: str, batch: int) -> None:
    for pair in [*itertools.product(SHAPES, (*SHAPES, Vector(2), Vector(1))), (Vector(2), Vector(1))]:
        compare(framework, case(name, *pair), batch)
        compare(framework, case(name, *reversed(pair)), batch)
    compare(framework, case(name, Sequence(2, 1), Vector(1), Sequence(1, 1), Sequence(2, 1)), batch)


@pytest.mark.framework
@pytest.mark.parametrize("name", ["maximum", "minimum"])
def test_the_first_of_equal_ones_gets_the_gradient(framework: Framework, name: str) -> None:
    found = case(name, Image(2, 2, 3), Image(2, 2, 3), Image(2, 2, 3))
    x = np.random.default_rng(0).normal(size=(2, 2, 2, 3))
    for spelling in spellings(found):
        y, gradients, factors = framework.run(framework.build(spelling, found.inputs), [x, x, x])
        assert (y == x).all()
        assert [np.array_equal(g, f) for g, f in zip(gradients, (factors, 0 * factors, 0 * factors), strict=True)]


ANY = Unknown("input.height")
RUN_TIME = [
    case("conv", Image(ANY, ANY, 2), filters=3, kernel_size=3, padding="same"),
    case("conv", Image(ANY, ANY, 2), filters=3, kernel_size=3, padding=1),
    case("conv", Image(ANY, ANY, 2), filters=3, kernel_size=3, padding=1, stride=2),
    case("conv", Image(ANY, ANY, 2), filters=3, kernel_size=3, stride=2, activation={"softmax": {"axis": "width"}}),
    case("depthwise_conv", Image(ANY, ANY, 2), kernel_size=3, padding="same"),
    case("separable_conv", Image(ANY, ANY, 2), filters=2, kernel_size=3, stride=[1, 2], padding=1),
    case("conv_transpose", Image(ANY, ANY, 2), filters=3, kernel_size=3, stride=2, padding="same"),
    case("max_pool", Image(ANY, ANY, 2), kernel_size=3, padding=1),
    case("max_pool", Image(ANY, ANY, 2), kernel_size=3, stride=1, padding="same"),
    case("avg_pool", Image(ANY, ANY, 2), kernel_size=3, padding=1),
    case("avg_pool", Image(ANY, ANY, 2), kernel_size=3, padding=1, count_padding=True),
    case("global_avg_pool", Image(ANY, ANY, 2)),
    case("group_norm", Image(ANY, ANY, 4), groups=2),
    case("lrn", Image(ANY, ANY, 4), size=3),
    case("prelu", Image(ANY, ANY, 4)),
    case("permute", Image(ANY, ANY, 4), to=["width", "channels", "height"]),
    case("upsample", Image(ANY, ANY, 4), scale=2, method="bilinear"),
    case("channel_shuffle", Image(ANY, ANY, 4), groups=2),
    case("unfold", Image(ANY, ANY, 4), kernel_size=[3, 2], stride=[2, 1], padding=1),
    case("unfold", Sequence(ANY, 4), kernel_size=3, dilation=2, padding="same"),
    case("fold", Image(ANY, ANY, 8), kernel_size=2),
    case("pixel_shuffle", Image(ANY, ANY, 8), scale=2),
    case("adaptive_avg_pool", Image(ANY, ANY, 4), size=1),
    case("adaptive_max_pool", Image(ANY, ANY, 4), size=1),
    case("mean", Image(ANY, ANY, 4), axis=["height", "width"]),
    case("max", Image(ANY, ANY, 4), axis="channels", keep=True),
    case("sum", Image(ANY, ANY, 4), axis="width"),
    case("reflect_pad", Image(ANY, ANY, 4), padding=2),
    case("roll", Image(ANY, ANY, 4), shift=[-1, 2], axis=["height", "width"]),
    case("instance_norm", Image(ANY, ANY, 4)),
    case("glu", Image(ANY, ANY, 4)),
    case("l2_normalize", Image(ANY, ANY, 4), axis="width"),
    case("conv", Sequence(ANY, 2), filters=3, kernel_size=3, dilation=2, padding="causal"),
    case("depthwise_conv", Sequence(ANY, 2), kernel_size=3, padding="causal"),
    case("multiply", Image(ANY, ANY, 4), Vector(4)),
    case("add", Image(ANY, ANY, 4), Image(1, 1, 4)),
    case("add", Image(ANY, ANY, 4), Vector(1)),
]


@pytest.mark.framework
@pytest.mark.parametrize("found", RUN_TIME, ids=identity)
@pytest.mark.parametrize("size", [5, 6])
def test_sizes_known_only_at_run_time(framework: Framework, found: Case, size: int) -> None:
    inputs = tuple(Shape(x.axes, tuple(size if n == ANY else n for n in x.sizes)) for x in found.inputs)
    at_run_time = found._replace(inputs=inputs)
    rng = np.random.default_rng(0)
    arrays, weights = drawn(at_run_time, rng, 2)
    y = expected(at_run_time, arrays, weights)
    for spelling in spellings(found):
        built = framework.build(spelling, found.inputs)
        framework.load(built, weights)
        result = framework.run(built, arrays)[0]
        assert np.abs(result - y).max() <= found.tolerance * max(1, np.abs(y).max()), spelling


STARTS = [
    case("conv", Image(9, 9, 16), filters=32, kernel_size=[3, 5]),
    case("conv", Image(9, 9, 16), filters=32, kernel_size=5, groups=2),
    case("depthwise_conv", Image(9, 9, 128), kernel_size=5),
    case("depthwise_conv", Image(9, 9, 128), kernel_size=5, multiplier=4),
    case("depthwise_conv", Sequence(9, 256), kernel_size=5, multiplier=3),
    case("depthwise_conv", Image(19, 19, 1), kernel_size=15, multiplier=12),
    case("depthwise_conv", Image(9, 9, 128), kernel_size=5, multiplier=4, stride=[1, 2]),
    case("separable_conv", Image(9, 9, 128), filters=20, kernel_size=5, multiplier=2),
    case("separable_conv", Image(9, 9, 128), filters=20, kernel_size=5, stride=[1, 2], multiplier=2),
    case("conv_transpose", Image(9, 9, 16), filters=32, kernel_size=5),
    case("dense", Vector(200), units=50),
    case("embedding", Shape(("length",), (5,), 500), units=30),
    case("batch_norm", Image(3, 3, 5)),
    case("layer_norm", Image(3, 3, 5)),
    case("group_norm", Image(3, 3, 6), groups=3),
    case("prelu", Image(3, 3, 5)),
    case("rms_norm", Image(3, 3, 5)),
    case("instance_norm", Image(3, 3, 5)),
    case("scale", Image(3, 3, 5), initial=-0.5),
]


@pytest.mark.framework
@pytest.mark.parametrize("found", STARTS, ids=identity)
def test_weights_start_as_the_language_says(framework: Framework, found: Case) -> None:
    built = framework.build(spellings(found)[0], found.inputs)
    weights = found.op.weights(*found.inputs)
    variables = framework.variables(built, list(weights))
    for name, weight in weights.items():
        kind, *numbers = weight.initial
        values = variables[name].variable.numpy()
        if kind in ("zeros", "ones", "constant"):
            assert (values == {"zeros": 0, "ones": 1}.get(str(kind), *numbers)).all()
            continue
        fans = sum(float(number) for number in numbers)
        bound = fans if kind == "uniform" else math.sqrt(6 / fans)
        assert values.size > 1000
        assert 0.99 * bound < np.abs(values).max() <= bound * (1 + 1e-6)
        assert values.std() == pytest.approx(bound / math.sqrt(3), rel=0.06)


@pytest.mark.framework
@pytest.mark.parametrize(
    ("name", "text"),
    [("softmax", "layers.Softmax()"), ("sigmoid", 'layers.Activation("sigmoid")')],
)
def test_final_activation_is_a_layer(framework: Framework, name: str, text: str) -> None:
    found = case(name, Vector(5))
    spelling = final(found.op, View(Vector(5)))
    assert texts_of(spelling) == (text,)
    arrays, _ = drawn(found, np.random.default_rng(0), 2)
    result = framework.run(framework.build(spelling, found.inputs), arrays)[0]
    assert np.abs(result - expected(found, arrays, {})).max() < 1e-15


@pytest.mark.parametrize(("length", "bias", "refused"), [(4, True, True), (5, True, False), (4, False, False)])
def test_heads_of_one_channel_have_their_biases(length: int, bias: bool, refused: bool) -> None:
    found = case("multi_head_attention", Sequence(length, 4), heads=4, bias=bias)
    assert (refuse(found.op, View(found.inputs[0])) is not None) == refused
