"""Emitted source against what was written by hand before there was a compiler: `tests/targets`.

The text is the same but for the differences listed here, each with its reason; what both compute is the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from types import FunctionType
from typing import Any, NamedTuple

import numpy as np
import pytest

from archc import __version__
from archc.backend import find
from archc.execute import execute, last_defined
from tests.zoo import SPECS, Network

TARGETS = Path(__file__).parent / "targets"
NAMES = ("two_conv", "googlenet")
BACKENDS = ("torch", "keras")


class Difference(NamedTuple):
    """Where the emitted text is not the target's, and why that is as good."""

    why: str
    target: str
    emitted: str


SENTENCE = Difference("the description is the spec's own text", "two_conv: two", "two_conv: Two")
SOFTMAX = Difference(
    "a fused final activation is called after its output, so that two outputs may have one",
    'name="softmax"',
    'name="dense_softmax"',
)
OVERWRITTEN = "a relu overwrites what nobody else reads"
DIFFERENCES: dict[str, list[Difference]] = {
    "two_conv_torch": [
        SENTENCE,
        Difference(
            "one way to find the layers, however many there are",
            "        for layer in (self.conv1, self.conv2, self.dense):\n"
            "            nn.init.xavier_uniform_(layer.weight)\n"
            "            nn.init.zeros_(layer.bias)\n",
            "        for layer in self.modules():\n"
            "            if isinstance(layer, (nn.Conv2d, nn.Linear)):\n"
            "                nn.init.xavier_uniform_(layer.weight)\n"
            "                nn.init.zeros_(layer.bias)\n",
        ),
        *(
            Difference(OVERWRITTEN, f"F.relu(self.conv{number}(x))", f"F.relu(self.conv{number}(x), inplace=True)")
            for number in (1, 2)
        ),
        Difference("the permute says it", "  # (5760,), in the order height, width, channels", "  # (5760,)"),
    ],
    "two_conv_keras": [SENTENCE, SOFTMAX],
    "googlenet_torch": [
        *(
            Difference(OVERWRITTEN, f"{start} F.relu(self.conv(x))", f"{start} F.relu(self.conv(x), inplace=True)")
            for start in ("return", "x =")
        ),
        Difference(
            "kernel sizes are named everywhere, as in the network's own layers",
            "filters, kernel_size, padding",
            "filters, kernel_size=kernel_size, padding",
        ),
        Difference(
            "as ruff formats it without a trailing comma",
            "        self,\n        in_channels: int,\n        c1: int,\n        c3_reduce: int,\n        c3: int,\n"
            "        c5_reduce: int,\n        c5: int,\n        pool: int,\n",
            "        self, in_channels: int, c1: int, c3_reduce: int, c3: int, c5_reduce: int, c5: int, pool: int\n",
        ),
    ],
    "googlenet_keras": [
        Difference(
            "one definition for every bias and rank",
            "def local_response_norm(x: KerasTensor, size: int, alpha: float, beta: float) -> KerasTensor:",
            "def local_response_norm(\n    x: KerasTensor, size: int, alpha: float, beta: float, bias: float = 1.0\n"
            ") -> KerasTensor:",
        ),
        Difference(
            "the same, for the axes",
            "    squares = ops.pad(ops.square(x), [(0, 0), (0, 0), (0, 0), (size // 2, (size - 1) // 2)])\n",
            "    around = (size // 2, (size - 1) // 2)\n"
            "    squares = ops.pad(ops.square(x), (*[(0, 0)] * (len(x.shape) - 1), around))\n",
        ),
        Difference("the same, for the bias", "ops.power(1.0 + alpha", "ops.power(bias + alpha"),
        Difference(
            "what fits one line stands in one",
            '    x = layers.Conv2D(filters, kernel_size, padding="same", name=f"{name}_conv")(x)\n'
            "    return ops.relu(x)\n",
            '    return ops.relu(layers.Conv2D(filters, kernel_size, padding="same", name=f"{name}_conv")(x))\n',
        ),
        *(
            Difference("called after the block, as in PyTorch", f'{path}_conv")', f'{path}_conv_relu")')
            for path in ("conv3x3", "conv5x5", "pooled")
        ),
        Difference("shapes are told of layers of the spec", "(inputs)  # (230, 230, 3)", "(inputs)"),
        SOFTMAX,
    ],
}  # fmt: skip

INCEPTION = re.compile(
    r"^( *)(.*nception)\((.*?\d+), (\d+), (\d+), (\d+), (\d+), (\d+)(, name=.*?)?\)(  #.*)?$", re.MULTILINE
)
"""A use of the inception block with its seven or eight numbers."""


