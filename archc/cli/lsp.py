"""`archc lsp`: the language server."""

from __future__ import annotations

import click


@click.command("lsp", short_help="Run the language server, for editors.")
def command() -> None:
    """Run the language server on standard input and output. Editors start it.

    \b
    Example:
        archc lsp

    It comes with `pip install 'archc[lsp]'`; docs/editors.md says how to set editors up.
    """  # noqa: D301
    try:
        import pygls.lsp.server  # noqa: F401
    except ImportError as error:
        from archc.backend import MissingFramework

        raise MissingFramework("the language server is not installed: `pip install 'archc[lsp]'`") from error
    from archc.lsp.server import server

    server.start_io()
