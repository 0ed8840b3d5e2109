"""Every op as Keras is told to compute it: each way to write it against plain NumPy, and how it reads."""

from __future__ import annotations

import importlib
import itertools
import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pytest

from archc.emit.source import spell
from archc.emit.spelling import Default, Make, Spelling, Use, View
from archc.emit.symbolic import Whole, expression_of
from archc.expressions import parse
from archc.ops import OPS, Op, activation_op
from archc.shapes import Image, Sequence, Shape, Unknown, Vector, Volume
from archc_keras.spell import DEFINITIONS, final, layer, refuse
from archc_keras.weights import SLOTS, kind_of, to_keras
from tests import reference

ROUGH = {"leaky_relu", "gelu", "softplus", "hard_sigmoid", "hard_swish"}
"""Activations that TensorFlow computes, or differentiates, with float32 numbers inside."""


class Case(NamedTuple):
    """A use of an op: its arguments and what goes in."""

    name: str
    args: dict[str, Any]
    inputs: tuple[Shape, ...]

    @property
    def op(self) -> Any:
        cls = OPS[self.name]
        return cls(**{key: cls.arguments[key].freeze(value) for key, value in self.args.items()})

    @property
    def tolerance(self) -> float:
        """How far, relative to the largest value, a result may be off."""
        fused = activation_op(self.args.get("activation"))
        if "pool" in self.name and self.inputs[0].rank == 3:
            return 1e-6
        rough = self.name in ROUGH or (fused is not None and fused.name in ROUGH) or "bilinear" in self.args.values()
        return 3e-6 if rough else 1e-12


def case(name: str, *inputs: Shape, **args: Any) -> Case:
    return Case(name, args, inputs)


