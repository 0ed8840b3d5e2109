"""A text as the compiler sees it while it is typed: findings, the spec as far as it can be read, and its shapes."""

from __future__ import annotations

import os
from collections import ChainMap
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from archc import check, document
from archc.compile import quiet_collector
from archc.document import Node, Scalar, Source
from archc.expand import trace
from archc.graph import Run
from archc.imports import Importer
from archc.layers import list_layers
from archc.lsp.reread import Typed, reread
from archc.lsp.walk import nodes
from archc.ops.frames import Apart
from archc.problems import Problem, Problems
from archc.read import read
from archc.spec import Block, Chain, Input, Reference, Spec, Step

Visible = ChainMap[str, "Step | Input | None"]


class Known(NamedTuple):
    """A step as it stands in the text: the block around it, what its `from` means, and the names around it.

    `visible` holds also the steps of the chain that come later.
    """

    step: Step
    block: Block | None
    targets: tuple[Step | Input | None, ...]
    visible: Visible


class _OpenFiles(Importer):
    """Takes an imported file's text from the editor where it is open there."""

    def __init__(self, problems: Problems, texts: Mapping[str, str]) -> None:
        super().__init__(problems)
        self.texts = texts

    def file(self, path: str) -> tuple[Source, Node | None]:
        text = self.texts.get(os.path.realpath(path))
        if text is None:
            return super().file(path)
        source = Source(path, text)
        return source, read(source, self.problems)


class Analysis:
    """What is known of one text. `root`, `spec` and `run` are None from the stage on that could not be reached.

    `before` is what was known before an edit; its tree may be taken over, and it is then of no more use.
    """

    def __init__(self, path: str, text: str, texts: Mapping[str, str], before: Analysis | None = None) -> None:
        self.path = path
        self.text = text
        self.root: Node | None = None
        self.spec: Spec | None = None
        self.run: Run | None = None
        self.problems = Problems()
        self._steps: dict[int, Known] | None = None
        self._maps: dict[int, document.Mapping] | None = None
        with quiet_collector():
            self._examine(texts, before)

    def _examine(self, texts: Mapping[str, str], before: Analysis | None) -> None:
        problems = self.problems
        self.root = self._read(before)
        if self.root is None:
            return
        importer = _OpenFiles(problems, texts)
        importer.enter(self.path)
        self.spec = check.check(self.root, problems, importer)
        if not self.spec.chain.steps:
            return
        if not problems.errors:
            self.run = trace(self.spec, problems)
            if not problems.errors:
                list_layers(self.spec, self.run, problems)
            return
        try:
            # What is wrong is told already; shapes are still worth showing up to there.
            self.run = trace(self.spec, Problems())
        except Exception:
            self.run = None

    def _read(self, before: Analysis | None) -> Node | None:
        if before is not None and before.sound and reread(before.root, before.text, self.text):
            assert before.root is not None
            self.problems.sources[self.path] = before.root.source
            return before.root
        return read(Typed(self.path, self.text), self.problems)

    @property
    def sound(self) -> bool:
        """Whether nothing was wrong with the YAML."""
        return not any(problem.code.startswith("E01") for problem in self.problems.found)

    @property
    def findings(self) -> list[Problem]:
        return sorted(set(self.problems.found), key=lambda p: (p.mark, p.code, p.message))

    @property
    def files(self) -> set[str]:
        """The real paths of this file and of all that it imports."""
        return {os.path.realpath(name) for name in self.problems.sources}

    # What the text holds, indexed when it is asked for

    @property
    def steps(self) -> dict[int, Known]:
        """Every step of this file by the identity of its op's node."""
        if self._steps is None:
            self._steps = {} if self.spec is None else {id(k.step.node): k for k in _known(self.spec)}
        return self._steps

    @property
    def maps(self) -> dict[int, document.Mapping]:
        """The map around each key, by the identity of the key's node."""
        if self._maps is None:
            self._maps = {id(key): node for node in nodes(self.root) if isinstance(node, document.Mapping)
                          for key in node.keys.values()}  # fmt: skip
        return self._maps

    def references(self) -> Iterator[tuple[Reference, Step | Input | None]]:
        """Yield every name in a `from` or in `outputs`, with what it means."""
        for known in self.steps.values():
            yield from zip(known.step.sources or (), known.targets, strict=True)
        if self.spec is not None:
            by_name = {step.name: step for step in self.spec.chain.steps}
            for reference in self.spec.outputs:
                yield reference, by_name.get(reference.name)

    def name_node(self, step: Step) -> Scalar | None:
        """Return the node of a step's own name, where it has one."""
        around = self.maps.get(id(step.node))
        found = around.entries.get("name") if around is not None and step.named else None
        return found if isinstance(found, Scalar) else None


def _known(spec: Spec) -> Iterator[Known]:
    for block in spec.blocks.values():
        if block.file == spec.file:
            yield from _chain(block.chain, block, ChainMap(dict.fromkeys(block.inputs)))
    yield from _chain(spec.chain, None, ChainMap(dict(spec.inputs)))


def _chain(chain: Chain, block: Block | None, outer: Visible) -> Iterator[Known]:
    visible = outer.new_child()
    for step in chain.steps:
        if step.verb == Apart.name:  # which a `time_distributed` brings along
            continue
        targets = tuple(visible.get(reference.name) for reference in step.sources or ())
        yield Known(step, block, targets, visible)
        for branch in step.branches or ():
            yield from _chain(branch.chain, block, visible)
        if step.body is not None:
            yield from _chain(step.body, block, ChainMap() if step.distributed else visible)
        visible[step.name] = step
