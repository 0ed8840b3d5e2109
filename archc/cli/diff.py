"""`archc diff`: what changed from one network to another."""

from __future__ import annotations

from typing import Any

import click

from archc.cli.options import format_option, parted, setting_option


@click.command("diff", short_help="Say what changed from one network to another.")
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@format_option("text", "markdown", "json")
@click.option("--exit-code", is_flag=True, help="Exit with 1 where there is a difference.")
@setting_option
def command(a: str, b: str, form: str, exit_code: bool, settings: dict[str, Any]) -> None:
    """Say what changed from network A to network B: layers, shapes and cost, and which trained weights still fit.

    \b
    Example:
        archc diff old.yaml new.yaml
        archc diff resnet.yaml@resnet18 resnet.yaml@resnet34 --format markdown

    SPEC@VARIANT names a variant; `--set` holds for both. Layers are told apart by their paths, as `archc summary` names
    them; a block that one network lacks is one line. A weight fits where its name and its shape are the same.
    """  # noqa: D301
    from archc.compile import load
    from archc.diagnostics import harmless
    from archc.difference import difference, markdown, text

    first, second = (load(*parted(spec, None), settings) for spec in (a, b))
    found = difference(first, second, (harmless(a), harmless(b)))
    if form == "json":
        import json

        click.echo(json.dumps(found.to_json(), indent=2))
    else:
        click.echo(markdown(found) if form == "markdown" else text(found), nl=False)
    if exit_code and not found.equal:
        click.get_current_context().exit(1)
