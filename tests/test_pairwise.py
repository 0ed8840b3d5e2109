"""Every two values of two arguments of an op meet in some use, and the backends agree on all these uses."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest

from archc.backend import Backend, find
from archc.compile import load_text
from archc.ops import OPS
from archc.problems import SpecError
from archc.testing.conformance import one_op
from archc.testing.pairwise import KIND, Array, Case, array, factors, network
from archc.verify import verify

# What stands beside each other is no network that anyone would train: softmaxes over one channel, sizes that explode.
pytestmark = [
    pytest.mark.filterwarnings("ignore:You are using a softmax over axis"),
    pytest.mark.filterwarnings("ignore:overflow encountered"),
]

HEAVY = ("conv", "depthwise_conv", "separable_conv", "conv_transpose", "simple_rnn", "lstm", "gru")
"""The ops that TensorFlow takes long to prepare; few examples of each are verified in every run."""

LIGHT = tuple(name for name in OPS if name not in HEAVY)
AT_ONCE = 90
"""How many uses stand in one network."""

MUTE = "the same for every example"
"""What is said of a use whose output must be constant: the norm of a single channel."""


def supported(case: Case, backends: list[Backend]) -> bool:
    try:
        graph = load_text(one_op(case.op, case.args, case.inputs))
    except SpecError:
        return False
    return not any(backend.supports(layer) for backend in backends for layer in graph.layers)


@cache
def uses(name: str, every_activation: bool = False) -> Array:
    backends = [find("torch"), find("keras")]
    return array(name, lambda case: supported(case, backends), every_activation=every_activation)


def test_nearly_all_pairs_of_values_meet() -> None:
    arrays = {name: uses(name) for name in OPS}
    met = sum(found.met for found in arrays.values())
    refused = {name: found.refused for name, found in arrays.items() if found.refused}
    assert met > 3_600
    # Most of what is refused names an axis that the input does not have.
    others = [(name, pair) for name, pairs in refused.items() for pair in pairs if pair[1][0] != "axis"]
    assert met > 60 * len(others), others
    assert sum(len(found.cases) for found in arrays.values()) < 1_000


@pytest.mark.parametrize("name", ["conv", "max_pool", "multi_head_attention", "slice"])
def test_pairs_are_those_of_the_uses(name: str) -> None:
    found, known = uses(name), factors(OPS[name])
    met = set().union(*(case.pairs for case in found.cases))
    assert len(met) == found.met
    assert not met & set(found.refused)
    for case in found.cases:
        values = {factor: kind for pair in case.pairs for factor, kind in pair}
        assert values.keys() == known.keys()
        assert values.pop(KIND) == case.inputs[0].kind
        assert {factor for factor, kind in values.items() if kind != "left out"} == case.args.keys()


def test_a_network_holds_each_use_once() -> None:
    cases = uses("max_pool").cases
    graph = load_text(network(cases))
    assert [layer.op.name for layer in graph.layers] == ["max_pool"] * len(cases)
    assert [tuple(layer.shapes) for layer in graph.layers] == [case.inputs for case in cases]


def parts(cases: list[Case]) -> Iterator[list[Case]]:
    for start in range(0, len(cases), AT_ONCE):
        yield cases[start : start + AT_ONCE]


def differing(cases: list[Case], others: tuple[str, ...]) -> list[str]:
    """Return what the backends do not agree about, among uses that all of them support."""
    backends = [find("torch"), *map(find, others)]
    able = [case for case in cases if supported(case, backends)]
    assert len(able) > len(cases) / 2
    found = []
    for part in parts(able):
        result = verify(load_text(network(part)), backends, steps=0)
        spoken = [problem for problem in result.problems if MUTE not in problem]
        assert len(result.problems) <= 2 * len(part) / 8
        if result.first_difference is not None or spoken:
            where = result.first_difference and result.first_difference.layer
            culprit = [str(case) for number, case in enumerate(part) if where == f"use{number}"]
            found.append(f"{culprit}: {result.text()}")
    return found


@pytest.mark.framework
def test_backends_agree_where_two_values_meet() -> None:
    cases = [case for name in LIGHT for case in uses(name).cases]
    assert not differing(cases, ("keras",))


@pytest.mark.framework
@pytest.mark.thorough
def test_onnx_agrees_where_two_values_meet() -> None:
    cases = [case for name in OPS for case in uses(name).cases]
    assert not differing(cases, ("onnx",))


@pytest.mark.framework
@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in OPS if name in HEAVY or "activation" in OPS[name].arguments])
def test_backends_agree_where_any_two_values_meet(name: str) -> None:
    assert not differing(uses(name, every_activation=True).cases, ("keras",))
    assert not differing(uses(name, every_activation=True).cases, ("onnx",))
