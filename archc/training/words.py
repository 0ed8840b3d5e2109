"""What the `training` section may say: its keys, the choices under them, and the settings of each choice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from archc.ops.words import LARGEST, LIMIT, number, whole


class Setting(NamedTuple):
    """A single value: a test, what is wanted in words, its JSON Schema, and what holds where it is left out."""

    accepts: Callable[[Any], bool]
    expected: str
    schema: Mapping[str, Any]
    default: Any = None


class Choices(NamedTuple):
    """One of several words, each with settings: a word alone, or a map of it to its settings."""

    options: Mapping[str, Mapping[str, Setting]]
    expected: str
    default: Any = None


class Group(NamedTuple):
    """A map of settings."""

    settings: Mapping[str, Setting]
    expected: str
    default: Any = None


Rule = Setting | Choices | Group


def _positive(what: str, default: Any = None) -> Setting:
    schema = {"type": "number", "exclusiveMinimum": 0, "maximum": LARGEST}
    return Setting(lambda v: number(v) and v > 0, f"{what} is a number above 0", schema, default)


def _share(what: str, default: Any = 0.0) -> Setting:
    schema = {"type": "number", "minimum": 0, "exclusiveMaximum": 1}
    return Setting(lambda v: number(v) and 0 <= v < 1, f"{what} is a number from 0 to below 1", schema, default)


def _least(what: str, default: Any = 0.0) -> Setting:
    schema = {"type": "number", "minimum": 0, "maximum": LARGEST}
    return Setting(lambda v: number(v) and v >= 0, f"{what} is a number, at least 0", schema, default)


def _count(low: int, default: Any = None, what: str = "") -> Setting:
    schema = {"type": "integer", "minimum": low, "maximum": LIMIT}
    said = f"a whole number, at least {low}"
    return Setting(lambda v: whole(v, low), f"{what} is {said}" if what else said, schema, default)


def _flag(what: str) -> Setting:
    return Setting(lambda v: isinstance(v, bool), f"{what} is `true` or `false`", {"type": "boolean"}, False)


_WEIGHT = {"weight": _positive("a weight", 1.0)}
_SMOOTHING = {"smoothing": _share("smoothing"), **_WEIGHT}
LOSSES: dict[str, dict[str, Setting]] = {
    "cross_entropy": _SMOOTHING,
    "binary_cross_entropy": _SMOOTHING,
    "mean_squared_error": _WEIGHT,
    "mean_absolute_error": _WEIGHT,
    "huber": {"delta": _positive("delta", 1.0), **_WEIGHT},
}
"""`weight` is a loss's share of the sum where there are several outputs."""

SHORT_LOSSES = {"mse": "mean_squared_error", "mae": "mean_absolute_error"}

_DECAY = {"weight_decay": _least("a weight decay")}
_ADAM = {
    "beta1": _share("beta1", 0.9), "beta2": _share("beta2", 0.999), "epsilon": _positive("epsilon", 1e-7),
}  # fmt: skip
OPTIMIZERS: dict[str, dict[str, Setting]] = {
    "sgd": {
        "learning_rate": _positive("a learning rate", 0.01),
        "momentum": _share("a momentum"),
        "nesterov": _flag("`nesterov`"),
        **_DECAY,
    },
    "adam": {"learning_rate": _positive("a learning rate", 0.001), **_ADAM},
    "adamw": {
        "learning_rate": _positive("a learning rate", 0.001),
        **_ADAM,
        "weight_decay": _least("a weight decay", 0.01),
    },
    "rmsprop": {
        "learning_rate": _positive("a learning rate", 0.001),
        "rho": _share("rho", 0.9),
        "momentum": _share("a momentum"),
        "epsilon": _positive("epsilon", 1e-7),
        **_DECAY,
    },
}
"""With `adamw`, decay is apart from the gradient; with the others it is a part of it."""

_WARMUP = {"warmup": _least("a warm-up, in epochs,")}
SCHEDULES: dict[str, dict[str, Setting]] = {
    "constant": _WARMUP,
    "cosine": {"final": _share("the final share"), **_WARMUP},
    "step": {
        "every": _count(1, 30, "`every`, in epochs,"),
        "factor": Setting(
            lambda v: number(v) and 0 < v < 1,
            "a factor is a number between 0 and 1",
            {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
            0.1,
        ),
        **_WARMUP,
    },
}
"""How the learning rate goes: after a linear warm-up, the same, half a cosine down to a share, or down by steps."""

KEYS: dict[str, Rule] = {
    "loss": Choices({**LOSSES, **{name: LOSSES[full] for name, full in SHORT_LOSSES.items()}},
                    f"one of {', '.join(LOSSES)}"),
    "optimizer": Choices(OPTIMIZERS, "`sgd`, `adam`, `adamw` or `rmsprop`, with settings as in "
                         "`{adam: {learning_rate: 0.001}}`", "adam"),
    "batch_size": _count(1, 64),
    "epochs": _count(1, 10),
    "seed": _count(0, 0),
    "schedule": Choices(SCHEDULES, "`constant`, `cosine` or `step`, with settings as in `{cosine: {warmup: 5}}`",
                        "constant"),
    "clip": Setting(lambda v: number(v) and v > 0, "a number above 0, the largest norm of all gradients together",
                    {"type": "number", "exclusiveMinimum": 0, "maximum": LARGEST}),
    "early_stopping": Group({"patience": _count(1, 5, "`patience`, in epochs,"), "delta": _least("delta")},
                            "a map with `patience`, as in `{patience: 5}`"),
    "augment": Group({"shift": _count(0, 0, "`shift`, in pixels,"), "flip": _flag("`flip`"), "crop": _flag("`crop`")},
                     "a map of `shift`, `flip` and `crop`, as in `{shift: 2, flip: true}`"),
}  # fmt: skip

EXAMPLES = {
    "loss": "cross_entropy", "optimizer": "{adam: {learning_rate: 0.001}}", "batch_size": "64", "epochs": "3",
    "seed": "0", "schedule": "{cosine: {warmup: 5}}", "clip": "1.0", "early_stopping": "{patience: 5}",
    "augment": "{shift: 2, flip: true}",
}  # fmt: skip


def options(key: str, choice: str = "") -> tuple[str, ...]:
    """Return the words that may stand under a key of `training`, or under one of its choices."""
    rule = KEYS.get(key)
    if isinstance(rule, Group):
        return tuple(rule.settings)
    if isinstance(rule, Choices):
        return tuple(rule.options.get(choice, ())) if choice else tuple(rule.options)
    return ()
