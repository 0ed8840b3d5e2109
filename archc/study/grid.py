"""What is varied: params of the spec, keys of its training, and the number of images to train on."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any, NamedTuple

from archc.bind import setting
from archc.problems import Problems, SpecError, nearest, whole_file
from archc.spec import Spec

DATA = "data"
TRAINING = "training."
MOST = 2_000
"""More points than this are a slip of the keyboard."""
_RANGE = re.compile(r"(-?\d+)\.\.(-?\d+)(?::(\d+))?\Z")


class Axis(NamedTuple):
    """One thing that is varied, and its values in the order given."""

    name: str
    values: tuple[Any, ...]

    @property
    def numeric(self) -> bool:
        """Whether the values can stand on a scale."""
        return all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in self.values)


Point = Mapping[str, Any]
"""One value of each axis, by name."""


def axes(texts: Sequence[str], spec: Spec) -> list[Axis]:
    """Read `NAME=VALUES` of each `--vary`: `1..6`, `2..10:2`, or values of YAML with commas between.

    Raises SpecError with all that is wrong.
    """
    problems = Problems()
    found: dict[str, Axis] = {}
    for text in texts:
        axis = _axis(text, problems)
        if axis is None:
            continue
        if axis.name in found:
            _wrong(problems, text, f"`{axis.name}` is varied twice", "give all its values once")
        _known(axis, text, spec, problems)
        found[axis.name] = axis
    count = math.prod(len(axis.values) for axis in found.values())
    if count > MOST:
        _wrong(problems, texts[-1], f"that makes {count:,} points, more than {MOST:,}", "vary less")
    problems.stop_on_errors()
    return list(found.values())


def points(varied: Sequence[Axis]) -> list[dict[str, Any]]:
    """Return every point of the grid, the last axis turning fastest."""
    names = [axis.name for axis in varied]
    return [dict(zip(names, values, strict=True)) for values in product(*(axis.values for axis in varied))]


def _wrong(problems: Problems, text: str, message: str, help: str = "") -> None:
    problems.add("E0724", message, whole_file(f"--vary {text}"), help=help)


def _axis(text: str, problems: Problems) -> Axis | None:
    name, equals, rest = (part.strip() for part in text.partition("="))
    if not equals or not name or not rest:
        _wrong(problems, text, "this is no NAME=VALUES", "as in `--vary depth=1..6` or `--vary data=100,300,1000`")
        return None
    between = _RANGE.match(rest)
    if between:
        first, last, step = int(between[1]), int(between[2]), int(between[3] or 1)
        if step == 0 or first > last or (last - first) // step >= MOST:
            many = first <= last and step > 0
            help = f"at most {MOST:,} values" if many else "the smaller number stands first, as in `1..6`"
            _wrong(problems, text, f"`{rest}` is {'too long a' if many else 'no'} range", help)
            return None
        return Axis(name, tuple(range(first, last + 1, step)))
    before = len(problems.found)
    _, values = setting(f"{name}=[{rest}]", problems)
    if len(problems.found) > before or not isinstance(values, list) or not values:
        return None
    if len({repr(value) for value in values}) < len(values):
        _wrong(problems, text, "a value is given twice")
    return Axis(name, tuple(values))


def _known(axis: Axis, text: str, spec: Spec, problems: Problems) -> None:
    if axis.name == DATA:
        if not all(isinstance(value, int) and not isinstance(value, bool) and value > 0 for value in axis.values):
            _wrong(problems, text, "`data` is a number of images to train on", "as in `--vary data=100,300,1000`")
    elif axis.name not in spec.params and not axis.name.startswith(TRAINING):
        known = [*spec.params, DATA]
        close = nearest(axis.name, known)
        help = f"did you mean `{close}`?" if close else f"what can be varied: {', '.join(known)}, {TRAINING}KEY"
        _wrong(problems, text, f"the spec has no param `{axis.name}`", help)


def checked(loaded: Sequence[SpecError]) -> None:
    """Raise one SpecError with all that is wrong at any of the points."""
    if loaded:
        sources = {name: source for error in loaded for name, source in error.sources.items()}
        raise SpecError([problem for error in loaded for problem in error.problems], sources)
