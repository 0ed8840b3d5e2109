"""`archc check`: all that is wrong with specs."""

from __future__ import annotations

from typing import Any

import click

from archc.cli.options import binding, format_option
from archc.report import check_files


@click.command("check", short_help="Report all that is wrong with specs.")
@click.argument("specs", metavar="SPEC...", nargs=-1, required=True)
@format_option("text", "json", "github", "sarif")
@binding
def command(specs: tuple[str, ...], form: str, settings: dict[str, Any], variant: str | None) -> None:
    """Report all that is wrong with each SPEC, located; nothing is written.

    \b
    Example:
        archc check my_network.yaml
        archc check specs/*.yaml --format github
    """  # noqa: D301
    click.get_current_context().exit(check_files(specs, form, variant, settings))
