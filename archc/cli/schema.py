"""`archc schema`: the JSON Schema of specs."""

from __future__ import annotations

import click


@click.command("schema", short_help="Print the JSON Schema of specs, for editors.")
def command() -> None:
    """Print the JSON Schema (2020-12) of specs, from which editors complete and check.

    \b
    Example:
        archc schema > archc.schema.json
    Then say in the first line of a spec:
        # yaml-language-server: $schema=archc.schema.json
    """  # noqa: D301
    import json

    from archc.schema import schema

    click.echo(json.dumps(schema(), indent=2))
