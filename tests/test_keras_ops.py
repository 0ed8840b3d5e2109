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
from archc_keras.weights import kind_of, to_keras
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
    case("conv", Sequence(7, 2), filters=3, kernel_size=3, padding=[[2, 0]], activation={"gelu": {"approximate": True}}),
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
        self.keras.backend.clear_session()
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

    def load(self, built: Built, weights: dict[str, Any]) -> None:
        """Give the layers weights in PyTorch's names and layouts."""
        left = set(weights)
        for suffix, made in built.layers.items():
            kind = kind_of(made)
            for name in [n for n in left if kind and (suffix in ("", "_padding") or n.startswith(f"{suffix[1:]}."))]:
                local = name.removeprefix(f"{suffix[1:]}.") if suffix else name
                slots = self.runner_slots(kind)
                variable = getattr(made, slots[local].attribute)
                variable.assign(to_keras(kind, local, weights[name], tuple(variable.shape)))
                left.discard(name)
        assert not left

    def runner_slots(self, kind: str) -> Any:
        return importlib.import_module("archc_keras.weights").SLOTS[kind]

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


def spellings(found: Case) -> list[Spelling]:
    offered = layer(found.op, *map(View, found.inputs))
    assert len({s.form for s in offered}) == len(offered) > 0
    return offered


def drawn(found: Case, rng: np.random.Generator) -> tuple[list[Any], dict[str, Any]]:
    """Return a batch of two for each input, and weights."""
    arrays = []
    for x in found.inputs:
        sizes = [2, *(int(size) for size in x.sizes if isinstance(size, int))]
        ids = isinstance(x.vocabulary, int)
        arrays.append(rng.integers(0, x.vocabulary, sizes, "int32") if ids else rng.normal(size=sizes))
    weights = found.op.weights(*found.inputs)
    return arrays, {name: rng.uniform(0.5, 1.5, [int(n) for n in w.shape]) for name, w in weights.items()}


def expected(found: Case, arrays: list[Any], weights: dict[str, Any]) -> Any:
    return np.stack([reference.run(found.name, found.args, list(xs), weights) for xs in zip(*arrays, strict=True)])


def compare(framework: Framework, found: Case) -> None:
    """Hold every spelling's values, and its gradient along one direction, to what NumPy gives."""
    assert refuse(found.op, *map(View, found.inputs)) is None
    rng = np.random.default_rng(0)
    arrays, weights = drawn(found, rng)
    y = expected(found, arrays, weights)
    floats = arrays[0].dtype == float
    ways = [1e-6 * rng.normal(size=a.shape) for a in arrays] if floats else []
    after, before = ([a + sign * w for a, w in zip(arrays, ways, strict=False)] for sign in (1, -1))
    slope = (expected(found, after, weights) - expected(found, before, weights)) / 2 if floats else None
    for spelling in spellings(found):
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
