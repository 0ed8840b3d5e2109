"""`archc ops`: what the language can say."""

from __future__ import annotations

import click


@click.command("ops", short_help="List the ops, or explain one.")
@click.argument("name", required=False)
def command(name: str | None) -> None:
    """List the ops by family; with NAME, explain one: its arguments, shapes, weights and backends.

    \b
    Example:
        archc ops
        archc ops conv
    """  # noqa: D301
    from archc.ops import OPS
    from archc.reference import listing, page

    if name is None:
        click.echo(listing(), nl=False)
    elif name in OPS:
        from archc.backend import backends

        click.echo(page(OPS[name], backends()), nl=False)
    else:
        from archc.problems import nearest

        close = nearest(name, OPS)
        hint = f"did you mean `{close}`?" if close else "`archc ops` lists them"
        raise click.UsageError(f"there is no op `{name}`; {hint}")
