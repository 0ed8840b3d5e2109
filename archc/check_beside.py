"""The keys beside an op: `name`, `from`, `repeat`, `when` and `share`."""

from __future__ import annotations

from typing import Any

from archc import naming
from archc.check_ops import OpReader
from archc.document import Mapping, Node, Scalar, Sequence
from archc.spec import Given, Reference, Step
from archc.values import BOOLEANS, Scope, describe, given, lost


class BesideReader(OpReader):
    """Reads what a step says besides its op."""

    def beside(self, step: Step, node: Mapping, scope: Scope) -> None:
        """Read the keys beside an op into its step."""
        entries = node.entries
        if "name" in entries:
            self._name(step, entries["name"])
        if "from" in entries:
            step.sources = self._sources(entries["from"])
        if "repeat" in entries:
            step.repeat = self.condition(entries["repeat"], scope, "repeat")
        if "when" in entries:
            step.when = self.condition(entries["when"], scope, "when")
        if "share" in entries:
            step.share = self._share(entries["share"])

    def _name(self, step: Step, node: Node) -> None:
        if not isinstance(node, Scalar) or not isinstance(node.value, str):
            if not lost(node):
                self.problems.add("E0203", "the name of a step is a word", node.mark, help="as in `name: stem`")
            return
        fault = naming.step_fault(node.value)
        if fault:
            self.problems.add("E0401", f"{describe(node.value)} {fault}", node.mark, help="choose another name")
        step.name = naming.harmless(node.value) if naming.fault(node.value) else node.value
        step.named = True
        step.label = node

    def _share(self, node: Node) -> Reference | None:
        if isinstance(node, Scalar) and isinstance(node.value, str):
            return Reference(node.value, node.mark)
        if not lost(node):
            help = "as in `share: stem`, where an earlier step has `name: stem`"
            self.problems.add("E0203", "`share` takes the name of one step", node.mark, help=help)
        return None

    def _sources(self, node: Node) -> list[Reference] | None:
        items = node.items if isinstance(node, Sequence) else [node]
        found = []
        for item in items:
            if isinstance(item, Scalar) and isinstance(item.value, str):
                found.append(Reference(item.value, item.mark))
            elif not lost(item):
                help = "write `name: stem` beside that step, and `from: stem` here"
                self.problems.add("E0203", "`from` takes the names of steps, never positions", item.mark, help=help)
        if not found and isinstance(node, Sequence) and not node.items:
            help = "leave `from` out to take the step before"
            self.problems.add("E0203", "`from` names at least one step", node.mark, help=help)
        return found or None

    def condition(self, node: Node, scope: Scope, key: str) -> Given | None:
        """Read `repeat` (a whole number from 0) or `when` (a boolean): an expression, with or without its `$`."""
        value = given(node, scope)
        if key == "when" and not value.dynamic and isinstance(value.value, str) and isinstance(node, Scalar):
            boolean = BOOLEANS.get(value.value.lower())
            help = f"write `when: {boolean}`" if boolean else f"write `when: ${value.value}`"
            self.problems.add("E0203", "`when` is an expression", node.mark, help=help)
            return None
        wanted = "true, false or an expression" if key == "when" else "a whole number, at least 0"
        if not value.dynamic and not _fits(key, value.value):
            help = "as in `when: $depth > 1`" if key == "when" else "as in `repeat: 3`"
            self.problems.add("E0203", f"`{key}` is {wanted}, not {describe(value.value)}", node.mark, help=help)
            return None
        return value


def _fits(key: str, value: Any) -> bool:
    if key == "when":
        return isinstance(value, bool)
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 10**9
