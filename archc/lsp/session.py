"""The texts that are open in an editor, and what is known of each. A text is examined when something asks for it."""

from __future__ import annotations

import os
import re

from archc.lsp.analysis import Analysis
from archc.lsp.hints import Hint, Steps, hint
from archc.problems import Problem

_SPEC = re.compile(r"""^["']?archc["']?[ \t]*:""", re.MULTILINE)


class Session:
    """Every open text by its URI."""

    def __init__(self) -> None:
        self.paths: dict[str, str] = {}
        self.texts: dict[str, str] = {}
        self._fresh: dict[str, Analysis] = {}
        self._sound: dict[str, Analysis] = {}
        self._before: dict[str, Analysis] = {}
        self._steps: dict[str, tuple[Analysis, Steps]] = {}

    def change(self, uri: str, path: str, text: str) -> list[str]:
        """Take a text; return the URIs of all texts that it may change what is known of, itself first."""
        self.paths[uri] = path
        self.texts[uri] = text
        self._outdated(uri)
        return [uri, *self._forget(path)]

    def close(self, uri: str) -> list[str]:
        """Forget a text; return the URIs of those that import it."""
        path = self.paths.pop(uri, "")
        for known in (self.texts, self._fresh, self._sound, self._steps, self._before):
            known.pop(uri, None)
        return self._forget(path)

    def _forget(self, path: str) -> list[str]:
        real = os.path.realpath(path)
        importers = [uri for uri, known in self._sound.items() if real in known.files and self.paths[uri] != path]
        for uri in importers:
            self._outdated(uri)
        return importers

    def _outdated(self, uri: str) -> None:
        known = self._fresh.pop(uri, None)
        if known is not None:
            self._before[uri] = known

    def analysis(self, uri: str) -> Analysis:
        """Return what is known of a text as it is now. Raises KeyError for one that is not open."""
        known = self._fresh.get(uri)
        if known is None:
            texts = {os.path.realpath(path): self.texts[other] for other, path in self.paths.items()}
            known = self._fresh[uri] = Analysis(self.paths[uri], self.texts[uri], texts, self._before.pop(uri, None))
            if known.spec is not None:
                self._sound[uri] = known
        return known

    def sound(self, uri: str) -> Analysis | None:
        """Return what was known of a text when it could last be read; what is typed since may be half a word."""
        return self._sound.get(uri) or (self.analysis(uri) if uri in self.texts else None)

    def steps(self, uri: str) -> Steps:
        """Return the first use of each step of a text's network."""
        analysis = self.analysis(uri)
        known = self._steps.get(uri)
        if known is None or known[0] is not analysis:
            known = self._steps[uri] = (analysis, Steps(analysis.run))
        return known[1]

    def hints(self, uri: str, first: int, last: int) -> list[Hint]:
        """Return what to show in some lines. A file of blocks shows its first use by another that is open."""
        analysis = self.analysis(uri)
        steps = self.steps(uri)
        lines = steps.by_file.get(analysis.path)
        if lines is None and (analysis.spec is None or not analysis.spec.chain.steps):
            real = os.path.realpath(analysis.path)
            for other in [other for other, known in self._sound.items() if other != uri and real in known.files]:
                steps = self.steps(other)
                lines = next((found for name, found in steps.by_file.items() if os.path.realpath(name) == real), None)
                if lines is not None:
                    break
        shown = (hint(steps, line, done) for line, done in (lines or {}).items() if first <= line <= last)
        return [one for one in shown if one is not None]

    def findings(self, uri: str) -> tuple[list[Problem], dict[str, list[Problem]]]:
        """Return what is wrong with a text, and by file what is wrong with those that it imports.

        Editors show all YAML to a server: what does not say `archc:` is no spec, and is left alone.
        """
        own: list[Problem] = []
        others: dict[str, list[Problem]] = {}
        if not _SPEC.search(self.texts[uri]):
            return own, others
        analysis = self.analysis(uri)
        for problem in analysis.findings:
            if problem.mark.file == analysis.path:
                own.append(problem)
            else:
                others.setdefault(problem.mark.file, []).append(problem)
        return own, others
