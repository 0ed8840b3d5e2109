"""The `training` section: how the network is to be trained, checked like the rest."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as Map
from typing import Any

from archc.document import Mapping, Node, Scalar
from archc.other_words import meant
from archc.problems import Problems, nearest
from archc.spec import Given, Spec
from archc.training.words import EXAMPLES, KEYS, Choices, Group, Rule, Setting
from archc.values import Scope, describe, given

SETTINGS_OF = {"learning_rate": "optimizer", "lr": "optimizer", "momentum": "optimizer", "weight_decay": "optimizer",
               "warmup": "schedule", "patience": "early_stopping", "flip": "augment", "shift": "augment",
               "crop": "augment"}  # fmt: skip
"""Under which key settings belong that are often written one level higher."""


def check_training(node: Node | None, spec: Spec, problems: Problems) -> None:
    """Read the section into `spec.training`."""
    if node is None or (isinstance(node, Scalar) and node.value is None):
        return
    if not isinstance(node, Mapping):
        problems.add("E0203", "`training` is a map", node.mark)
        return
    for name, key, value in node.items():
        if name not in KEYS:
            problems.add("E0201", f"`training` has no key `{name}`", key.mark, help=_instead(name))
            continue
        setting: Given = given(value, Scope.literal(problems))
        if setting.dynamic or _Checker(name, problems).rule(KEYS[name], value, setting.value):
            spec.training[name] = setting


def _instead(name: str) -> str:
    if (key := SETTINGS_OF.get(name)) is not None:
        return f"it is a setting of `{key}`, as in `{key}: {EXAMPLES[key]}`"
    close = nearest(name, KEYS)
    return f"did you mean `{close}`?" if close else f"known keys: {', '.join(KEYS)}"


class _Checker:
    """Checks what stands under one key; each finding is reported where it stands."""

    def __init__(self, key: str, problems: Problems) -> None:
        self.key = key
        self.problems = problems

    def rule(self, rule: Rule, node: Node, value: Any) -> bool:
        """Report what is wrong; return whether nothing is."""
        if isinstance(rule, Setting):
            return rule.accepts(value) or self.wrong(rule.expected, node, value)
        if isinstance(rule, Group):
            if not isinstance(node, Mapping):
                return self.wrong(rule.expected, node, value)
            return self.settings(rule.settings, node, self.key)
        if self.key == "loss" and isinstance(node, Mapping) and len(node.entries) > 1:
            return not [name for name, _, part in node.items() if not self.choice(rule, part, value[name])]
        return self.choice(rule, node, value)

    def choice(self, rule: Choices, node: Node, value: Any) -> bool:
        """Check a word, or a map of one word to its settings."""
        if isinstance(node, Mapping) and self.beside(rule, node):
            return False
        if isinstance(node, Mapping) and len(node.entries) == 1:
            ((word, key, inside),) = node.items()
            if word in rule.options:
                if isinstance(inside, Mapping):
                    return self.settings(rule.options[word], inside, word)
                empty = isinstance(inside, Scalar) and inside.value is None
                return empty or self.report(f"`{word}` takes a map of settings", inside, self.example())
            return self.unknown(rule, key, word)
        if isinstance(value, str):
            return value in rule.options or self.unknown(rule, node, value)
        return self.wrong(rule.expected, node, value)

    def beside(self, rule: Choices, node: Mapping) -> bool:
        """Report a setting that stands beside its word, not within; return whether one does."""
        word = next((name for name in node.entries if name in rule.options), "")
        other = next((name for name in node.entries if name in rule.options.get(word, ())), "")
        if not other:
            return False
        text = f"`{other}` is a setting of `{word}`, and stands within it"
        self.report(text, node.keys[other], f"as in `{{{word}: {{{other}: ...}}}}`")
        return True

    def unknown(self, rule: Choices, node: Node, word: str) -> bool:
        close = meant(word, rule.options)
        help = f"did you mean `{close}`?" if close else self.example()
        return self.report(f"`{self.key}` is {rule.expected}, not {describe(word)}", node, help)

    def settings(self, known: Map[str, Setting], node: Mapping, of: str) -> bool:
        right = True
        for name, key, part in node.items():
            if name not in known:
                right = self.report(f"`{of}` has no setting `{name}`", key, _close(name, known, of))
                continue
            value: Any = part.value if isinstance(part, Scalar) else []
            if not known[name].accepts(value):
                right = self.report(f"{known[name].expected}, not {describe(value)}", part)
        nesterov, momentum = (node.entries.get(name) for name in ("nesterov", "momentum"))
        if right and getattr(nesterov, "value", False) and not getattr(momentum, "value", 0):
            return self.report("`nesterov` wants a momentum", node.keys["nesterov"], "as in `momentum: 0.9`")
        return right

    def wrong(self, expected: str, node: Node, value: Any) -> bool:
        return self.report(f"`{self.key}` is {expected}, not {describe(value)}", node, self.example())

    def example(self) -> str:
        return f"as in `{self.key}: {EXAMPLES[self.key]}`"

    def report(self, message: str, node: Node, help: str = "") -> bool:
        self.problems.add("E0213", message, node.mark, help=help)
        return False


def _close(name: str, known: Iterable[str], of: str) -> str:
    close = meant(name, known)
    if close is None and of == "adam" and name == "weight_decay":
        return "`adamw` is Adam with weight decay"
    return f"did you mean `{close}`?" if close else f"settings of `{of}`: {', '.join(known)}"
