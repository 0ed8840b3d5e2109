"""The YAML beneath the reader: a text's events, what a text may not hold, and what YAML's errors mean to a user."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple, Protocol, cast

import yaml
from yaml.error import MarkedYAMLError

from archc.document import Place, Source

# Compiled when a text needs it, which few do: that takes as long as reading a hundred layers.
_FORBIDDEN = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]"
_FORBIDDEN_ASCII = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_DIRECTIVE = re.compile(r"(?:[ \t]*+(?:#[^\r\n]*+)?(?:\r\n?|\n))*+(%)")
_MORE = re.compile(r"(?:(?:\.\.\.)?[ \t]*+(?:#[^\r\n]*+)?(?:\r\n?+|\n))*+(?:\.\.\.)?[ \t]*+(?:#[^\r\n]*+)?")
_LONGEST_EXPRESSION = 1000
_PIECE = re.compile(r"""[^\[\](){},'"]++|'[^']*+'|"[^"]*+"|.""", re.DOTALL)
_CLOSING = {")": "(", "]": "[", "}": "{"}


class Written(Protocol):
    """An event of YAML. Which of the fields it has depends on its class."""

    start_mark: Place
    end_mark: Place
    anchor: str | None
    tag: str | None
    implicit: tuple[bool, bool]
    value: str
    flow_style: bool | None
    style: str | None


NextEvent = Callable[[], Written | None]


def events(text: str) -> NextEvent:
    """Return a function that gives the events of `text`, one a call; libyaml's where it is there."""
    if yaml.__with_libyaml__:
        from yaml._yaml import CParser

        return cast("NextEvent", CParser(text).get_event)
    return events_in_python(text)


def events_in_python(text: str) -> NextEvent:
    """Return what `events` returns, without libyaml."""
    from yaml.parser import Parser
    from yaml.reader import Reader
    from yaml.scanner import Scanner

    class PythonParser(Reader, Scanner, Parser):
        def __init__(self) -> None:
            Reader.__init__(self, text)
            Scanner.__init__(self)
            Parser.__init__(self)

    return cast("NextEvent", PythonParser().get_event)


def position(text: str, offset: int) -> tuple[int, int]:
    """Return the line and the column, from 1, of a place in `text`."""
    before = text[:offset].replace("\r\n", "\n").replace("\r", "\n")
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def forbidden(text: str) -> int | None:
    """Return the place of the first character that no spec may hold."""
    match = (_FORBIDDEN_ASCII if text.isascii() else re.compile(_FORBIDDEN)).search(text)
    return match and match.start()


def character_kind(character: str) -> str:
    """Name the kind of a character that `forbidden` finds."""
    if "\ud800" <= character <= "\udfff":
        return "half of a surrogate pair"
    if character in "\x85\u2028\u2029":
        return "a line separator that editors do not show as one"
    return "an invisible mark" if character in "\ufeff\ufffe\uffff" else "a control character"


def directive(text: str) -> int | None:
    """Return the place of a `%` directive at the start of `text`."""
    # Most texts have no line that starts with `%`, and this search is many times as fast as the next.
    if not text.startswith("%") and "\n%" not in text and "\r%" not in text:
        return None
    match = _DIRECTIVE.match(text)
    return match and match.start(1)


def more_after(text: str, offset: int) -> int | None:
    """Return the place of whatever follows the document that ends at `offset`, comments left aside."""
    match = _MORE.match(text, offset)
    end = match.end() if match else offset
    return end if end < len(text) else None


def expression_end(text: str, start: int) -> int | None:
    """Return where the expression at `start` ends, read with its brackets; None where they do not pair."""
    depth: list[str] = []
    limit = min(len(text), start + _LONGEST_EXPRESSION)
    for match in _PIECE.finditer(text, start, limit):
        piece = match[0]
        if piece in ("(", "[", "{"):
            depth.append(piece)
        elif not depth and (piece in _CLOSING or piece == ","):
            return match.start()
        elif piece in _CLOSING and depth.pop() != _CLOSING[piece]:
            return None
    return None


class Syntax(NamedTuple):
    """A syntax error in words: where it is (from 1) and, with `other`, a second place and what stands there."""

    code: str
    message: str
    line: int
    column: int
    label: str = ""
    help: str = ""
    other: tuple[str, int, int] | None = None


# What libyaml or PyYAML says, and what it means: pattern, message, label, help.
_MEANINGS = (
    (
        "mapping values are not allowed",
        "`:` is not expected here",
        "this `:` would start a map inside a text",
        "put text that holds `: ` in quotes; a map under a key starts on a line of its own, further in than the key",
    ),
    (
        "sequence entries are not allowed",
        "a list does not start on the line of its key",
        "`- ` is not expected here",
        "put each `- item` on a line of its own, or write the list as `[a, b]`",
    ),
    (
        "could not find expected ':'",
        "a `:` is missing after this key",
        "neither `key: value` nor part of the line before",
        "write `key: value`; text of several lines goes in quotes",
    ),
    (
        "cannot start any token",
        "text does not start with this character",
        "not at the start of a text without quotes",
        "put the text in quotes",
    ),
    (
        "unknown escape character|invalid Unicode character|expected hexdecimal|escape sequence of",
        "this escape is none that YAML knows",
        "in a text in double quotes",
        "write `\\\\` for a backslash, or use single quotes, where a backslash is a character like any other",
    ),
    (
        "expected alphabetic or numeric",
        "`*` and `&` start the name of an anchor",
        "not a name",
        "put text that starts with `*` or `&` in quotes",
    ),
    (
        "tag",
        "this tag is not well formed",
        "a `!` starts a tag",
        "put text that starts with `!` in quotes; a spec has no tags",
    ),
    (
        "comment or line break|chomping or indentation",
        "nothing stands on the line of a `|` or `>`",
        "not expected here",
        "start the text on the next line, or put it in quotes",
    ),
    (
        "node content",
        "a value is missing here",
        "not a value",
        'put text that starts with a bracket, a brace or a comma in quotes; for an empty one write `""`',
    ),
)


