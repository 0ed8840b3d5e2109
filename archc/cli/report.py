"""What commands say when something is wrong: findings, and troubles with files and the environment."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping

import click

from archc.document import Source
from archc.problems import Problem

WRONG, USAGE, ENVIRONMENT = 1, 2, 3


def report(problems: Iterable[Problem], sources: Mapping[str, Source], form: str) -> None:
    """Print findings: as text on stderr, in every other form on stdout."""
    from archc.diagnostics import render

    text = form == "text"
    click.echo(render(problems, sources, form, colour=text and coloured()), nl=False, err=text, color=True)


def coloured() -> bool:
    """Tell whether stderr takes colours: a terminal, and no NO_COLOR."""
    return sys.stderr.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def trouble(error: OSError, path: str = "") -> int:
    """Say in one line which file could not be read or written, and return the exit code.

    A name that leads nowhere is wrong usage; everything else is the environment's.
    """
    name = path if path not in ("", "-") else _name(error)
    click.echo(f"archc: {name}: {(error.strerror or str(error) or 'cannot be used').lower()}", err=True)
    return USAGE if isinstance(error, (FileNotFoundError, IsADirectoryError, NotADirectoryError)) else ENVIRONMENT


def _name(error: OSError) -> str:
    if isinstance(error.filename, bytes):
        return os.fsdecode(error.filename)
    return str(error.filename) if error.filename is not None else "standard input or output"


def refused(error: Exception) -> int:
    """Say in one line what a command refused to do, and return the exit code; 0 where `error` is none of these."""
    from archc.backend import MissingFramework, NoBackend
    from archc.write import NotOurs

    if isinstance(error, NotOurs):
        code = "E0701"
        message = f"error[{code}]: {error.path} is there already, and is no source that archc wrote"
        click.echo(f"{message}\n  help: choose another name, or say `--force` to replace it", err=True)
        return WRONG
    if isinstance(error, MissingFramework):
        click.echo(f"archc: {error}", err=True)
        return ENVIRONMENT
    if isinstance(error, NoBackend):
        click.echo(f"Error: {error}", err=True)
        return USAGE
    return 0
