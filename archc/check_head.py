"""The head of a spec file: version, name, params, variants, defaults."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from archc import naming
from archc.check_steps import StepReader
from archc.document import Mapping, Node, Scalar, Sequence
from archc.ops import OPS
from archc.other_words import meant
from archc.problems import Problems, nearest
from archc.spec import Given, Param, Spec
from archc.values import Scope, describe, given


class HeadReader:
    """Reads what stands before the network."""

    def __init__(self, root: Node, problems: Problems) -> None:
        self.problems = problems
        self.spec = Spec(root.source.name, root)
        self.defaults: dict[str, dict[str, Given]] = {}

    def unknown_keys(self, node: Mapping, known: Iterable[str], what: str) -> None:
        for name, key, _ in node.items():
            if name not in known:
                close = nearest(name, known)
                text = f"did you mean `{close}`?" if close else f"known keys: {', '.join(known)}"
                self.problems.add("E0201", f"{what} has no key `{name}`", key.mark, help=text)

    def version(self, root: Mapping) -> None:
        node = root.entries.get("archc")
        if node is None:
            self.problems.add(
                "E0202", "a spec says which language version it is written in", root.mark, help="add `archc: 1`"
            )
        elif not (isinstance(node, Scalar) and node.value == 1 and not isinstance(node.value, bool)):
            self.problems.add("E0210", "the language version is 1", node.mark, help="write `archc: 1`")

    def header(self, root: Mapping) -> None:
        name = root.entries.get("name")
        if name is not None:
            self.spec.name = self.identifier(name, "the name of a network")
        elif "layers" in root.entries:
            self.problems.add("E0202", "a network has a `name`", root.mark, help="add `name: my_network`")
        text = root.entries.get("description")
        if isinstance(text, Scalar) and isinstance(text.value, str):
            self.spec.description = text.value
            if "\n" in text.value.strip():
                self.problems.add("E0203", "`description` is one line of text", text.mark)
        elif text is not None:
            self.problems.add("E0203", "`description` is one line of text", text.mark)

    def identifier(self, node: Node, what: str) -> str:
        """Return the text of `node` where it is a name; report what is wrong with it otherwise."""
        if not isinstance(node, Scalar) or not isinstance(node.value, str):
            self.problems.add("E0203", f"{what} is a word", node.mark)
            return "unnamed"
        fault = naming.fault(node.value)
        if fault:
            self.problems.add("E0401", f"{describe(node.value)} {fault}", node.mark, help="choose another name")
            return naming.harmless(node.value)
        return node.value

    # Params, variants, defaults

    def params(self, node: Node | None) -> dict[str, Param]:
        """Read a signature: a list of names, each alone or with its default."""
        found: dict[str, Param] = {}
        if node is None or (isinstance(node, Scalar) and node.value is None):
            return found
        for key, default in self.signature(node):
            name = self.identifier(key, "the name of a param")
            if name in found:
                self.problems.add("E0402", f"there are two params `{name}`", key.mark)
            elif name in naming.FUNCTIONS | naming.WORDS | {"input", "index"}:
                text = f"a param cannot be called `{name}`: expressions use that word"
                self.problems.add("E0401", text, key.mark, help="choose another name")
                # With a default that is not known, so that no use is told that it lacks it.
                found[name] = Param(name, Given(None, key, True), key.mark)
                continue
            found[name] = Param(
                name, None if default is None else given(default, Scope.literal(self.problems)), key.mark
            )
        return found

    def signature(self, node: Node) -> Iterable[tuple[Scalar, Node | None]]:
        if isinstance(node, Mapping):
            for _, key, value in node.items():
                yield key, value
            return
        if not isinstance(node, Sequence):
            self.problems.add("E0203", "`params` is a list of names, as in `[filters, stride: 1]`", node.mark)
            return
        for item in node.items:
            if isinstance(item, Scalar):
                yield item, None
            elif isinstance(item, Mapping):
                for _, key, value in item.items():
                    yield key, value
            else:
                self.problems.add("E0203", "a param is a name, or a name and its default", item.mark)

    def variants(self, node: Node | None) -> None:
        for name, _, value in self.entries(node, "variants"):
            settings = {}
            for param, param_key, setting in self.entries(value, f"variant {name}"):
                settings[param] = given(setting, Scope.literal(self.problems))
                if param not in self.spec.params:
                    close = nearest(param, self.spec.params)
                    self.problems.add(
                        "E0408",
                        f"variant `{name}` sets `{param}`, which is no param of this file",
                        param_key.mark,
                        help=f"did you mean `{close}`?"
                        if close
                        else f"params: {', '.join(self.spec.params) or 'none'}",
                    )
            self.spec.variants[name] = settings

    def entries(self, node: Node | None, what: str) -> Iterable[tuple[str, Scalar, Node]]:
        if node is None or (isinstance(node, Scalar) and node.value is None):
            return ()
        if not isinstance(node, Mapping):
            self.problems.add(
                "E0203", f"`{what}` is a map, not {describe(_plain(node))}", node.mark, help="as in `key: value`"
            )
            return ()
        return node.items()

    def read_defaults(self, node: Node | None) -> None:
        for name, key, value in self.entries(node, "defaults"):
            if name not in OPS:
                close = meant(name, OPS)
                text = f"did you mean `{close}`?" if close else "`defaults` names ops; see `archc ops`"
                self.problems.add("E0204", f"there is no op `{name}`", key.mark, help=text)
                continue
            reader = StepReader(self.spec, self.problems, {})
            args = {}
            for argument, argument_key, argument_node in self.entries(value, name):
                checked = reader.argument(name, argument, argument_key, argument_node, Scope.literal(self.problems))
                if checked is not None:
                    args[argument] = checked
            self.defaults[name] = args


def _plain(node: Node) -> Any:
    """Return a scalar's value, and for what is none something of its kind."""
    return node.value if isinstance(node, Scalar) else []
