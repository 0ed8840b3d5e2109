"""The summary: costs against published and hand-computed numbers, receptive fields against a search by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archc.compile import load, load_text
from archc.receptive_field import reaches
from archc.summary import Summary, summarize

SPECS = Path(__file__).parent.parent / "specs"


def summary_of(layers: str, input: str = "{height: 28, width: 28, channels: 1}", more: str = "") -> Summary:
    return summarize(load_text(f"archc: 1\nname: net\ninput: {input}\n{more}layers:\n{layers}"))


def field_of(layers: str, input: str = "{height: 64, width: 64, channels: 4}") -> list[int | None]:
    return summary_of(layers, input).layers[-1].receptive_field


# Parameters, multiply-accumulates and depth as published, or as torchvision counts them.
@pytest.mark.parametrize(
    ("name", "parameters", "macs", "depth"),
    [
        ("one_conv", 100 + 20283, 26 * 26 * 10 * 9 + 6760 * 3, 2),
        ("two_conv", 18293, 596520, 3),
        ("lenet5", 61706, 416520, 5),
        ("alexnet", 61100840, 714188480, 8),
        ("vgg", 138357544, 15470264320, 16),
        ("googlenet", 6998552, 1582671872, 22),
        ("squeezenet1_1", 1235496, 349151936, 18),
    ],
)
def test_totals(name: str, parameters: int, macs: int, depth: int) -> None:
    summary = summarize(load(str(SPECS / f"{name}.yaml")))
    assert (summary.parameters, summary.macs, summary.depth) == (parameters, macs, depth)
    assert summary.trainable_parameters == parameters


def test_running_statistics_are_parameters_that_are_not_trained() -> None:
    summary = summarize(load(str(SPECS / "resnet.yaml")))
    assert summary.trainable_parameters == 25557032
    assert summary.parameters == 25557032 + 53120
    assert summary.macs == 4089184256


def test_json_is_exactly_this() -> None:
    summary = summary_of(
        "  - conv: {filters: 2, kernel_size: 3, activation: relu}\n  - flatten\n  - dense: {units: 3}\n"
    )
    assert json.loads(json.dumps(summary.to_json())) == {
        "name": "net",
        "inputs": {"input": {"height": 28, "width": 28, "channels": 1}},
        "outputs": {"dense": {"features": 3}},
        "parameters": 20 + 4059,
        "trainable_parameters": 20 + 4059,
        "macs": 26 * 26 * 2 * 9 + 1352 * 3,
        "depth": 2,
        "activation_bytes": (26 * 26 * 2 + 1352 + 3) * 4,
        "layers": [
            {
                "name": "conv", "op": "conv", "line": 5, "inputs": ["input"],
                "output": {"height": 26, "width": 26, "channels": 2}, "parameters": 20, "macs": 26 * 26 * 2 * 9,
                "receptive_field": [3, 3], "activation_bytes": 26 * 26 * 2 * 4,
                "field_stride": [1, 1], "field_start": [0, 0],
                "moved_bytes": (784 + 20 + 1352) * 4, "arithmetic_intensity": 2.82,
            },
            {
                "name": "flatten", "op": "flatten", "line": 6, "inputs": ["conv"], "output": {"features": 1352},
                "parameters": 0, "macs": 0, "receptive_field": [28, 28], "activation_bytes": 1352 * 4,
                "field_stride": [0, 0], "field_start": [0, 0], "moved_bytes": 2 * 1352 * 4, "arithmetic_intensity": 0.0,
            },
            {
                "name": "dense", "op": "dense", "line": 7, "inputs": ["flatten"], "output": {"features": 3},
                "parameters": 4059, "macs": 4056, "receptive_field": [28, 28], "activation_bytes": 12,
                "field_stride": [0, 0], "field_start": [0, 0], "moved_bytes": (1352 + 4059 + 3) * 4,
                "arithmetic_intensity": 0.37,
            },
        ],
    }  # fmt: skip


def test_sizes_known_at_run_time_are_null() -> None:
    summary = summary_of(
        "  - conv: {filters: 2, kernel_size: 3}\n  - global_avg_pool\n  - dense: {units: 3}\n",
        "{height: any, width: 20, channels: 1}",
    )
    conv, pool, _ = summary.layers
    assert summary.inputs == {"input": {"height": None, "width": 20, "channels": 1}}
    assert conv.output == {"height": None, "width": 18, "channels": 2}
    assert (conv.macs, conv.activation_bytes, summary.macs) == (None, None, None)
    assert conv.receptive_field == [3, 3]
    assert pool.receptive_field == [None, 20]
    assert summary.parameters == 20 + 9
    assert "any" in summary.text()
    assert "?" in summary.text()


def test_tokens_say_their_vocabulary() -> None:
    summary = summary_of("  - embedding: {units: 4}\n", "{length: 16, vocabulary: 100}")
    assert summary.inputs == {"input": {"length": 16, "vocabulary": 100}}
    assert summary.layers[0].receptive_field == [1]
    assert "16 of 100 tokens" in summary.text()


def test_depth_is_that_of_the_longest_path() -> None:
    summary = summary_of(
        "  - add:\n      long:\n        - dense: {units: 8}\n        - dense: {units: 8}\n      short:\n"
        "        - dense: {units: 8}\n  - dense: {units: 3}\n",
        "{features: 8}",
    )
    assert summary.depth == 3
    assert summary.layers[-2].inputs == ["long_dense2", "short"]


# Receptive fields


@pytest.mark.parametrize(
    ("layers", "field"),
    [
        ("  - conv: {filters: 2, kernel_size: [3, 5]}\n", [3, 5]),
        ("  - conv: {filters: 2, kernel_size: 3, dilation: 4}\n", [9, 9]),
        ("  - conv: {filters: 2, kernel_size: 3}\n    repeat: 3\n", [7, 7]),
        ("  - max_pool: {kernel_size: 2}\n  - conv: {filters: 2, kernel_size: 3, stride: 2}\n  - relu\n", [6, 6]),
        ("  - conv: {filters: 2, kernel_size: 7, stride: 2}\n  - avg_pool: {kernel_size: 3, stride: 2}\n", [11, 11]),
        ("  - batch_norm\n  - dropout: {rate: 0.5}\n  - prelu\n  - layer_norm\n", [1, 1]),
        ("  - softmax: {axis: width}\n", [1, 64]),
        ("  - scale\n  - rescale: {scale: 2}\n  - identity\n  - channel_shuffle: {groups: 2}\n", [1, 1]),
        ("  - l2_normalize\n  - rms_norm\n  - glu\n  - mish\n", [1, 1]),
        ("  - l2_normalize: {axis: width}\n", [1, 64]),
        ("  - instance_norm\n", [64, 64]),
        ("  - reflect_pad: {padding: 1}\n  - conv: {filters: 2, kernel_size: 3}\n", [3, 3]),
        ("  - mean: {axis: height}\n  - conv: {filters: 2, kernel_size: 3}\n", [64, 3]),
        ("  - max: {axis: channels, keep: true}\n  - conv: {filters: 2, kernel_size: 3}\n", [3, 3]),
        ("  - sum: {axis: channels}\n  - conv: {filters: 2, kernel_size: 3}\n", [3, 64]),
        ("  - adaptive_avg_pool: {size: [16, 1]}\n", [4, 64]),
        ("  - adaptive_max_pool: {size: 32}\n  - conv: {filters: 2, kernel_size: 3}\n", [6, 6]),
        ("  - adaptive_max_pool: {size: 5}\n", [14, 14]),
        ("  - unfold: {kernel_size: 2, stride: 2}\n  - conv: {filters: 2, kernel_size: 1}\n", [2, 2]),
        ("  - fold: {kernel_size: [1, 2]}\n  - conv: {filters: 2, kernel_size: 3}\n", [3, 2]),
        ("  - pixel_shuffle: {scale: 2}\n  - conv: {filters: 2, kernel_size: 3}\n", [2, 2]),
        ("  - group_norm: {groups: 2}\n", [64, 64]),
        ("  - conv: {filters: 2, kernel_size: 3}\n  - global_max_pool\n", [64, 64]),
        ("  - upsample: {scale: 2}\n  - conv: {filters: 2, kernel_size: 3}\n", [2, 2]),
        ("  - upsample: {scale: 2, method: bilinear}\n", [2, 2]),
        ("  - conv_transpose: {filters: 2, kernel_size: 4, stride: 2}\n", [2, 2]),
        ("  - max_pool: {kernel_size: 2}\n  - conv_transpose: {filters: 2, kernel_size: 2, stride: 2}\n", [2, 2]),
        ("  - permute: {to: [width, height, channels]}\n  - conv: {filters: 2, kernel_size: [1, 3]}\n", [3, 1]),
        ("  - permute: {to: [channels, width, height]}\n  - conv: {filters: 2, kernel_size: 1}\n", [64, 1]),
        ("  - reshape: {to: {length: 4096, channels: 4}}\n", [64, 64]),
        ("  - zero_pad: {padding: 2}\n  - crop: {cropping: 1}\n", [1, 1]),
    ],
)
def test_fields_of_chains(layers: str, field: list[int]) -> None:
    assert field_of(layers) == field


def test_branches_see_what_any_of_them_sees() -> None:
    """A window padded only before and one padded only after see five pixels together, though each sees three."""
    before = "{filters: 4, kernel_size: 3, padding: [[2, 0], [1, 1]]}"
    after = "{filters: 4, kernel_size: 3, padding: [[0, 2], [1, 1]]}"
    assert field_of(f"  - concat:\n      a:\n        - conv: {before}\n      b:\n        - conv: {after}\n") == [5, 3]


def test_squeeze_and_excite_sees_all() -> None:
    gate = "        - global_avg_pool\n        - dense: {units: 4}\n"
    assert field_of(f"  - multiply:\n      x: []\n      gate:\n{gate}") == [64, 64]


def test_a_stretched_branch_is_seen_from_everywhere() -> None:
    image = "{height: 8, width: 8, channels: 4}"
    layers = "  - add:\n      x: []\n      row:\n        - avg_pool: {kernel_size: [8, 1]}\n"
    assert field_of(layers, image) == [8, 1]
    assert field_of(layers + "  - conv: {filters: 2, kernel_size: 3}\n", image) == [8, 3]


def test_a_second_input_is_not_the_first() -> None:
    graph = load_text(
        "archc: 1\nname: net\ninputs: {a: {length: 9, channels: 2}, b: {length: 9, channels: 2}}\nlayers:\n"
        "  - conv: {filters: 2, kernel_size: 3, padding: same}\n    from: b\n"
        "  - add:\n    from: [a, conv]\n"
    )
    assert {path: reach.size for path, reach in reaches(graph).items()} == {"conv": [3], "add": [1]}


@pytest.mark.parametrize(
    ("name", "layer", "field"),
    [("alexnet", "max_pool3", 195), ("vgg", "stage5.max_pool", 212), ("resnet", "stage4.bottleneck.2.relu", 427)],
)
def test_published_fields(name: str, layer: str, field: int) -> None:
    """The first two as printed by Araujo, Norris and Sim, Computing Receptive Fields of Convolutional Networks, 2019;
    the third, whose bottlenecks stride at their 3x3, summed up by hand.
    """
    assert reaches(load(str(SPECS / f"{name}.yaml")))[layer].size == [field, field]


# Tables


def test_text_is_aligned() -> None:
    lines = summary_of("  - conv: {filters: 12, kernel_size: 3}\n  - relu\n").text().split("\n")
    assert lines == [
        "net: input 28x28x1",
        "",
        "layer  op    output    parameters    macs   memory  field  stride  start  intensity",
        "-----------------------------------------------------------------------------------",
        "conv   conv  26x26x12         120  73,008  32.4 kB      3       1      0        4.0",
        "relu   relu  26x26x12           0       0  32.4 kB      3       1      0        0.0",
        "-----------------------------------------------------------------------------------",
        "total                         120  73,008  64.9 kB",
        "",
        "120 of the parameters are trained; 1 layer with weights on the longest path",
        "float32: 480 bytes of parameters, 64.9 kB of activations for one example",
        "",
    ]


def test_markdown_is_a_table() -> None:
    lines = summary_of("  - conv: {filters: 12, kernel_size: 3}\n").markdown().split("\n")
    assert lines[0] == "# net: input 28x28x1"
    assert lines[2:6] == [
        "| layer | op | output | parameters | macs | memory | field | stride | start | intensity |",
        "| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
        "| conv | conv | 26x26x12 | 120 | 73,008 | 32.4 kB | 3 | 1 | 0 | 4.0 |",
        "| **total** |  |  | **120** | **73,008** | **32.4 kB** |  |  |  |  |",
    ]


@pytest.mark.parametrize(
    ("input", "layers", "size", "stride", "start"),
    [
        # An output o of a transposed convolution takes from inputs i with o = stride * i - before + k.
        (
            "{length: 9, channels: 2}",
            "conv_transpose: {filters: 1, kernel_size: 4, stride: 2, padding: same}",
            2,
            0.5,
            -1,
        ),
        ("{length: 9, channels: 2}", "conv_transpose: {filters: 1, kernel_size: 3, stride: 2}", 2, 0.5, -1),
        ("{length: 9, channels: 2}", "conv_transpose: {filters: 1, kernel_size: 5, stride: 1}", 5, 1, -4),
    ],
)
def test_transposed_convolutions_see_what_their_formula_says(
    input: str, layers: str, size: int, stride: float, start: int
) -> None:
    (layer,) = summary_of(f"  - {layers}\n", input).layers
    assert (layer.receptive_field, layer.field_stride, layer.field_start) == ([size], [stride], [start])


def test_fields_follow_the_axes_that_go_away_or_into_the_batch() -> None:
    frames = "  - time_distributed:\n      - conv: {filters: 2, kernel_size: 3}\n"
    video = "{depth: 4, height: 9, width: 9, channels: 2}"
    assert field_of(frames, video) == [1, 3, 3]
    assert field_of(f"{frames}  - conv: {{filters: 2, kernel_size: [2, 1, 1]}}\n", video) == [2, 3, 3]
    rows = "  - conv: {filters: 2, kernel_size: 3, stride: 2}\n  - mean: {axis: height}\n"
    image = "{height: 9, width: 9, channels: 2}"
    assert field_of(rows, image) == [9, 3]
    assert field_of(f"{rows}  - conv: {{filters: 2, kernel_size: 3}}\n", image) == [9, 7]


def test_fields_across_a_roll_are_whole_along_its_axis_alone() -> None:
    conv = "  - conv: {filters: 2, kernel_size: 3}\n"
    layers = summary_of(
        f"{conv}  - roll: {{axis: [height], shift: 1}}\n{conv}", "{height: 9, width: 9, channels: 2}"
    ).layers
    assert [layer.receptive_field for layer in layers] == [[3, 3], [3, 3], [9, 5]]
    assert [layer.field_stride for layer in layers] == [[1, 1], [0, 1], [0, 1]]
