"""`archc backends`: what sources can be written for."""

from __future__ import annotations

import click

SLOW = 1.0
"""Seconds that the import of a backend may take before it is mentioned."""


@click.command("backends", short_help="List the frameworks that sources can be written for.")
@click.option("--versions", is_flag=True, help="Import each framework, and show which version is installed.")
def command(versions: bool) -> None:
    """List the installed backends: what `--backend` takes.

    \b
    Example:
        archc backends
    """  # noqa: D301
    from archc.backend import backends, faults, waited
    from archc.diagnostics import harmless

    found = backends()
    width = max((len(name) for name in found), default=0)
    for name, backend in found.items():
        line = f"{name:{width}}  {backend.title}, writes {backend.suffix} files"
        if versions:
            line += f"; {_versions(name)}"
        click.echo(line)
    for name, seconds in waited.items():
        if seconds > SLOW:
            click.echo(f"archc: backend `{harmless(name)}` took {seconds:.1f} s to import", err=True)
    for name, reason in faults().items():
        click.echo(f"archc: {harmless(f'backend `{name}` is installed and cannot be used: {reason}')}", err=True)


def _versions(name: str) -> str:
    from archc.backend import MissingFramework, backends
    from archc.diagnostics import harmless

    try:
        return ", ".join(f"{package} {version}" for package, version in backends()[name].versions().items())
    except MissingFramework as error:
        return str(error)
    except Exception as error:  # a stranger's, which leaves the others to be listed
        return harmless(f"{type(error).__name__}: {error}")
