"""The words of arguments: the quick test and the JSON Schema must say the same of every plain value."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from archc.ops import ACTIVATIONS, OPS
from archc.ops.words import WORDS, Word, choice

AXES = ["depth", "height", "width", "length", "channels", "features"]
SCALARS: list[Any] = [
    *(None, True, False, "", "1", "same", "valid", "none", "nearest", "bilinear", "prelu", "conv", "batch", "height"),
    *(-1, 0, 1, 2, 7, 2**48, 2**48 + 1, 10**400, -(10**400)),
    *(-0.5, 0.0, -0.0, 1e-5, 0.25, 0.5, 0.999, 1.0, 1.5, 2.0, 2.0**49, 1e299, 1e301, float("inf"), float("-inf")),
    *AXES,
    *ACTIVATIONS,
]
POOL: list[Any] = [
    *SCALARS,
    *([value] for value in SCALARS),
    *([value, 2] for value in SCALARS),
    *([[value, 1]] for value in SCALARS),
    *({"height": value} for value in SCALARS),
    *({"leaky_relu": {"slope": value}} for value in SCALARS),
    *({"softmax": {"axis": value}} for value in SCALARS),
    *({"gelu": {"approximate": value}} for value in SCALARS),
    *({name: {}} for name in [*ACTIVATIONS, "prelu", "none", "conv"]),
    *({name: None} for name in [*ACTIVATIONS, "prelu", "none"]),
    *([], {}, [[]], [[1]], [[1, 2, 3]], [[1, 2], 3], [3, [1, 2]], [[1, 2]] * 4, [[1, 2]] * 5, [1] * 4, [1] * 5),
    *(["height", "width"], ["height", "height"], ["width", "batch"], AXES, [["height"]]),
    *({"height": 2, "width": 3}, {"height": 2, "batch": 3}, {"relu": {}, "tanh": {}}, {"relu": {"slope": 1}}),
    *({"l2": value} for value in SCALARS),
    *({"l1": value, "l2": 0.5} for value in SCALARS),
    *({"normal": {"stddev": value}} for value in SCALARS),
    *({"constant": {"value": value}} for value in SCALARS),
    *({"he_normal": value} for value in SCALARS),
    *(
        {"constant": None},
        {"constant": {}},
        {"zeros": {}},
        {"normal": {"mean": 1}},
        {"zeros": {}, "ones": {}},
        {"l3": 1},
    ),
    *("glorot_uniform", "he_normal", "orthogonal", "constant", "xavier_uniform"),
    *({"relu": 3}, {"relu": []}, {"leaky_relu": {"slope": 1, "alpha": 1}}, {"leaky_relu": "slope"}),
]


def agree(word: Word, schema: dict[str, Any], accepts: Any) -> tuple[int, int]:
    """Compare both over the pool; return how many values they accept and refuse."""
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    differing = [value for value in POOL if validator.is_valid(value) != accepts(value)]
    assert differing == [], word.name
    accepted = sum(map(accepts, POOL))
    return accepted, len(POOL) - accepted


@pytest.mark.parametrize("word", [*WORDS.values(), choice("nearest", "bilinear")], ids=lambda word: word.name)
def test_schema_and_predicate_agree(word: Word) -> None:
    accepted, refused = agree(word, word.schema, word.accepts)
    assert accepted > 1
    assert refused > 100
    assert word.expected


@pytest.mark.parametrize("name", OPS)
def test_arguments_agree(name: str) -> None:
    for argument in OPS[name].arguments.values():
        schema = argument.word.schema
        agree(
            argument.word,
            {"anyOf": [schema, {"type": "null"}]} if argument.default is None else schema,
            argument.accepts,
        )


def test_not_a_number_is_none() -> None:
    # JSON has no NaN, so that a schema cannot refuse it.
    assert not any(word.accepts(float("nan")) for word in WORDS.values())


@pytest.mark.parametrize("name", OPS)
def test_defaults_are_accepted(name: str) -> None:
    cls = OPS[name]
    assert all(cls.arguments[key].accepts(value) for key, value in cls.defaults.items())


def test_whole_numbers_are_held_as_such() -> None:
    conv = OPS["conv"].arguments
    held = conv["kernel_size"].freeze([3.0, 2])
    assert held == (3, 2)
    assert all(type(size) is int for size in held)
    assert type(conv["filters"].freeze(4.0)) is int
    assert conv["padding"].freeze([[1.0, 0]]) == ((1, 0),)
    assert conv["padding"].freeze("same") == "same"
    assert type(OPS["leaky_relu"].arguments["slope"].freeze(2.0)) is float
    assert OPS["reshape"].arguments["to"].freeze({"length": 6.0}) == {"length": 6}


def test_activations_are_those_without_weights() -> None:
    assert "prelu" not in ACTIVATIONS
    assert set(ACTIVATIONS) == {name for name, cls in OPS.items() if cls.family == "activations"} - {"prelu"}
