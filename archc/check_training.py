"""The `training` section: how the network is to be trained, checked like the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from archc.document import Mapping, Node, Scalar
from archc.ops.words import number, whole
from archc.other_words import meant
from archc.problems import Problems, nearest
from archc.spec import Given, Spec
from archc.values import Scope, describe, given

LOSSES = ("cross_entropy", "binary_cross_entropy", "mean_squared_error", "mean_absolute_error")
OPTIMIZERS: dict[str, tuple[str, ...]] = {"sgd": ("learning_rate", "momentum", "nesterov"), "adam": ("learning_rate",)}


def _optimizer(value: Any) -> bool:
    if isinstance(value, str):
        return value in OPTIMIZERS
    if not isinstance(value, dict) or len(value) != 1:
        return False
    ((name, settings),) = value.items()
    return name in OPTIMIZERS and all(
        key in OPTIMIZERS[name] and _setting(key, setting) for key, setting in (settings or {}).items()
    )


def _setting(key: str, value: Any) -> bool:
    if key == "nesterov":
        return isinstance(value, bool)
    if not number(value):
        return False
    return bool(value > 0 if key == "learning_rate" else 0 <= value < 1)


RULES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "loss": (lambda v: v in LOSSES, f"one of {', '.join(LOSSES)}"),
    "optimizer": (_optimizer, "`sgd` or `adam`, with settings as in `{adam: {learning_rate: 0.001}}`"),
    "batch_size": (whole, "a whole number, at least 1"),
    "epochs": (whole, "a whole number, at least 1"),
    "seed": (lambda v: whole(v, 0), "a whole number, at least 0"),
}


EXAMPLES = {
    "loss": "cross_entropy", "optimizer": "{adam: {learning_rate: 0.001}}", "batch_size": "64", "epochs": "3",
    "seed": "0",
}  # fmt: skip


def _part(value: Any) -> Any:
    """Return the one key of an optimizer's map, where it names none that there is, and else the value itself."""
    if isinstance(value, dict) and len(value) == 1 and (name := next(iter(value))) not in OPTIMIZERS:
        return name
    return value


def _wrong(name: str, value: Any, node: Node) -> tuple[Node, str]:
    """Return the node at fault and what to write there."""
    options = {"loss": LOSSES, "optimizer": tuple(OPTIMIZERS)}.get(name, ())
    word, at = _part(value), node
    if isinstance(node, Mapping) and isinstance(value, dict) and len(value) == 1:
        at = node.keys[next(iter(value))]
        if isinstance(word, dict) and isinstance(inside := node.entries[at.text], Mapping):
            known = OPTIMIZERS[at.text]
            for key, _, setting in inside.items():
                if key not in known:
                    close = meant(key, known)
                    help = f"did you mean `{close}`?" if close else f"settings of `{at.text}`: {', '.join(known)}"
                    return inside.keys[key], help
                if not isinstance(setting, Scalar) or not _setting(key, setting.value):
                    return setting, _SETTINGS[key]
    close = meant(word, options) if isinstance(word, str) else None
    return at, f"did you mean `{close}`?" if close else f"as in `{name}: {EXAMPLES[name]}`"


_SETTINGS = {
    "learning_rate": "a learning rate is a number above 0",
    "momentum": "a momentum is a number from 0 to below 1",
    "nesterov": "`nesterov` is `true` or `false`",
}


def check_training(node: Node | None, spec: Spec, problems: Problems) -> None:
    """Read the section into `spec.training`."""
    if node is None or (isinstance(node, Scalar) and node.value is None):
        return
    if not isinstance(node, Mapping):
        problems.add("E0203", "`training` is a map", node.mark)
        return
    for name, key, value in node.items():
        if name not in RULES:
            close = nearest(name, RULES)
            text = f"did you mean `{close}`?" if close else f"known keys: {', '.join(RULES)}"
            problems.add("E0201", f"`training` has no key `{name}`", key.mark, help=text)
            continue
        setting: Given = given(value, Scope.literal(problems))
        accepts, expected = RULES[name]
        if not setting.dynamic and not accepts(setting.value):
            at, help = _wrong(name, setting.value, value)
            problems.add("E0213", f"`{name}` is {expected}, not {describe(_part(setting.value))}", at.mark, help=help)
            continue
        spec.training[name] = setting
