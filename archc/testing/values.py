"""Values for an op's arguments, drawn from the words that describe them, and the classes that such values fall into."""

from __future__ import annotations

from random import Random
from typing import Any

from archc.ops import ACTIVATIONS
from archc.ops.base import REQUIRED, Argument, Op, ShapeError
from archc.ops.words import Word
from archc.shapes import KINDS, Shape, Vector

FRACTIONS = (0.5, 0.25, 0.1, 0.2, 0.75, 0.9, 0.001, 1e-05, 1.5)
WHOLE = (0, 1, 2, 3)
LEFT_OUT = "left out"
EXPRESSION = "expression"
AXES_OF = {kind: axes for axes, kind in reversed(KINDS.items())}

LEARNING = {"Initializer": ["a name", "a map"], "Regularizer": ["l2", "l1"]}
"""The classes of what says how weights start and stay small."""

CHOICES: dict[tuple[str, str], list[Any]] = {
    ("Initializer", "a name"): ["he_normal", "glorot_normal", "lecun_uniform", "truncated_normal", "zeros"],
    ("Initializer", "a map"): [{"normal": {"stddev": 0.02}}, {"uniform": {"bound": 0.1}}, {"constant": {"value": 0.5}}],
    ("Regularizer", "l2"): [{"l2": 0.01}, {"l1": 0.001, "l2": 0.02}],
    ("Regularizer", "l1"): [{"l1": 0.01}],
}


def classes(word: Word) -> list[str]:
    """Return the classes of an argument's values."""
    if word.name == "AxisSizes":
        return list(AXES_OF)
    if word.name == "AxisNames":
        return ["as they are", "places swapped", "channels moved"]
    if word.name in LEARNING:
        return LEARNING[word.name]
    if word.name == "Activation":
        return [
            "none",
            *filter(_alone, ACTIVATIONS),
            *(f"{name} with arguments" for name, op in ACTIVATIONS.items() if op.arguments),
        ]
    return _classes(word.schema, word)


def _alone(name: str) -> bool:
    """Tell whether an activation's name says all that it must."""
    try:
        ACTIVATIONS[name]().output(Vector(2))
    except ShapeError:
        return False
    return True


def _classes(schema: dict[str, Any], word: Word) -> list[str]:
    if "anyOf" in schema:
        return [name for part in schema["anyOf"] for name in _classes(part, word)]
    if "enum" in schema:
        return [str(option) for option in schema["enum"]]
    kind = schema.get("type")
    if kind == "boolean":
        return ["true", "false"]
    if kind == "integer":
        return ["least", "more"] if schema["minimum"] >= 0 else ["below 0", "from 0"]
    if kind == "number":
        return ["whole", "fraction"]
    if kind == "array":
        return ["pairs" if schema["items"].get("type") == "array" else "list"]
    return ["other"]


def goals(argument: Argument) -> list[str]:
    """Return the classes of an argument's values, and how else it may be given."""
    optional = [] if argument.default is REQUIRED else [LEFT_OUT]
    return [*classes(argument.word), *optional, EXPRESSION]


def class_of(word: Word, value: Any, x: Shape) -> str:
    """Return the class that an accepted value falls into."""
    if word.name == "AxisSizes":
        return next((kind for kind, axes in AXES_OF.items() if set(axes) == set(value)), "other")
    if word.name == "AxisNames":
        moved = value[-1] != x.axes[-1]
        return "as they are" if tuple(value) == x.axes else "channels moved" if moved else "places swapped"
    if word.name in LEARNING:
        return LEARNING[word.name][isinstance(value, dict) and "l2" not in value]
    if isinstance(value, dict):
        return f"{next(iter(value))} with arguments"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return value
    if isinstance(value, (list, tuple)):
        return "pairs" if isinstance(value[0], (list, tuple)) else "list"
    if "below 0" in classes(word):
        return "below 0" if value < 0 else "from 0"
    if "least" in classes(word):
        return "least" if not word.accepts(value - 1) else "more"
    return "whole" if float(value).is_integer() else "fraction"


