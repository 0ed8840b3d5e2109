"""Steps for each slice: their shapes, names, costs and fields, and the source that puts slices into the batch."""

from __future__ import annotations

import pytest

from archc.compile import load_text
from archc.graph import Graph
from archc.summary import summarize
from archc.training_memory import kept_by_layer
from archc.verify import verify

VIDEO = """
archc: 1
name: video
input: {depth: 5, height: 8, width: 6, channels: 2}
layers:
  - time_distributed:
      - conv: {filters: 3, kernel_size: 3}
      - relu
      - global_avg_pool
    name: frames
"""


def network(layers: str, input: str = "depth: 5, height: 8, width: 6, channels: 2") -> Graph:
    return load_text(f"archc: 1\nname: net\ninput: {{{input}}}\nlayers:\n{layers}")


@pytest.mark.parametrize(
    ("input", "layers", "output"),
    [
        ("depth: 5, height: 8, width: 6, channels: 2", "conv: {filters: 3, kernel_size: 3}", "5x6x4x3"),
        ("depth: 5, height: 8, width: 6, channels: 2", "mean: {axis: height}", "5x6x2"),
        ("depth: 5, height: 8, width: 6, channels: 2", "flatten", "5x96"),
        ("height: 8, width: 6, channels: 2", "conv: {filters: 3, kernel_size: 3}", "8x4x3"),
        ("height: 8, width: 6, channels: 2", "lstm: {units: 4}", "8x4"),
        ("length: 8, channels: 2", "dense: {units: 4}", "8x4"),
        ("length: 8, channels: 2", "reshape: {to: {height: 1, width: 2, channels: 1}}", "8x1x2x1"),
    ],
)
def test_slices_of_all_kinds(input: str, layers: str, output: str) -> None:
    graph = network(f"  - time_distributed: [{layers}]\n", input)
    assert str(graph.outputs[0].tensor.shape) == output


def test_names_are_those_of_a_chain() -> None:
    graph = load_text(VIDEO)
    assert [layer.path for layer in graph.layers] == [
        "frames_apart", "frames_conv", "frames_relu", "frames_global_avg_pool", "frames",
    ]  # fmt: skip
    repeated = network("  - time_distributed:\n      - conv: {filters: 2, kernel_size: 1}\n    repeat: 2\n")
    assert [layer.path for layer in repeated.layers][-3:] == [
        "time_distributed.1.apart", "time_distributed.1.conv", "time_distributed.1",
    ]  # fmt: skip
    taken = network("  - time_distributed:\n      - relu:\n        name: apart\n")
    assert [layer.path for layer in taken.layers] == [
        "time_distributed_apart_", "time_distributed_apart", "time_distributed",
    ]  # fmt: skip


def test_costs_count_the_slices() -> None:
    graph = load_text(VIDEO)
    conv = graph.layers[1]
    assert conv.times == 5
    assert conv.macs == 5 * 6 * 4 * 3 * 9 * 2
    assert [layer.times for layer in graph.layers] == [5, 5, 5, 5, 1]
    rows = {row.name: row for row in summarize(graph).layers}
    assert rows["frames_conv"].macs == conv.macs
    assert rows["frames_conv"].activation_bytes == 4 * 5 * 6 * 4 * 3
    assert rows["frames_conv"].parameters == 3 * 2 * 9 + 3
    assert rows["frames"].activation_bytes == 4 * 5 * 3
    assert f"{conv.macs:,} multiply-accumulates" in graph.compile("torch")
    # The input itself, and what the relu gives, in each slice.
    assert kept_by_layer(graph) == {
        "frames_apart": 0, "frames_conv": 4 * 5 * 8 * 6 * 2, "frames_relu": 4 * 5 * 6 * 4 * 3,
        "frames_global_avg_pool": 0, "frames": 0,
    }  # fmt: skip
    nested = network(
        "  - time_distributed:\n      - time_distributed: [dense: {units: 4}]\n", "height: 8, width: 6, channels: 2"
    )
    assert [layer.times for layer in nested.layers] == [8, 48, 48, 8, 1]
    assert sum(int(str(layer.macs)) for layer in nested.layers) == 8 * 6 * 2 * 4


def test_fields_follow_the_axis_through_the_batch() -> None:
    deep = (
        "  - conv: {filters: 2, kernel_size: [2, 3, 1], stride: [2, 1, 1]}\n"
        "  - time_distributed:\n"
        "      - time_distributed:\n"
        "          - conv: {filters: 2, kernel_size: 3}\n"
        "      - mean: {axis: width}\n"
        "  - conv: {filters: 2, kernel_size: [2, 1]}\n"
    )
    rows = {row.name: row for row in summarize(network(deep)).layers}
    assert rows["time_distributed_time_distributed_conv"].receptive_field == [2, 3, 3]
    assert rows["time_distributed_time_distributed_conv"].field_stride == [2, 1, 1]
    assert rows["time_distributed_mean"].receptive_field == [2, 3, 6]
    assert rows["conv2"].receptive_field == [4, 3, 6]
    assert rows["conv2"].field_stride == [2, 1, 0]


def test_the_source_moves_slices_into_the_batch_and_out() -> None:
    torch, keras = (load_text(VIDEO).compile(name) for name in ("torch", "keras"))
    assert "self.frames_conv(x.transpose(1, 2).flatten(0, 1))" in torch or "x.transpose(1, 2).flatten(0, 1)" in torch
    assert "x.unflatten(0, (-1, 5))" in torch
    assert "ops.reshape(inputs, (-1, *inputs.shape[2:]))" in keras
    assert "ops.reshape(x, (-1, 5, *x.shape[1:]))" in keras


def test_where_keras_needs_the_name_they_become_layers() -> None:
    keras = network("  - time_distributed: [flatten]\n  - reshape: {to: {features: 480}}\n").compile("keras")
    assert 'ReshapeBatch((-1, 5, 96), name="time_distributed")' in keras
    assert 'layers.Reshape((480,), name="reshape")' in keras


@pytest.mark.framework
@pytest.mark.parametrize(
    "end", ["  - lstm: {units: 3}\n", "  - reshape: {to: {features: 15}}\n"], ids=["calls", "layers"]
)
def test_all_backends_agree(end: str) -> None:
    graph = load_text(VIDEO + end)
    result = verify(graph, ("torch", "keras", "onnx"), steps=2)
    assert result.equal, result.text()
    assert result.layers_compared == len(graph.layers)
    assert result.gradients.max_rel < 1e-11


def test_long_chains_of_methods_stand_on_lines_of_their_own() -> None:
    rnn = "simple_rnn: {units: 4, direction: bidirectional}"
    name = "a_recurrent_layer_whose_name_is_long"
    torch = network(
        f"  - time_distributed:\n      - {rnn}\n        name: {name}\n", "height: 4, width: 3, channels: 2"
    ).compile("torch")
    assert (
        (
            "        x = (\n"
            f"            self.time_distributed_{name}(x)[1]\n"
            "            .transpose(0, 1)\n"
            "            .flatten(1)\n"
            "        )"
        )
        in torch
        or f"            self.time_distributed_{name}(x.transpose(1, 2))[1]\n            .transpose(0, 1)\n" in torch
    )
