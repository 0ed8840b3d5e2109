"""Random specs come of their seed alone, and reach what is wished for; so do the networks of one half of the seeds."""

from __future__ import annotations

import os
import subprocess
import sys
from random import Random

import pytest

from archc.compile import load_text
from archc.document import Source
from archc.ops import OPS
from archc.problems import Problems
from archc.read import read
from archc.testing.coverage import all_goals, reached
from archc.testing.formulas import formula
from archc.testing.random_specs import ENOUGH, random_spec
from archc.testing.scopes import Known, Scope
from archc.testing.values import class_of, classes
from archc.testing.writing import data, text, tree
from tests.random_networks import prove


@pytest.mark.framework
@pytest.mark.filterwarnings("ignore::UserWarning")  # a framework's advice, as on a softmax over one channel
def test_the_other_half_of_the_random_networks() -> None:
    prove(range(ENOUGH // 2, ENOUGH))


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


def test_a_param_that_is_an_empty_list_offers_nothing() -> None:
    scope = Scope({}, {"depths": Known([], None), "first": Known([2, 1], None)})
    found = {formula(Random(seed), 2, scope, None, most=0) for seed in range(40)}
    assert "$sum(first[:1])" in found
    assert not [text for text in found if "depths" in str(text)]


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
