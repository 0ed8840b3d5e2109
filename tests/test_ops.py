"""Every op by its own examples, and against what plain NumPy gives."""

from __future__ import annotations

import inspect
import itertools
import json
from typing import Any

import numpy as np
import pytest

from archc.ops import FAMILIES, OPS, REQUIRED, Example, Op, Weight, activation_op
from archc.ops.learning import LEARNING
from archc.ops.pools import MaxPool
from archc.ops.windows import same_pads
from archc.shapes import Image, Sequence, Shape, Tokens, Unknown, Vector, Volume
from tests import reference
from tests.reference_recurrent import RECURRENT
from tests.reference_windows import starts

EXAMPLES = [
    pytest.param(name, example, id=f"{name}-{number}")
    for name, cls in OPS.items()
    for number, example in enumerate(cls.examples)
]
ANY = Unknown("input.height")
SEQUENCES = {
    *RECURRENT,
    "multi_head_attention",
    "scaled_dot_product_attention",
    *("to_image", "position_embedding", "class_token", "rotary", "matmul"),
}
"""Ops that take nothing but sequences."""


def made(name: str, args: dict[str, Any]) -> Op:
    cls = OPS[name]
    return cls(**{key: cls.arguments[key].freeze(value) for key, value in args.items()})


def filled(shape: Shape, rng: np.random.Generator) -> Any:
    sizes = [int(size) for size in shape.sizes if isinstance(size, int)]
    return rng.integers(0, shape.vocabulary, sizes) if isinstance(shape.vocabulary, int) else rng.normal(size=sizes)


def drawn(weight: Weight, rng: np.random.Generator) -> Any:
    return rng.uniform(0.5, 1.5, [int(size) for size in weight.shape if isinstance(size, int)])


@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_example(name: str, example: Example) -> None:
    op = made(name, example.args)
    assert all(op.arguments[key].accepts(value) for key, value in example.args.items())
    assert json.loads(json.dumps(example.args)) == example.args
    assert op.output(*example.inputs) == example.output


@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_reference(name: str, example: Example) -> None:
    rng = np.random.default_rng(0)
    op = made(name, example.args)
    weights = {key: drawn(weight, rng) for key, weight in op.weights(*example.inputs).items()}
    before = reference.multiplied[0]
    y = reference.run(name, example.args, [filled(x, rng) for x in example.inputs], weights)
    assert y.shape == example.output.sizes
    assert np.isfinite(y).all()
    assert op.macs(example.inputs[0], example.output, *example.inputs[1:]) == reference.multiplied[0] - before


@pytest.mark.parametrize("name", OPS)
def test_definition_is_whole(name: str) -> None:
    cls = OPS[name]
    given = {key for example in cls.examples for key in example.args}
    assert cls.__doc__
    assert given == set(cls.arguments) - set(LEARNING)
    assert all(argument.help.endswith(".") for argument in cls.arguments.values())
    assert cls.family in [family.__name__.rpartition(".")[2] for family in FAMILIES]
    ranks = {shape.rank for example in cls.examples for shape in example.inputs}
    limited = {
        **{key: {1} for key in SEQUENCES},
        **{
            "dense": {0, 1},
            "embedding": {1},
            "pixel_shuffle": {2},
            "to_sequence": {2, 3},
            "stack": {0, 2},
            "window_attention": {2},
        },
    }
    assert ranks >= limited.get(name, {1, 2, 3})


@pytest.mark.parametrize("name", OPS)
def test_defaults_are_those_of_the_formulas(name: str) -> None:
    parameters = inspect.signature(reference.FORMULAS[name]).parameters.values()
    stated = {p.name: p.default for p in parameters if p.kind is p.KEYWORD_ONLY and p.name != "w"}
    arguments = {
        key: a.default for key, a in OPS[name].arguments.items() if key != "activation" and key not in LEARNING
    }
    assert {key: inspect.Parameter.empty if d is REQUIRED else d for key, d in arguments.items()} == stated


PADDINGS: list[Any] = ["valid", "same", 0, 1, 2, [[0, 1]], [[2, 0]], [[1, 3]]]


@pytest.mark.parametrize("padding", PADDINGS, ids=str)
@pytest.mark.parametrize("name", ["conv", "max_pool", "max_pool with ceil"])
def test_windows_stand_where_the_reference_finds_them(name: str, padding: Any) -> None:
    ceil = "ceil" in name
    cases = itertools.product(range(1, 12), range(1, 5), range(1, 5), (1, 2) if name == "conv" else (1,))
    compared = 0
    for n, k, s, d in cases:
        extra = {"filters": 1, "dilation": d} if name == "conv" else {"ceil": ceil}
        op: Any = made(name.split()[0], {"kernel_size": k, "stride": s, "padding": padding, **extra})
        pads = (padding, padding) if isinstance(padding, int) else padding[0] if isinstance(padding, list) else padding
        if name != "conv" and not isinstance(pads, str) and max(pads) >= k:
            continue
        found, before, after = starts(n, k, s, d, pads, ceil)
        # Where no window fits, or one that hangs over by a whole stride, the op is an error.
        if not found or (len(found) == 1 and found[0] + k - n - after >= s and ceil):
            continue
        x = Sequence(n, 1)
        assert op.output(x) == Sequence(len(found), 1)
        assert op.pads(x) == ((before, after),)
        if name != "conv":
            assert op.extra(x) == ((max(found[-1] + k - n - after, 0) if ceil else 0),)
        compared += 1
    assert compared > 40


