"""One canonical layout for specs: comments kept, meaning unchanged."""

from __future__ import annotations

import os
import sys
from typing import Any

from archc.document import Mapping, Node, Scalar, Sequence, Source
from archc.problems import Problems, SpecError
from archc.read import read, read_file


def format_text(text: str, name: str = "<text>") -> str:
    """Return a spec's text in the canonical layout, with the line ends it had. Raises SpecError."""
    problems = Problems()
    root = read(Source(name, text), problems)
    problems.stop_on_errors()
    assert root is not None, "no tree and no problem"
    return _formatted(text, root)


def format_file(path: str) -> tuple[str, bool]:
    """Return the canonical text of a file (`-` is standard input), and whether it differs.

    Raises SpecError and OSError.
    """
    problems = Problems()
    source, root = read_file(path, problems)
    problems.sources[source.name] = source
    problems.stop_on_errors()
    assert root is not None, "no tree and no problem"
    text = _formatted(source.text, root)
    return text, text != source.text


def _formatted(text: str, root: Node) -> str:
    from archc.fmt_read import comments, items
    from archc.fmt_write import Writer

    unix = text.replace("\r\n", "\n").replace("\r", "\n")
    written = Writer(ordered=not _aliased(unix)).file(*items(unix))
    # A slip of the layout must never change a spec: the text is read again before anybody gets it.
    problems = Problems()
    again = read(Source("<formatted>", written), problems)
    if again is None or problems.errors or meaning(again) != meaning(root):
        raise AssertionError("the layout would change what this spec says")
    if comments(written) != comments(unix):
        raise AssertionError("the layout would lose a comment of this spec")
    return written.replace("\n", "\r\n") if "\r\n" in text else written


def _aliased(text: str) -> bool:
    """Tell whether a text has aliases, whose anchors must stay before them."""
    from archc import syntax

    if "*" not in text:
        return False
    following = syntax.events(text)
    return any(type(event).__name__ == "AliasEvent" for event in iter(following, None))


def meaning(node: Node) -> Any:
    """Return what a tree says, as values to compare: `{op: }` and `{op: {}}` are the word alone."""
    if isinstance(node, Scalar):
        return (node.value, node.text) if node.value is not None else None
    if isinstance(node, Sequence):
        return [meaning(item) for item in node.items]
    assert isinstance(node, Mapping)
    entries = {key: meaning(value) for key, _, value in node.items()}
    if not entries:
        return None
    if len(entries) == 1 and None in entries.values():
        return (next(iter(entries)),) * 2
    return entries


def run(paths: list[str], *, check: bool) -> int:
    """Bring files into the canonical layout, or with `check` name those that are not; return the exit code."""
    from archc.report import DONE, WRONG, report, tell, trouble
    from archc.write import write

    status = DONE
    for path in paths:
        try:
            text, differs = format_file(path)
            if path == "-" and not check:
                sys.stdout.write(text)
            elif differs and check:
                sys.stdout.write(f"{'standard input' if path == '-' else path}\n")
                status = max(status, WRONG)
            elif differs:
                # What a link leads to is rewritten, and the link stays.
                write(os.path.realpath(path), text, force=True)
                tell(f"formatted {path}")
        except SpecError as error:
            report(error.problems, error.sources, "text")
            status = max(status, WRONG)
        except OSError as error:
            status = max(status, trouble(error, path))
    return status
