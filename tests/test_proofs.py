"""What both backends emit is proven equal, and weights are carried, for networks that use the language widely."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from archc.backend import Backend, Emitted, Runner, find
from archc.compile import load, load_text
from archc.graph import Graph
from archc.verify import verify
from archc.weights import convert

if TYPE_CHECKING:
    from numpy.typing import NDArray

pytestmark = pytest.mark.framework

SPECS = Path(__file__).parent.parent / "specs"

NORMED = """
archc: 1
name: normed
input: {height: any, width: any, channels: 3}
layers:
  - conv: {filters: 4, kernel_size: 3, padding: same, bias: false}
  - batch_norm
  - relu6
  - chain:
      - separable_conv: {filters: 4, kernel_size: 3, padding: same}
      - batch_norm: {affine: false}
      - prelu
    repeat: 2
  - depthwise_conv: {kernel_size: 3, multiplier: 2, stride: [1, 2]}
  - conv_transpose: {filters: 4, kernel_size: 2, stride: 2}
  - add:
      main:
        - conv: {filters: 4, kernel_size: 3, padding: same, groups: 2}
        - group_norm: {groups: 2}
      shortcut: []
  - dropout: {rate: 0.5}
  - spatial_dropout: {rate: 0.5}
  - global_avg_pool
  - dense: {units: 3, activation: softmax}
"""

SEVERAL = """
archc: 1
name: several
inputs: {image: {height: 8, width: 6, channels: 2}, words: {length: 7, vocabulary: 11}, meta: {features: 5}}
layers:
  - conv: {filters: 4, kernel_size: 3}
    from: image
  - flatten:
    name: seen
  - embedding: {units: 6}
    from: words
  - conv: {filters: 4, kernel_size: 3, activation: silu}
  - layer_norm
  - global_max_pool:
    name: read
  - concat:
    from: [seen, read, meta]
  - dense: {units: 5, activation: softmax}
    name: kind
  - dense: {units: 1, activation: sigmoid}
    from: read
    name: mood
outputs: [kind, mood]
"""

VOLUME = """
archc: 1
name: volume
input: {depth: 6, height: 6, width: 8, channels: 2}
layers:
  - conv: {filters: 4, kernel_size: 3, activation: relu}
  - max_pool: {kernel_size: 2}
  - depthwise_conv: {kernel_size: 2, padding: same}
  - separable_conv: {filters: 3, kernel_size: 1}
  - permute: {to: [height, width, depth, channels]}
  - lrn: {size: 2}
  - flatten
  - dense: {units: 3}
