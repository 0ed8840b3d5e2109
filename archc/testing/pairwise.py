"""Uses of an op in which every two values of two arguments meet: a covering array, in networks of many such uses.

Values are taken by their classes, as in `values`: each word and each truth value is a class of its own, numbers are the
least one or more, sizes one number or a list. What comes in, a sequence or an image, counts as one more argument.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations, product
from random import Random
from typing import Any, NamedTuple

from archc.ops import OPS
from archc.ops.base import REQUIRED, Op, ShapeError
from archc.ops.learning import LEARNING
from archc.shapes import Shape
from archc.testing.values import LEFT_OUT, arguments, classes

KIND = "what comes in"
ATTEMPTS = 250
"""How often a use is drawn before two values count as refused together."""
COMPARED = 4
"""Of how many uses that are valid the one is taken in which most is new."""
LARGER = 0.2
"""How often an op is given more places than its example has: what takes some off needs them."""

ACTIVATIONS = ("none", "relu", "tanh", "leaky_relu with arguments")
"""The activations that stand for all: none, with a kink, without one, with an argument."""

Pair = tuple[tuple[str, str], tuple[str, str]]
"""Two arguments, each with a class of values."""


class Case(NamedTuple):
    """A use of an op, and the pairs of values that meet in it."""

    op: str
    args: dict[str, Any]
    inputs: tuple[Shape, ...]
    pairs: frozenset[Pair]

    def __str__(self) -> str:
        return f"{self.op}: {json.dumps(self.args)} of {', '.join(map(str, self.inputs))}"


class Array(NamedTuple):
    """The uses of one op, how many pairs meet in them, and those that never do, as the op or a backend refuses them."""

    cases: list[Case]
    met: int
    refused: list[Pair]


def factors(op: type[Op], every_activation: bool = False) -> dict[str, list[str]]:
    """Return the classes of each argument's values, and of what comes in."""
    found = {KIND: list(dict.fromkeys(example.inputs[0].kind for example in op.examples))}
    for name, argument in op.arguments.items():
        if name in LEARNING:
            continue
        known = classes(argument.word)
        if argument.word.name == "Activation" and not every_activation:
            known = [kind for kind in known if kind in ACTIVATIONS]
        found[name] = [*known, *([] if argument.default is REQUIRED else [LEFT_OUT])]
    return found


def array(name: str, allowed: Callable[[Case], bool], *, every_activation: bool = False, seed: int = 0) -> Array:
    """Return uses of an op in which all pairs of values meet that any allowed use has."""
    op = OPS[name]
    random = Random(f"{name} {seed}")
    known = factors(op, every_activation)
    pairs = [((a, one), (b, other)) for a, b in combinations(known, 2) for one, other in product(known[a], known[b])]
    met: set[Pair] = set()
    cases: list[Case] = []
    for pair in pairs:
        if pair in met:
            continue
        best = max(_uses(random, name, known, pair, allowed), key=lambda case: len(case.pairs - met), default=None)
        if best is not None:
            cases.append(best)
            met |= best.pairs
    return Array(cases, len(met), [pair for pair in pairs if pair not in met])


def _uses(
    random: Random, name: str, known: dict[str, list[str]], pair: Pair, allowed: Callable[[Case], bool]
) -> Iterator[Case]:
    """Give some allowed uses in which a pair of values meets."""
    found = 0
    for attempt in range(ATTEMPTS):
        # What is left out is seldom in the way: the later, the more of it.
        chosen = {
            factor: LEFT_OUT if LEFT_OUT in kinds and random.random() < attempt / ATTEMPTS else random.choice(kinds)
            for factor, kinds in known.items()
        }
        chosen.update(pair)
        case = _use(random, name, chosen)
        if case is not None and allowed(case):
            yield case
            found += 1
        if found == COMPARED:
            return


def _use(random: Random, name: str, chosen: dict[str, str]) -> Case | None:
    """Return a use of an op with values of the classes chosen, where the op takes them."""
    op = OPS[name]
    suited = [example.inputs for example in op.examples if example.inputs[0].kind == chosen[KIND]]
    inputs = random.choice(suited)
    if len(inputs) == 1 and random.random() < LARGER:
        inputs = (inputs[0].with_spatial(tuple(size + 4 for size in inputs[0].spatial)),)
    kinds = {factor: kind for factor, kind in chosen.items() if factor != KIND}
    try:
        args = arguments(random, op, inputs[0], {**kinds, **dict.fromkeys(LEARNING, LEFT_OUT)})
        if not all(op.arguments[key].accepts(value) for key, value in args.items()):
            return None
        made = op(**{key: op.arguments[key].freeze(value) for key, value in args.items()})
        made.output(*inputs)
    except (LookupError, ShapeError):
        return None
    return Case(name, args, inputs, frozenset(combinations(chosen.items(), 2)))


def network(cases: Iterable[Case]) -> str:
    """Return a network of uses beside each other, every one an output, as JSON, which is YAML."""
    inputs: dict[tuple[Shape, int], str] = {}
    layers = []
    for number, case in enumerate(cases):
        taken = [
            inputs.setdefault((shape, case.inputs[:place].count(shape)), f"x{len(inputs)}")
            for place, shape in enumerate(case.inputs)
        ]
        layers.append({case.op: case.args or None, "from": taken, "name": f"use{number}"})
    declared = {name: shape.declared() for (shape, _), name in inputs.items()}
    outputs = [layer["name"] for layer in layers]
    return json.dumps({"archc": 1, "name": "net", "inputs": declared, "layers": layers, "outputs": outputs})