def explain(error: MarkedYAMLError, source: Source, opening: tuple[int, int] | None) -> Syntax:
    """Say what YAML's error means; `opening` is the place of the brace or bracket that is open."""
    problem = f"{error.context or ''}; {error.problem or ''}"
    text_line = source.line
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    start = error.context_mark or mark
    first = (start.line + 1, start.column + 1) if start else (line, column)
    here = text_line(line)
    margin = here[: len(here) - len(here.lstrip())]
    if here[column - 1 : column] == "\t" or ("\t" in margin and opening is None):
        return _tab(line, margin.find("\t") + 1 or column)
    if mark and mark.index >= len(last := source.text.rstrip()) and "quoted" not in problem:
        if opening is not None:
            return _bracket(text_line, opening, (line, column))
        line, column = position(source.text, len(last))  # YAML's own place may be on a line that does not exist
    if "end of stream" in problem:
        quote = text_line(first[0])[first[1] - 1 : first[1]]
        label = "the text runs to the end of the file"
        return Syntax("E0104", "this quote is never closed", *first, label, f"add a `{quote}` where the text ends")
    if "mapping values are not allowed" in problem and (verb := _bare_step(text_line, line)):
        help = f"write `- {verb}:`, and its arguments further in, or `name`, `from`, `repeat`, `when` in its column"
        label = f"the step `{verb}` has ended"
        return Syntax("E0104", "a step that something is said of is a map", line, column, label, help)
    for pattern, message, label, help in _MEANINGS:
        if re.search(pattern, problem):
            place = first if "':'" in pattern else (line, column)
            return Syntax("E0104", message, *place, label, help)
    if "flow" in problem:
        return _bracket(text_line, first, (line, column))
    if "block" in problem:
        return _indent(here, first, (line, column))
    words = f"{error.problem or 'not YAML'}".replace("did not find expected", "expected")
    return Syntax("E0104", f"this is not YAML: {words}", line, column)


def _bare_step(text_line: Callable[[int], str], line: int) -> str:
    """Return the step that is one word, and under which a key stands at `line`; empty where it is no such place."""
    above = re.fullmatch(r"( *)- +([a-z][a-z0-9_]*)\s*(?:#.*)?", text_line(line - 1)) if line > 1 else None
    key = re.match(r"( *)[a-z][a-z0-9_]*:(?: |$)", text_line(line))
    return above[2] if above and key and len(key[1]) > len(above[1]) else ""


def _tab(line: int, column: int) -> Syntax:
    help = "use spaces, two a level; most editors convert tabs on request"
    return Syntax("E0103", "a tab does not indent in YAML", line, column, "a tab", help)


def _bracket(text_line: Callable[[int], str], first: tuple[int, int], here: tuple[int, int]) -> Syntax:
    opening = text_line(first[0])[first[1] - 1 : first[1]]
    closing = "}" if opening == "{" else "]"
    if here[0] > first[0] or not text_line(here[0])[here[1] - 1 :].strip():
        other = ("what stands here is no part of it", *here) if text_line(here[0]) else None
        help = f"add the `{closing}`, and a `,` after each item"
        return Syntax("E0104", f"this `{opening}` is not closed", *first, f"no `{closing}` follows", help, other)
    help = f"a `,` parts the items, and `{closing}` ends them; text that holds either goes in quotes"
    return Syntax(
        "E0104", f"`,` or `{closing}` is expected here", *here, "", help, (f"the `{opening}` is here", *first)
    )


def _indent(text: str, first: tuple[int, int], here: tuple[int, int]) -> Syntax:
    before, after = text[: here[1] - 1], text[here[1] - 1 :]
    other = ("the map or list around it starts here", *first)
    if before.strip(" -"):
        help = "put the whole value in one pair of quotes"
        return Syntax("E0104", "text follows a value that has ended", *here, "", help)
    if after.startswith(":"):
        return Syntax("E0104", "a key is missing before this `:`", *here, "", "write `key: value`")
    if here[1] == first[1]:
        what, around = ("an item of a list", "a map") if after.startswith("-") else ("a key", "a list")
        help = "items of a list start with `- `, keys of a map do not; what belongs further in starts further in"
        return Syntax("E0104", f"{what} stands within {around}", *here, "", help, other)
    message = "this line does not line up with the lines above"
    help = f"start it in column {first[1]}, or further in where it belongs to the line above"
    return Syntax("E0104", message, *here, f"in column {here[1]}", help, other)