EXAMPLES = [Case(name, example.args, example.inputs) for name, cls in OPS.items() for example in cls.examples]
FURTHER = [
    case("conv", Image(9, 8, 2), filters=3, kernel_size=3, padding=1),
    case("conv", Image(9, 9, 2), filters=3, kernel_size=3, stride=2, padding=1),
    case("conv", Image(8, 8, 2), filters=3, kernel_size=3, stride=2, padding=[[0, 1], [0, 1]]),
    case("conv", Image(8, 8, 2), filters=3, kernel_size=[3, 5], padding=[[1, 1], [2, 2]]),
    case("conv", Image(8, 8, 2), filters=3, kernel_size=[3, 5], padding=[[2, 2], [0, 0]]),
    case("conv", Image(6, 6, 2), filters=3, kernel_size=2, stride=2, padding=[[0, 1], [0, 1]]),
    case(
        "conv", Sequence(7, 2), filters=3, kernel_size=3, padding=[[2, 0]], activation={"gelu": {"approximate": True}}
    ),
    case("conv", Volume(3, 4, 5, 2), filters=2, kernel_size=3, padding=[[0, 1], [1, 1], [2, 0]], stride=[1, 2, 1]),
    case("conv", Volume(3, 4, 5, 4), filters=4, kernel_size=2, padding="same", groups=2),
    case("conv", Image(6, 5, 4), filters=8, kernel_size=3, padding="same", stride=2, groups=4),
    case("conv", Image(6, 5, 4), filters=4, kernel_size=3, padding=2, dilation=2, groups=2),
    case("conv", Image(4, 5, 2), filters=3, kernel_size=1, padding="same", activation="softmax"),
    case("conv", Image(4, 5, 2), filters=3, kernel_size=1, activation={"softmax": {"axis": "height"}}),
    case("conv", Image(4, 5, 2), filters=3, kernel_size=1, activation={"elu": {"alpha": 1}}),
    case("conv", Image(4, 5, 2), filters=3, kernel_size=1, activation={"elu": {"alpha": 0.3}}),
    case("depthwise_conv", Image(5, 6, 3), kernel_size=3, stride=[1, 2], padding="same", multiplier=2),
    case("depthwise_conv", Image(7, 6, 3), kernel_size=3, stride=2, padding=1, multiplier=3, bias=False),
    case("depthwise_conv", Image(7, 8, 2), kernel_size=3, dilation=[1, 2]),
    case("depthwise_conv", Sequence(8, 3), kernel_size=4, stride=2, padding="same", multiplier=2, activation="relu6"),
    case("depthwise_conv", Volume(3, 4, 5, 2), kernel_size=2, stride=[1, 2, 1], padding="same", multiplier=2),
    case("depthwise_conv", Image(9, 8, 2), kernel_size=3, stride=2, dilation=[2, 1], padding="same"),
    case("depthwise_conv", Sequence(8, 2), kernel_size=3, stride=2, dilation=2, padding=1),
    case("separable_conv", Image(9, 9, 2), filters=2, kernel_size=3, stride=2, dilation=2),
    case("separable_conv", Image(5, 6, 3), filters=4, kernel_size=3, stride=[1, 2], padding=1, multiplier=2),
    case("separable_conv", Volume(3, 4, 3, 2), filters=3, kernel_size=2, padding=1, bias=False, activation="relu"),
    case("separable_conv", Volume(3, 3, 3, 2), filters=3, kernel_size=2, activation={"softmax": {"axis": "depth"}}),
    case("conv_transpose", Image(3, 4, 2), filters=3, kernel_size=[5, 1], stride=[2, 3], padding="same"),
    case("conv_transpose", Volume(2, 3, 2, 2), filters=3, kernel_size=[3, 1, 4], stride=[2, 2, 3], padding="valid"),
    case("dense", Sequence(4, 3), units=2, activation={"leaky_relu": {"slope": 0.3}}),
    case("avg_pool", Volume(4, 5, 3, 2), kernel_size=3, stride=2, padding=1, ceil=True),
    case("avg_pool", Volume(4, 5, 3, 2), kernel_size=3, stride=2, padding=1, ceil=True, count_padding=True),
    case("max_pool", Volume(4, 5, 3, 2), kernel_size=3, stride=2, padding=1, ceil=True),
    case("avg_pool", Image(6, 6, 2), kernel_size=[3, 2], padding=[[1, 0], [1, 1]]),
    case("crop", Volume(4, 5, 6, 1), cropping=[[1, 0], [2, 1], [0, 3]]),
    case("zero_pad", Volume(2, 2, 2, 1), padding=[[1, 1], [2, 2], [3, 3]]),
    case("zero_pad", Sequence(2, 2), padding=[[1, 2]]),
    case("upsample", Volume(2, 2, 3, 1), scale=[1, 3, 2]),
    case("group_norm", Image(3, 4, 6), groups=6),
    case("group_norm", Image(3, 4, 6), groups=3, epsilon=1),
    case("lrn", Volume(2, 2, 2, 7), size=4, alpha=2, bias=0.5, beta=1),
    case("softmax", Volume(2, 3, 2, 4), axis="height"),
    case("multiply", Vector(4), Image(2, 3, 4), Vector(4)),
    case("subtract", Image(2, 3, 4), Vector(4)),
    case("average", Vector(3), Volume(2, 2, 2, 3), Volume(2, 1, 2, 1)),
]


def pool_cases(name: str) -> Iterator[Case]:
    """Give pools of one axis: every kind of padding, rounding and fit."""
    for n, k, s, ceil in itertools.product((4, 5, 7), (1, 2, 3), (1, 2, 3), (False, True)):
        for padding in ("valid", "same", [[1, 1]], [[0, 1]], [[2, 0]]):
            found = case(name, Sequence(n, 2), kernel_size=k, stride=s, padding=padding, ceil=ceil)
            if isinstance(padding, str) or max(padding[0]) < k:
                yield found
                if name == "avg_pool":
                    yield found._replace(args={**found.args, "count_padding": True})


