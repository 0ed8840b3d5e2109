"""`archc.inspect`: what each layer gives, the same from every backend, in the spec's order of axes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import archc
from archc import draws
from archc.compile import load_text
from archc.graph import Graph

if TYPE_CHECKING:
    from numpy.typing import NDArray

SPEC = """
archc: 1
name: seen
inputs: {image: {height: 6, width: 5, channels: 2}, words: {length: 3, vocabulary: 7}}
blocks:
  pair:
    params: [filters]
    layers:
      - conv: {filters: $filters, kernel_size: 3, padding: same, activation: tanh}
      - batch_norm
layers:
  - pair: {filters: 3}
    from: image
    repeat: 2
  - max_pool: {kernel_size: 2}
  - flatten:
    name: near
  - embedding: {units: 2}
    from: words
  - flatten:
    name: far
  - concat:
    from: [near, far]
  - dense: {units: 4, activation: softmax}
"""
PATHS = [
    "pair.0.conv", "pair.0.batch_norm", "pair.1.conv", "pair.1.batch_norm", "max_pool", "near", "embedding", "far",
    "concat", "dense", "dense_softmax",
]  # fmt: skip


def given(graph: Graph) -> tuple[dict[str, NDArray[Any]], dict[str, NDArray[Any]]]:
    drawn = draws.draw(graph, 3, 0)
    return {name: array[:2] for name, array in drawn.inputs.items()}, drawn.weights


@pytest.mark.framework
def test_backends_agree_on_every_layer() -> None:
    graph = load_text(SPEC)
    inputs, weights = given(graph)
    first = archc.inspect(graph, "torch", inputs, weights)
    assert list(first) == PATHS
    assert {path: array.shape[1:] for path, array in first.items()} == {
        layer.path: layer.output.sizes for layer in graph.layers
    }
    for backend in ("keras", "onnx"):
        found = archc.inspect(graph, backend, inputs, weights)
        assert list(found) == PATHS
        for path, array in found.items():
            np.testing.assert_allclose(array, first[path], rtol=1e-12, atol=1e-12, err_msg=f"{backend}: {path}")
    np.testing.assert_allclose(first["dense_softmax"].sum(-1), 1, atol=1e-12)
    single = archc.inspect(graph, "torch", inputs, weights, dtype="float32")
    assert {array.dtype.name for array in single.values()} == {"float32"}


@pytest.mark.framework
def test_an_array_and_a_file(tmp_path: Path) -> None:
    from safetensors.numpy import save_file

    graph = load_text(
        "archc: 1\nname: n\ninput: {height: any, width: any, channels: 2}\nlayers:\n"
        "  - conv: {filters: 3, kernel_size: [1, 2]}\n  - global_avg_pool"
    )
    _, weights = given(graph)
    save_file(weights, tmp_path / "w.safetensors")
    x = np.random.default_rng(0).standard_normal((2, 3, 4, 2))
    found = archc.inspect(graph, "torch", x, tmp_path / "w.safetensors")
    kernel, bias = weights["conv.weight"].astype("float64"), weights["conv.bias"]
    expected = x[:, :, :-1] @ kernel[:, :, 0, 0].T + x[:, :, 1:] @ kernel[:, :, 0, 1].T + bias
    np.testing.assert_allclose(found["conv"], expected, atol=1e-12)
    np.testing.assert_allclose(found["global_avg_pool"], expected.mean((1, 2)), atol=1e-12)


IMAGE, WORDS = np.zeros((2, 6, 5, 2)), np.zeros((2, 3), int)
WRONG: list[tuple[Any, str]] = [
    (IMAGE, "`seen` has several inputs: give a dict with image, words"),
    ({"image": IMAGE}, "no array for the input `words`"),
    ({"imag": IMAGE, "words": WORDS}, "the network has no input `imag`; did you mean `image`?"),
    ({"image": IMAGE[0], "words": WORDS}, "input `image` has shape (6, 5, 2), not batch x 6x5x2: its axes are batch, "),
    ({"image": IMAGE.swapaxes(1, 3), "words": WORDS}, "input `image` has shape (2, 2, 5, 6), not batch x 6x5x2"),
    ({"image": IMAGE[:0], "words": WORDS}, "input `image` has shape (0, 6, 5, 2)"),
    ({"image": IMAGE, "words": WORDS + 7}, "input `words` holds token ids: whole numbers from 0 and below 7"),
    ({"image": IMAGE, "words": WORDS * 1.0}, "input `words` holds token ids"),
    ({"image": IMAGE, "words": WORDS[:1]}, "batches of different sizes: {'image': 2, 'words': 1}"),
]


@pytest.mark.framework
@pytest.mark.parametrize(("inputs", "words"), WRONG)
def test_inputs_that_do_not_fit(inputs: Any, words: str) -> None:
    graph = load_text(SPEC)
    with pytest.raises(ValueError, match=re.escape(words)):
        archc.inspect(graph, "torch", inputs, given(graph)[1])


@pytest.mark.framework
def test_weights_that_do_not_fit() -> None:
    graph = load_text(SPEC)
    inputs, weights = given(graph)
    with pytest.raises(ValueError, match=r"no array for the weight `dense.bias`$"):
        archc.inspect(graph, "torch", inputs, {k: v for k, v in weights.items() if k != "dense.bias"})
    with pytest.raises(ValueError, match=r"no weight `dense.bia`; did you mean `dense.bias`\?"):
        archc.inspect(graph, "torch", inputs, {**weights, "dense.bia": weights["dense.bias"]})
    with pytest.raises(ValueError, match=r"weight `dense.bias` has shape \(3,\), not \(4,\)"):
        archc.inspect(graph, "torch", inputs, {**weights, "dense.bias": np.zeros(3)})
    with pytest.raises(ValueError, match="`float16` is no number type"):
        archc.inspect(graph, "torch", inputs, weights, dtype="float16")
    with pytest.raises(archc.SpecError, match="no file of weights"):
        archc.inspect(graph, "torch", inputs, "weights.txt")
    with pytest.raises(FileNotFoundError):
        archc.inspect(graph, "torch", inputs, "not_there.safetensors")
