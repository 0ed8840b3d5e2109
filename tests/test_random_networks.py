"""Random networks compile to tidy source that computes the same, and cover every op; what is wrong is found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from archc.backend import find
from archc.compile import load, load_text
from archc.draws import draw
from archc.emit.source import split
from archc.testing.checking import check, examined, lively, near_ties, untidy
from archc.testing.random_specs import ENOUGH
from archc.testing.shrink import shrink
from archc.testing.sweep import Sweep, main
from tests.random_networks import BACKENDS, prove, said


@pytest.mark.framework
@pytest.mark.filterwarnings("ignore::UserWarning")  # a framework's advice, as on a softmax over one channel
def test_one_half_of_the_random_networks() -> None:
    prove(range(ENOUGH // 2))


@pytest.mark.slow
def test_backends_agree_about_many_random_networks() -> None:
    sweep = Sweep(BACKENDS)
    assert [line for line in said(sweep, range(ENOUGH, 2000)) if "irregular" not in line] == []


SPEC = """
archc: 1
name: net
params: [width: 4]
input: {height: 6, width: 6, channels: 3}
blocks:
  unit:
    params: [filters]
    layers:
      - conv: {filters: $filters, kernel_size: 3, padding: same}
      - relu
layers:
  - unit: {filters: $width}
  - add:
      main:
        - unit: {filters: 4}
        - max_pool: {kernel_size: 3, stride: 1, padding: same}
      shortcut: []
    repeat: 2
  - flatten
  - dense: {units: 3, activation: softmax}
"""


def test_shrinking_keeps_what_fails_and_little_else(tmp_path: Path) -> None:
    small = shrink(SPEC, lambda text: "max_pool" in text)
    assert small.count("\n") < 12
    path = tmp_path / "small.yaml"
    path.write_text(small, encoding="utf-8")
    assert [layer.op.name for layer in load(str(path)).layers] == ["max_pool"]


def test_shrinking_leaves_numbers_as_they_are() -> None:
    spec = "archc: 1\nname: net\ninput: {features: 3}\nlayers:\n  - rescale: {scale: 1e-05}\n  - relu\n"
    assert "{scale: 1e-05}" in shrink(spec, lambda text: "1e-05" in text, most=40)


def test_what_is_wrong_is_found() -> None:
    assert [finding.kind for finding in check("archc: 1\nname: net\n", BACKENDS)] == ["invalid"]
    # One chain cannot be written once for turns that take other axes.
    unlike = SPEC.replace("- flatten\n", "- chain: [reshape: {to: {length: 36, channels: 4}}]\n    repeat: 2\n")
    graph, sources, findings = examined(unlike, BACKENDS)
    assert graph is not None
    assert {finding.kind for finding in findings} == {"irregular"}
    assert "torch" not in sources


DYING = """
archc: 1
name: net
input: {features: 3}
layers:
  - chain:
      - dense: {units: 1, bias: false}
      - relu
    repeat: 3
"""


@pytest.mark.framework
def test_a_draw_that_shows_nothing_is_drawn_again() -> None:
    assert lively(load_text(DYING.replace("relu", "tanh")), BACKENDS[0]) == 0
    assert lively(load_text(f"{DYING}  - softmax\n"), BACKENDS[0]) == 0, "there is none that shows something"
    seeds = {lively(load_text(DYING.replace("features: 3", f"features: {n}")), BACKENDS[0]) for n in range(1, 9)}
    assert len(seeds) > 1


@pytest.mark.parametrize(("values", "tied"), [
    ([1.0, 2.0, 3.0, 0.0], False), ([1.0, 2.0, 2.0 + 4e-16, 0.0], True), ([1.0, 2.0, 2.0, 0.0], True),
    ([0.0, 0.0, -1.0, 0.0], False), ([2.0, 2.0, 3.0, 0.0], False),
])  # fmt: skip
def test_windows_of_equal_values_are_found_but_for_zeros(values: list[float], tied: bool) -> None:
    image = np.array(values).reshape(1, 2, 2, 1)
    assert near_ties(np.pad(image, ((0, 0), (0, 2), (0, 1), (0, 0))), (2, 2)) is tied
    assert not near_ties(image, (1, 1))


LONG = """
archc: 1
name: net
input: {features: 3}
layers:
  - chain:
      - chain:
          - dense: {units: 4, regularizer: {l1: 0.02, l2: 0.01}}
            name: one_that_has_a_name_long_enough
        name: within_another_of_such_a_name
        repeat: 1
    name: within_one_of_a_longer_name
    repeat: 1
"""


def test_the_penalty_of_a_weight_with_a_long_name_is_tidy() -> None:
    source = find("torch").emit(load_text(LONG), origin="net.yaml", strict=False).source
    assert "0.02 * weights.abs().sum()" in source
    assert untidy({"torch": source}) == {}


DEALT = """
archc: 1
name: net
input: {height: 4, width: 4, channels: 4}
layers:
  - concat:
      a_branch_with_a_name_that_is_rather_long:
        - split: {parts: 2, part: 0}
        - relu
      another_branch_whose_name_is_long_as_well:
        - split: {parts: 2, part: 1}
"""


def test_parts_dealt_out_to_branches_with_long_names_are_tidy() -> None:
    sources = {
        backend.name: backend.emit(load_text(DEALT), origin="net.yaml", strict=False).source for backend in BACKENDS
    }
    assert ") = x.chunk(2, dim=1)" in sources["torch"]
    assert untidy(sources) == {}


def test_untidy_source_is_found() -> None:
    assert untidy({"a": "x = 1\n", "b": "x=1\n", "c": "import os\n"}).keys() == {"b", "c"}


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--count", "3", "--compile-only", "--output", str(tmp_path / "failing")]
    assert main(words) == 0
    assert "3 networks" in capsys.readouterr().out
    assert not (tmp_path / "failing").exists()


@pytest.mark.framework
@pytest.mark.parametrize("name", ["torch", "keras"])
def test_one_model_with_probes_shows_what_two_models_show(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    graph = load_text(f"{SPEC.replace('softmax', 'sigmoid')}outputs: [flatten, dense]\n")
    drawn, backend = draw(graph, 0, 0), find(name)
    one: Any = backend.runner(graph, dtype="float64")
    monkeypatch.setattr(f"archc_{name}.runner.alike", lambda *_: False)
    two: Any = backend.runner(graph, dtype="float64")
    assert (one.one, two.one) == (True, False)
    shown = []
    for runner in (one, two):
        runner.load(drawn.weights)
        shown.append(runner.layers(drawn.inputs) | runner.outputs(drawn.inputs))
    assert shown[0].keys() == shown[1].keys() == {layer.path for layer in graph.layers} | {"flatten", "dense"}
    for path, array in shown[0].items():
        np.testing.assert_array_equal(array, shown[1][path])


def test_a_list_in_a_list_read_by_two_loops_is_laid_out_as_ruff_does() -> None:
    drawn = [f"keras.initializers.RandomUniform(-{place}.81649658, 0.81649658)" for place in range(2)]
    for listed in (f"(({', '.join(drawn)}),)", f"[[{', '.join(drawn)}], [{', '.join(drawn)}]]"):
        lines = split("x = layers.Conv2D", f"(2, kernel_initializer={listed}[index][index_])", 0)
        source = "\n".join(["import keras", "from keras import layers", "", "index = index_ = 0", *lines, ""])
        assert untidy({"a": source}) == {}, source
