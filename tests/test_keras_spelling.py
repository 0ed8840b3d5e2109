"""How ops read in Keras, and what all uses of one step have in common."""

from __future__ import annotations

import re
from typing import Any

import pytest

from archc.emit.spelling import Make, Use, View
from archc.emit.symbolic import Whole, expression_of
from archc.expressions import parse
from archc.ops import OPS
from archc.shapes import Image, Sequence, Unknown, Vector, Volume
from archc_keras.spell import DEFINITIONS, layer, refuse
from tests.keras_cases import EXAMPLES, FURTHER, Case, case, identity, spellings, texts_of

ANY = Unknown("input.height")
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
        assert [t for t in DEFINITIONS if any(re.search(rf"\b{t}\(", text) for text in texts_of(spelling))] == list(
            spelling.needs
        )


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
    for name in ("adaptive_avg_pool", "adaptive_max_pool"):
        assert "`any`" in str(refuse(OPS[name](size=(2, 1)), View(Image(ANY, 4, 1))))
        assert refuse(OPS[name](size=1), View(Image(ANY, 4, 1))) is None
        assert refuse(OPS[name](size=(2, 1)), image) is None
    assert "at most 1" in str(refuse(OPS["gaussian_noise"](stddev=1.5), image))
    assert refuse(OPS["gaussian_noise"](stddev=1), image) is None


def test_every_op_is_spelled_by_its_own_function() -> None:
    shared = {"Elementwise", "Reduction"}
    for cls in OPS.values():
        function = layer.dispatch(cls)
        owner = next(base for base in cls.__mro__ if layer.registry.get(base) is function)
        assert function.__name__.rstrip("_") == cls.name or owner.__name__ in shared
