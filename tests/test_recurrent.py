"""Recurrent layers: one bias in both frameworks, files with two, how weights start, and what users may get wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from archc.backend import find
from archc.compile import load_text
from archc.draws import draw
from archc.graph import Graph
from archc.verify import verify
from archc.weights import convert, read
from tests.reading import refused

NETWORK = """
archc: 1
name: reader
input: {length: 7, channels: 40}
layers:
  - lstm: {units: 50, return_sequences: true, direction: bidirectional}
  - simple_rnn: {units: 60, return_sequences: true, direction: reverse}
  - gru: {units: 70, return_sequences: true}
  - lstm: {units: 30, bias: false}
"""


def reader() -> Graph:
    return load_text(NETWORK)


def test_one_bias_is_counted_and_two_are_in_pytorchs_file() -> None:
    graph = reader()
    assert sum(int(str(w.elements)) for name, w in graph.weights().items() if name.startswith("lstm1")) == 36_400
    assert list(graph.zeros()) == ["lstm1.bias_hh_l0", "lstm1.bias_hh_l0_reverse", "simple_rnn.bias_hh_l0"]
    assert graph.summary().parameters == graph.summary().trainable_parameters


@pytest.mark.framework
def test_training_leaves_the_second_bias_at_zero() -> None:
    graph = reader()
    result = verify(graph, steps=4)
    assert result.equal, result.text()
    runner: Any = find("torch").runner(graph, dtype="float64")
    frozen = [name for name, weight in runner.model.named_parameters() if not weight.requires_grad]
    assert frozen == list(graph.zeros())
    runner.train([({"input": np.ones((2, 7, 40))}, {"lstm2": np.ones((2, 30))})], 0.5)
    held = runner.model.state_dict()
    assert all(not held[name].any() for name in frozen)
    assert runner.weights().keys() == graph.weights().keys()


@pytest.mark.framework
def test_a_file_with_two_trained_biases_means_their_sum(tmp_path: Path) -> None:
    from safetensors.numpy import load_file, save_file

    graph = reader()
    weights = {name: array.astype("float64") for name, array in draw(graph, 0, 0).weights.items()}
    zeros = {name: np.zeros([int(str(n)) for n in shape]) for name, shape in graph.zeros().items()}
    both = {name: np.full_like(array, 0.25) for name, array in zeros.items()}
    paths = [str(tmp_path / name) for name in ("two.safetensors", "keras.weights.h5", "one.safetensors")]
    save_file(weights | both, paths[0])
    found = read(graph, paths[0])
    for name, array in weights.items():
        moved = 0.25 if name.replace("_ih", "_hh") in zeros and "bias" in name else 0
        np.testing.assert_allclose(found[name], array + moved, rtol=0, atol=1e-15)
    convert(graph, paths[0], paths[1])
    convert(graph, paths[1], paths[2])
    back = load_file(paths[2])
    assert back.keys() == weights.keys() | zeros.keys()
    assert all(np.array_equal(back[name], array) for name, array in {**found, **zeros}.items())


@pytest.mark.framework
def test_weights_start_alike() -> None:
    graph = reader()
    for backend in ("torch", "keras"):
        for name, array in find(backend).runner(graph, dtype="float64").weights().items():
            kind = name.partition(".")[2]
            if kind.startswith("weight_ih"):
                bound = np.sqrt(6 / sum(array.shape))
                assert 0.99 * bound < abs(array).max() <= bound, (backend, name)
                assert array.std() == pytest.approx(bound / np.sqrt(3), rel=0.03), (backend, name)
            elif kind.startswith("weight_hh"):
                np.testing.assert_allclose(array.T @ array, np.eye(array.shape[1]), atol=1e-6)
            else:
                units = array.size // 4
                ones = (np.arange(array.size) // units == 1) if name.startswith("lstm") else 0
                assert np.array_equal(array, np.zeros(array.size) + ones), (backend, name)


@pytest.mark.parametrize(
    ("argument", "said"),
    [
        ("bidirectional: true", "did you mean `direction`"),
        ("hidden_size: 3", "did you mean `units`"),
        ("reset_after: false", "arguments of `gru`"),
        ("direction: backward", "`forward`, `reverse`, `bidirectional`"),
    ],
)
def test_other_words_are_explained(argument: str, said: str) -> None:
    text = f"archc: 1\nname: net\ninput: {{length: 4, channels: 2}}\nlayers:\n  - gru: {{units: 3, {argument}}}\n"
    found, *_ = refused(text)
    assert said in f"{found.message} {found.help}"
