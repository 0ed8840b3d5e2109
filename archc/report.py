"""What the command line says of specs and of troubles. Without click, so that a plain `archc check` starts fast."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from archc.document import Source
from archc.problems import Problem, Problems

DONE, WRONG, USAGE, ENVIRONMENT = 0, 1, 2, 3


def check_files(
    paths: Sequence[str], form: str = "text", variant: str | None = None, settings: Mapping[str, Any] | None = None
) -> int:
    """Report all that is wrong with specs, and return the exit code."""
    from archc.compile import examine, quiet_collector

    found = Problems()
    status = DONE
    paths = list(dict.fromkeys(paths))  # standard input can be read but once, and a file need not be read twice
    for path in paths:
        problems = Problems()
        try:
            with quiet_collector():
                examine(path, problems, variant, settings)
        except OSError as error:
            # One file that cannot be read leaves the others to be checked.
            status = max(status, trouble(error, path))
            continue
        found.found += problems.found
        found.sources.update(problems.sources)
    if found.found or form in ("json", "sarif"):
        report(found.found, found.sources, form)
    if form == "text" and not found.found and not status:
        # Silence might also mean that nothing was looked at.
        tell("the spec is right" if len(paths) == 1 else f"all {len(paths)} specs are right")
    return wrong(found.found) if found.errors else status


def wrong(problems: Iterable[Problem]) -> int:
    """Return the exit code for findings: those about what stands on the command line are wrong usage."""
    return USAGE if any(problem.code in ("E0414", "E0416", "E0707") for problem in problems) else WRONG


def report(problems: Iterable[Problem], sources: Mapping[str, Source], form: str) -> None:
    """Print findings: as text on stderr, in every other form on stdout."""
    from archc.diagnostics import render

    text = form == "text"
    shown = render(problems, sources, form, colour=text and coloured())
    (sys.stderr if text else sys.stdout).write(shown)


def tell(message: str) -> None:
    """Print a line on stderr."""
    sys.stderr.write(message + "\n")


def coloured() -> bool:
    """Tell whether stderr takes colours: a terminal, and no NO_COLOR."""
    return sys.stderr.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def trouble(error: OSError, path: str = "") -> int:
    """Say in one line which file could not be read or written, and return the exit code.

    A name that leads nowhere is wrong usage; everything else is the environment's.
    """
    from archc.diagnostics import harmless

    name = harmless(path if path not in ("", "-") else _name(error))
    said = error.strerror or str(error) or "cannot be used"
    if error.errno and said == os.strerror(error.errno):
        said = said.lower()  # the system's own words, which begin like a sentence
    tell(f"archc: {name}: {said}")
    return USAGE if isinstance(error, (FileNotFoundError, IsADirectoryError, NotADirectoryError)) else ENVIRONMENT


def _name(error: OSError) -> str:
    if isinstance(error.filename, bytes):
        return os.fsdecode(error.filename)
    return str(error.filename) if error.filename is not None else "standard input or output"


def refused(error: Exception) -> int:
    """Say what a command refused to do, and return the exit code; 0 where `error` is none of these."""
    from archc.backend import MissingFramework, NoBackend
    from archc.diagnostics import harmless
    from archc.write import NotOurs

    if isinstance(error, NotOurs):
        code = "E0701"
        tell(f"error[{code}]: {harmless(error.path)} {error.what}")
        tell("  help: choose another name, or say `--force` to replace it")
        return WRONG
    if isinstance(error, MissingFramework):
        tell(f"archc: {harmless(str(error))}")
        return ENVIRONMENT
    if isinstance(error, NoBackend):
        tell(f"archc: {harmless(str(error))}")
        return USAGE
    return 0