@pytest.mark.parametrize("padding", ["valid", "same"])
def test_transposed_windows(padding: str) -> None:
    for n, k, s in itertools.product(range(1, 7), range(1, 7), range(1, 5)):
        op: Any = made("conv_transpose", {"filters": 1, "kernel_size": k, "stride": s, "padding": padding})
        ((before, after),) = op.crop(Sequence(n, 1))
        (length, _) = op.output(Sequence(n, 1)).sizes
        assert -starts(length, k, s, 1, padding)[0][0] == before
        assert before + length + after == (n - 1) * s + max(k, s)


PYTORCH_LAYOUTS: list[tuple[str, dict[str, Any], Shape, dict[str, tuple[int, ...]]]] = [
    (
        "conv",
        {"filters": 6, "kernel_size": [3, 2], "groups": 2},
        Image(5, 5, 4),
        {"weight": (6, 2, 3, 2), "bias": (6,)},
    ),
    ("conv", {"filters": 6, "kernel_size": 3, "bias": False}, Volume(5, 5, 5, 4), {"weight": (6, 4, 3, 3, 3)}),
    ("depthwise_conv", {"kernel_size": 3, "multiplier": 2}, Image(5, 5, 4), {"weight": (8, 1, 3, 3), "bias": (8,)}),
    (
        "separable_conv",
        {"filters": 5, "kernel_size": 3, "multiplier": 2},
        Sequence(5, 4),
        {"depthwise.weight": (8, 1, 3), "pointwise.weight": (5, 8, 1), "pointwise.bias": (5,)},
    ),
    ("conv_transpose", {"filters": 6, "kernel_size": 2}, Image(5, 5, 4), {"weight": (4, 6, 2, 2), "bias": (6,)}),
    ("dense", {"units": 3}, Vector(7), {"weight": (3, 7), "bias": (3,)}),
    ("dense", {"units": 3}, Sequence(9, 7), {"weight": (3, 7), "bias": (3,)}),
    ("embedding", {"units": 3}, Tokens(5, 11), {"weight": (11, 3)}),
    ("batch_norm", {}, Image(5, 5, 4), {"weight": (4,), "bias": (4,), "running_mean": (4,), "running_var": (4,)}),
    ("batch_norm", {"affine": False}, Vector(4), {"running_mean": (4,), "running_var": (4,)}),
    ("layer_norm", {}, Sequence(5, 4), {"weight": (4,), "bias": (4,)}),
    ("group_norm", {"groups": 2, "affine": False}, Image(5, 5, 4), {}),
    ("prelu", {}, Image(5, 5, 4), {"weight": (4,)}),
    ("relu", {}, Image(5, 5, 4), {}),
]


@pytest.mark.parametrize(("name", "args", "x", "shapes"), PYTORCH_LAYOUTS)
def test_weights(name: str, args: dict[str, Any], x: Shape, shapes: dict[str, tuple[int, ...]]) -> None:
    assert [(key, w.shape) for key, w in made(name, args).weights(x).items()] == list(shapes.items())


def test_initial_distributions() -> None:
    conv = made("conv", {"filters": 6, "kernel_size": [3, 2], "groups": 2}).weights(Image(5, 5, 4))
    assert conv["weight"].initial == ("glorot_uniform", 2 * 6, 6 * 6)
    assert conv["bias"].initial == ("zeros",)
    transposed = made("conv_transpose", {"filters": 6, "kernel_size": 2}).weights(Image(5, 5, 4))
    assert transposed["weight"].initial == ("glorot_uniform", 6 * 4, 4 * 4)
    assert made("dense", {"units": 3}).weights(Vector(7))["weight"].initial == ("glorot_uniform", 7, 3)
    assert made("embedding", {"units": 3}).weights(Tokens(5, 11))["weight"].initial == ("uniform", 0.05)
    assert made("prelu", {}).weights(Vector(2))["weight"].initial == ("constant", 0.25)
    norm = made("batch_norm", {}).weights(Vector(2))
    assert [(w.initial, w.trainable) for w in norm.values()] == [
        (("ones",), True),
        (("zeros",), True),
        (("zeros",), False),
        (("ones",), False),
    ]


