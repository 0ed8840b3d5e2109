"""The command line: `archc COMMAND ...`, the same as `python -m archc`. Every failure ends here, as an exit code."""

from __future__ import annotations

import gc
import io
import os
import sys
from collections.abc import Sequence

FAULT, INTERRUPTED, PIPE = 70, 130, 141
COMPLETION = "_ARCHC_COMPLETE"
SHORT = ("check", "compile", "summary")


def main(args: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code; `args` are those of the process where left out."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A name that the terminal's encoding lacks is shown escaped, and is no reason to fail.
            stream.reconfigure(errors="backslashreplace")
    try:
        try:
            return _command(list(args)) if args is not None else _run(sys.argv[1:])
        finally:
            # Here, so that a full disk or a closed pipe is told like every other failure.
            sys.stdout.flush()
    except BrokenPipeError:
        _drop_output()
        return PIPE
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        return _failed(error)


def _run(args: list[str]) -> int:
    """Run the command that the process is for."""
    if not (args and args[0] in SHORT):
        return _command(args)
    gc.disable()  # a short process that builds one large tree: walking it for cycles would find none
    try:
        return _command(args)
    finally:
        gc.freeze()  # also where Python ends: it would walk the tree once more, which takes as long as the reading
        gc.enable()


def _command(args: list[str]) -> int:
    from archc import quick

    done = quick.run(args)
    if done is not None:
        return done
    import click

    from archc.cli import commands

    if COMPLETION in os.environ:
        commands.main(prog_name="archc", complete_var=COMPLETION)
    try:
        with commands.make_context("archc", args) as context:
            commands.invoke(context)
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except click.Abort:
        return INTERRUPTED
    except click.ClickException as error:
        from archc.diagnostics import harmless

        error.message = "\n".join(map(harmless, error.message.split("\n")))  # type: ignore[misc]
        error.show()
        return error.exit_code
    return 0


def _failed(error: Exception) -> int:
    """Say on stderr why a command stopped, and return its exit code."""
    from archc.problems import SpecError
    from archc.report import refused, report, trouble, wrong

    if isinstance(error, SpecError):
        report(error.problems, error.sources, "text")
        return wrong(error.problems)
    if isinstance(error, OSError):
        if error.filename is None:
            _drop_output()
        return trouble(error)
    return refused(error) or _fault(error)


def _drop_output() -> None:
    """Let what is still buffered go nowhere: Python would try at exit to write it once more."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):  # not a stream of the system, or one that is closed
        return


def _fault(error: Exception) -> int:
    """Keep the traceback in a file, and say in one line what happened."""
    import platform
    import tempfile
    import traceback

    from archc import __version__
    from archc.backend import BackendFault
    from archc.diagnostics import harmless
    from archc.report import tell

    with tempfile.NamedTemporaryFile(
        "w", prefix="archc-", suffix=".log", delete=False, encoding="utf-8", errors="backslashreplace"
    ) as log:
        log.write(f"archc {__version__}, Python {platform.python_version()}, {platform.platform()}\n{sys.argv}\n\n")
        log.write("".join(traceback.format_exception(error)))
    what = f"{type(error).__name__}: {error}"
    whose, where = "archc", "please report it with the spec and"
    if isinstance(error, BackendFault):
        what, whose, where = str(error), f"the backend `{error.name}`", "its authors will want the spec and"
    what = harmless(what.split("\n")[0][:200])
    tell(f"archc: a fault of {whose}, not of your spec: {what}; {where} {log.name}")
    return FAULT


if __name__ == "__main__":
    sys.exit(main())
