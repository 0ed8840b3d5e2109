"""What is wrong with a spec: one type of finding, and the list that gathers them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from archc.document import Mark, Source


class Note(NamedTuple):
    """A second place that explains a finding; `mark` is None where there is no place to show."""

    text: str
    mark: Mark | None = None


class Problem(NamedTuple):
    """One finding. `code` is `E` and four digits; `label` stands after the carets; `help` says what to do."""

    code: str
    message: str
    mark: Mark
    label: str = ""
    notes: tuple[Note, ...] = ()
    help: str = ""
    severity: str = "error"


def whole_file(name: str) -> Mark:
    """Return the mark of something that has no lines: a file that is no text, or a word of the command line."""
    return Mark(name, 1, 1, 1, 1)


class SpecError(Exception):
    """A spec that cannot be used. `problems` holds every finding, sorted by file and place."""

    def __init__(self, problems: Iterable[Problem], sources: dict[str, Source] | None = None) -> None:
        self.problems = sorted(set(problems), key=lambda p: (p.mark, p.code, p.message))
        self.sources = sources or {}
        super().__init__(
            "; ".join(f"{p.mark.file}:{p.mark.line}:{p.mark.column}: {p.message}" for p in self.problems[:5])
        )


def unusable(code: str, message: str, what: str, help: str = "") -> SpecError:
    """Return the error for something beside the spec that cannot be used: a file, or a word of the command line."""
    return SpecError([Problem(code, message, whole_file(what), help=help)])


MOST_PROBLEMS = 1000
MOST_GUESSES = 100
"""Further findings say nothing of what may have been meant: looking through all names takes long."""
_MOST_CANDIDATES = 300
TOO_MANY = "E0120"


class TooManyProblems(Exception):
    """There are so many findings that a stage need not go on; the last one says so."""


class Problems:
    """The findings so far, and the files that they may quote. A stage adds to it and goes on, up to a bound."""

    def __init__(self) -> None:
        self.found: list[Problem] = []
        self.sources: dict[str, Source] = {}
        self._counted = self._errors = 0

    def add(
        self,
        code: str,
        message: str,
        mark: Mark,
        *,
        label: str = "",
        notes: Iterable[Note] = (),
        help: str = "",
        severity: str = "error",
    ) -> None:
        """Add a finding. Raises TooManyProblems for one more than MOST_PROBLEMS."""
        if len(self.found) >= MOST_PROBLEMS and code != TOO_MANY:
            if self.found[-1].code != TOO_MANY:
                text = f"more than {MOST_PROBLEMS:,} findings; what follows was not checked"
                self.found.append(Problem(TOO_MANY, text, mark, help="mend the ones before this first"))
            raise TooManyProblems
        self.found.append(Problem(code, message, mark, label, tuple(notes), help, severity))

    @property
    def errors(self) -> int:
        """How many of the findings are errors. Asked for around every step, so each finding is counted once."""
        if self._counted < len(self.found):
            self._errors += sum(problem.severity == "error" for problem in self.found[self._counted :])
            self._counted = len(self.found)
        return self._errors

    def stop_on_errors(self) -> None:
        """Raise SpecError when there is an error among the findings."""
        if self.errors:
            raise SpecError(self.found, self.sources)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word most like `word`, or None where none is near."""
    import difflib  # only errors need it

    # Of very many, the last are looked at: steps just before, mostly.
    close = difflib.get_close_matches(word[:80], list(known)[-_MOST_CANDIDATES:], n=1, cutoff=0.6)
    return close[0] if close else None
