"""What each op refuses, and in what words."""

from __future__ import annotations

from typing import Any

import pytest

from archc.compile import load_text
from archc.ops import OPS, ShapeError
from archc.problems import SpecError
from archc.shapes import Image, Sequence, Shape, Tokens, Unknown, Vector, Volume
from tests.test_ops import made

ANY = Unknown("input.height")
OPEN = Image(ANY, 8, 4)

ERRORS: list[tuple[str, dict[str, Any], tuple[Shape, ...], str, str, str, str]] = [
    # op, arguments, inputs, code, argument at fault, words of the message, words of the help
    ("dense", {"units": 3}, (Image(2, 3, 4),), "E0301", "", "not an image of 2x3x4", "flatten"),
    ("dense", {"units": 3}, (Tokens(5, 9),), "E0301", "", "token ids (5, vocabulary 9)", "embedding"),
    ("dense", {"units": 3}, (Shape(("length",), (3,)),), "E0301", "", "has neither", ""),
    ("dense", {"units": 3}, (Vector(ANY * 3),), "E0308", "", "a vector of any", "global pool"),
    ("conv", {"filters": 3, "kernel_size": 3}, (Vector(9),), "E0301", "", "not a vector of 9", "before `flatten`"),
    (
        *("conv", {"filters": 3, "kernel_size": 3}, (Shape(("height", "width"), (4, 5)),)),
        *("E0301", "", "a tensor with the axes height, width of 4x5", "`reshape`"),
    ),
    ("conv", {"filters": 3, "kernel_size": 7}, (Image(5, 5, 3),), "E0302", "kernel_size", "7x7", "padding: same"),
    ("conv", {"filters": 3, "kernel_size": 7, "padding": 0}, (Image(9, 5, 3),), "E0302", "kernel_size", "9x5", ""),
    (
        *("conv", {"filters": 3, "kernel_size": 3, "dilation": 4, "padding": 1}, (Sequence(6, 3),)),
        *("E0302", "kernel_size", "a window of 9, and its input is only 6, 8 with its padding", ""),
    ),
    (
        *("conv", {"filters": 4, "kernel_size": 1, "groups": 3}, (Image(5, 5, 4),)),
        *("E0303", "groups", "4 channels into 3", "divide 4"),
    ),
    (
        *("conv", {"filters": 5, "kernel_size": 1, "groups": 2}, (Image(5, 5, 4),)),
        *("E0303", "groups", "5 filters into 2", "divide 5"),
    ),
    (
        *("conv", {"filters": 5, "kernel_size": [3, 3, 3]}, (Image(5, 5, 4),)),
        *("E0305", "kernel_size", "3 values", "height, width"),
    ),
    ("conv", {"filters": 5, "kernel_size": 3, "stride": [2]}, (Image(5, 5, 4),), "E0305", "stride", "1 values", ""),
    ("conv", {"filters": 5, "kernel_size": 3, "dilation": [2]}, (Image(5, 5, 4),), "E0305", "dilation", "", ""),
    ("conv", {"filters": 5, "kernel_size": 3, "padding": [[1, 1]]}, (Image(5, 5, 4),), "E0305", "padding", "", ""),
    (
        *("conv", {"filters": 5, "kernel_size": 3, "stride": 2, "padding": "same"}, (OPEN,)),
        *("E0308", "padding", "the height of an image of anyx8x4", "number"),
    ),
    ("conv", {"filters": 5, "kernel_size": 3}, (Sequence(5, ANY),), "E0308", "", "channels", ""),
    (
        *("conv", {"filters": 5, "kernel_size": 3, "activation": {"softmax": {"axis": "length"}}}, (Image(5, 5, 4),)),
        *("E0307", "activation", "`softmax` names the axis `length`", "`height`, `width`, `channels`"),
    ),
    ("depthwise_conv", {"kernel_size": 9}, (Volume(5, 5, 5, 4),), "E0302", "kernel_size", "9x9x9", ""),
    ("separable_conv", {"filters": 2, "kernel_size": 9}, (Sequence(5, 4),), "E0302", "kernel_size", "", ""),
    ("conv_transpose", {"filters": 2, "kernel_size": 3}, (Vector(5),), "E0301", "", "vector", ""),
    ("max_pool", {"kernel_size": 3}, (Image(2, 5, 4),), "E0302", "kernel_size", "3x3", ""),
    ("max_pool", {"kernel_size": 5, "stride": 2, "ceil": True}, (Image(2, 5, 4),), "E0302", "kernel_size", "", ""),
    ("max_pool", {"kernel_size": 2, "padding": 2}, (Image(5, 5, 4),), "E0311", "padding", "pads 2", "at most 1"),
    (
        "avg_pool",
        {"kernel_size": [3, 1], "padding": 1},
        (Image(5, 5, 4),),
        "E0311",
        "padding",
        "window is 1",
        "zero_pad",
    ),
    ("max_unpool", {"kernel_size": 2}, (Image(2, 2, 3),), "E0313", "", "not 1", "`from: [values, pooled]`"),
    ("max_unpool", {"kernel_size": 2}, (Vector(3), Image(4, 4, 3)), "E0301", "", "not a vector of 3", ""),
    ("max_unpool", {"kernel_size": 2}, (Sequence(2, 3), Image(4, 4, 3)), "E0304", "", "axes differ", "same axes"),
    ("max_unpool", {"kernel_size": 2}, (Image(2, 2, 4), Image(4, 4, 3)), "E0304", "", "channels differ", "conv"),
    (
        *("max_unpool", {"kernel_size": 2}, (Image(2, 3, 3), Image(4, 7, 3))[::-1]),
        *("E0304", "", "given 4x7 values, and there are 1x1 windows of 2x2 in 2x3", "first the values"),
    ),
    ("max_unpool", {"kernel_size": 2}, (Image(3, 3, 3), Image(5, 5, 3)), "E0304", "", "2x2 windows", "the same arg"),
    ("max_unpool", {"kernel_size": 3}, (Image(1, 1, 3), Image(2, 5, 3)), "E0302", "kernel_size", "3x3", "smaller"),
    ("max_unpool", {"kernel_size": [2]}, (Image(2, 2, 3), Image(4, 4, 3)), "E0305", "kernel_size", "1 values", ""),
    ("max_unpool", {"kernel_size": 2, "ceil": True}, (OPEN, OPEN), "E0308", "ceil", "only at run time", "`any`"),
    ("max_pool", {"kernel_size": 2, "padding": "same"}, (OPEN,), "E0308", "padding", "stride of 2", ""),
    ("avg_pool", {"kernel_size": 3, "stride": 2, "ceil": True}, (OPEN,), "E0308", "ceil", "height", "leave out"),
    ("global_avg_pool", {}, (Vector(5),), "E0301", "", "vector", ""),
    ("flatten", {}, (Tokens(5, 9),), "E0301", "", "token ids", "embedding"),
    ("reshape", {"to": {"length": 5, "channels": 5}}, (Image(2, 3, 4),), "E0306", "to", "24 values", "product is 24"),
    ("reshape", {"to": {"features": 32}}, (OPEN,), "E0308", "", "height", ""),
    ("reshape", {"to": {"height": 4, "width": 6}}, (Image(2, 3, 4),), "E0312", "to", "height, width", "channels"),
    ("reshape", {"to": {"length": 4, "features": 6}}, (Image(2, 3, 4),), "E0312", "to", "length, features", ""),
    ("reshape", {"to": {"channels": 24}}, (Image(2, 3, 4),), "E0312", "to", "channels", "features"),
    ("permute", {"to": ["height", "channels"]}, (Image(2, 3, 4),), "E0307", "to", "height, channels", "every axis"),
    ("zero_pad", {"padding": [[1, 1]]}, (Image(2, 3, 4),), "E0305", "padding", "1 values", ""),
    ("crop", {"cropping": [[1, 1], [0, 0]]}, (Image(2, 3, 4),), "E0310", "cropping", "an image of 2x3x4", ""),
    ("upsample", {"scale": 2, "method": "bilinear"}, (Sequence(5, 3),), "E0301", "method", "sequence", "nearest"),
    ("upsample", {"scale": [2, 2]}, (Sequence(5, 3),), "E0305", "scale", "2 values", ""),
    ("softmax", {"axis": "width"}, (Sequence(5, 3),), "E0307", "axis", "`width`", "`length`, `channels`"),
    ("relu", {}, (Tokens(5, 9),), "E0301", "", "`relu` takes numbers", "embedding"),
    ("group_norm", {"groups": 3}, (Image(2, 3, 4),), "E0303", "groups", "4 channels", ""),
    ("batch_norm", {}, (Tokens(5, 9),), "E0301", "", "token ids", ""),
    ("lrn", {"size": 5}, (Vector(9),), "E0301", "", "vector", ""),
    ("spatial_dropout", {"rate": 0.5}, (Vector(9),), "E0301", "", "vector", ""),
    ("dropout", {"rate": 0.5}, (Tokens(5, 9),), "E0301", "", "token ids", ""),
    ("embedding", {"units": 5}, (Sequence(5, 3),), "E0301", "", "not a sequence of 5x3", "vocabulary"),
    ("subtract", {}, (Vector(3),) * 3, "E0313", "", "not 3", ""),
    ("mean", {"axis": "features"}, (Vector(3),), "E0301", "axis", "a vector of 3", "keep: true"),
    ("sum", {"axis": ["height", "length"]}, (Image(2, 3, 4),), "E0307", "axis", "`length`", "`height`"),
    ("max", {"axis": "length"}, (Tokens(5, 9),), "E0301", "", "token ids", "embedding"),
    ("min", {"axis": ["channels", "width", "height"]}, (Image(2, 3, 4),), "E0301", "axis", "no axis", "keep: true"),
    ("adaptive_avg_pool", {"size": [2]}, (Image(2, 3, 4),), "E0305", "size", "1 values", "height, width"),
    ("adaptive_max_pool", {"size": 2}, (Vector(4),), "E0301", "", "vector", ""),
    ("channel_shuffle", {"groups": 3}, (Image(2, 3, 4),), "E0303", "groups", "4 channels", "divide 4"),
    ("fold", {"kernel_size": [2, 3]}, (Image(2, 3, 8),), "E0303", "kernel_size", "8 channels", "multiple of 6"),
    ("fold", {"kernel_size": [2, 3, 1]}, (Image(2, 3, 12),), "E0305", "kernel_size", "3 values", "one value"),
    ("unfold", {"kernel_size": 4}, (Image(2, 9, 2),), "E0302", "kernel_size", "window of 4x4", "smaller"),
    ("unfold", {"kernel_size": 2}, (Vector(4),), "E0301", "", "a vector of 4", ""),
    ("pixel_shuffle", {"scale": 2}, (Image(2, 3, 6),), "E0303", "scale", "6 channels", "multiple of 4"),
    ("pixel_shuffle", {"scale": 2}, (Sequence(2, 8),), "E0301", "", "a sequence of 2x8", ""),
    ("glu", {}, (Image(2, 3, 5),), "E0303", "axis", "5 channels", "twice"),
    ("glu", {"axis": "height"}, (OPEN,), "E0308", "", "height", ""),
    ("roll", {"shift": [1, 2], "axis": "height"}, (Image(2, 3, 5),), "E0305", "shift", "2 values", "one value"),
    ("roll", {"shift": 1, "axis": "length"}, (Image(2, 3, 5),), "E0307", "axis", "`length`", ""),
    ("reflect_pad", {"padding": 2}, (Image(2, 3, 5),), "E0315", "padding", "2 places along the height", "at most 1"),
    ("instance_norm", {}, (Image(1, 1, 5),), "E0301", "", "has one", "layer_norm"),
    ("l2_normalize", {"axis": "width"}, (Sequence(3, 5),), "E0307", "axis", "`width`", ""),
    ("clip", {}, (Vector(3),), "E0314", "", "no bound", "`min`"),
    ("clip", {"min": 2, "max": 1.5}, (Vector(3),), "E0314", "min", "of 2, which is above the upper one of 1.5", ""),
    ("scale", {}, (Tokens(5, 9),), "E0301", "", "token ids", ""),
    (
        "conv",
        {"filters": 2, "kernel_size": 3, "padding": "causal"},
        (Image(5, 5, 2),),
        "E0301",
        "padding",
        "one axis",
        "`same`",
    ),
    ("concat", {"axis": "length"}, (Image(2, 3, 4),) * 2, "E0307", "axis", "`length`", ""),
    ("concat", {}, (Tokens(5, 9),) * 2, "E0301", "", "token ids", ""),
]


