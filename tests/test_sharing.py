"""Weights that several steps use: held once, trained by all, in every backend."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from archc.backend import find
from archc.compile import load_text
from archc.graph import Graph
from archc.problems import SpecError
from archc.verify import verify
from archc.weights import convert, read
from tests.test_oracle import given

NETWORK = """
archc: 1
name: siamese
inputs:
  left: {height: 12, width: 10, channels: 1}
  right: {height: 12, width: 10, channels: 1}
  words: {length: 6, vocabulary: 11}
blocks:
  tower:
    params: [units]
    layers:
      - conv: {filters: 3, kernel_size: 3, padding: same, activation: relu}
      - chain:
          - conv: {filters: 3, kernel_size: 3, padding: same, stride: 1, activation: tanh}
          - batch_norm
        repeat: 2
      - conv: {filters: 3, kernel_size: 3}
        name: again
      - conv: {filters: 3, kernel_size: 3, padding: 1}
        name: padded
      - add:
          one:
            - conv: {filters: 3, kernel_size: 3, padding: 1}
              share: padded
          other: []
      - flatten
      - dense: {units: $units, activation: sigmoid}
  reading:
    layers:
      - embedding: {units: 4}
      - lstm: {units: 5, direction: bidirectional}
layers:
  - tower: {units: 8}
    from: left
    name: first
  - tower: {units: 8}
    from: right
    name: second
    share: first
  - subtract:
    from: [first, second]
  - dense: {units: 8}
    name: mix
  - dense: {units: 8}
    share: mix
    repeat: 2
    name: mixed
  - reading:
    from: words
    name: one
  - reading:
    from: words
    name: two
    share: one
  - concat:
    from: [mixed, one, two]
"""

TIED = """
archc: 1
name: tied
params: [vocabulary: 7]
inputs:
  words: {length: 5, vocabulary: $vocabulary}
  image: {height: 4, width: 5, channels: 3}
blocks:
  speaker:
    params: [vocabulary, units, width]
    layers:
      - embedding: {units: $units, regularizer: {l2: 0.0078125}}
      - gru: {units: $width, return_sequences: true}
      - dense: {units: $units, activation: tanh}
      - dense: {units: $vocabulary, bias: false, activation: softsign}
        share: embedding
        name: scores
layers:
  - embedding: {units: 3}
    name: tokens
    from: words
  - embedding: {units: 3}
    name: tokens_again
    from: words
    share: tokens
  - add:
    from: [tokens, tokens_again]
  - dense: {units: $vocabulary, bias: false, activation: {softmax: {axis: length}}}
    share: tokens_again
    name: spread
  - global_avg_pool:
    from: image
    name: pixel
  - dense: {units: $vocabulary, bias: false, activation: relu}
    share: tokens
    name: kinds
  - speaker: {vocabulary: 7, units: 2, width: 4}
    from: words
    name: one
  - speaker: {vocabulary: 7, units: 4, width: 2}
    from: words
    name: two
  - add:
    from: [one, two, spread]
    name: both
  - global_avg_pool
  - add:
    from: [global_avg_pool, kinds]
    name: sum
  - dense: {units: 3, bias: false}
    name: narrow
  - dense: {units: $vocabulary, bias: false, activation: softmax}
    share: tokens
    name: last
"""


ROOMY = """
archc: 1
name: pyramid
inputs:
  image: {height: 12, width: 9, channels: 3}
  clip: {depth: 4, height: 5, width: 3, channels: 2}
  asked: {length: 6, vocabulary: 11}
  answered: {length: 4, vocabulary: 11}
blocks:
  head:
    params: [filters, depth]
    layers:
      - conv: {filters: $input.channels, kernel_size: 3, padding: same, activation: relu}
        repeat: $depth
      - add:
          main:
            - depthwise_conv: {kernel_size: 3, padding: 1, activation: relu}
            - group_norm: {groups: 2}
          shortcut: []
      - multiply:
          values: []
          gate:
            - global_avg_pool
            - dense: {units: $input.channels, activation: sigmoid}
      - conv: {filters: $filters, kernel_size: 2}
        name: predict
      - to_sequence
  reading:
    layers:
      - multi_head_attention: {heads: 2}
      - layer_norm
      - gru: {units: 4, direction: bidirectional, return_sequences: true}
  film:
    layers:
      - conv: {filters: 4, kernel_size: 2}
      - global_max_pool
