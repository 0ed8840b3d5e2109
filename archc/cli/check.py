"""`archc check`: all that is wrong with specs."""

from __future__ import annotations

from typing import Any

import click

from archc.cli.options import binding, format_option
from archc.cli.report import report, trouble
from archc.compile import examine, quiet_collector
from archc.problems import Problems


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
    """
    found = Problems()
    status = 0
    for spec in specs:
        problems = Problems()
        try:
            with quiet_collector():
                examine(spec, problems, variant, settings)
        except OSError as error:
            # One file that cannot be read leaves the others to be checked.
            status = max(status, trouble(error, spec))
            continue
        found.found += problems.found
        found.sources.update(problems.sources)
    if found.found or form in ("json", "sarif"):
        report(found.found, found.sources, form)
    if form == "text":
        _conclude(len(specs), found.errors, status)
    if found.errors or status:
        click.get_current_context().exit(1 if found.errors else status)


def _conclude(specs: int, errors: int, status: int) -> None:
    """Say that all is well: silence might also mean that nothing was looked at."""
    if not errors and not status:
        click.echo("the spec is right" if specs == 1 else f"all {specs} specs are right", err=True)
