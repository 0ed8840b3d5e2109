"""A hundred steps of training in float64 end in the same weights in both frameworks, whatever the recipe.

The scripts are those that `archc train --strict` writes, made to compute in float64. Rates and other settings are such
as float32 holds exactly: Keras keeps them so.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from archc.backend import find
from archc.compile import load_text
from archc.graph import Graph
from archc.training.run import Options, initial, prepare
from archc.weights import read
from tests.running import run

pytestmark = [pytest.mark.framework, pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")]

EXAMPLES, BATCH, EPOCHS = 40, 8, 20
STEPS = EXAMPLES // BATCH * EPOCHS
IMAGE = "input: {height: 8, width: 8, channels: 1}"

NETS = {
    "one_conv": f"""
{IMAGE}
layers:
  - conv: {{filters: 4, kernel_size: 3, activation: relu}}
  - flatten
""",
    "two_conv": f"""
{IMAGE}
layers:
  - conv: {{filters: 4, kernel_size: 3, activation: relu}}
    repeat: 2
  - flatten
""",
    "residual": f"""
{IMAGE}
blocks:
  residual:
    params: [filters, stride: 1]
    layers:
      - add:
          main:
            - conv: {{filters: $filters, kernel_size: 3, stride: $stride, padding: same, bias: false}}
            - batch_norm
            - relu
            - conv: {{filters: $filters, kernel_size: 3, padding: same, bias: false}}
            - batch_norm
          shortcut:
            - conv: {{filters: $filters, kernel_size: 1, stride: $stride, bias: false}}
              when: $stride > 1 or input.channels != filters
      - relu
layers:
  - residual: {{filters: 3}}
  - residual: {{filters: 4, stride: 2}}
  - global_avg_pool
""",
    "lstm": """
input: {length: 6, channels: 3}
layers:
  - lstm: {units: 4}
""",
    "vit": f"""
{IMAGE}
blocks:
  encoder:
    layers:
      - add:
          main:
            - layer_norm
            - multi_head_attention: {{heads: 2}}
          shortcut: []
      - add:
          main:
            - layer_norm
            - dense: {{units: 12, activation: relu}}
            - dense: {{units: 8}}
          shortcut: []
layers:
  - conv: {{filters: 8, kernel_size: 4, stride: 4}}
  - reshape: {{to: {{length: 4, channels: 8}}}}
  - encoder:
    repeat: 2
  - layer_norm
  - mean: {{axis: length}}
""",
}
HEAD = "  - dense: {units: 3, activation: softmax}\n"

COSINE = "schedule: {cosine: {warmup: 1, final: 0.125}}, clip: 1.0"
RECIPES = {
    "sgd": f"optimizer: {{sgd: {{learning_rate: 0.0625, momentum: 0}}}}, {COSINE}",
    "momentum": f"optimizer: {{sgd: {{learning_rate: 0.03125, momentum: 0.875, nesterov: true}}}}, {COSINE}",
    "adam": "optimizer: {adam: {learning_rate: 0.0078125, beta1: 0.875, beta2: 0.96875, epsilon: 0.0009765625}}, "
    + COSINE,
    "adamw": "optimizer: {adamw: {learning_rate: 0.0078125, beta1: 0.875, beta2: 0.96875, epsilon: 0.0009765625, "
    f"weight_decay: 0.0625}}}}, {COSINE}",
    "rmsprop": "optimizer: {rmsprop: {learning_rate: 0.00390625, rho: 0.875, epsilon: 0.0009765625}}, "
    "schedule: {step: {every: 5, factor: 0.5}}, clip: 1.0",
}

PAIRS = [("one_conv", "rmsprop"), ("two_conv", "sgd"), ("residual", "momentum"), ("lstm", "adam"), ("vit", "adamw")]
OTHERS = [(net, recipe) for net in NETS for recipe in RECIPES if (net, recipe) not in PAIRS]

ROUNDED = """
_rate = rate


def rate(step: int, steps: int) -> float:
    return float(np.float32(_rate(step, steps)))