def draw(random: Random, word: Word, kind: str, x: Shape) -> Any:
    """Return a value of a class; it may still not suit the shape. Raises LookupError where there is none."""
    if word.name == "AxisSizes":
        return _sizes(random, AXES_OF[kind], x)
    if word.name == "AxisNames":
        return _order(random, kind, x)
    if word.name in LEARNING:
        return random.choice(CHOICES[word.name, kind])
    if word.name == "Activation" and kind.endswith(" with arguments"):
        name = kind.removesuffix(" with arguments")
        return {name: arguments(random, ACTIVATIONS[name], x, {})}
    if kind in ("true", "false") and word.name == "Flag":
        return kind == "true"
    if kind in ("below 0", "from 0"):
        return random.choice((0, 0, 1, 2) if kind == "from 0" else (-1, -1, -2))
    if kind == "list" and word.name == "Parts":
        return _cut(random, x)
    if kind in ("least", "more"):
        return _whole(random, word, kind, x)
    if kind == "whole":
        return random.choice([n for n in WHOLE if word.accepts(n)])
    if kind == "fraction":
        return random.choice([n for n in FRACTIONS if word.accepts(n)])
    if kind == "list" and word.name == "AxisOrAxes":
        return random.sample(x.axes, random.randint(1, len(x.axes)))
    if kind == "list":
        return [_whole(random, word, random.choice(("least", "more")), x) for _ in range(x.rank)]
    if kind == "pairs":
        return [[random.choice((0, 0, 1, 2)), random.choice((0, 1, 1, 2))] for _ in range(x.rank)]
    return kind


def _whole(random: Random, word: Word, kind: str, x: Shape) -> int:
    least = 0 if word.accepts(0) else 1
    if kind == "least":
        return least
    known = [size for size in x.sizes if isinstance(size, int) and least < size < 9]
    few = [n for n in (2, 2, 3, 3, 4, 5, 6) if n > least]
    return random.choice([*few, *known] if word.name in ("Positive", "Count") else few[:4])


def _cut(random: Random, x: Shape) -> list[int]:
    """Divide an axis, most often the last, into two parts."""
    size = random.choice([x.sizes[-1], *x.sizes])
    if not isinstance(size, int) or size < 2:
        raise LookupError
    first = random.randint(1, size - 1)
    return [first, size - first]


def _sizes(random: Random, axes: tuple[str, ...], x: Shape) -> dict[str, int]:
    """Divide all of a shape's values among axes."""
    left = x.elements
    assert isinstance(left, int)
    sizes = {}
    for axis in axes[:-1]:
        sizes[axis] = random.choice([n for n in range(1, left + 1) if left % n == 0][:6])
        left //= sizes[axis]
    sizes[axes[-1]] = left
    order = list(sizes)
    random.shuffle(order)
    return {axis: sizes[axis] for axis in order}


def _order(random: Random, kind: str, x: Shape) -> list[str]:
    order = list(x.axes)
    if kind == "as they are":
        return order
    places = order[:-1] if kind == "places swapped" else order
    random.shuffle(places)
    return [*places, order[-1]] if kind == "places swapped" else places


def arguments(random: Random, op: type[Op], x: Shape, forced: dict[str, str]) -> dict[str, Any]:
    """Return arguments for an op, those in `forced` of the class said there."""
    examples = [example.args for example in op.examples]
    if examples and not forced and random.random() < 0.2:
        return dict(random.choice(examples))
    values = {}
    for name, argument in op.arguments.items():
        kind = forced.get(name, "")
        if kind == LEFT_OUT or (not kind and argument.default is not REQUIRED and random.random() < 0.6):
            continue
        if name in ("initializer", "regularizer", "trainable") and not kind and random.random() < 0.8:
            continue
        known = classes(argument.word)
        usual = [k for k in known if k in ("list", "pairs")] if random.random() < 0.7 else []
        kind = kind if kind in known else random.choice([k for k in known if k not in usual] or known)
        drawn = example_value(random, op, name) if kind == "other" else draw(random, argument.word, kind, x)
        values[name] = drawn
    return values


def example_value(random: Random, op: type[Op], name: str) -> Any:
    """Return a value that one of the op's examples has: all that is known where a word is new."""
    return random.choice([example.args[name] for example in op.examples if name in example.args])
