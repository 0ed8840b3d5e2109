"""The JSON Schema: it takes every spec that is right, and says the same of arguments as the compiler."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from archc.check import KEYS
from archc.explain import codes, specs
from archc.new import start
from archc.ops import OPS, REQUIRED
from archc.reference import spec_of
from archc.schema import TOP, schema

ROOT = Path(__file__).parent.parent
SCHEMA = schema()
VALIDATOR = Draft202012Validator(SCHEMA)
RIGHT = {path.stem: path.read_text(encoding="utf-8") for path in sorted((ROOT / "specs").rglob("*.yaml"))}
PAGES = {code: page for code in codes() if (page := specs(code)) is not None}

VALUES: list[Any] = [
    None, True, False, -1, 0, 1, 2, 3, 7, 2**48, 2**48 + 1, 0.0, 0.5, 0.999, 1.0, 1.5, 2.0, -0.1, 1e-5, 1e300, 2e300,
    "valid", "same", "relu", "softmax", "none", "nearest", "bilinear", "channels", "features", "height", "", "other",
    [], [1], [1, 2], [1, 2, 3], [1, 2, 3, 4], [1, 2, 3, 4, 5], [0, 1], [1.0, 2], [True], ["height"],
    ["height", "height"], ["channels", "width"], [[1, 2]], [[1, 2], [0, 0]], [[1]], [[-1, 0]], [[1, 2, 3]], [1, [1, 2]],
    [[1.5, 2]], {},
    {"height": 2}, {"height": 0}, {"height": 2, "channels": 3}, {"size": 3}, {"relu": {}}, {"relu": None},
    {"leaky_relu": {"slope": 0.2}}, {"leaky_relu": {"slope": "steep"}}, {"leaky_relu": {"angle": 1}},
    {"softmax": {"axis": "height"}},
    {"softmax": {"axis": None}}, {"relu": {}, "elu": {}}, {"prelu": {}}, {"relu": 1}, {"batch_norm": {}},
]  # fmt: skip


def network(step: Any) -> dict[str, Any]:
    return {"archc": 1, "name": "net", "input": {"features": 8}, "layers": [step]}


def accepts(spec: Any) -> bool:
    return bool(VALIDATOR.is_valid(spec))


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert set(TOP) == set(KEYS)


@pytest.mark.parametrize("name", RIGHT)
def test_every_spec_is_taken(name: str) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(yaml.safe_load(RIGHT[name]))] == []


@pytest.mark.parametrize("code", PAGES)
def test_every_right_spec_of_a_page_is_taken(code: str) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(yaml.safe_load(PAGES[code].right))] == []


@pytest.mark.parametrize("name", OPS)
def test_every_example_of_an_op_is_taken(name: str) -> None:
    for example in OPS[name].examples:
        spec = yaml.safe_load(spec_of(OPS[name], example))
        assert [error.message for error in VALIDATOR.iter_errors(spec)] == []


def test_the_start_is_taken() -> None:
    assert accepts(yaml.safe_load(start("net")))


# What is wrong in these cannot be seen in the text alone, or not by a schema: names, and ops without their arguments.
@pytest.mark.parametrize(
    "code", sorted({code for code in PAGES if code < "E0214" and code > "E0200"} - {"E0204", "E0206", "E0212"})
)
def test_wrong_specs_are_refused(code: str) -> None:
    assert not accepts(yaml.safe_load(PAGES[code].wrong))


@pytest.mark.parametrize("name", [name for name in OPS if not OPS[name].merges])
def test_arguments_are_judged_as_the_compiler_does(name: str) -> None:
    """In a step and in `defaults`, each value is taken by both or by neither."""
    disagreeing = []
    for argument in OPS[name].arguments.values():
        for value in VALUES:
            wanted = value is not None and argument.accepts(value)
            step = accepts(network({name: {argument.name: value}}))
            default = accepts({**network("relu"), "defaults": {name: {argument.name: value}}})
            if (step, default) != (wanted, wanted):
                disagreeing.append((argument.name, value, wanted, step, default))
    assert disagreeing == []


@pytest.mark.parametrize("name", [name for name in OPS if OPS[name].merges])
def test_arguments_of_merges_too(name: str) -> None:
    for argument in OPS[name].arguments.values():
        for value in VALUES:
            step = {name: {"branches": {"a": [], "b": []}, argument.name: value}}
            assert accepts(network(step)) == (value is not None and argument.accepts(value)), value


def test_expressions_stand_in_arguments_and_their_parts_only() -> None:
    assert accepts(network({"conv": {"filters": "$f", "kernel_size": [3, "$k"], "padding": [["$p", 0]]}}))
    assert accepts(network({"reshape": {"to": {"features": "$f"}}}))
    assert accepts(network({"dense": {"units": 3, "activation": {"leaky_relu": {"slope": "$s"}}}}))
    assert accepts(network({"relu": None, "when": "$x > 1", "repeat": "$n"}))
    assert accepts({**network("relu"), "input": {"features": "$f"}})
    assert not accepts(network({"dense": {"units": "f"}}))
    assert not accepts({**network("relu"), "defaults": {"dense": {"units": "$f"}}})


def test_blocks_are_called_like_ops() -> None:
    assert accepts(network({"my_block": {"filters": 3}, "name": "stem"}))
    assert accepts(network("my_block"))
    assert not accepts(network({"my_block": [3]}))
    assert not accepts(network({"My_Block": {}}))


def test_steps_have_one_op_and_no_other_keys() -> None:
    assert not accepts(network({"name": "stem"}))
    assert accepts(network({"share": "stem", "dense": {"units": 3}}))
    assert not accepts(network({"share": ["stem"], "dense": {"units": 3}}))
    assert not accepts(network({"relu": None, "my_block": None, "name": "stem", "when": True}))
    assert accepts(network({"relu": None, "from": "input", "repeat": 2, "name": "stem", "when": True}))
    assert not accepts(network({"relu": None, "name": "forward"}))
    assert not accepts(network(["relu"]))


def test_every_op_is_completed_with_what_must_be_given() -> None:
    snippets = {snippet["label"]: snippet["body"] for snippet in SCHEMA["$defs"]["chain"]["defaultSnippets"]}
    assert set(snippets) == set(OPS)
    for name, op in OPS.items():
        required = [a.name for a in op.arguments.values() if a.default is REQUIRED]
        if required:
            assert list(snippets[name][name]) == required
        assert SCHEMA["$defs"][f"op_{name}"]["description"]