def with_names(use: re.Match[str]) -> str:
    """Name the numbers after the first: a reader would have to count. A call that is then too long is split."""
    indent, called, first, *numbers, name, comment = use.groups(default="")
    words = ("c3_reduce", "c3", "c5_reduce", "c5", "pool")
    inside = ", ".join([first, *(f"{word}={number}" for word, number in zip(words, numbers, strict=True))]) + name
    line = f"{indent}{called}({inside})"
    if len(line) > 100:
        return f"{indent}{called}(\n{indent}    {inside}\n{indent})"
    return line + comment if len(line + comment) <= 100 else line


NETWORK_AND_BACKEND = [(name, backend) for name in NAMES for backend in BACKENDS]


def target(name: str, backend: str) -> str:
    return (TARGETS / f"{name}_{backend}.py").read_text(encoding="utf-8")


def emitted(name: str, backend: str) -> str:
    network = Network(SPECS / f"{name}.yaml", None)
    return find(backend).emit(network.graph(), origin=network.path.name).source


@pytest.mark.parametrize(("name", "backend"), NETWORK_AND_BACKEND)
def test_text_is_the_targets_but_for_what_is_listed(name: str, backend: str) -> None:
    text = target(name, backend).replace("archc 0.1.0", f"archc {__version__}")
    for difference in DIFFERENCES[f"{name}_{backend}"]:
        assert text.count(difference.target) == 1, difference
        text = text.replace(difference.target, difference.emitted)
    text = INCEPTION.sub(with_names, text)
    assert emitted(name, backend) == text


class Model(NamedTuple):
    """A model's weights in order, and what it gives for an array: logits, probabilities, gradients of a loss."""

    shapes: list[tuple[int, ...]]
    set: Callable[[list[Any]], None]
    run: Callable[[Any], list[Any]]


def torch_model(source: str) -> Model:
    import torch

    from archc_torch.runner import settings

    with settings(torch.float64):
        model: Any = last_defined(execute(source, "target"), type)().eval()
    state = model.state_dict()

    def put(values: list[Any]) -> None:
        model.load_state_dict(dict(zip(state, map(torch.from_numpy, values), strict=True)))

    def run(x: Any) -> list[Any]:
        tensor = torch.from_numpy(np.moveaxis(x, -1, 1).copy())
        with settings(torch.float64):
            logits, probabilities = model.logits(tensor), model(tensor)
            gradients = torch.autograd.grad(logits.square().sum(), list(model.parameters()))
        return [value.detach().numpy() for value in (logits, probabilities, *gradients)]

    return Model([tuple(value.shape) for value in state.values()], put, run)


def keras_model(source: str) -> Model:
    import tensorflow as tf

    from archc_keras.session import array_of, settings

    # Its sizes stand in a Keras model; smaller ones make the same test in less time.
    function = last_defined(execute(source.replace("(224, 224, 3)", "(32, 32, 3)"), "target"), FunctionType)
    with settings("float64"):
        model, whole = function(logits=True), function(logits=False)

    def put(values: list[Any]) -> None:
        for one in (model, whole):
            for variable, value in zip(one.weights, values, strict=True):
                variable.assign(value)

    def run(x: Any) -> list[Any]:
        with settings("float64"), tf.GradientTape() as tape:
            logits = model(tf.constant(x), training=False)
            loss = tf.reduce_sum(tf.square(logits))
        with settings("float64"):
            probabilities = whole(tf.constant(x), training=False)
        gradients = tape.gradient(loss, [weight.value for weight in model.trainable_variables])
        return [array_of(value) for value in (logits, probabilities, *gradients)]

    return Model([tuple(weight.shape) for weight in model.weights], put, run)


BUILD = {"torch": torch_model, "keras": keras_model}


@pytest.mark.framework
@pytest.mark.parametrize(("name", "backend"), NETWORK_AND_BACKEND)
def test_emitted_source_computes_what_the_target_computes(name: str, backend: str) -> None:
    ours, theirs = (BUILD[backend](text(name, backend)) for text in (emitted, target))
    assert ours.shapes == theirs.shapes
    random = np.random.default_rng(0)
    values = [random.normal(size=shape) / np.sqrt(np.prod(shape) / max(shape)) for shape in ours.shapes]
    x = random.normal(size=(2, 28, 28, 1) if name == "two_conv" else (2, 32, 32, 3))
    ours.set(values)
    theirs.set(values)
    found = list(zip(ours.run(x), theirs.run(x), strict=True))
    assert len(found) == 2 + len(values)
    for ours_gives, theirs_gives in found:
        scale = abs(theirs_gives).max()
        assert scale > 0
        assert abs(ours_gives - theirs_gives).max() <= 1e-12 * max(scale, 1)


@pytest.mark.framework
@pytest.mark.parametrize("name", NAMES)
def test_names_of_weights_are_the_targets(name: str) -> None:
    import torch

    with torch.device("meta"):
        ours, theirs = (last_defined(execute(text(name, "torch"), name), type)() for text in (emitted, target))
    assert list(ours.state_dict()) == list(theirs.state_dict())
