"""`trainable` and `regularizer`: the same gradients and steps in both frameworks, and none where none should be."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from archc.backend import find
from archc.compile import load_text
from archc.ops import OPS
from archc.problems import SpecError
from archc.testing.conformance import one_op
from archc.verify import verify
from tests.reading import refused
from tests.test_oracle import given

# The factors are exact in float32, in which TensorFlow holds them.
NETWORK = """
archc: 1
name: tuned
input: {height: 10, width: 9, channels: 3}
blocks:
  unit:
    params: [filters, train: true]
    layers:
      - conv: {filters: $filters, kernel_size: 3, trainable: $train, bias: false, regularizer: {l2: 0.0625}}
      - batch_norm: {trainable: false}
      - relu
layers:
  - unit: {filters: 4, train: false}
  - unit: {filters: 6}
  - depthwise_conv: {kernel_size: 3, regularizer: {l1: 0.125}}
  - separable_conv: {filters: 5, kernel_size: 3, regularizer: {l1: 0.125}}
  - prelu: {trainable: false}
  - reshape: {to: {length: 2, channels: 5}}
  - lstm: {units: 4, direction: bidirectional, regularizer: {l1: 0.125, l2: 0.25}, return_sequences: true}
  - gru: {units: 3, trainable: false, direction: bidirectional, regularizer: {l2: 2}}
  - dense: {units: 7, trainable: false, regularizer: {l2: 0.5}}
  - dense: {units: 2, regularizer: {l2: 0.5}}
