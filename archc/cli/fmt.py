"""`archc fmt`: one layout for specs."""

from __future__ import annotations

import click


@click.command("fmt", short_help="Write specs in the one canonical layout.")
@click.argument("specs", metavar="SPEC...", nargs=-1, required=True)
@click.option("--check", is_flag=True, help="Write nothing; name the files that would change, and exit with 1.")
def command(specs: tuple[str, ...], check: bool) -> None:
    """Write each SPEC in the one canonical layout: comments are kept, and what it says stays the same.

    \b
    Example:
        archc fmt my_network.yaml
        archc fmt --check specs/*.yaml
        archc fmt - < my_network.yaml

    A file that is not YAML is reported and left alone. `-` is standard input, and the result goes to standard output.
    """  # noqa: D301
    from archc.fmt import run

    click.get_current_context().exit(run(list(specs), check=check))
