"""From text to values: builds the tree of a spec from YAML events and says what is wrong with the YAML.

E0101  the file is not UTF-8
E0102  a character that no spec may hold: control characters, invisible marks, half surrogate pairs
E0103  a tab used to indent
E0104  not YAML
E0105  a key written twice in one map
E0106  a tag (`!name`)
E0107  a key that is not text
E0108  a number that is not finite
E0109  a number of more than 400 characters
E0110  more than one document in a file
E0111  a directive (`%YAML`, `%TAG`)
E0112  a file over 10 MB
E0113  deeper than 64 levels, aliases counted
E0114  over 200,000 values and keys
E0115  over 400,000 values and keys once aliases are filled in
E0116  an alias to an anchor that does not exist
E0117  an alias inside the value that it stands for
E0118  an empty file
E0119  an expression that needs quotes inside `{}` or `[]`
E0120  more than 1,000 findings; the rest of the file was not read
"""

from __future__ import annotations

import gc
import sys
from contextlib import suppress

from yaml.error import MarkedYAMLError, YAMLError

from archc import syntax
from archc.document import Mark, Node, Scalar, Source
from archc.findings import StopReading
from archc.problems import Note, Problems
from archc.tree import Tree

LARGEST_FILE = 10_000_000


def read_file(path: str, problems: Problems, name: str | None = None) -> tuple[Source, Node | None]:
    """Read the file at `path` (`-` is stdin) and return it with its tree; None where it cannot be read to its end."""
    if path == "-":
        name = name or "<stdin>"
        data = sys.stdin.buffer.read(LARGEST_FILE + 1)
    else:
        name = name or path
        with open(path, "rb") as file:
            data = file.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        source = Source(name, "")
        _too_large(source, problems)
        return source, None
    try:
        source = Source(name, data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        return _not_utf8(name, data, error.start, problems), None
    del data
    return source, read(source, problems)


def read(source: Source, problems: Problems) -> Node | None:
    """Return the tree of a text, also where it has errors that did not stop the reading; None where one did."""
    problems.sources[source.name] = source
    if source.text.startswith("\ufeff"):
        source.text = source.text[1:]
    collecting = gc.isenabled()
    # A tree of nodes holds no cycles, and walking it over and over is the largest cost of reading.
    gc.disable()
    try:
        return _read(source, problems)
    finally:
        if collecting:
            gc.enable()


def _read(source: Source, problems: Problems) -> Node | None:
    if not _readable(source, problems):
        return None
    tree = Tree(source, problems)
    try:
        end = tree.grow(syntax.events(source.text))
    except StopReading:
        return None
    except MarkedYAMLError as error:
        _not_yaml(error, tree, problems)
        return None
    except (YAMLError, ValueError) as error:
        # These come without a place; what is known to cause one was looked for above, and a crash would be worse.
        problems.add("E0104", f"this is not YAML: {error}"[:200], Mark(source.name, 1, 1, 1, 1))
        return None
    if end is not None and (offset := syntax.more_after(source.text, end)) is not None:
        _goes_on(source, end, offset, problems)
        return tree.root[0]
    root = tree.root[0] if tree.root else None
    if root is None or (isinstance(root, Scalar) and root.plain and root.value is None):
        help = "start from `archc new NAME`, which writes a small spec"
        problems.add("E0118", "the file is empty", Mark(source.name, 1, 1, 1, 1), help=help)
        return None
    return root


def _goes_on(source: Source, end: int, offset: int, problems: Problems) -> None:
    line, column = syntax.position(source.text, offset)
    mark = Mark(source.name, line, column, line, len(source.line(line)) + 1)
    if source.text.startswith("---", offset) or "..." in source.text[end:offset]:
        message = "a file holds one spec, and another document starts here"
        problems.add("E0110", message, mark, help="put it in a file of its own, and remove the `---` or `...`")
    else:
        help = "every top-level key starts in the same column"
        problems.add("E0104", "the text goes on after its end", mark, label="no part of what stands above", help=help)


def _readable(source: Source, problems: Problems) -> bool:
    """Look for what libyaml answers slowly, or without a place."""
    text = source.text
    if len(text) > LARGEST_FILE:
        _too_large(source, problems)
        return False
    if (offset := syntax.forbidden(text)) is not None:
        line, column = syntax.position(text, offset)
        message = f"the character U+{ord(text[offset]):04X} has no place in a spec"
        help = f"remove it; a text in double quotes can hold it as `\\u{ord(text[offset]):04X}`"
        help = "remove it" if "\ud800" <= text[offset] <= "\udfff" else help
        mark = Mark(source.name, line, column, line, column + 1)
        problems.add("E0102", message, mark, label=syntax.character_kind(text[offset]), help=help)
        return False
    if (offset := syntax.directive(text)) is not None:
        line, column = syntax.position(text, offset)
        mark = Mark(source.name, line, column, line, len(source.line(line)) + 1)
        problems.add("E0111", "a spec has no `%` directives", mark, help="remove the line; specs are YAML 1.2")
        return False
    return True


def _not_yaml(error: MarkedYAMLError, tree: Tree, problems: Problems) -> None:
    place = error.problem_mark or error.context_mark
    with suppress(StopReading):
        if place is not None and tree.broken_expression(place.index):
            return
    source = tree.source
    opening = (tree.open.line, tree.open.column) if tree.open is not None and tree.open.flow else None
    found = syntax.explain(error, source, opening)
    notes = []
    if found.other is not None:
        text, line, column = found.other
        notes.append(Note(text, Mark(source.name, line, column, line, column + 1)))
    mark = Mark(source.name, found.line, found.column, found.line, found.column + 1)
    problems.add(found.code, found.message, mark, label=found.label, notes=notes, help=found.help)


def _too_large(source: Source, problems: Problems) -> None:
    problems.sources[source.name] = source
    message = f"the file is larger than {LARGEST_FILE // 1_000_000} MB"
    help = "a spec describes a network; keep weights and data in files of their own"
    problems.add("E0112", message, Mark(source.name, 1, 1, 1, 1), help=help)


def _not_utf8(name: str, data: bytes, offset: int, problems: Problems) -> Source:
    bare = data.removeprefix(b"\xef\xbb\xbf")
    text = bare.decode("utf-8", "replace")
    source = problems.sources[name] = Source(name, text)
    line, column = syntax.position(text, len(bare[:offset].decode("utf-8")))
    wide = bare.startswith((b"\xff\xfe", b"\xfe\xff"))
    help = "save the file as UTF-8" + ("; it looks like UTF-16" if wide else "")
    label = f"byte 0x{bare[offset]:02X} begins no character here"
    problems.add(
        "E0101", "the file is not UTF-8 text", Mark(name, line, column, line, column + 1), label=label, help=help
    )
    return source
