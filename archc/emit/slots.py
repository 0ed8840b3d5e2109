"""One line for many uses: what all uses of a step have in common, and what must become an argument."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from archc.document import Mark
from archc.emit.source import call, spell
from archc.emit.spelling import Code, Default, Make, Spelling, Use
from archc.emit.symbolic import expression_of
from archc.expressions import Expression

PLAIN = re.compile(r"-?[0-9]+\Z|[^\W0-9]\w*\Z")

Resolve = Callable[[list[Any], str], str]
"""Turns the values that a slot has over all uses, and a hint for a name, into source text."""


Words = Mapping[str, tuple[str, ...]]
_NO_WORDS: Words = {}


class MadePart(NamedTuple):
    """A Make with each argument's values over all uses."""

    callee: str
    args: list[list[Any]]
    kwargs: dict[str, list[Any]]
    suffix: str
    call: str
    slots: dict[str, list[Any]]


class UsedPart(NamedTuple):
    """A Use with each slot's values over all uses."""

    template: str
    slots: dict[str, list[Any]]
    call: bool


class Merged(NamedTuple):
    """What a step is written as, over all its uses."""

    parts: list[MadePart | UsedPart]
    stretch: tuple[str, ...]
    needs: tuple[str, ...]
    form: str


class Irregular(Exception):
    """Uses of one step that no common source text can say. `mark` is the step's, once it is known."""

    mark: Mark | None = None
    code = "E0602"
    advice = "write the uses that differ as steps or blocks of their own"


def merge(offers: Sequence[list[Spelling]]) -> Merged:
    """Take the first form that every use offers, and line up its values. Raises Irregular where there is none."""
    unlike = {id(offer): offer for offer in offers}
    for choice in offers[0]:
        alike = {key: next((s for s in offer if s.form == choice.form), None) for key, offer in unlike.items()}
        if all(other is not None and _same(choice, other) for other in alike.values()):
            found = [alike[id(offer)] for offer in offers]
            return _line_up([spelling for spelling in found if spelling is not None])
    forms = sorted({spelling.form for offer in offers for spelling in offer})
    raise Irregular(f"no form common to all uses among {', '.join(forms)}")


def _same(one: Spelling, other: Spelling) -> bool:
    if one is other:
        return True
    return (
        one.stretch == other.stretch and len(one.parts) == len(other.parts) and all(map(_alike, one.parts, other.parts))
    )


def _alike(one: Make | Use, other: Make | Use) -> bool:
    if isinstance(one, Make):
        return (
            isinstance(other, Make)
            and one.callee == other.callee
            and one.suffix == other.suffix
            and one.call == other.call
            and one.slots.keys() == other.slots.keys()
            and len(one.args) == len(other.args)
            and one.kwargs.keys() == other.kwargs.keys()
        )
    return isinstance(other, Use) and one.template == other.template and one.slots.keys() == other.slots.keys()


def _line_up(found: list[Spelling]) -> Merged:
    first = found[0]
    parts: list[MadePart | UsedPart] = []
    for place, part in enumerate(first.parts):
        uses: list[Any] = [spelling.parts[place] for spelling in found]
        if isinstance(part, Make):
            args = [[use.args[i] for use in uses] for i in range(len(part.args))]
            kwargs = {name: [use.kwargs[name] for use in uses] for name in part.kwargs}
            parts.append(MadePart(part.callee, args, kwargs, part.suffix, part.call, _slots(part, uses)))
        else:
            parts.append(UsedPart(part.template, _slots(part, uses), part.call))
    return Merged(parts, first.stretch, first.needs, first.form)


def _slots(part: Make | Use, uses: list[Any]) -> dict[str, list[Any]]:
    return {name: [use.slots[name] for use in uses] for name in part.slots}


def arguments(part: MadePart, local: str, resolve: Resolve, words: Words = _NO_WORDS) -> list[str]:
    """Return the texts of a layer's arguments; keywords that have the framework's default everywhere are left out.

    `words` says what the positional ones are called, by how a class's name begins.
    """
    texts = []
    called = next((names for start, names in words.items() if part.callee.startswith(start)), ())
    for place, values in enumerate(part.args):
        if isinstance(values[0], Make):
            inner = _line_up([Spelling("", (value,)) for value in values]).parts[0]
            assert isinstance(inner, MadePart)
            texts.append(call(inner.callee, arguments(inner, local, resolve, words)))
            continue
        word = f"_{called[place]}" if place < len(called) else "" if place == 0 else str(place)
        texts.append(resolve(values, f"{local}{part.suffix}{word}"))
    for name, values in part.kwargs.items():
        given = [value.value if isinstance(value, Default) else value for value in values]
        if all(
            isinstance(v, Default) and g == v.default and expression_of(g) is None
            for v, g in zip(values, given, strict=True)
        ):
            continue
        texts.append(f"{name}={resolve(given, f'{local}{part.suffix}_{name}')}")
    return texts


def spaced(template: str, slots: dict[str, str]) -> str:
    """Put spaces around the colons of a slice where more than a name or a number stands between them."""
    bounds = [f"{{{name}}}" for name in ("start", "stop", "step") if name in slots and not PLAIN.match(slots[name])]
    if not bounds or ":" not in template:
        return template
    for name in ("start", "stop", "step"):
        template = template.replace(f"{{{name}}}:", f"{{{name}}} :").replace(f":{{{name}}}", f": {{{name}}}")
    return template


def shared(values: list[Any]) -> Expression | None:
    """Return the expression that all values carry, if they carry one and the same."""
    first = expression_of(values[0])
    if first is None:
        return None
    return first if all(value is values[0] or expression_of(value) == first for value in values) else None


def constant(values: list[Any]) -> bool:
    """Tell whether all values are one, of one type."""
    first = values[0]
    return all(v is first or (v == first and _kind(v) == _kind(first)) for v in values)


def _kind(value: Any) -> type:
    if isinstance(value, bool) or getattr(value, "boolean", False):
        return bool
    for kind in (Code, int, float, str, tuple, list):
        if isinstance(value, kind):
            return kind
    return type(value)


def parted(values: list[Any]) -> list[list[Any]] | None:
    """Return the values by place where all are tuples of one length with an expression somewhere inside."""
    first = values[0]
    if not isinstance(first, tuple) or not all(isinstance(v, tuple) and len(v) == len(first) for v in values):
        return None
    columns = [list(column) for column in zip(*values, strict=True)]
    return columns if any(_told(column[0]) for column in columns) else None


def _told(value: Any) -> bool:
    return expression_of(value) is not None or (isinstance(value, tuple) and any(map(_told, value)))


def literal(value: Any) -> str:
    return spell(value)
