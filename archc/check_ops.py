"""Ops and their arguments: from nodes to checked values, refused by the op's own words."""

from __future__ import annotations

from typing import Any

from archc.document import Mapping, Mark, Node, Scalar
from archc.fused import fused_defaults, with_defaults
from archc.ops import OPS
from archc.ops.base import REQUIRED, Op
from archc.other_words import meant
from archc.problems import Problems
from archc.refusals import refuse
from archc.spec import Given, Step
from archc.values import Scope, constant, describe, given

BESIDE = ("name", "from", "repeat", "when", "share")
MERGING = {"sum": "add", "mean": "average", "max": "maximum", "min": "minimum"}
"""The merge that somebody may mean who gives branches to a reduction."""
EMPTY: dict[str, Given] = {}


def stands_beside(name: str, verb: str, among: str, mark: Mark, problems: Problems) -> None:
    """Report a key of a step that was written among the arguments of its op or block."""
    problems.add(
        "E0209", f"`{name}` stands beside `{verb}`, not among its {among}", mark,
        help=f"outdent `{name}` so that it lines up with `{verb}`",
    )  # fmt: skip


class OpReader:
    """Reads the arguments of ops, with one file's defaults."""

    def __init__(self, problems: Problems, defaults: dict[str, dict[str, Given]]) -> None:
        self.problems = problems
        self.defaults = defaults
        self.fused = fused_defaults(defaults)
        self.made: dict[Any, Op] = {}
        self.right: dict[tuple[Any, ...], Op] = {}

    def entries(self, verb: str, value: Node | None) -> Mapping | None:
        if value is None or isinstance(value, Mapping):
            return value
        if not (isinstance(value, Scalar) and value.value is None):
            self.problems.add(
                "E0203",
                f"the arguments of `{verb}` are a map",
                value.mark,
                help=f"as in `- {verb}: {{argument: value}}`",
            )
        return None

    def once_more(self, node: Node) -> Step | None:
        """Return a step that says in scalars what an earlier one said, with nothing beside it: found right then."""
        if not isinstance(node, Mapping) or len(node.keys) != 1:
            return None
        ((verb, value),) = node.entries.items()
        op = OPS.get(verb)
        if op is None or op.merges or not isinstance(value, Mapping):
            return None
        step = Step(verb, node.keys[verb])
        return step if self._seen_before(step, op, value) else None

    def arguments(self, step: Step, op: type[Op], node: Mapping | None, scope: Scope) -> None:
        if self._seen_before(step, op, node):
            return
        args = dict(self.defaults.get(op.name, EMPTY))
        dynamic = False
        if node is not None:
            for name, value_node in node.entries.items():
                checked = self.argument(op.name, name, node.keys[name], value_node, scope)
                if checked is not None:
                    args[name] = checked
                    dynamic = dynamic or checked.dynamic
                else:
                    dynamic = True
        if self.fused and "activation" in args:
            step.fused = self.fused
            args["activation"] = with_defaults(args["activation"], self.fused)
        step.args = args
        missing = [a.name for a in op.arguments.values() if a.default is REQUIRED and a.name not in args]
        if missing and node is not None:
            missing = self.not_meant(missing, [name for name in node.entries if name not in op.arguments])
        if missing and not (node is not None and any(name in node.entries for name in missing)):
            listed = ", ".join(f"`{name}`" for name in missing)
            self.problems.add("E0206", f"`{op.name}` needs {listed}", step.node.mark, help=_usage(op))
        elif not dynamic and not missing:
            step.op = self._make(op, args)
            if node is None or all(isinstance(value, Scalar) for value in node.entries.values()):
                self.right[_written(op, node)] = step.op

    def _seen_before(self, step: Step, op: type[Op], node: Mapping | None) -> bool:
        """Take the op of an earlier step that says the same in scalars; it was found right then."""
        try:
            made = self.right.get(_written(op, node))
        except AttributeError:  # an argument that is a list or a map
            return False
        if made is None:
            return False
        step.op = made
        step.written = node
        if op.name in self.defaults:
            step.args = {**self.defaults[op.name], **step.args}
        if self.fused and "activation" in step.args:
            step.args["activation"] = with_defaults(step.args["activation"], self.fused)
        return True

    def not_meant(self, missing: list[str], unknown: list[str]) -> list[str]:
        """Return what is missing, less what a name that is not known, and is reported, was meant for."""
        unknown = [name for name in unknown if name not in BESIDE]
        if len(missing) == 1 == len(unknown):
            return []
        likely = {meant(name, missing) for name in unknown}
        return [name for name in missing if name not in likely]

    def _make(self, op: type[Op], args: dict[str, Given]) -> Op:
        values = {name: op.arguments[name].freeze(value.value) for name, value in args.items()}
        key = (op.name, repr(values))
        made = self.made.get(key)
        if made is None:
            made = self.made[key] = op(**values)
        return made

    def argument(self, verb: str, name: str, key: Scalar, node: Node, scope: Scope) -> Given | None:
        """Read one argument of an op; None where it is wrong, which is then reported."""
        op = OPS[verb]
        known = op.arguments.get(name)
        if known is None:
            self.unknown_argument(op, name, key)
            return None
        value = given(node, scope)
        plain = constant(value) if value.dynamic else value
        if plain is None:
            return value
        if plain.value is None or not known.accepts(plain.value):
            refusal = refuse(known, verb, plain.value, node)
            self.problems.add("E0207", refusal.message, refusal.node.mark, help=refusal.help)
            return None
        return value

    def unknown_argument(self, op: type[Op], name: str, key: Scalar) -> None:
        if name in BESIDE:
            stands_beside(name, op.name, "arguments", key.mark, self.problems)
            return
        close = meant(name, op.arguments)
        listed = ", ".join(op.arguments) or "none"
        help = f"did you mean `{close}`?" if close else f"arguments of `{op.name}`: {listed}"
        if name in op.absent:
            help = op.absent[name]
        if op.name in MERGING and not close:
            help += f"; the op that joins branches is `{MERGING[op.name]}`"
        self.problems.add("E0205", f"`{op.name}` has no argument {describe(name)}", key.mark, help=help)


def _written(op: type[Op], node: Mapping | None) -> tuple[Any, ...]:
    """Return what a step says, to find another that says the same. Raises AttributeError where a value is no scalar."""
    if node is None:
        return (op,)
    parts: list[Any] = [op]
    for name, value in node.entries.items():
        plain = value.value  # type: ignore[attr-defined]
        parts += (name, plain.__class__, plain)
    return tuple(parts)


def _usage(op: type[Op]) -> str:
    required = [a.name for a in op.arguments.values() if a.default is REQUIRED]
    return f"as in `{op.name}: {{{', '.join(f'{name}: ...' for name in required)}}}`"