if __name__ == "__main__":"""
"""Keras keeps the rate in float32: both scripts round it."""


@pytest.fixture(autouse=True)
def _clean() -> Iterator[None]:
    torch, keras = pytest.importorskip("torch"), pytest.importorskip("keras")
    floatx, policy, default = keras.config.floatx(), keras.config.dtype_policy(), torch.get_default_dtype()
    yield
    keras.config.set_floatx(floatx)
    keras.config.set_dtype_policy(policy)
    torch.set_default_dtype(default)
    keras.backend.clear_session()


def network(net: str, recipe: str) -> str:
    training = f"batch_size: {BATCH}, epochs: {EPOCHS}, {RECIPES[recipe]}"
    return f"archc: 1\nname: net{NETS[net]}{HEAD}training: {{{training}}}\n"


def data(graph: Graph, path: Path) -> str:
    random = np.random.default_rng(5)
    (shape,) = graph.inputs.values()
    y = random.integers(0, 3, EXAMPLES)
    x = random.normal(size=(EXAMPLES, *[int(str(size)) for size in shape.sizes])) + y.reshape(
        -1, *[1] * len(shape.axes)
    )
    np.savez(path, x_train=x.astype("float32"), y_train=y, x_test=x[:8].astype("float32"), y_test=y[:8])
    return str(path)


def doubled(folder: Path, backend: str) -> None:
    """Make a script compute in float64."""
    path = folder / "train.py"
    source = path.read_text(encoding="utf-8")
    wide = {
        "torch": "torch.set_default_dtype(torch.float64)",
        "keras": 'keras.config.set_floatx("float64")\nkeras.config.set_dtype_policy("float64")',
    }[backend]
    changes = {"\n\n\ndef main": f"\n{wide}\n\n\ndef main", '\nif __name__ == "__main__":': ROUNDED}
    for old, new in changes.items():
        assert source.count(old) == 1
        source = source.replace(old, new)
    narrow = {"torch": "np.load(path)", "keras": "        return x, y"}[backend]
    assert narrow in source
    widened = {
        "torch": 'np.load(path).astype("float64" if path.name[0] == "x" else "int64")',
        "keras": '        return x.astype("float64"), y',
    }[backend]
    path.write_text(source.replace(narrow, widened), encoding="utf-8")


def trained(net: str, recipe: str, folder: Path, *, strict: bool = True) -> tuple[dict[str, Any], dict[str, Any]]:
    """Train with both frameworks from one start; return the weights of each."""
    from safetensors.numpy import save_file

    graph = load_text(network(net, recipe))
    source = data(graph, folder / "data.npz")
    outs = {backend: folder / backend for backend in ("torch", "keras")}
    for backend, out in outs.items():
        prepare(graph, backend, source, str(out), options=Options(strict=strict))
        doubled(out, backend)
    runner = find("torch").runner(graph, dtype="float32")
    start = folder / "start.safetensors"
    random = np.random.default_rng(1)
    weights = {
        name: array + random.normal(0, 0.05, array.shape).astype("float32") * ("running" not in name)
        for name, array in runner.weights().items()
    }
    held: dict[str, Any] = runner.model.state_dict()  # type: ignore[attr-defined]
    # What is no weight of the network, and yet in PyTorch's files: counts of steps, second biases of recurrent layers.
    weights |= {name: value.numpy() for name, value in held.items() if name not in weights}
    save_file(weights, start)
    run(outs["torch"], "--weights", str(start))
    run(outs["keras"], "--weights", initial(graph, find("keras"), str(start), str(outs["keras"])))
    return read(graph, str(outs["torch"] / "net.safetensors")), read(graph, str(outs["keras"] / "net.weights.h5"))


def equal(net: str, recipe: str, folder: Path) -> None:
    torch, keras = trained(net, recipe, folder)
    graph = load_text(network(net, recipe))
    assert set(graph.weights()) <= set(torch)
    moved = 0.0
    for name in graph.weights():
        assert torch[name].dtype == "float64"
        scale = np.abs(torch[name]).max() + 1e-3
        assert np.abs(torch[name] - keras[name]).max() <= 1e-11 * scale, name
        moved = max(moved, float(np.abs(torch[name]).max()))
    assert moved > 0.1


@pytest.mark.parametrize(("net", "recipe"), PAIRS)
def test_a_hundred_steps_end_in_the_same_weights(net: str, recipe: str, tmp_path: Path) -> None:
    assert STEPS == 100
    equal(net, recipe, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(("net", "recipe"), OTHERS)
def test_every_network_with_every_recipe_ends_in_the_same_weights(net: str, recipe: str, tmp_path: Path) -> None:
    equal(net, recipe, tmp_path)
