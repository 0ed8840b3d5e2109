"""Why an argument's value is refused: which part of it is at fault, in words, and what to write in its place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from archc.document import Mapping, Node, Sequence
from archc.ops import ACTIVATIONS, OPS
from archc.ops.base import Argument
from archc.ops.words import AXIS_NAMES, WORDS
from archc.other_words import meant
from archc.plain import resolve
from archc.values import BOOLEANS, describe

_DEPTH = 8


class Refusal(NamedTuple):
    """A message, the node that it is about, and what to do."""

    message: str
    node: Node
    help: str


def refuse(argument: Argument, verb: str, value: Any, node: Node) -> Refusal:
    """Say why `value`, which `node` holds, is none that the argument of `verb` takes."""
    word, what = argument.word.name, f"`{argument.name}` of `{verb}`"
    if value is None:
        return Refusal(f"{what} is {argument.word.expected}, not nothing", node, _instead_of_nothing(argument))
    found: Refusal | None = None
    if word == "Activation":
        found = _activation(verb, argument, value, node)
    elif word == "AxisSizes" and isinstance(value, dict) and value:
        found = _axis_sizes(what, value, node)
    elif word in ("AxisNames", "AxisOrAxes") and isinstance(value, (list, tuple)) and value:
        found = _axis_names(what, value, node)
    elif isinstance(value, (list, tuple)):
        found = _items(argument, what, value, node)
    return found or Refusal(f"{what} is {argument.word.expected}, not {describe(value)}", node, _fix(argument, value))


def _instead_of_nothing(argument: Argument) -> str:
    if argument.word.name == "Activation":
        return f"`none` undoes a default; where there is none, leave `{argument.name}` out"
    return f"give it a value, or leave `{argument.name}` out"


def _fix(argument: Argument, value: Any) -> str:
    """Return what to write, where that is known, and what the argument is for elsewhere."""
    if isinstance(value, str):
        options = list(_options(argument))
        if argument.word.accepts(True) and value.lower() in BOOLEANS:
            return f"write `{BOOLEANS[value.lower()]}`"
        if argument.word.accepts(_unquoted(value)):
            return f"write `{value}`, without quotes"
        close = meant(value, options)
        if close:
            return f"did you mean `{close}`?"
    elif isinstance(value, bool) and argument.word.name == "Activation":
        return "write `none` for no activation"
    elif isinstance(value, int) and value in (0, 1) and argument.word.accepts(True):
        return f"write `{str(bool(value)).lower()}`"
    elif isinstance(value, float) and argument.word.accepts(max(1, round(value))) and argument.word.whole:
        return f"write a whole number, as in `{argument.name}: {max(1, round(value))}`"
    return argument.help


def _unquoted(text: str) -> Any:
    try:
        return resolve(text)
    except ValueError:
        return text


def _options(argument: Argument) -> Iterator[str]:
    schema = argument.word.schema
    for part in (schema, *schema.get("anyOf", ())):
        yield from map(str, part.get("enum", ()))


def _part(node: Node, key: Any) -> Node:
    """Return the node of a map's value or of a list's item; `node` itself where the text does not part it."""
    if isinstance(node, Mapping) and key in node.entries:
        return node.entries[key]
    if isinstance(node, Sequence) and isinstance(key, int) and key < len(node.items):
        return node.items[key]
    return node


def _key(node: Node, name: str) -> Node:
    return node.keys[name] if isinstance(node, Mapping) and name in node.keys else node


def _activation(verb: str, argument: Argument, value: Any, node: Node) -> Refusal | None:
    if isinstance(value, str):
        return _no_activation(verb, value, node)
    if not isinstance(value, dict):
        return None
    if len(value) != 1:
        text = f"`{argument.name}` of `{verb}` names one activation, not {len(value)}"
        return Refusal(text, node, "as in `{leaky_relu: {slope: 0.2}}`")
    ((name, settings),) = value.items()
    if name not in ACTIVATIONS:
        return _no_activation(verb, name, _key(node, name))
    inside, arguments = _part(node, name), ACTIVATIONS[name].arguments
    if not isinstance(settings, dict):
        text = f"the arguments of `{name}` are a map, not {describe(settings)}"
        return Refusal(text, inside, f"write `{name}: {{}}`")
    for key, setting in settings.items():
        if key not in arguments:
            close = meant(key, arguments) or (next(iter(arguments)) if len(arguments) == 1 else None)
            help = f"did you mean `{close}`?" if close else f"arguments of `{name}`: {', '.join(arguments) or 'none'}"
            return Refusal(f"`{name}` has no argument {describe(key)}", _key(inside, key), help)
        if not arguments[key].accepts(setting):
            return refuse(arguments[key], name, setting, _part(inside, key))
    return None


def _no_activation(verb: str, name: str, node: Node) -> Refusal | None:
    close = meant(name, ["none", *ACTIVATIONS])
    if name in OPS:
        why = "has weights" if OPS[name].family == "activations" else "is no activation"
        return Refusal(
            f"`{name}` {why}, so it is no `activation` of `{verb}`", node, f"make it a step of its own: `- {name}`"
        )
    if name[:1] == "$":
        return None
    help = f"did you mean `{close}`?" if close else f"there are {', '.join(['none', *ACTIVATIONS])}"
    return Refusal(f"`activation` of `{verb}` is no activation's name: {describe(name)}", node, help)


def _axis_sizes(what: str, value: dict[Any, Any], node: Node) -> Refusal | None:
    for axis, size in value.items():
        if axis not in AXIS_NAMES:
            close = meant(str(axis), AXIS_NAMES)
            help = f"did you mean `{close}`?" if close else f"axes: {', '.join(AXIS_NAMES)}"
            return Refusal(f"{what} names no axis with {describe(axis)}", _key(node, axis), help)
        if not WORDS["Positive"].accepts(size):
            text = f"`{axis}` in {what} is a whole number, at least 1, not {describe(size)}"
            unquoted = isinstance(size, str) and WORDS["Positive"].accepts(_unquoted(size))
            help = f"write `{size}`, without quotes" if unquoted else "give every axis its size as a number"
            return Refusal(text, _part(node, axis), help)
    return None


def _axis_names(what: str, value: list[Any] | tuple[Any, ...], node: Node) -> Refusal | None:
    for place, name in enumerate(value):
        if name not in AXIS_NAMES:
            close = meant(name, AXIS_NAMES) if isinstance(name, str) else None
            help = f"did you mean `{close}`?" if close else f"axes: {', '.join(AXIS_NAMES)}"
            return Refusal(f"{what} names no axis with {describe(name)}", _part(node, place), help)
        if name in value[:place]:
            return Refusal(f"{what} names `{name}` twice", _part(node, place), "name every axis once")
    return None


def _items(
    argument: Argument, what: str, value: list[Any] | tuple[Any, ...], node: Node, depth: int = 0
) -> Refusal | None:
    """Point at the one item without which the list would be taken."""
    if depth > _DEPTH or not isinstance(node, Sequence) or len(node.items) != len(value) or not 1 <= len(value) <= 4:
        return None
    wrong = [place for place, item in enumerate(value) if not _fits(argument, item)]
    if not wrong or len(wrong) == len(value) > 1:
        return None
    item = value[wrong[0]]
    text = f"{what} is {argument.word.expected}, and not with {describe(item)} in its list"
    return Refusal(text, node.items[wrong[0]], _fix(argument, item) if isinstance(item, str) else argument.help)


def _fits(argument: Argument, item: Any) -> bool:
    return argument.word.accepts([item])


__all__ = ["Refusal", "refuse"]
