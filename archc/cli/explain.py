"""`archc explain`: what an error means."""

from __future__ import annotations

import click


@click.command("explain", short_help="Explain an error by its code.")
@click.argument("code")
def command(code: str) -> None:
    """Explain an error by its code, with a spec that is wrong and one that is right.

    \b
    Example:
        archc explain E0304
    """  # noqa: D301
    from archc.explain import codes, explain

    page = explain(code)
    if page is None:
        known = [known for known in codes() if known[:3] == code.upper()[:3]]
        hint = f"there are {known[0]} to {known[-1]}" if known else "codes look like E0304"
        raise click.UsageError(f"there is no page for `{code}`; {hint}")
    click.echo(page, nl=False)