def identity(found: Case) -> str:
    shapes = "+".join(map(str, found.inputs))
    return f"{found.name} {shapes} {found.args}".replace("'", "")


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
        names = {"keras": self.keras, "layers": self.keras.layers, "ops": self.keras.ops}
        self.names: dict[str, Any] = {**names, "KerasTensor": self.keras.KerasTensor}
        for text in DEFINITIONS.values():
            exec(text, self.names)

    def build(self, spelling: Spelling, inputs: tuple[Shape, ...]) -> Built:
        found = [self._input(x) for x in inputs]
        stretch = spelling.stretch or ("{x}",)
        x: Any = [eval(t.format(x="x"), {**self.names, "x": v}) for t, v in zip(stretch, found, strict=True)]
        x = x if spelling.stretch else x[0]
        layers = {}
        for part in spelling.parts:
            if isinstance(part, Make):
                layers[part.suffix] = eval(text_of(part), self.names)
                x = layers[part.suffix](x)
            else:
                x = eval(text_of(part), {**self.names, "x": x})
        model = self.keras.Model(found, x)
        self.runner.narrow(model)
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
            found[name] = Place(getattr(made, SLOTS[kind][local].attribute), kind, local)
        return found

    def load(self, built: Built, weights: dict[str, Any]) -> None:
        """Give the layers weights in PyTorch's names and layouts."""
        for name, (variable, kind, local) in self.variables(built, list(weights)).items():
            variable.assign(to_keras(kind, local, weights[name], tuple(variable.shape)))

    def run(self, built: Built, arrays: list[Any]) -> tuple[Any, list[Any], Any]:
        """Return the outputs in evaluation, and the gradients of their sum, each times the number that is returned."""
        xs = [self.tf.constant(array) for array in arrays]
        with self.tf.GradientTape() as tape:
            tape.watch([x for x in xs if x.dtype.is_floating])
            y = built.model(xs, training=False)
            y = y[0] if isinstance(y, list) else y
            factors = np.random.default_rng(1).normal(size=y.shape)
            loss = self.tf.reduce_sum(y * factors)
        return y.numpy(), tape.gradient(loss, xs), factors


@pytest.fixture(scope="module")
def framework() -> Iterator[Framework]:
    found = Framework()
    with found.runner.settings("float64"):
        yield found


def text_of(part: Make | Use) -> str:
    """Return a part as source text, with keywords that have Keras's default left out."""
    if isinstance(part, Use):
        return part.template.format(x="x", **{name: spell(value) for name, value in part.slots.items()})
    texts = [spell(value) for value in part.args]
    for name, value in part.kwargs.items():
        if not (isinstance(value, Default) and value.value == value.default):
            texts.append(f"{name}={spell(value.value if isinstance(value, Default) else value)}")
    return f"{part.callee}({', '.join(texts)})"


def texts_of(spelling: Spelling) -> tuple[str, ...]:
    return (*spelling.stretch, *map(text_of, spelling.parts))


def spellings(found: Case) -> list[Spelling]:
    offered = layer(found.op, *map(View, found.inputs))
    assert len({s.form for s in offered}) == len(offered) > 0
    return offered


def drawn(found: Case, rng: np.random.Generator, batch: int) -> tuple[list[Any], dict[str, Any]]:
    """Return a batch for each input, and weights."""
    arrays = []
    for x in found.inputs:
        sizes = [batch, *(int(size) for size in x.sizes if isinstance(size, int))]
        ids = isinstance(x.vocabulary, int)
        arrays.append(rng.integers(0, x.vocabulary, sizes, "int32") if ids else rng.normal(size=sizes))
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
    case("depthwise_conv", Image(9, 9, 1), kernel_size=15, multiplier=12),
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


