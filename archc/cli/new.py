"""`archc new`: a spec to start from."""

from __future__ import annotations

import click


@click.command("new", short_help="Print a commented spec to start from.")
@click.argument("name")
def command(name: str) -> None:
    """Print a commented spec to start from, which is right as it is.

    \b
    Example:
        archc new my_network > my_network.yaml
        archc check my_network.yaml
    """  # noqa: D301
    from archc.naming import fault
    from archc.new import start

    wrong = fault(name)
    if wrong:
        raise click.BadParameter(f"`{name}` {wrong}", param_hint="NAME")
    click.echo(start(name), nl=False)
