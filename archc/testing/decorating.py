"""What a whole spec may have besides: variants, defaults of ops, sizes known only at run time, a description."""

from __future__ import annotations

import copy
from random import Random
from typing import Any

from archc.compile import load_text
from archc.ops import OPS
from archc.ops.base import REQUIRED
from archc.problems import SpecError
from archc.shapes import SPATIAL, Image
from archc.testing import values
from archc.testing.scopes import Scope, Trials
from archc.testing.writing import text


def decorate(random: Random, spec: dict[str, Any], scope: Scope, trials: Trials) -> None:
    """Add to a valid spec what leaves it valid."""
    trials.left = 20
    if random.random() < 0.2:
        _try(spec, trials, _defaults(random, spec))
    if random.random() < 0.08:
        _try(spec, trials, _any(random, spec))
    if random.random() < 0.3:  # last, since what comes later might not suit a variant
        _variants(random, spec, scope)
    if random.random() < 0.1:
        spec["description"] = random.choice(("A network", 'It\'s 50% "odd"', "Back\\slash: {x} # and more"))


def _try(spec: dict[str, Any], trials: Trials, changed: dict[str, Any]) -> None:
    if trials.graph(changed) is not None:
        spec.clear()
        spec.update(changed)


def _variants(random: Random, spec: dict[str, Any], scope: Scope) -> None:
    """Add a variant that sets a param to something else."""
    numbers = [name for name, known in scope.params.items() if type(known.value) is int]
    if not numbers:
        return
    name = random.choice(numbers)
    settings = {name: scope.params[name].value + random.choice((1, 2))}
    spec["variants"] = {random.choice(("wide", "small", "x")): settings}
    try:
        load_text(text(spec), next(iter(spec["variants"])))
    except SpecError:
        del spec["variants"]


def _defaults(random: Random, spec: dict[str, Any]) -> dict[str, Any]:
    """Return the spec with a default for an op that it uses."""
    written = text(spec)
    used = [name for name, op in OPS.items() if f"{name}:" in written and not op.merges]
    options = [
        (name, key, argument)
        for name in used
        for key, argument in OPS[name].arguments.items()
        if argument.default is not REQUIRED
    ]
    changed = copy.deepcopy(spec)
    if options:
        name, key, argument = random.choice(options)
        kind = random.choice(values.classes(argument.word))
        drawn = values.draw(random, argument.word, kind, Image(4, 4, 4))
        if argument.word.accepts(drawn):
            changed["defaults"] = {name: {key: drawn}}
    return changed


def _any(random: Random, spec: dict[str, Any]) -> dict[str, Any]:
    """Return the spec with sizes of an input known only at run time."""
    changed = copy.deepcopy(spec)
    inputs = changed["inputs"].values() if "inputs" in changed else [changed["input"]]
    for axes in inputs:
        for axis in axes:
            if axis in SPATIAL and "vocabulary" not in axes and random.random() < 0.8:
                axes[axis] = "any"
    return changed