WRITTEN = [
    (
        case("conv", Image(224, 224, 3), filters=64, kernel_size=7, stride=2, padding=3, activation="relu"),
        ["layers.ZeroPadding2D(3)", 'layers.Conv2D(64, 7, 2, activation="relu")'],
    ),
    (case("conv", Image(9, 9, 3), filters=8, kernel_size=3), ["layers.Conv2D(8, 3)"]),
    (
        case("conv", Image(9, 9, 3), filters=8, kernel_size=3, padding=1, bias=False),
        ['layers.Conv2D(8, 3, padding="same", use_bias=False)'],
    ),
    (
        case("conv", Image(9, 9, 3), filters=8, kernel_size=[3, 1], activation={"leaky_relu": {"slope": 0.1}}),
        ["layers.Conv2D(8, (3, 1))", "ops.leaky_relu(x, 0.1)"],
    ),
    (
        case("depthwise_conv", Sequence(8, 3), kernel_size=3, multiplier=2),
        [
            "layers.DepthwiseConv1D(3, depth_multiplier=2, "
            "depthwise_initializer=keras.initializers.RandomUniform(-0.53452248, 0.53452248))"
        ],
    ),
    (
        case("separable_conv", Volume(8, 8, 8, 3), filters=4, kernel_size=3, padding=1, stride=2, activation="relu"),
        [
            "layers.ZeroPadding3D(1)",
            "layers.Conv3D(3, 3, 2, groups=3, use_bias=False)",
            'layers.Conv3D(4, 1, activation="relu")',
        ],
    ),
    (case("max_pool", Image(8, 8, 3), kernel_size=2, stride=2), ["layers.MaxPooling2D(2)"]),
    (
        case("max_pool", Image(112, 112, 64), kernel_size=3, stride=2, ceil=True),
        ['layers.MaxPooling2D(3, 2, padding="same")'],
    ),
    (
        case("max_pool", Image(112, 112, 64), kernel_size=3, stride=2, padding=1),
        [
            'ops.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)), constant_values=float("-inf"))',
            "layers.MaxPooling2D(3, 2)",
        ],
    ),
    (
        case("avg_pool", Image(55, 55, 64), kernel_size=3, stride=2, padding=1, ceil=True, count_padding=True),
        ["layers.ZeroPadding2D(1)", "layers.AveragePooling2D(3, 2)"],
    ),
    (
        case("avg_pool", Sequence(6, 4), kernel_size=3, stride=2, padding=1),
        ["average_pool(x, 3, 2, ((1, 1),))"],
    ),
    (case("batch_norm", Vector(3)), ["layers.BatchNormalization(momentum=0.9, epsilon=1e-05)"]),
    (case("lrn", Image(4, 4, 8), size=5), ["local_response_norm(x, 5, 0.0001, 0.75)"]),
    (case("flatten", Vector(4)), []),
    (case("concat", Image(3, 3, 2), Image(3, 3, 2)), ["{x}", "{x}", "layers.Concatenate()"]),
    (
        case("multiply", Image(3, 3, 2), Vector(2)),
        ["{x}", "ops.expand_dims({x}, (1, 2))", "layers.Multiply()"],
    ),
    (
        case("add", Sequence(3, 2), Vector(1)),
        ["{x}", "ops.repeat(ops.expand_dims({x}, 1), 2, -1)", "layers.Add()"],
    ),
    (
        case("prelu", Image(3, 3, 2)),
        ["layers.PReLU(alpha_initializer=keras.initializers.Constant(0.25), shared_axes=(1, 2))"],
    ),
]


@pytest.mark.parametrize(("found", "texts"), WRITTEN, ids=lambda v: identity(v) if isinstance(v, Case) else "")
def test_reads_as_an_expert_writes(found: Case, texts: list[str]) -> None:
    assert list(texts_of(spellings(found)[0])) == texts