"""

FROZEN = ("unit1.conv", "unit1.batch_norm", "unit2.batch_norm", "prelu", "gru", "dense1")


def test_frozen_weights_are_not_counted_as_trained() -> None:
    graph = load_text(NETWORK)
    frozen = {name for name, weight in graph.weights().items() if not weight.trainable}
    assert {name.rpartition(".")[0] for name in frozen} == set(FROZEN)
    summary = graph.summary()
    kept = sum(int(str(weight.elements)) for name, weight in graph.weights().items() if name in frozen)
    assert summary.parameters - summary.trainable_parameters == kept > 0


@pytest.mark.framework
def test_both_frameworks_train_alike() -> None:
    result = verify(load_text(NETWORK), steps=4, strict=True)
    assert result.equal, result.text()
    assert not result.limits
    assert result.gradients.max_rel < 1e-12


@pytest.mark.framework
def test_training_leaves_what_is_frozen() -> None:
    graph = load_text(NETWORK)
    inputs, weights = given(graph)
    targets = {"dense2": np.ones((2, 2))}
    for backend in ("torch", "keras"):
        runner = find(backend).runner(graph, dtype="float64")
        runner.load(weights)
        gradients = runner.gradients(inputs, targets).weights
        assert not [name for name in gradients if name.rpartition(".")[0] in FROZEN], backend
        after = runner.train([(inputs, targets)] * 3, 0.1).weights
        for name, before in weights.items():
            assert np.array_equal(after[name], before) == (not graph.weights()[name].trainable), (backend, name)


@pytest.mark.framework
def test_the_loss_rises_by_the_sums_of_the_weights() -> None:
    graph = load_text(NETWORK)
    bare = load_text(re.sub(r"regularizer: \{.*?\}(, )?", "", NETWORK))
    inputs, weights = given(graph)
    targets = {"dense2": np.ones((2, 2))}

    def squares(*names: str) -> float:
        return float(sum((weights[name] ** 2).sum() for name in names))

    def sizes(*names: str) -> float:
        return float(sum(abs(weights[name]).sum() for name in names))

    recurrent = [f"lstm.weight_{kind}_l0{end}" for kind in ("ih", "hh") for end in ("", "_reverse")]
    kernels = ["depthwise_conv.weight", "separable_conv.depthwise.weight", "separable_conv.pointwise.weight"]
    raised = 0.0625 * squares("unit2.conv.weight") + 0.5 * squares("dense2.weight") + 0.25 * squares(*recurrent)
    raised += 0.125 * sizes(*kernels, *recurrent)
    for backend in ("torch", "keras"):
        losses = []
        for network in (graph, bare):
            runner = find(backend).runner(network, dtype="float64")
            runner.load(weights)
            losses.append(runner.gradients(inputs, targets).loss)
        assert losses[0] - losses[1] == pytest.approx(raised, rel=1e-12), backend


def test_pytorch_names_classes_where_all_of_them_are_meant() -> None:
    text = (
        "archc: 1\nname: net\ninput: {height: 9, width: 9, channels: 3}\ndefaults: {conv: {regularizer: {l2: 1e-4}}}\n"
    )
    text += "layers:\n  - conv: {filters: 4, kernel_size: 3}\n    repeat: 3\n"
    source = load_text(text).compile("torch")
    assert "weights = [layer.weight for layer in self.modules() if isinstance(layer, nn.Conv2d)]\n" in source
    assert "return 0.0001 * sum(w.square().sum() for w in weights)\n" in source
    keras: Any = load_text(text).compile("keras")
    assert "kernel_regularizer=keras.regularizers.L2(0.0001)" in keras


def test_one_initializer_for_all_is_said_by_class() -> None:
    text = (
        "archc: 1\nname: net\ninput: {height: 9, width: 9, channels: 3}\ndefaults: {conv: {initializer: he_normal}}\n"
    )
    text += "layers:\n  - conv: {filters: 4, kernel_size: 3}\n    repeat: 3\n"
    source = load_text(text).compile("torch")
    assert 'kaiming_normal_(layer.weight, nonlinearity="relu")' in source
    assert "He normal, biases zero" in source
    assert "get_parameter" not in source


@pytest.mark.parametrize(
    ("argument", "said"),
    [
        ("initializer: xavier_uniform", "did you mean `glorot_uniform`"),
        ("initializer: {normal: {stddev: -1}}", "the name of a distribution"),
        ("initializer: constant", "the name of a distribution"),
        ("regularizer: 0.1", "a map with `l1`, `l2` or both"),
        ("regularizer: {l2: 0}", "a number above 0"),
        ("trainable: 'no'", "`true` or `false`"),
        ("kernel_initializer: zeros", "did you mean `initializer`"),
    ],
)
def test_what_is_wrong_is_said(argument: str, said: str) -> None:
    text = f"archc: 1\nname: net\ninput: {{features: 4}}\nlayers:\n  - dense: {{units: 3, {argument}}}\n"
    found, *_ = refused(text)
    assert said in f"{found.message} {found.help}"


def test_ops_without_kernels_take_no_initializer() -> None:
    with pytest.raises(SpecError):
        load_text("archc: 1\nname: net\ninput: {features: 4}\nlayers:\n  - batch_norm: {initializer: zeros}\n")


@pytest.mark.framework
@pytest.mark.thorough
@pytest.mark.parametrize("name", [name for name, op in OPS.items() if "trainable" in op.arguments])
def test_every_op_with_weights_can_be_frozen(name: str) -> None:
    example = OPS[name].examples[0]
    graph = load_text(one_op(name, {**example.args, "trainable": False}, example.inputs))
    reason = find("keras").supports(graph.layers[0])
    assert reason is None or name in ("multi_head_attention", "window_attention", "position_embedding", "class_token")
    result = verify(graph, ("torch", "torch" if reason else "keras"), steps=2)
    assert result.equal, result.text()
    assert not any(weight.trainable for weight in graph.weights().values())


def test_an_embedding_takes_one_of_its_vocabulary() -> None:
    text = "archc: 1\nname: net\ninput: {length: 3, vocabulary: 7}\nlayers:\n"
    text += "  - embedding: {units: 4, initializer: he_normal}\n"
    assert load_text(text).weights()["embedding.weight"].initial == ("he_normal", 7.0, 4.0)
