"""The parts of the JSON Schema that come from definitions: an op's arguments, and the keys of `training`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from archc.ops import REQUIRED, Argument, Op
from archc.training.words import Group, Rule, Setting

Schema: TypeAlias = dict[str, Any]

NULL: Schema = {"type": "null"}
EXPRESSION: Schema = {"$ref": "#/$defs/expression"}
NAME: Schema = {"$ref": "#/$defs/name"}
STEP_NAME: Schema = {"$ref": "#/$defs/step_name"}
CHAIN: Schema = {"$ref": "#/$defs/chain"}
BRANCH: Schema = {"$ref": "#/$defs/branch"}
BRANCHES: Schema = {"type": "object", "additionalProperties": BRANCH, "propertyNames": STEP_NAME}
SIZE: Schema = {"type": "integer", "minimum": 1, "maximum": 2**48}


def summary(op: type[Op]) -> str:
    """Return the first line of what an op says of itself."""
    return (op.__doc__ or "").strip().split("\n")[0]


def op_schema(op: type[Op]) -> Schema:
    arguments = {argument.name: argument_schema(argument) for argument in op.arguments.values()}
    head = {"type": ["object", "null"], "title": op.name, "description": summary(op)}
    if not op.merges:
        return {**head, "properties": arguments, "additionalProperties": False}
    either = {name: {"anyOf": [BRANCH, argument]} for name, argument in arguments.items()}
    return {
        **head,
        "if": {"type": "object", "required": ["branches"]},
        "then": {"properties": {"branches": BRANCHES, **arguments}, "additionalProperties": False},
        "else": {"properties": either, "additionalProperties": BRANCH, "propertyNames": STEP_NAME},
    }


def argument_schema(argument: Argument, *, expressions: bool = True) -> Schema:
    word = _open(argument.word.schema) if expressions else argument.word.schema
    description = argument.help + (" Must be given." if argument.default is REQUIRED else "")
    if argument.default is REQUIRED or argument.default is None:
        return {**word, "description": description}
    return {**word, "description": description, "default": argument.default}


def _open(word: Schema) -> Schema:
    """Return a word's schema with expressions allowed, for the whole value and for each part of it."""
    return {"anyOf": [_inside(word), EXPRESSION]}


def _inside(word: Schema) -> Schema:
    opened = dict(word)
    for key in ("items", "additionalProperties"):
        if isinstance(word.get(key), dict):
            opened[key] = _open(word[key])
    if "properties" in word:
        opened["properties"] = {name: _open(part) for name, part in word["properties"].items()}
    if "anyOf" in word:
        opened["anyOf"] = [_inside(part) for part in word["anyOf"]]
    return opened


def snippet(op: type[Op]) -> Schema:
    """Return what an editor inserts for an op: its name, with what must be given."""
    required = [argument.name for argument in op.arguments.values() if argument.default is REQUIRED]
    places = {name: f"${place}" for place, name in enumerate(required, 1)}
    body: Any = {op.name: places} if places else op.name
    if op.merges and not places:
        body = {op.name: {"${1:main}": ["$2"], "${3:shortcut}": []}}
    return {"label": op.name, "description": summary(op), "body": body}


# Training


def rule_schema(rule: Rule) -> Schema:
    """Return the schema of what stands under a key of `training`."""
    if isinstance(rule, Setting):
        return {**rule.schema, "description": rule.expected}
    if isinstance(rule, Group):
        return {**_settings(rule.settings, "object"), "description": rule.expected}
    options = {name: _settings(settings, "object", "null") for name, settings in rule.options.items()}
    one = {
        "type": "object",
        "properties": options,
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
    }
    return {"anyOf": [{"enum": list(rule.options)}, one], "description": rule.expected}


def _settings(known: Mapping[str, Setting], *types: str) -> Schema:
    properties = {name: setting.schema for name, setting in known.items()}
    return {"type": list(types), "properties": properties, "additionalProperties": False}