def test_uses_that_differ_have_a_form_in_common() -> None:
    """A block may be used with paddings and strides that call for different forms."""
    uses: list[dict[str, Any]] = [{}, {"padding": "same"}, {"padding": 1, "stride": 2}, {"padding": [[0, 1], [2, 0]]}]
    for name, args in (("conv", {"filters": 4}), ("depthwise_conv", {}), ("max_pool", {}), ("avg_pool", {})):
        found = [case(name, Image(8, 8, 4), kernel_size=3, **args, **use) for use in uses]
        forms = [{s.form: s for s in spellings(one)} for one in found]
        for form in set.intersection(*map(set, forms)):
            offered = [by_name[form] for by_name in forms]
            assert len({tuple(skeleton(part) for part in s.parts) for s in offered}) == 1
        assert set.intersection(*map(set, forms))


def skeleton(part: Make | Use) -> tuple[Any, ...]:
    """Return what must be equal in all uses of one form."""
    if isinstance(part, Make):
        return part.callee, len(part.args), tuple(part.kwargs), part.suffix
    return part.template, tuple(part.slots)


@pytest.mark.parametrize("found", [*EXAMPLES, *FURTHER], ids=identity)
def test_what_a_spelling_needs_is_defined(found: Case) -> None:
    for spelling in spellings(found):
        assert [t for t in DEFINITIONS if any(f"{t}(" in text for text in texts_of(spelling))] == list(spelling.needs)


def test_numbers_keep_their_expressions() -> None:
    width, depth, step = Whole(8, parse("width")), Whole(2, parse("depth")), Whole(1, parse("step"))
    op = OPS["conv"](filters=width * 2, kernel_size=3, stride=step, padding=depth)
    spelling = layer(op, View(Image(8, 8, 3)))[0]
    padding, made = (part for part in spelling.parts if isinstance(part, Make))
    assert expression_of(padding.args[0]) == parse("depth")
    assert expression_of(made.args[0]) == parse("width * 2")
    assert [expression_of(value) for value in made.args[1:]] == [None, parse("step")]
    depthwise = OPS["depthwise_conv"](kernel_size=3, multiplier=depth)
    spelling = layer(depthwise, View(Volume(8, 8, 8, width)))[0]
    assert expression_of(spelling.parts[0].args[0]) == parse("width * depth")  # type: ignore[union-attr]


def test_what_follows_from_sizes_is_plain() -> None:
    size = Whole(8, parse("size"))
    op = OPS["conv"](filters=4, kernel_size=3, stride=2, padding="same")
    padded = next(s for s in layer(op, View(Image(size, size, 3))) if s.form.endswith("padded"))
    assert isinstance(padded.parts[0], Make)
    assert padded.parts[0].args == (((0, 1), (0, 1)),)
    assert {type(n) for pair in padded.parts[0].args[0] for n in pair} == {int}


def test_refusals_say_why() -> None:
    image = View(Image(9, 9, 2))
    gaps: dict[str, Any] = {"kernel_size": 3, "stride": 2, "dilation": 2}
    for name, args in (("conv", {"filters": 2}), ("depthwise_conv", {}), ("separable_conv", {"filters": 2})):
        reason = refuse(OPS[name](**args, **gaps), View(Volume(9, 9, 9, 2)))
        assert reason is not None
        assert "stride" in reason
        assert refuse(OPS[name](**args, **{**gaps, "stride": 1}), image) is None
    assert refuse(OPS["conv"](filters=2, **gaps), image) is not None
    assert refuse(OPS["depthwise_conv"](**gaps), image) is None
    assert refuse(OPS["add"](), View(Image(ANY, ANY, 1)), View(Vector(1))) is not None


def test_every_op_is_spelled_by_its_own_function() -> None:
    shared = {"Elementwise"}
    for cls in OPS.values():
        function = layer.dispatch(cls)
        owner = next(base for base in cls.__mro__ if layer.registry.get(base) is function)
        assert function.__name__ == cls.name or owner.__name__ in shared
        assert owner is not object
        assert issubclass(cls, Op)
