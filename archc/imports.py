"""Blocks from other files: relative paths only, each file read once, no cycles."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Callable

from archc.document import Mark, Node, Scalar, Source
from archc.problems import Note, Problems
from archc.read import read_file
from archc.spec import Block, Spec

Check = Callable[[Node, Problems, "Importer"], Spec]


class Importer:
    """Finds and checks the files that a spec imports."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self.done: dict[str, dict[str, Block]] = {}
        self.open: dict[str, Mark | None] = {}

    def enter(self, path: str) -> None:
        """Say which file the checking starts from, so that a cycle back to it is found."""
        self.open[os.path.realpath(path)] = None

    def blocks(self, node: Scalar, check: Check) -> dict[str, Block]:
        """Return the blocks of the file that `node` names, none where it cannot be had."""
        text = str(node.value)
        if os.path.isabs(text) or any(char in text for char in "\\:\0"):
            help = f"say how to get there from this file, as in `blocks/{_last(text)}` or `../{_last(text)}`"
            message = "an import is a relative path, with `/` between folders"
            self.problems.add("E0410", message, node.mark, help=help)
            return {}
        folder = "" if node.source.name.startswith("<") else os.path.dirname(node.source.name)
        path = os.path.join(folder, text)
        real = os.path.realpath(path)
        if real in self.done:
            return self.done[real]
        if real in self.open:
            notes = [Note("imported here", mark) for mark in self.open.values() if mark is not None]
            self.problems.add("E0410", f"`{text}` is imported in a cycle", node.mark, notes=notes)
            return {}
        self.open[real] = node.mark
        found = self._read(path, node, check)
        del self.open[real]
        self.done[real] = found
        return found

    def file(self, path: str) -> tuple[Source, Node | None]:
        """Read an imported file. An editor has its own text of files that are open. Raises OSError."""
        if os.path.exists(path) and not os.path.isfile(path) and not os.path.isdir(path):
            # A pipe would be waited for, and a device never ends.
            raise OSError(errno.EINVAL, "Not a file", path)
        return read_file(path, self.problems)

    def _read(self, path: str, node: Scalar, check: Check) -> dict[str, Block]:
        before = self.problems.errors
        try:
            source, root = self.file(path)
        except OSError as error:
            reason = (error.strerror or "cannot be read").lower()
            self.problems.add("E0410", f"`{node.value}` cannot be imported: {reason}", node.mark)
            return {}
        self.problems.sources[source.name] = source
        if root is None:
            return {}
        spec = check(root, self.problems, self)
        if not spec.blocks and self.problems.errors == before:
            self.problems.add("E0410", f"`{node.value}` has no blocks to import", node.mark)
        return {name: block for name, block in spec.blocks.items() if block.file == spec.file}


def _last(path: str) -> str:
    return re.split(r"[/\\]", path)[-1][:60] or "net.yaml"