def refused(name: str, args: dict[str, Any], *xs: Shape) -> ShapeError:
    with pytest.raises(ShapeError) as caught:
        made(name, args).output(*xs)
    return caught.value


@pytest.mark.parametrize(("name", "args", "xs", "code", "argument", "words", "help"), ERRORS)
def test_refused(
    name: str, args: dict[str, Any], xs: tuple[Shape, ...], code: str, argument: str, words: str, help: str
) -> None:
    assert all(OPS[name].arguments[key].accepts(value) for key, value in args.items())
    error = refused(name, args, *xs)
    assert (error.code, error.argument) == (code, argument)
    assert words in error.message
    assert help in error.help
    assert error.message.startswith("`")
    assert not error.message.endswith(".")


@pytest.mark.parametrize(
    ("name", "xs", "pair", "words"),
    [
        ("concat", (Image(28, 28, 64), Image(28, 28, 8), Image(24, 24, 32)), (0, 2), "height and width differ"),
        ("concat", (Vector(3), Sequence(2, 3)), (0, 1), "axes differ: a vector of 3 and a sequence of 2x3"),
        ("add", (Image(1, 28, 64), Image(28, 28, 64), Image(24, 28, 1)), (1, 2), "height differs: 28x28x64 and 24"),
        ("add", (Vector(3), Image(2, 2, 3), Vector(4)), (0, 2), "channels differ"),
        ("add", (Vector(3), Vector(4)), (0, 1), "features differ: 3 and 4"),
        ("multiply", (Sequence(4, 3), Image(4, 4, 3)), (0, 1), "axes differ"),
        ("subtract", (Image(ANY, 2, 3), Image(ANY - 2, 2, 3)), (0, 1), "height differs: anyx2x3 and anyx2x3"),
        ("maximum", (Image(ANY, 2, 3), Image(7, 2, 3)), (0, 1), "height differs: anyx2x3 and 7x2x3"),
    ],
)
def test_branches_that_differ(name: str, xs: tuple[Shape, ...], pair: tuple[int, int], words: str) -> None:
    error = refused(name, {}, *xs)
    assert (error.code, error.differing) == ("E0304", pair)
    assert error.message.startswith(f"`{name}` joins branches whose ")
    assert words in error.message
    assert error.label
    assert error.help


BRANCHES = """archc: 1
name: net
input: {{height: 9, width: 9, channels: 2}}
layers:
  - concat:
      small:
        - conv: {{filters: 2, kernel_size: 1}}
      large:
        - conv: {{filters: 2, {arguments}}}
        - relu
"""


@pytest.mark.parametrize(
    ("arguments", "blamed"),
    [
        ("kernel_size: 3", True),
        ("kernel_size: 3, stride: 2", False),
        ("kernel_size: 3, padding: [[0, 1], [0, 1]]", False),
    ],
)
def test_only_what_pads_nothing_and_strides_by_one_is_told_to_pad(arguments: str, blamed: bool) -> None:
    with pytest.raises(SpecError) as caught:
        load_text(BRANCHES.format(arguments=arguments))
    (problem,) = caught.value.problems
    assert problem.code == "E0304"
    assert ("add `padding: same` to the `conv` at line 9" in problem.help) == blamed
    assert any("lost its border here" in note.text for note in problem.notes) == blamed
