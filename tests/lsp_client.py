"""A client of language servers, as small as an editor's can be: requests, notifications, and what the server asks."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

PATIENCE = 60


class Failed(Exception):
    """The server answered a request with an error."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


class Client:
    """Talks to a server over its standard input and output."""

    def __init__(self, command: Sequence[str], root: Path, settings: dict[str, Any] | None = None) -> None:
        self.settings = settings or {}
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=root,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
        )  # fmt: skip
        self.next = 0
        self.versions: dict[str, int] = {}
        self.answers: dict[int, queue.Queue[dict[str, Any]]] = {}
        self.published: queue.Queue[dict[str, Any]] = queue.Queue()
        self.logged: list[dict[str, Any]] = []
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        capabilities = {
            "general": {"positionEncodings": ["utf-16"]},
            "workspace": {"configuration": True, "workspaceFolders": True},
            "textDocument": {
                "completion": {"completionItem": {"snippetSupport": True}},
                "publishDiagnostics": {"relatedInformation": True},
                "documentSymbol": {"hierarchicalDocumentSymbolSupport": True},
                "hover": {"contentFormat": ["markdown"]},
            },
        }
        folder = {"uri": root.as_uri(), "name": "specs"}
        asked = {"processId": os.getpid(), "rootUri": root.as_uri(), "capabilities": capabilities,
                 "workspaceFolders": [folder]}  # fmt: skip
        self.server = self.request("initialize", asked)
        self.notify("initialized", {})

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.request("shutdown", None)
            self.notify("exit", None)
            self.process.wait(PATIENCE)
        finally:
            self.process.kill()
            self.process.wait()
            self.reader.join(PATIENCE)
            for stream in (self.process.stdin, self.process.stdout):
                assert stream is not None
                stream.close()

    def request(self, method: str, params: Any) -> Any:
        """Ask, and return the answer. Raises Failed."""
        self.next += 1
        number = self.next
        self.answers[number] = queue.Queue()
        self._send({"id": number, "method": method, "params": params})
        answer = self.answers[number].get(timeout=PATIENCE)
        if "error" in answer:
            raise Failed(answer["error"]["code"], answer["error"]["message"])
        return answer["result"]

    def notify(self, method: str, params: Any) -> None:
        self._send({"method": method, "params": params})

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def _read(self) -> None:
        stream = self.process.stdout
        assert stream is not None
        while line := stream.readline():
            length = int(line.split(b":")[1]) if line.lower().startswith(b"content-length") else 0
            while stream.readline().strip():
                pass
            self._take(json.loads(stream.read(length)))

    def _take(self, message: dict[str, Any]) -> None:
        method = message.get("method")
        if method is None:
            self.answers[message["id"]].put(message)
        elif "id" in message:
            asked = message.get("params") or {}
            result = [self.settings.get(item.get("section"), None) for item in asked.get("items", [])]
            self._send({"id": message["id"], "result": result if method == "workspace/configuration" else None})
        elif method == "textDocument/publishDiagnostics":
            self.published.put(message["params"])
        else:
            self.logged.append(message)

    # Documents

    def open(self, uri: str, text: str, language: str = "yaml") -> list[dict[str, Any]]:
        """Open a text, and return what the server finds wrong with it."""
        self.versions[uri] = 1
        document = {"uri": uri, "languageId": language, "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})
        return self.findings(uri)

    def change(self, uri: str, text: str) -> list[dict[str, Any]]:
        """Replace a whole text, and return what the server finds wrong with it."""
        self.edit(uri, [{"text": text}])
        return self.findings(uri)

    def edit(self, uri: str, changes: list[dict[str, Any]]) -> None:
        self.versions[uri] += 1
        document = {"uri": uri, "version": self.versions[uri]}
        self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": changes})

    def findings(self, uri: str) -> list[dict[str, Any]]:
        """Wait for the next findings in a text."""
        while True:
            told = self.published.get(timeout=PATIENCE)
            if told["uri"] == uri:
                diagnostics: list[dict[str, Any]] = told["diagnostics"]
                return diagnostics

    def at(self, method: str, uri: str, line: int, character: int, **more: Any) -> Any:
        """Ask about a place, counted from 0."""
        place = {"line": line, "character": character}
        return self.request(f"textDocument/{method}", {"textDocument": {"uri": uri}, "position": place, **more})
