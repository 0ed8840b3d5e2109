"""Between the compiler's places and the protocol's: from 1 and in characters there, from 0 and in UTF-16 here."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from lsprotocol import types as lsp
from pygls import uris

from archc.document import Mark
from archc.lsp.analysis import Analysis
from archc.lsp.completion import Choice
from archc.lsp.symbols import Symbol
from archc.problems import Note, Problem

KINDS = {
    "op": lsp.CompletionItemKind.Function,
    "block": lsp.CompletionItemKind.Class,
    "argument": lsp.CompletionItemKind.Property,
    "key": lsp.CompletionItemKind.Keyword,
    "value": lsp.CompletionItemKind.Value,
    "step": lsp.CompletionItemKind.Variable,
    "param": lsp.CompletionItemKind.Variable,
    "function": lsp.CompletionItemKind.Function,
}
SYMBOLS = {
    "param": lsp.SymbolKind.Variable,
    "input": lsp.SymbolKind.Interface,
    "block": lsp.SymbolKind.Class,
    "branch": lsp.SymbolKind.Namespace,
    "step": lsp.SymbolKind.Function,
    "section": lsp.SymbolKind.Module,
}
SEVERITIES = {"error": lsp.DiagnosticSeverity.Error, "warning": lsp.DiagnosticSeverity.Warning}


class Lines:
    """The lines of a text, to count columns in the protocol's units."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.plain = text.isascii()
        self._lines: list[str] | None = None

    @property
    def lines(self) -> list[str]:
        if self._lines is None:
            self._lines = self.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        return self._lines

    def position(self, line: int, column: int) -> lsp.Position:
        """Return the protocol's position of a place (from 1)."""
        if not self.plain and 0 < line <= len(self.lines):
            before = self.lines[line - 1][: column - 1]
            column += sum(char > "\uffff" for char in before)
        return lsp.Position(max(line - 1, 0), max(column - 1, 0))

    def place(self, position: lsp.Position) -> tuple[int, int]:
        """Return the line and column, from 1, of the protocol's position."""
        line = min(position.line, len(self.lines) - 1)
        units = position.character
        if not self.plain:
            for number, char in enumerate(self.lines[line]):
                units -= 2 if char > "\uffff" else 1
                if units < 0:
                    return line + 1, number + 1
            return line + 1, len(self.lines[line]) + 1
        return line + 1, min(units, len(self.lines[line])) + 1

    def range(self, mark: Mark) -> lsp.Range:
        return lsp.Range(self.position(mark.line, mark.column), self.position(mark.end_line, mark.end_column))


def uri_of(path: str) -> str:
    """Return the URI of a file."""
    return uris.from_fs_path(os.path.normpath(path)) or path


def location(mark: Mark, analysis: Analysis, uri: str) -> lsp.Location:
    """Return where a mark is, in this text or in a file that it imports."""
    if mark.file == analysis.path:
        return lsp.Location(uri, Lines(analysis.text).range(mark))
    source = analysis.problems.sources.get(mark.file)
    return lsp.Location(uri_of(mark.file), Lines("" if source is None else source.text).range(mark))


def diagnostics(
    analysis: Analysis, uri: str, own: Iterable[Problem], others: dict[str, list[Problem]]
) -> list[lsp.Diagnostic]:
    """Return findings as editors show them. What is wrong with an imported file stands at its `import`."""
    lines = Lines(analysis.text)
    found = [_diagnostic(problem, lines.range(problem.mark), analysis, uri) for problem in own]
    for path, problems in others.items():
        mark = _import_of(analysis, path)
        count = f"{len(problems)} errors" if len(problems) > 1 else "an error"
        related = [_related(Note(problem.message, problem.mark), analysis, uri) for problem in problems]
        message = f"{os.path.basename(path)} has {count}: {problems[0].message}"
        found.append(
            lsp.Diagnostic(lines.range(mark), message, lsp.DiagnosticSeverity.Error, problems[0].code,
                           source="archc", related_information=[one for one in related if one is not None])
        )  # fmt: skip
    return found


def _diagnostic(problem: Problem, place: lsp.Range, analysis: Analysis, uri: str) -> lsp.Diagnostic:
    message = problem.message + (f": {problem.label}" if problem.label else "")
    related = [_related(note, analysis, uri) for note in problem.notes]
    return lsp.Diagnostic(
        place,
        message + (f"\nhelp: {problem.help}" if problem.help else ""),
        SEVERITIES.get(problem.severity, lsp.DiagnosticSeverity.Error),
        problem.code,
        source="archc",
        related_information=[one for one in related if one is not None] or None,
    )


def _related(note: Note, analysis: Analysis, uri: str) -> lsp.DiagnosticRelatedInformation | None:
    if note.mark is None:
        return None
    return lsp.DiagnosticRelatedInformation(location(note.mark, analysis, uri), note.text)


def _import_of(analysis: Analysis, path: str) -> Mark:
    """Return the item of `import` that leads to a file, straight or through others."""
    folder = os.path.dirname(analysis.path)
    entries = getattr(analysis.root, "entries", {})
    listed = entries.get("import")
    items = getattr(listed, "items", None)
    items = items if isinstance(items, list) else [] if listed is None else [listed]
    for item in items:
        if os.path.realpath(os.path.join(folder, str(getattr(item, "value", "")))) == os.path.realpath(path):
            return Mark(*item.mark)
    return Mark(*items[0].mark) if items else Mark(analysis.path, 1, 1, 1, 1)


def completions(choices: Sequence[Choice], place: lsp.Range, snippets: bool) -> list[lsp.CompletionItem]:
    """Return what may be typed as editors list it, in the order given."""
    found = []
    for number, choice in enumerate(choices):
        insert = choice.insert or choice.label
        snippet = choice.snippet and snippets
        if choice.snippet and not snippets:
            insert = choice.label
        found.append(
            lsp.CompletionItem(
                label=choice.label,
                kind=KINDS[choice.kind],
                detail=choice.detail or None,
                documentation=lsp.MarkupContent(lsp.MarkupKind.Markdown, choice.text) if choice.text else None,
                sort_text=f"{number:04}",
                text_edit=lsp.TextEdit(place, insert),
                insert_text_format=lsp.InsertTextFormat.Snippet if snippet else lsp.InsertTextFormat.PlainText,
            )
        )
    return found


def outline(symbols: Iterable[Symbol], lines: Lines) -> list[lsp.DocumentSymbol]:
    """Return the outline as editors show it."""
    return [
        lsp.DocumentSymbol(
            symbol.name, SYMBOLS[symbol.kind], lines.range(symbol.whole), lines.range(symbol.own),
            detail=symbol.detail or None, children=outline(symbol.children, lines) or None,
        )
        for symbol in symbols
    ]  # fmt: skip


__all__ = ["Lines", "completions", "diagnostics", "location", "outline", "uri_of"]
