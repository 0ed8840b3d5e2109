"""Findings as text for people, as JSON, as GitHub's workflow commands and as SARIF.

Whatever comes from a spec or a file name may hold characters that steer a terminal or reorder a line; `harmless` shows
them escaped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from archc.document import Mark, Source
from archc.problems import Note, Problem, SpecError, whole_file

FORMATS = ("text", "json", "github", "sarif")

_WIDEST_LINE = 160
_BEFORE_CARET = 60
_LONGEST_TEXT = 2000
_TAB = 4
_PLAIN = re.compile(r"[ -~]*")
_SECRETIVE = {"Cc", "Cf", "Cs", "Zl", "Zp", "Zs"}  # Unicode categories: controls, formats, surrogates, separators
_BLANK = set("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0")  # letters that show nothing
_COLOURS = {"error": "1;31", "warning": "1;33", "note": "1;36", "help": "1;32", "frame": "1;34", "bold": "1"}

Paint = Callable[[str, str], str]


def render(
    problems: SpecError | Iterable[Problem],
    sources: Mapping[str, Source] | None = None,
    form: str = "text",
    *,
    colour: bool = False,
) -> str:
    """Return findings, sorted by file and place, in one of FORMATS; `sources` are the files to quote from."""
    if isinstance(problems, SpecError):
        sources = problems.sources if sources is None else sources
        problems = problems.problems
    found = sorted(set(problems), key=lambda problem: (problem.mark, problem.code, problem.message))
    if form == "text":
        return _text(found, sources or {}, _coloured if colour else _uncoloured)
    if form == "github":
        return "".join(map(_github, found))
    import json

    if form == "json":
        return json.dumps({"problems": [_json(problem) for problem in found]}, indent=2) + "\n"
    if form == "sarif":
        return json.dumps(_sarif(found), indent=2) + "\n"
    raise ValueError(f"no format is called {form!r}; there are {', '.join(FORMATS)}")


def harmless(text: str) -> str:
    """Return `text` with every character escaped that a reader would not see, or a terminal would obey."""
    cropped = text if len(text) <= _LONGEST_TEXT else text[:_LONGEST_TEXT] + "…"
    return cropped if _PLAIN.fullmatch(cropped) else "".join(shown for shown, _ in _cells(cropped))


def _cells(text: str) -> list[tuple[str, int]]:
    """Return how each character is shown, and how many columns that takes."""
    if _PLAIN.fullmatch(text):
        return [(character, 1) for character in text]
    # A few milliseconds that only odd text pays.
    from unicodedata import category, east_asian_width

    cells = []
    for character in text:
        kind = category(character)
        if character == " " or character == "\u3000":
            shown = character
        elif (
            kind in _SECRETIVE or character in _BLANK or "\ufe00" <= character <= "\ufe0f" or character >= "\U000e0000"
        ):
            shown = _escape(character)
        else:
            shown = character
        wide = 2 if east_asian_width(character) in "WF" else 0 if kind in ("Mn", "Me") else 1
        cells.append((shown, wide if shown == character else len(shown)))
    return cells


def _escape(character: str) -> str:
    number = ord(character)
    named = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(character)
    return named or (
        f"\\x{number:02x}" if number < 256 else f"\\u{number:04x}" if number < 65536 else f"\\U{number:08x}"
    )


def _coloured(style: str, text: str) -> str:
    return f"\x1b[{_COLOURS.get(style, '1')}m{text}\x1b[0m" if text else ""


def _uncoloured(style: str, text: str) -> str:  # noqa: ARG001
    return text


def _text(problems: list[Problem], sources: Mapping[str, Source], paint: Paint) -> str:
    if not problems:
        return ""
    pieces = [_one(problem, sources.get(problem.mark.file), paint) for problem in problems]
    return "\n".join([*pieces, _summary(problems)])


def _one(problem: Problem, source: Source | None, paint: Paint) -> str:
    mark = problem.mark
    heading = paint(problem.severity, f"{problem.severity}[{problem.code}]")
    number = str(mark.line)
    margin = " " * max(2, len(number))
    place = harmless(mark.file)
    if source is not None or mark != whole_file(mark.file):
        place = f"{place}:{mark.line}:{mark.column}"
    lines = [
        f"{heading}: {paint('bold', harmless(problem.message))}",
        f"{margin}{paint('frame', '-->')} {place}",
    ]
    edge = paint("frame", f"{margin} |")
    quoted = source.line(mark.line) if source is not None else ""
    if quoted.strip():
        shown, before, width = _excerpt(quoted, mark)
        carets = " " * before + paint(problem.severity, f"{'^' * width} {harmless(problem.label)}".rstrip())
        left = paint("frame", f"{number.rjust(len(margin))} |")
        lines += [edge, f"{left} {shown}".rstrip(), f"{edge} {carets}"]
    elif problem.label:
        lines.append(f"{edge} {harmless(problem.label)}")
    if len(lines) > 2 and (problem.notes or problem.help):
        lines.append(edge)
    lines += [f"{margin}{paint('note', 'note')}: {harmless(_noted(note))}" for note in problem.notes]
    if problem.help:
        lines.append(f"{margin}{paint('help', 'help')}: {harmless(problem.help)}")
    return "\n".join(lines) + "\n"


def _noted(note: Note) -> str:
    return note.text if note.mark is None else f"{note.text} ({note.mark.file}:{note.mark.line})"


def _excerpt(line: str, mark: Mark) -> tuple[str, int, int]:
    """Return the part of `line` to show, the column in it where the mark starts, and the mark's width."""
    start = min(mark.column - 1, len(line))
    end = mark.end_column - 1 if mark.end_line == mark.line else len(line.rstrip())
    first = 0
    last = len(line)
    if last > _WIDEST_LINE:
        first = max(0, min(start - _BEFORE_CARET, last - _WIDEST_LINE))
        last = first + _WIDEST_LINE
    shown = "…" if first else ""
    width = len(shown)
    columns = [width]
    for character, (piece, room) in zip(line[first:last], _cells(line[first:last]), strict=True):
        tab = _TAB - width % _TAB if character == "\t" else 0
        shown += " " * tab or piece
        width += tab or room
        columns.append(width)
    before = columns[min(start - first, len(columns) - 1)]
    after = columns[max(0, min(end - first, len(columns) - 1))]
    return shown + ("…" if last < len(line) else ""), before, max(1, after - before)


