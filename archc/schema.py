"""The JSON Schema (2020-12) of specs, made from the op definitions: what editors check and complete from.

It says what a text can be seen to say by itself. Names, shapes and expressions are left to `archc check`.
"""

from __future__ import annotations

import keyword
from collections.abc import Callable
from itertools import combinations

from archc import naming
from archc.check import BLOCK_KEYS, KEYS, KINDS
from archc.ops import OPS
from archc.schema_ops import (
    CHAIN,
    EXPRESSION,
    NAME,
    NULL,
    SIZE,
    STEP_NAME,
    Schema,
    argument_schema,
    op_schema,
    rule_schema,
    snippet,
)
from archc.shapes import AXES
from archc.spec import GROUPS
from archc.training.words import KEYS as KEYS_OF_TRAINING


def schema() -> Schema:
    """Return the schema of a whole file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "archc spec, version 1",
        "description": "A neural network as archc compiles it to PyTorch and Keras source.",
        "type": "object",
        "properties": {key: TOP[key]() for key in KEYS},
        "additionalProperties": False,
        "required": ["archc"],
        "if": {"required": ["layers"]},
        "then": {"required": ["name"], "oneOf": [{"required": ["input"]}, {"required": ["inputs"]}]},
        "else": {"required": ["blocks"]},
        "defaultSnippets": [_start()],
        "$defs": {
            "expression": {
                "type": "string",
                "pattern": r"^\$",
                "description": "An expression over the params in scope, as in `$filters * 4`.",
            },
            "name": {"type": "string", "pattern": "^[a-z][a-z0-9_]*$", "maxLength": naming.LONGEST},
            "step_name": {"allOf": [NAME, {"not": {"enum": _taken()}}]},
            "chain": _chain(),
            "step": _step(),
            "branch": _branch(),
            "params": _params(),
            **{f"op_{name}": op_schema(op) for name, op in OPS.items()},
        },
    }


def _taken() -> list[str]:
    """Return the words that fit the pattern of names and are no names of steps."""
    words = naming.MODULE_ATTRIBUTES | naming.MODEL_ATTRIBUTES | set(keyword.kwlist)
    return sorted(word for word in words if not naming.fault(word))


# The keys of a file


def _start() -> Schema:
    body = {
        "archc": 1,
        "name": "${1:my_network}",
        "input": {"height": "${2:28}", "width": "${3:28}", "channels": "${4:1}"},
        "layers": [
            {"conv": {"filters": 10, "kernel_size": 3, "activation": "relu"}},
            "flatten",
            {"dense": {"units": 3}},
        ],
    }
    return {"label": "a network", "description": "A small network to start from.", "body": body}


def _described(schema: Schema, description: str) -> Schema:
    return {**schema, "description": description}


def _training() -> Schema:
    properties = {key: rule_schema(rule) for key, rule in KEYS_OF_TRAINING.items()}
    one = properties["loss"]
    properties["loss"] = {"anyOf": [one, {"type": "object", "minProperties": 2, "additionalProperties": one}]}
    return {"type": ["object", "null"], "properties": properties, "additionalProperties": False}


def _input() -> Schema:
    """Return the schema of an input: the axes of one kind, and no others."""
    size = {"anyOf": [SIZE, EXPRESSION]}
    open_size = {"anyOf": [SIZE, {"const": "any"}, EXPRESSION]}
    fixed = ("channels", "features", "vocabulary")
    axes = {axis: size if axis in fixed else open_size for axis in (*AXES, "vocabulary")}
    kinds = [
        {"required": sorted(kind), "properties": dict.fromkeys(sorted(kind), True), "additionalProperties": False}
        for kind in KINDS
    ]
    return {"type": "object", "properties": axes, "additionalProperties": False, "anyOf": kinds}


def _params() -> Schema:
    """Return the schema of a signature: names, each alone or with its default."""
    one = {"type": "object", "propertyNames": NAME}
    return {"anyOf": [{"type": "array", "items": {"anyOf": [NAME, one]}}, one, NULL]}


def _blocks() -> Schema:
    properties = {
        "params": {"$ref": "#/$defs/params"},
        "inputs": {"type": "array", "items": NAME, "minItems": 1, "uniqueItems": True},
        "layers": CHAIN,
        "description": {},
    }
    one = {
        "type": "object",
        "properties": {key: properties[key] for key in BLOCK_KEYS},
        "required": ["layers"],
        "additionalProperties": False,
    }
    taken = {"not": {"enum": [*OPS, *sorted(naming.RESERVED), *GROUPS]}}
    return {"type": ["object", "null"], "propertyNames": {"allOf": [NAME, taken]}, "additionalProperties": one}


def _defaults() -> Schema:
    ops = {
        name: {
            "type": ["object", "null"],
            "properties": {
                argument.name: argument_schema(argument, expressions=False) for argument in op.arguments.values()
            },
            "additionalProperties": False,
        }
        for name, op in OPS.items()
    }
    return {"type": ["object", "null"], "properties": ops, "additionalProperties": False}


TOP: dict[str, Callable[[], Schema]] = {
    "archc": lambda: _described({"const": 1}, "The version of the language: 1."),
    "name": lambda: _described(NAME, "The network's name, which names the class or function that is written."),
    "description": lambda: {"type": "string", "pattern": r"^\s*[^\n]*\s*$", "description": "One line of text."},
    "params": lambda: _described({"$ref": "#/$defs/params"}, "Names with their defaults, as in `[filters: 10]`."),
    "variants": lambda: _described(
        {"type": ["object", "null"], "additionalProperties": {"type": ["object", "null"]}}, "Named sets of params."
    ),
    "input": lambda: _described(_input(), "The axes of what goes in, and their sizes; the batch is implied."),
    "inputs": lambda: _described(
        {"type": "object", "propertyNames": STEP_NAME, "additionalProperties": _input(), "minProperties": 1},
        "Several inputs by name, in place of `input`.",
    ),
    "import": lambda: _described(
        {"anyOf": [{"type": "array", "items": {"type": "string"}}, {"type": "string"}]},
        "Files whose blocks are used here, by relative paths.",
    ),
    "defaults": lambda: _described(_defaults(), "Arguments that every use of an op gets in this file."),
    "blocks": lambda: _described(_blocks(), "Chains with a signature, used like ops."),
    "layers": lambda: _described({"allOf": [CHAIN, {"minItems": 1}]}, "The network: a chain of steps."),
    "outputs": lambda: _described(
        {"type": "array", "items": NAME, "minItems": 1, "uniqueItems": True}, "Steps that give the outputs."
    ),
    "training": lambda: _described(_training(), "How the network is to be trained."),
}


# Chains and steps

GROUPED = ("Steps taken as one.", "Steps for each slice along the first axis, as for each image of a video.")


def _chain() -> Schema:
    return {
        "type": ["array", "null"],
        "items": {"$ref": "#/$defs/step"},
        "defaultSnippets": [snippet(op) for op in OPS.values()],
    }


def _step() -> Schema:
    """Return the schema of a step: a word, or a map. What stands under an op's name has the op's own schema.

    A key that is neither an op nor reserved may be a block.
    """
    beside = {
        "name": _described(STEP_NAME, "A handle for `from`, and the layer's name in the source."),
        "from": {
            "anyOf": [NAME, {"type": "array", "items": NAME, "minItems": 1}],
            "description": "Take these instead of the step before.",
        },
        "repeat": {
            "anyOf": [{"type": "integer", "minimum": 0}, EXPRESSION],
            "description": "The step so many times over, in a chain.",
        },
        "when": {"anyOf": [{"type": "boolean"}, EXPRESSION], "description": "Leave the step out unless this holds."},
        "share": _described(
            NAME, "Use the weights of this earlier step of the same op or block, or an `embedding`'s in a `dense`."
        ),
    }
    ops = {name: {"$ref": f"#/$defs/op_{name}"} for name in OPS}
    steps = {"allOf": [CHAIN, {"type": "array", "minItems": 1}]}
    groups = {verb: _described(steps, help) for verb, help in zip(GROUPS, GROUPED, strict=True)}
    reserved = sorted(beside)
    word = {"anyOf": [{"enum": list(OPS)}, NAME], "description": "An op or a block that needs no arguments."}
    use = {
        "properties": {**beside, **groups, **ops},
        "additionalProperties": {"type": ["object", "null"], "propertyNames": NAME},
        "propertyNames": {"anyOf": [{"enum": [*OPS, *GROUPS, *reserved]}, NAME]},
        "maxProperties": len(reserved),
        "allOf": _one_verb(reserved),
        "not": {"propertyNames": {"enum": reserved}},
    }
    return {"type": ["string", "object"], "if": {"type": "string"}, "then": word, "else": use}


def _one_verb(reserved: list[str]) -> list[Schema]:
    """Return the rule that all keys of a step but one are reserved; any other may be a block, so keys are counted."""
    return [
        {
            "if": {"minProperties": count + 1},
            "then": {"anyOf": [{"required": list(some)} for some in combinations(reserved, count)]},
        }
        for count in range(1, len(reserved))
    ]


def _branch() -> Schema:
    when = {"anyOf": [{"type": "boolean"}, EXPRESSION]}
    mapped = {"type": "object", "properties": {"when": when, "layers": CHAIN}, "additionalProperties": False}
    return {"if": {"type": "object"}, "then": mapped, "else": CHAIN}
