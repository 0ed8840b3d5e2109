"""Keras on JAX and on PyTorch: the same source, compared with the rest; what is wrong there is named and bounded."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from archc.__main__ import main
from archc.backend import Gradients, MissingFramework, NoBackend, Training, find
from archc.compile import load_text
from archc.graph import Graph, Layer
from archc.judge import Judge
from archc.ops import OPS
from archc.problems import SpecError
from archc.testing.conformance import one_op
from archc.trial import Evidence
from archc.verify import verify
from archc_keras import engines, limits

ROOT = Path(__file__).parents[1]
SMALL = """
archc: 1
name: small
inputs: {x: {height: 6, width: 7, channels: 2}, words: {length: 4, vocabulary: 5}}
layers:
  - conv: {filters: 3, kernel_size: 3, stride: 2, padding: same, activation: relu}
    from: x
  - conv: {filters: 2, kernel_size: 2}
  - flatten:
    name: seen
  - embedding: {units: 2}
    from: words
  - flatten:
    name: read
  - concat:
    from: [seen, read]
"""
HEAD = "  - dense: {units: 3, activation: softmax}\n"


class Unlimited(engines.OnEngine):
    """Keras on an engine, with nothing refused and nothing left unclaimed."""

    def supports(self, layer: Layer) -> str | None:
        """Take everything."""
        return None

    def limits(self, graph: Graph, *, dtype: str, strict: bool) -> list[str]:
        """Leave nothing unclaimed."""
        return []


@pytest.mark.framework
def test_engines_agree() -> None:
    result = verify(load_text(SMALL), ("torch", "keras", "keras:jax", "keras:torch"), steps=1)
    assert result.equal, result.text()
    assert result.limits == []
    assert result.to_json()["backends"] == ["torch", "keras", "keras:jax", "keras:torch"]
    assert result.forward.max_rel < 1e-13
    assert result.gradients.max_rel < 1e-13
    assert "Keras on JAX" in result.text()


@pytest.mark.framework
def test_what_an_engine_computes_in_float32_is_a_limit_with_its_bound() -> None:
    graph = load_text(SMALL + HEAD)
    result = verify(graph, ("torch", "keras:torch"), steps=1)
    assert result.equal, result.text()
    (limit,) = result.limits
    assert limit.startswith("dense: Keras on PyTorch computes it in float32; ")
    assert "equality is shown to 3e-05, of gradients to 0.0003" in limit
    assert result.forward.max_rel > 1e-10, "float32 must show"
    single = verify(graph, ("torch", "keras:torch"), dtype="float32", steps=1)
    assert single.equal, single.text()
    assert single.limits == []


FEW = (("jax", "tanh"), ("torch", "mean"))
LIMITED = [
    pytest.param(engine, name, id=f"{engine}-{name}", marks=() if (engine, name) in FEW else pytest.mark.slow)
    for engine, ops in limits.ON_ENGINES.items()
    for name in ops
]


@pytest.mark.framework
@pytest.mark.parametrize(("engine", "name"), LIMITED)
def test_every_limit_is_needed_and_enough(engine: str, name: str) -> None:
    example = OPS[name].examples[2]
    graph = load_text(one_op(name, example.args, example.inputs))
    assert not verify(graph, ("torch", Unlimited(find("keras"), engine)), steps=1).equal
    limited = verify(graph, ("torch", f"keras:{engine}"), steps=1)
    assert limited.equal, limited.text()
    assert any(limit.startswith(f"{name}: ") for limit in limited.limits)


@pytest.mark.framework
def test_what_is_refused_is_wrong_there() -> None:
    dropout = load_text(
        "archc: 1\nname: n\ninput: {features: 4}\nlayers:\n  - dense: {units: 2}\n  - dropout: {rate: 0.5}"
    )
    with pytest.raises(SpecError) as error:
        verify(dropout, ("torch", "keras:torch"))
    assert [(p.code, p.mark.line) for p in error.value.problems if p.mark] == [("E0601", 6)]
    with pytest.raises(RuntimeError, match="Keras on torch: RuntimeError: Only Tensors of floating point"):
        verify(dropout, ("torch", Unlimited(find("keras"), "torch")))
    uneven = "avg_pool: {kernel_size: 3, stride: 2, padding: same}"
    averaged = load_text(f"archc: 1\nname: n\ninput: {{length: 6, channels: 2}}\nlayers:\n  - {uneven}")
    with pytest.raises(SpecError, match="Keras on PyTorch averages the wrong places"):
        verify(averaged, ("torch", "keras:torch"))
    wrong = verify(averaged, ("torch", Unlimited(find("keras"), "torch")), steps=1)
    assert wrong.first_difference is not None
    assert wrong.first_difference.max_abs > 0.01
    assert verify(averaged, ("torch", "keras:jax"), steps=1).equal


def evidence(value: float, *said: str) -> Evidence:
    x = np.array([[1.0, 2.0], [value, 4.0]])
    nothing = Gradients(0.0, {}, {})
    return Evidence({}, {"tanh": x}, {"tanh": x}, nothing, Training([], {}), forward_only=True, limits=said)


def test_one_backends_limit_excuses_no_other() -> None:
    graph = load_text("archc: 1\nname: n\ninput: {features: 2}\nlayers:\n  - tanh")
    judge = Judge(graph, {"tanh": (2, 2)}, evidence(3.0), None)
    judge.compare(evidence(3.0 + 1e-7, "tanh: float32"))
    assert judge.first_difference is None
    judge.compare(evidence(3.0 + 1e-7))
    assert judge.first_difference is not None
    assert judge.first_difference.bound < 1e-10


def test_names() -> None:
    assert find("keras:tensorflow") is find("keras")
    assert find("keras:jax").title == "Keras on JAX"
    with pytest.raises(NoBackend, match="does not run on `theano`; it runs on: tensorflow, jax, torch"):
        find("keras:theano")
    with pytest.raises(NoBackend, match="the backend `torch` has one engine alone: leave `:jax` out"):
        find("torch:jax")


def test_a_missing_engine_is_the_environments(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(engines, "find_spec", lambda name: None if name == "jax" else name)
    with pytest.raises(MissingFramework):
        find("keras:jax").versions()
    assert main(["verify", str(ROOT / "specs" / "two_conv.yaml"), "--backends", "keras:jax,torch"]) == 3
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "archc: jax is not installed: `pip install 'archc[keras-jax]'`\n"


@pytest.mark.framework
def test_each_engine_has_a_process_of_its_own() -> None:
    command = [sys.executable, "-m", "archc", "verify", str(ROOT / "specs" / "two_conv.yaml")]
    command += ["--backends", "keras:jax,keras", "--steps", "1", "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ}, timeout=300)
    assert (done.returncode, done.stderr) == (0, "")
    found: dict[str, Any] = json.loads(done.stdout)
    assert found["equal"]
    assert found["limits"] == []
    assert found["gradients"]["max_rel"] < 1e-13


@pytest.mark.framework
def test_a_process_that_ends_is_named() -> None:
    from archc_keras.remote import Process

    held = Process("jax")
    held.process.kill()
    with pytest.raises(RuntimeError, match="the process of Keras on jax ended"):
        held.ask("weights", 0)
    held.end()