def _summary(problems: list[Problem]) -> str:
    counts = [
        counted(sum(problem.severity == severity for problem in problems), severity)
        for severity in dict.fromkeys(["error", *(problem.severity for problem in problems)])
    ]
    files = counted(len({problem.mark.file for problem in problems}), "file")
    return f"{', '.join(count for count in counts if not count.startswith('0 '))} in {files}\n"


def counted(count: int, noun: str) -> str:
    """Write a number with its noun, in the plural where it is not one."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _json(problem: Problem) -> dict[str, Any]:
    mark = problem.mark
    return {
        "code": problem.code,
        "severity": problem.severity,
        "message": problem.message,
        "file": mark.file,
        "line": mark.line,
        "column": mark.column,
        "end_line": mark.end_line,
        "end_column": mark.end_column,
        "notes": [_noted(note) for note in problem.notes],
        "help": problem.help,
    }


def _github(problem: Problem) -> str:
    mark = problem.mark
    command = {"error": "error", "warning": "warning"}.get(problem.severity, "notice")
    properties = {
        "file": harmless(mark.file),
        "line": mark.line,
        "col": mark.column,
        "endLine": mark.end_line,
        "endColumn": mark.end_column,
        "title": problem.code,
    }
    listed = ",".join(f"{name}={_github_property(str(value))}" for name, value in properties.items())
    return f"::{command} {listed}::{_github_text(_paragraph(problem))}\n"


def _paragraph(problem: Problem) -> str:
    """Return the message with its label, notes and help, a line each."""
    lines = [f"{problem.message}: {problem.label}" if problem.label else problem.message]
    lines += [f"note: {_noted(note)}" for note in problem.notes]
    lines += [f"help: {problem.help}"] * bool(problem.help)
    return "\n".join(map(harmless, lines))


def _github_text(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _github_property(text: str) -> str:
    return _github_text(text).replace(":", "%3A").replace(",", "%2C")


def _sarif(problems: list[Problem]) -> dict[str, Any]:
    from archc import __version__

    codes = sorted({problem.code for problem in problems})
    rules = [{"id": code} for code in codes]
    driver = {"name": "archc", "version": __version__, "rules": rules}
    results = [_sarif_result(problem, codes.index(problem.code)) for problem in problems]
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}],
    }


def _sarif_result(problem: Problem, rule: int) -> dict[str, Any]:
    related = [
        {"id": number, "message": {"text": harmless(note.text)}, **_sarif_place(note.mark)}
        for number, note in enumerate(problem.notes)
        if note.mark is not None
    ]
    level = problem.severity if problem.severity in ("error", "warning") else "note"
    result = {
        "ruleId": problem.code,
        "ruleIndex": rule,
        "level": level,
        "message": {"text": _paragraph(problem)},
        "locations": [_sarif_place(problem.mark)],
    }
    return {**result, "relatedLocations": related} if related else result


def _sarif_place(mark: Mark) -> dict[str, Any]:
    from urllib.parse import quote

    region = {
        "startLine": mark.line,
        "startColumn": mark.column,
        "endLine": mark.end_line,
        "endColumn": mark.end_column,
    }
    uri = quote(mark.file.replace("\\", "/"), errors="replace")
    return {"physicalLocation": {"artifactLocation": {"uri": uri}, "region": region}}
