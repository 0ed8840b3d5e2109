"""A network's parts as other tools read graphs: Mermaid flowcharts and Graphviz's DOT.

Text of a spec goes in as numbers of characters wherever it could be taken for markup.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from archc import __version__
from archc.picture.looks import headline, look
from archc.picture.parts import Body, Part

PLAIN = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,_=+×·−→…")
ROUND = ("activations", "regularisation", "merging", "input", "output", "entry")


class _Names:
    """What boxes are called in a file: n0, n1 and so on."""

    def __init__(self) -> None:
        self.found: dict[int, str] = {}

    def of(self, part: Part) -> str:
        return self.found.setdefault(id(part), f"n{len(self.found)}")


def _end(part: Part) -> Part:
    """Return the box that gives what a part gives: in an open block, its last one."""
    while part.body is not None:
        part = part.body.parts[-1]
    return part


def _starts(part: Part, index: int) -> Iterator[Part]:
    """Return the boxes that take what a part is fed at a place: in an open block, those that its border feeds."""
    if part.body is None:
        yield part
    elif not part.body.bare:
        yield [inner for inner in part.body.parts if inner.kind == "entry"][index]
    else:
        for inner in part.body.parts:
            for place, source in enumerate(inner.sources):
                if source is None:
                    yield from _starts(inner, place)


def edges(body: Body) -> Iterator[tuple[Part, Part]]:
    """Return which box feeds which, through the borders of open blocks."""
    for part in body.parts:
        for index, source in enumerate(part.sources):
            if source is not None:
                for target in _starts(part, index):
                    yield _end(source), target
        if part.body is not None:
            yield from edges(part.body)


def label(part: Part) -> list[str]:
    """Return the lines of text in a box."""
    if part.body is not None:
        return ["".join(text for text, _ in headline(part))]
    shown = look(part)
    if shown.form == "circle":
        return [part.word]
    return ["".join(text for text, _ in line) for line in shown.lines]


def mermaid(body: Body, theme: str) -> str:
    """Return the parts as a Mermaid flowchart."""
    themes = {"auto": "neutral", "light": "default", "dark": "dark"}
    lines = [f"%%{{init: {{'theme': '{themes[theme]}'}}}}%%", f"%% Drawn by archc {__version__}.", "flowchart TD"]
    names = _Names()

    def box(part: Part, indent: str) -> str:
        text = "<br/>".join(_numbered(line) for line in label(part))
        opened, closed = ("([", "])") if part.kind in ROUND else ("[", "]")
        return f'{indent}{names.of(part)}{opened}"{text}"{closed}'

    def block(part: Part, indent: str) -> tuple[str, str]:
        return f'{indent}subgraph {names.of(part)}["{_numbered(label(part)[0])}"]', f"{indent}end"

    _walk(body, "  ", lines, box, block)
    lines += [f"  {names.of(a)} --> {names.of(b)}" for a, b in edges(body)]
    return "\n".join(lines) + "\n"


def dot(body: Body, name: str) -> str:
    """Return the parts as a digraph in Graphviz's DOT."""
    lines = [
        f"// Drawn by archc {__version__}.",
        f"digraph {_quoted(name)} {{",
        '  node [shape=box, style=rounded, fontname="Helvetica"]',
        '  graph [fontname="Helvetica", labeljust=l]',
    ]
    names = _Names()

    def box(part: Part, indent: str) -> str:
        return f"{indent}{names.of(part)} [label={_quoted(chr(10).join(label(part)))}]"

    def block(part: Part, indent: str) -> tuple[str, str]:
        return f"{indent}subgraph cluster_{names.of(part)} {{ label={_quoted(label(part)[0])}", f"{indent}}}"

    _walk(body, "  ", lines, box, block)
    lines += [f"  {names.of(a)} -> {names.of(b)}" for a, b in edges(body)]
    return "\n".join([*lines, "}"]) + "\n"


def _walk(
    body: Body,
    indent: str,
    lines: list[str],
    box: Callable[[Part, str], str],
    block: Callable[[Part, str], tuple[str, str]],
) -> None:
    for part in body.parts:
        if part.body is None:
            lines.append(box(part, indent))
            continue
        opened, closed = block(part, indent)
        lines.append(opened)
        _walk(part.body, indent + "  ", lines, box, block)
        lines.append(closed)


def _numbered(text: str) -> str:
    """Return text for a Mermaid label: what could be markup as `#NUMBER;`."""
    return "".join(character if character in PLAIN else f"#{ord(character)};" for character in text)


def _quoted(text: str) -> str:
    """Return text as a string of DOT; line ends are kept, and nothing else has a meaning."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + escaped.replace("\n", "\\n") + '"'