layers:
  - conv: {filters: 4, kernel_size: 3, stride: 2, padding: same}
    from: image
    name: fine
  - conv: {filters: 4, kernel_size: 3, stride: 2, padding: same}
    name: coarse
  - head: {filters: 5, depth: 2}
    from: fine
    name: one
  - head: {filters: 5, depth: 2}
    from: coarse
    name: two
    share: one
  - concat: {axis: length}
    from: [one, two]
    name: boxes
  - embedding: {units: 4}
    from: asked
    name: words
  - embedding: {units: 4}
    from: answered
    name: more_words
    share: words
  - reading:
    from: words
    name: read
  - reading:
    from: more_words
    name: reread
    share: read
  - concat: {axis: length}
    from: [read, reread]
    name: texts
  - dense: {units: 3}
    from: texts
    name: mix
  - dense: {units: 3}
    from: read
    name: remix
    share: mix
  - film:
    from: clip
    name: long
  - crop: {cropping: [[1, 0], [0, 0], [0, 1]]}
    from: clip
  - film:
    name: short
    share: long
  - subtract:
    from: [long, short]
outputs: [boxes, mix, remix, subtract]
"""


def network() -> Graph:
    return load_text(NETWORK)


def test_weights_are_counted_once() -> None:
    names = {name.partition(".")[0] for name in network().weights()}
    assert names == {"first", "mix", "one"}
    layers = {layer.path: layer for layer in network().layers}
    assert layers["second.dense"].home == "first.dense"
    assert layers["first.one"].home == "first.padded" == layers["second.one"].home
    assert layers["mixed.1"].home == "mix"
    assert layers["mix"].home == ""
    rows = {row.name: row for row in network().summary().layers}
    assert rows["second.dense"].parameters == 0 < rows["first.dense"].parameters
    assert rows["second.dense"].macs == rows["first.dense"].macs


def test_a_tied_head_has_no_weights_of_its_own() -> None:
    graph = load_text(TIED)
    layers = {layer.path: layer for layer in graph.layers}
    heads = ("spread", "kinds", "last", "one.scores", "two.scores")
    assert [layers[path].home for path in heads] == ["tokens"] * 3 + ["one.embedding", "two.embedding"]
    rows = {row.name: row for row in graph.summary().layers}
    assert [rows[path].parameters for path in heads] == [0] * 5
    assert rows["spread"].macs == 5 * 3 * 7
    torch, keras = (graph.compile(name) for name in ("torch", "keras"))
    assert "F.linear(sum, self.tokens.weight)" in torch or "F.linear(x, self.tokens.weight)" in torch
    assert "self.embedding = nn.Embedding(" in torch
    assert "self.scores" not in torch
    assert keras.count("layers.ReversibleEmbedding(") == 2
    # What is computed is told, also where the weights are another's.
    assert f"{graph.summary().macs:,} multiply-accumulates" in torch


@pytest.mark.framework
@pytest.mark.parametrize(
    ("text", "compared"), [(NETWORK, 5), (TIED, 20), (ROOMY, 10)], ids=["blocks", "embeddings", "sizes"]
)
def test_all_backends_agree(text: str, compared: int) -> None:
    result = verify(load_text(text), ("torch", "keras", "onnx"), steps=3, strict=True)
    assert result.equal, result.text()
    assert result.layers_compared == compared  # what is outside the shared blocks
    assert result.gradients.max_rel < 1e-11


@pytest.mark.framework
def test_both_uses_give_the_same_and_add_their_gradients() -> None:
    text = "archc: 1\nname: net\ninput: {features: 4}\nlayers:\n  - dense: {units: 4}\n    name: a\n"
    twice = text + "  - dense: {units: 4}\n    name: b\n    from: input\n    share: a\n  - add:\n    from: [a, b]\n"
    graph, single = load_text(twice), load_text(text)
    inputs, weights = given(graph)
    for backend in ("torch", "keras"):
        shared, alone = (find(backend).runner(g, dtype="float64") for g in (graph, single))
        for runner in (shared, alone):
            runner.load(weights)
        y = alone.outputs(inputs)["a"]
        np.testing.assert_allclose(shared.outputs(inputs)["add"], 2 * y, atol=1e-14)
        # The loss is a mean of squares: twice the result twice over is four times the gradient.
        zeros = np.zeros_like(y)
        one = alone.gradients(inputs, {"a": zeros}).weights["a.weight"]
        both = shared.gradients(inputs, {"add": zeros}).weights["a.weight"]
        np.testing.assert_allclose(both, 4 * one, atol=1e-13)


@pytest.mark.framework
@pytest.mark.parametrize("text", [NETWORK, TIED, ROOMY], ids=["blocks", "embeddings", "sizes"])
def test_files_hold_them_once(text: str, tmp_path: Path) -> None:
    from safetensors.numpy import load_file, save_file

    graph = load_text(text)
    _, weights = given(graph)
    counters = {
        f"{n[: -len('running_mean')]}num_batches_tracked": np.zeros((), "int64") for n in weights if "_mean" in n
    }
    zeros = {name: np.zeros([int(str(n)) for n in shape]) for name, shape in graph.zeros().items()}
    paths = [str(tmp_path / name) for name in ("net.safetensors", "net.weights.h5", "back.safetensors")]
    save_file(weights | counters | zeros, paths[0])
    assert read(graph, paths[0]).keys() == weights.keys()
    convert(graph, paths[0], paths[1])
    convert(graph, paths[1], paths[2])
    back = load_file(paths[2])
    assert all(np.array_equal(back[name], array) for name, array in weights.items())


def test_a_block_is_called_with_other_sizes() -> None:
    torch, keras = (load_text(ROOMY).compile(name) for name in ("torch", "keras"))
    assert "two = self.one(coarse)" in torch
    assert "remix = self.mix(read)" in torch
    assert "head_input = keras.Input((None, None, fine.shape[-1]), dtype=fine.dtype)\n" in keras
    assert "reading_input = keras.Input((None, words_.shape[-1]), dtype=words_.dtype)\n" in keras


@pytest.mark.parametrize(
    ("layers", "op"),
    [
        ("- conv: {filters: 2, kernel_size: 3, stride: 2, padding: same}\n      - global_avg_pool", "conv"),
        ("- conv: {filters: 2, kernel_size: 3, stride: 2, padding: 1}\n      - global_avg_pool", "conv"),
        ("- adaptive_avg_pool: {size: 2}\n      - conv: {filters: 2, kernel_size: 2}", "adaptive_avg_pool"),
        ("- conv: {filters: $input.height // 100 + 2, kernel_size: 3}\n      - global_avg_pool", "conv"),
        ("- conv: {filters: 2, kernel_size: 3}\n      - relu:\n        when: $input.height > 6\n      "
         "- global_avg_pool", "relu"),
        ("- conv: {filters: 2, kernel_size: 1}\n      - add:\n          one: []\n          other:\n            "
         "- max_pool: {kernel_size: [5, 1]}\n      - global_avg_pool", "add"),
        ("- flatten\n      - dense: {units: 3}", "flatten"),
    ],
)  # fmt: skip
def test_what_depends_on_sizes_is_not_shared_among_them(layers: str, op: str) -> None:
    text = (
        "archc: 1\nname: net\n"
        "inputs:\n  a: {height: 8, width: 8, channels: 2}\n  b: {height: 5, width: 8, channels: 2}\n"
        f"blocks:\n  block:\n    layers:\n      {layers}\nlayers:\n  - block:\n    from: a\n    name: one\n"
        "  - block:\n    from: b\n    name: two\n    share: one\noutputs: [one, two]\n"
    )
    with pytest.raises(SpecError, match=f"a `{op}` depends on the sizes"):
        load_text(text)


def test_the_source_uses_one_layer_twice() -> None:
    torch, keras = (network().compile(name) for name in ("torch", "keras"))
    assert "self.second" not in torch
    assert "second = self.first(right)\n" in torch
    assert torch.count("self.mix = ") == 1
    assert "for _ in range(2):\n            mixed = self.mix(mixed)\n" in torch or "self.mix(x)" in torch
    assert 'shared_tower = keras.Model(tower_input, tower(tower_input, 8, name="first"), name="first")\n' in keras
    assert "second = shared_tower(right)\n" in keras
    assert 'mix = layers.Dense(8, name="mix")\n' in keras
