"""The command line: `archc COMMAND ...`, the same as `python -m archc`. Every way to fail ends here, as an exit code."""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Sequence

import click

from archc.cli import commands
from archc.problems import SpecError

DONE, WRONG, USAGE, ENVIRONMENT, FAULT, INTERRUPTED, PIPE = 0, 1, 2, 3, 70, 130, 141
COMPLETION = "_ARCHC_COMPLETE"


def main(args: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code; `args` are those of the process where left out."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A name that the terminal's encoding lacks is shown escaped, and is no reason to fail.
            stream.reconfigure(errors="backslashreplace")
    if COMPLETION in os.environ:
        commands.main(prog_name="archc", complete_var=COMPLETION)
    try:
        return _run(list(sys.argv[1:] if args is None else args))
    except BrokenPipeError:
        _quiet()
        return PIPE
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        return _failed(error)


def _run(args: list[str]) -> int:
    try:
        with commands.make_context("archc", args) as context:
            commands.invoke(context)
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    finally:
        # Here, so that a full disk or a closed pipe is told like every other failure.
        sys.stdout.flush()
    return DONE


def _quiet() -> None:
    """Let what is still buffered go nowhere: the reader of the pipe has left."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            os.dup2(nowhere, stream.fileno())
        except (OSError, ValueError):  # a stream of a test, or one that is closed
            continue


def _failed(error: Exception) -> int:
    """Say on stderr why a command stopped, and return its exit code."""
    from archc.cli.report import refused, report, trouble

    if isinstance(error, SpecError):
        report(error.problems, error.sources, "text")
        return WRONG
    if isinstance(error, OSError):
        if error.errno == errno.ENOSPC and error.filename is None:
            _quiet_stdout()
        return trouble(error)
    return refused(error) or _fault(error)


def _quiet_stdout() -> None:
    """Drop what standard output could not take, which Python would try again at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _fault(error: Exception) -> int:
    """Keep the traceback in a file, and say in one line what happened."""
    import platform
    import tempfile
    import traceback

    from archc import __version__

    with tempfile.NamedTemporaryFile(
        "w", prefix="archc-", suffix=".log", delete=False, encoding="utf-8", errors="backslashreplace"
    ) as log:
        log.write(f"archc {__version__}, Python {platform.python_version()}, {platform.platform()}\n{sys.argv}\n\n")
        log.write("".join(traceback.format_exception(error)))
    what = f"{type(error).__name__}: {error}".split("\n")[0][:200]
    click.echo(f"archc: a fault of archc, not of your spec: {what}; please report it with the spec and {log.name}", err=True)
    return FAULT


if __name__ == "__main__":
    sys.exit(main())
