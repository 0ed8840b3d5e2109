"""How far long work is: bars on a terminal, and what the caller wishes elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from archc.diagnostics import harmless


def notice(text: str) -> None:
    """Print a line on stderr, whatever is in it as text that shows."""
    print(harmless(text), file=sys.stderr, flush=True)


class Tell(Protocol):
    """Is told of a piece of work, of how many parts it has and how many are done; returns what to tell of more."""

    def __call__(self, what: str, count: int, done: int = 0, /) -> Callable[[int], None]: ...


def silent(_what: str, _count: int, _done: int = 0) -> Callable[[int], None]:
    """Tell nobody."""
    return lambda _more: None


def lines(what: str, count: int, done: int = 0) -> Callable[[int], None]:
    """Print a line for each part that is done."""

    def line(more: int) -> None:
        nonlocal done
        done += more
        notice(f"{done} of {count} {what}")

    return line


@contextmanager
def progress(elsewhere: Tell) -> Iterator[Tell]:
    """Show a bar for each piece of work on a terminal; `elsewhere` is told where there is none."""
    if not sys.stderr.isatty():
        yield elsewhere
        return
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = [*Progress.get_default_columns()[:2], MofNCompleteColumn(), TimeRemainingColumn()]
    with Progress(*columns, console=Console(stderr=True)) as bars:

        def tell(what: str, count: int, done: int = 0) -> Callable[[int], None]:
            bar = bars.add_task(what, total=count, completed=done)
            return lambda more: bars.advance(bar, more)

        yield tell