"""


class Changed:
    """A backend whose emitted source is changed in its first place that says `old`."""

    def __init__(self, backend: Backend, old: str, new: str) -> None:
        self.backend = backend
        self.old = old
        self.new = new

    def __getattr__(self, name: str) -> Any:
        return getattr(self.backend, name)

    def emit(self, graph: Graph, **options: Any) -> Emitted:
        """Return the source, changed."""
        emitted = self.backend.emit(graph, **options)
        assert self.old in emitted.source
        return emitted._replace(source=emitted.source.replace(self.old, self.new, 1))

    def runner(self, graph: Graph, *, dtype: str, strict: bool = False) -> Runner:
        """Build the source, changed."""
        return type(self.backend).runner(self, graph, dtype=dtype, strict=strict)


@pytest.mark.parametrize("text", [NORMED, SEVERAL, VOLUME], ids=["normed", "several", "volume"])
@pytest.mark.parametrize("options", [{}, {"strict": True}, {"dtype": "float32"}], ids=["plain", "strict", "float32"])
def test_equal(text: str, options: dict[str, Any]) -> None:
    graph = load_text(text)
    result = verify(graph, **options)
    assert result.equal, result.text()
    assert result.layers_compared == len(graph.layers)
    if options.get("strict"):
        assert not any("running_var" in limit for limit in result.limits)


def test_limits_are_named() -> None:
    volume = verify(load_text(VOLUME), steps=1)
    assert [limit.partition(":")[0] for limit in volume.limits] == ["max_pool"]
    assert volume.forward.max_rel > 1e-10, "pooling in float32 must show"
    normed = verify(load_text(NORMED), steps=1)
    assert [limit.partition(":")[0] for limit in normed.limits] == ["batch_norm.running_var"]
    assert normed.forward.max_rel < 1e-13


def test_the_published_two_conv_network() -> None:
    result = verify(load(str(SPECS / "two_conv.yaml")))
    assert result.equal
    assert result.layers_compared == 5
    assert result.gradients.max_rel < 1e-13
    assert result.limits == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["googlenet", "squeezenet1_1", "resnet"])
def test_large_networks(name: str) -> None:
    result = verify(load(str(SPECS / f"{name}.yaml")))
    assert result.equal, result.text()


PLANTED = [
    ("torch", ".permute(0, 2, 3, 1)", "", "flatten", 10),
    ("torch", "F.relu(", "F.relu6(", "conv1", 8),
    ("keras", 'activation="relu"', 'activation="relu6"', "conv1", 8),
    ("keras", "layers.Softmax(", "layers.Softmax(axis=0, ", "dense_softmax", 11),
]


@pytest.mark.parametrize(("side", "old", "new", "layer", "line"), PLANTED)
def test_a_change_of_the_emitted_source_is_found(side: str, old: str, new: str, layer: str, line: int) -> None:
    backends = [Changed(find(name), old, new) if name == side else find(name) for name in ("torch", "keras")]
    result = verify(load(str(SPECS / "two_conv.yaml")), backends, steps=1)
    assert not result.equal
    assert result.first_difference is not None
    assert (result.first_difference.layer, result.first_difference.line) == (layer, line)


@pytest.mark.parametrize("text", [NORMED, SEVERAL, VOLUME], ids=["normed", "several", "volume"])
def test_weights_are_carried(text: str, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    graph = load_text(text)
    torch_runner: Any = find("torch").runner(graph, dtype="float32")
    source = np.random.default_rng(1)
    drawn: dict[str, NDArray[Any]] = {
        name: source.uniform(0.1, 1, array.shape).astype("float32") for name, array in torch_runner.weights().items()
    }
    torch_runner.load(drawn)
    save_file(torch_runner.model.state_dict(), tmp_path / "a.safetensors")
    convert(graph, str(tmp_path / "a.safetensors"), str(tmp_path / "b.weights.h5"))
    convert(graph, str(tmp_path / "b.weights.h5"), str(tmp_path / "c.safetensors"))
    back = load_file(tmp_path / "c.safetensors")
    torch_runner.model.load_state_dict(back, strict=True)
    for name, array in drawn.items():
        np.testing.assert_array_equal(back[name].numpy(), array, err_msg=name)


def test_a_file_of_the_keras_model_with_logits_is_read_by_name(tmp_path: Path) -> None:
    from safetensors.numpy import load_file

    # Without the softmax `p` is as deep as `q`, and Keras numbers the two the other way round.
    steps = [
        "dense: {units: 4}\n    name: a",
        "dense: {units: 4, activation: softmax}\n    name: p\n    from: a",
        "dense: {units: 4}\n    name: q\n    from: a",
        "dense: {units: 4}\n    name: r",
    ]
    listed = "".join(f"  - {step}\n" for step in steps)
    graph = load_text(f"archc: 1\nname: heads\ninput: {{features: 4}}\nlayers:\n{listed}outputs: [p, r]\n")
    runner: Any = find("keras").runner(graph, dtype="float32")
    drawn = {
        name: np.full(array.shape, place, "float32") for place, (name, array) in enumerate(runner.weights().items())
    }
    runner.load(drawn)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Keras's own, about numpy
        runner.model.save_weights(tmp_path / "logits.weights.h5")
    runner.save(tmp_path / "whole.weights.h5")
    for name in ("logits", "whole"):
        convert(graph, str(tmp_path / f"{name}.weights.h5"), str(tmp_path / f"{name}.safetensors"))
        found = load_file(tmp_path / f"{name}.safetensors")
        assert {key: float(array.flat[0]) for key, array in found.items()} == {
            key: float(array.flat[0]) for key, array in drawn.items()
        }