def test_sizes_known_only_at_run_time() -> None:
    x = Image(ANY, 8, 3)
    same = made("conv", {"filters": 4, "kernel_size": 3, "padding": "same"}).output(x)
    padded = made("conv", {"filters": 4, "kernel_size": 3, "padding": 1}).output(x)
    assert same == padded == Image(ANY, 8, 4)
    assert made("max_pool", {"kernel_size": 2}).output(x).sizes == (ANY // 2, 4, 3)
    assert made("max_pool", {"kernel_size": 3, "stride": 1, "padding": "same", "ceil": True}).output(x) == x
    assert made("conv_transpose", {"filters": 4, "kernel_size": 2, "stride": 2}).output(x) == Image(ANY * 2, 16, 4)
    assert made("global_avg_pool", {}).output(x) == Vector(3)
    assert made("flatten", {}).output(x) == Vector(ANY * 8 * 3)
    assert made("add", {}).output(x, x, Vector(3), Image(1, 8, 3)) == x
    assert made("concat", {}).output(x, same) == Image(ANY, 8, 7)
    assert made("zero_pad", {"padding": 1}).output(x) == Image(ANY + 2, 10, 3)
    assert made("crop", {"cropping": [[0, 0], [1, 1]]}).output(x) == Image(ANY, 6, 3)
    assert isinstance(made("conv", {"filters": 4, "kernel_size": 1}).macs(x, x), Unknown)


class Traced(int):
    """A size that remembers that it was computed from one."""

    def __add__(self, other: int) -> Traced:
        return Traced(int(self) + other)

    def __sub__(self, other: int) -> Traced:
        return Traced(int(self) - other)

    def __rsub__(self, other: int) -> Traced:
        return Traced(other - int(self))

    def __mul__(self, other: int) -> Traced:
        return Traced(int(self) * other)

    def __floordiv__(self, other: int) -> Traced:
        return Traced(int(self) // other)

    def __neg__(self) -> Traced:
        return Traced(-int(self))

    __radd__, __rmul__ = __add__, __mul__


def test_sizes_that_trace_their_arithmetic_stay_traced() -> None:
    x = Image(Traced(7), Traced(9), Traced(4))
    results = [
        made("conv", {"filters": Traced(6), "kernel_size": 3, "stride": 2, "padding": padding}).output(x)
        for padding in ("valid", "same", 1)
    ]
    results += [made("avg_pool", {"kernel_size": 3, "stride": 2}).output(x)]
    results += [made("conv_transpose", {"filters": Traced(6), "kernel_size": 3, "stride": 2}).output(x)]
    results += [made("concat", {}).output(x, x), made("flatten", {}).output(x), made("add", {}).output(x, Vector(1))]
    results += [made("depthwise_conv", {"kernel_size": 3, "multiplier": 2}).output(x)]
    assert all(isinstance(size, Traced) for shape in results for size in shape.sizes)
    weights = made("conv", {"filters": Traced(6), "kernel_size": 3, "groups": 2}).weights(x)
    assert all(isinstance(size, Traced) for size in weights["weight"].shape[:2])


def test_axes_of_other_kinds() -> None:
    rows = Shape(("height", "channels"), (6, 3))
    assert made("conv", {"filters": 4, "kernel_size": 3}).output(rows) == Shape(("height", "channels"), (4, 4))
    assert made("dense", {"units": 4}).output(rows) == Shape(("height", "channels"), (6, 4))
    assert made("multiply", {}).output(Vector(3), rows) == rows


def test_activation_op() -> None:
    assert activation_op(None) is None
    assert activation_op("none") is None
    assert activation_op("relu") == OPS["relu"]() == activation_op({"relu": {}}) == activation_op({"relu": None})
    assert activation_op({"leaky_relu": {"slope": 0.2}}) == OPS["leaky_relu"](slope=0.2)


def test_pool_steps_by_its_window() -> None:
    assert MaxPool(kernel_size=(3, 2)).strides(Image(6, 6, 1)) == (3, 2)


def test_training_form_of_batch_norm() -> None:
    rng = np.random.default_rng(0)
    w = {"running_mean": np.zeros(3), "running_var": np.ones(3), "weight": np.full(3, 2.0), "bias": np.ones(3)}
    x = rng.normal(5, 3, (8, 4, 4, 3))
    y, mean, variance = reference.batch_norm_training(x, w=w, momentum=0.75)
    np.testing.assert_allclose(y.mean((0, 1, 2)), 1)
    np.testing.assert_allclose(y.std((0, 1, 2)), 2, rtol=1e-5)
    np.testing.assert_allclose(mean, x.mean((0, 1, 2)) / 4)
    np.testing.assert_allclose(variance, 0.75 + x.var((0, 1, 2)) / 4)


def test_same_pads_of_sizes_known_at_run_time() -> None:
    assert [same_pads(ANY, span, 1) for span in (1, 2, 3, 4)] == [(0, 0), (0, 1), (1, 1), (1, 2)]
