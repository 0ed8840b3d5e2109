"""The protocol: what an editor asks, and which part answers. Nothing that is typed may end the server."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Iterable

from lsprotocol import types as lsp
from pygls import uris
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer

from archc import __version__
from archc.lsp import convert
from archc.lsp.completion import choices
from archc.lsp.convert import Lines
from archc.lsp.cursor import cursor
from archc.lsp.hover import hover
from archc.lsp.lookup import definition
from archc.lsp.rename import Refused, rename, target
from archc.lsp.session import Session
from archc.lsp.symbols import symbols
from archc.problems import SpecError

PAUSE = 0.03
"""Seconds without a new edit before findings are told."""

TRIGGERS = ["$", ".", " ", "{", "[", ":"]


class Server(LanguageServer):
    """A language server with the texts that are open."""

    def __init__(self) -> None:
        super().__init__("archc", __version__)
        self.session = Session()
        self.waiting: dict[str, asyncio.TimerHandle] = {}

    def take(self, uri: str) -> None:
        """Take a text as it now is, and tell its findings soon."""
        text = self.workspace.get_text_document(uri).source
        self.later(self.session.change(uri, uris.to_fs_path(uri) or f"<{uri}>", text))

    def later(self, changed: Iterable[str]) -> None:
        """Tell the findings of some texts once nothing is typed for a moment."""
        for uri in changed:
            if uri in self.waiting:
                self.waiting[uri].cancel()
            self.waiting[uri] = asyncio.get_running_loop().call_later(PAUSE, self.tell, uri)

    def tell(self, uri: str) -> None:
        """Publish what is wrong with a text."""
        self.waiting.pop(uri, None)
        if uri not in self.session.texts:
            return
        try:
            analysis = self.session.analysis(uri)
            found = convert.diagnostics(analysis, uri, *self.session.findings(uri))
        except Exception:
            # A fault here is the compiler's: the editor hears of it, and what is typed next is examined anew.
            self.window_log_message(lsp.LogMessageParams(lsp.MessageType.Error, traceback.format_exc()))
            return
        self.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, found))

    def place(self, uri: str, position: lsp.Position) -> tuple[Lines, int, int]:
        """Return the lines of a text, and the place in it (from 1) that a question is about."""
        lines = Lines(self.session.texts.get(uri, ""))
        return lines, *lines.place(position)


server = Server()


@server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
def opened(ls: Server, params: lsp.DidOpenTextDocumentParams) -> None:
    ls.take(params.text_document.uri)


@server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
def changed(ls: Server, params: lsp.DidChangeTextDocumentParams) -> None:
    ls.take(params.text_document.uri)


@server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
def closed(ls: Server, params: lsp.DidCloseTextDocumentParams) -> None:
    uri = params.text_document.uri
    ls.later(ls.session.close(uri))
    ls.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, []))


@server.feature(lsp.TEXT_DOCUMENT_INLAY_HINT)
def hinted(ls: Server, params: lsp.InlayHintParams) -> list[lsp.InlayHint]:
    uri = params.text_document.uri
    if uri not in ls.session.texts:
        return []
    lines = Lines(ls.session.texts[uri])
    found = ls.session.hints(uri, params.range.start.line + 1, params.range.end.line + 1)
    return [
        lsp.InlayHint(
            lines.position(hint.line, len(lines.lines[hint.line - 1].rstrip()) + 1), hint.label,
            tooltip=hint.more, padding_left=True,
        )
        for hint in found
    ]  # fmt: skip


@server.feature(lsp.TEXT_DOCUMENT_HOVER)
def hovered(ls: Server, params: lsp.HoverParams) -> lsp.Hover | None:
    uri = params.text_document.uri
    lines, line, column = ls.place(uri, params.position)
    if uri not in ls.session.texts:
        return None
    found = hover(ls.session.analysis(uri), ls.session.steps(uri), line, column)
    if found is None:
        return None
    return lsp.Hover(lsp.MarkupContent(lsp.MarkupKind.Markdown, found[0]), lines.range(found[1]))


@server.feature(lsp.TEXT_DOCUMENT_DEFINITION)
def sought(ls: Server, params: lsp.DefinitionParams) -> lsp.Location | None:
    uri = params.text_document.uri
    _, line, column = ls.place(uri, params.position)
    if uri not in ls.session.texts:
        return None
    analysis = ls.session.analysis(uri)
    mark = definition(analysis, line, column)
    return None if mark is None else convert.location(mark, analysis, uri)


@server.feature(lsp.TEXT_DOCUMENT_COMPLETION, lsp.CompletionOptions(trigger_characters=TRIGGERS))
def completed(ls: Server, params: lsp.CompletionParams) -> lsp.CompletionList:
    uri = params.text_document.uri
    lines, line, column = ls.place(uri, params.position)
    here = cursor(lines.lines, line - 1, column - 1)
    if here is None or uri not in ls.session.texts:
        return lsp.CompletionList(False, [])
    found = choices(ls.session.sound(uri), here, line)
    start = column - len(here.word)
    if (
        here.formula is None
        and found
        and found[0].label[:1] == "$"
        and lines.lines[line - 1][start - 2 : start - 1] == "$"
    ):
        start -= 1
    place = lsp.Range(lines.position(line, start), params.position)
    return lsp.CompletionList(False, convert.completions(found, place, _snippets(ls)))


def _snippets(ls: Server) -> bool:
    documents = ls.client_capabilities.text_document
    item = documents.completion.completion_item if documents and documents.completion else None
    return bool(item and item.snippet_support)


@server.feature(lsp.TEXT_DOCUMENT_PREPARE_RENAME)
def renamable(ls: Server, params: lsp.PrepareRenameParams) -> lsp.PrepareRenamePlaceholder | None:
    uri = params.text_document.uri
    lines, line, column = ls.place(uri, params.position)
    if uri not in ls.session.texts:
        return None
    try:
        mark, name = target(ls.session.analysis(uri), line, column)
    except Refused as reason:
        raise JsonRpcException(str(reason), lsp.LSPErrorCodes.RequestFailed) from None
    return lsp.PrepareRenamePlaceholder(lines.range(mark), name)


@server.feature(lsp.TEXT_DOCUMENT_RENAME, lsp.RenameOptions(prepare_provider=True))
def renamed(ls: Server, params: lsp.RenameParams) -> lsp.WorkspaceEdit | None:
    uri = params.text_document.uri
    lines, line, column = ls.place(uri, params.position)
    if uri not in ls.session.texts:
        return None
    try:
        edits = rename(ls.session.analysis(uri), line, column, params.new_name)
    except Refused as reason:
        raise JsonRpcException(str(reason), lsp.LSPErrorCodes.RequestFailed) from None
    return lsp.WorkspaceEdit(changes={uri: [lsp.TextEdit(lines.range(mark), text) for mark, text in edits]})


@server.feature(lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
def outlined(ls: Server, params: lsp.DocumentSymbolParams) -> list[lsp.DocumentSymbol]:
    uri = params.text_document.uri
    if uri not in ls.session.texts:
        return []
    return convert.outline(symbols(ls.session.analysis(uri).root), Lines(ls.session.texts[uri]))


@server.feature(lsp.TEXT_DOCUMENT_FORMATTING)
def formatted(ls: Server, params: lsp.DocumentFormattingParams) -> list[lsp.TextEdit] | None:
    from archc.fmt import format_text

    text = ls.session.texts.get(params.text_document.uri)
    if text is None:
        return None
    try:
        new = format_text(text)
    except SpecError:
        return None
    end = lsp.Position(len(Lines(text).lines), 0)
    return [] if new == text else [lsp.TextEdit(lsp.Range(lsp.Position(0, 0), end), new)]
