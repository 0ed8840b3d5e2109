"""Random networks from the ops' definitions: they compile to tidy source that computes the same, and cover every op."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from archc.backend import find
from archc.compile import load, load_text
from archc.document import Source
from archc.ops import OPS
from archc.problems import Problems
from archc.read import read
from archc.testing.checking import ALLOWED, check, examined, lively, untidy
from archc.testing.coverage import all_goals, reached
from archc.testing.random_specs import random_spec
from archc.testing.shrink import shrink
from archc.testing.sweep import Sweep, main
from archc.testing.values import class_of, classes
from archc.testing.writing import data, text, tree

BACKENDS = [find("torch"), find("keras")]
QUICK = 500
"""How many networks run by default: enough for all uses of all ops. `python -m archc.testing.sweep` makes more."""


def said(sweep: Sweep, seeds: range) -> list[str]:
    found = [f"{f.seed}: {f.finding.kind}: {f.finding.message}" for f in sweep.over(seeds)]
    return [line for line in found if not any(f": {kind}: " in line for kind in ALLOWED)]


@pytest.mark.framework
@pytest.mark.filterwarnings("ignore::UserWarning")  # a framework's advice, as on a softmax over one channel
def test_random_networks_use_all_there_is_compile_to_tidy_source_and_compute_the_same() -> None:
    sweep = Sweep(BACKENDS)
    found = said(sweep, range(QUICK))
    assert sweep.coverage.missing == []
    assert [line for line in found if "irregular" not in line] == []
    assert len(found) <= QUICK / 100, "uses too unlike for one source are rare"
    assert sweep.layers > 10 * QUICK
    assert sweep.counts["mute"] < QUICK / 10, "a network that gives the same for every example shows little"
    assert sweep.counts["noise"] + sweep.counts["ties"] < QUICK / 50


@pytest.mark.slow
def test_backends_agree_about_many_random_networks() -> None:
    sweep = Sweep(BACKENDS)
    assert [line for line in said(sweep, range(QUICK, 2000)) if "irregular" not in line] == []


def test_a_seed_gives_the_same_text_in_every_process() -> None:
    code = "from archc.testing.random_specs import random_spec as r; print(*[r(s) for s in range(0, 600, 40)])"
    texts = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(texts) == 1
    assert len(texts.pop()) > 2000


@pytest.mark.parametrize("seed", range(0, 300, 30))
def test_a_tree_is_what_the_text_stands_for(seed: int) -> None:
    written = random_spec(seed)
    root = read(Source("net.yaml", written), Problems())
    assert root is not None
    assert text(data(root)) == written
    assert data(tree(data(root))) == data(root)


@pytest.mark.parametrize("seed", range(0, 700, 25))
def test_a_seed_reaches_its_goal(seed: int) -> None:
    goals = all_goals()
    assert goals[seed % len(goals)] in reached(load_text(random_spec(seed)))


def test_goals_come_from_the_definitions() -> None:
    goals = {str(goal) for goal in all_goals()}
    assert {goal.op for goal in all_goals()} == set(OPS)
    assert {
        "conv: padding same", "conv: padding pairs", "conv: padding left out", "conv: groups expression",
        "dense: bias false", "dense: activation leaky_relu with arguments", "reshape: to volume", "max_pool: ceil true",
        "upsample: method bilinear", "softmax: axis depth", "embedding: kind tokens", "concat: place repeat",
    } <= goals  # fmt: skip


@pytest.mark.parametrize("name", OPS)
def test_examples_fall_into_known_classes(name: str) -> None:
    for example in OPS[name].examples:
        for key, value in example.args.items():
            word = OPS[name].arguments[key].word
            assert class_of(word, value, example.inputs[0]) in classes(word)


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


def test_untidy_source_is_found() -> None:
    assert untidy({"a": "x = 1\n", "b": "x=1\n", "c": "import os\n"}).keys() == {"b", "c"}


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--count", "3", "--compile-only", "--output", str(tmp_path / "failing")]
    assert main(words) == 0
    assert "3 networks" in capsys.readouterr().out
    assert not (tmp_path / "failing").exists()
