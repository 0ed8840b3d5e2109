"""`archc study`: a network trained over a grid, and what the figures say."""

from __future__ import annotations

from typing import Any

import click

from archc.cli.options import binding, spec_argument


@click.command("study", short_help="Train over a grid of params and data, and report what is enough.")
@spec_argument
@click.option(
    "--vary", metavar="NAME=VALUES", multiple=True, required=True, help="As in `depth=1..6`; several make a grid."
)
@click.option("--data", metavar="NAME|PATH", required=True, help="What to train on, as for `archc train`.")
@click.option("--classes", metavar="0,1,2", default="", help="Keep these classes alone.")
@click.option("--backend", metavar="NAME", default="torch", show_default=True)
@click.option(
    "--seeds", type=click.IntRange(1, 100), default=3, show_default=True, help="How often each point is trained."
)
@click.option(
    "--updates", type=click.IntRange(1), help="Train each network for about so many steps, however little data."
)
@click.option(
    "--jobs", type=click.IntRange(1, 1024), default=2, show_default=True, help="How many trainings at a time."
)
@click.option("--engine", type=click.Choice(["processes", "ray"]), default="processes", show_default=True)
@click.option("-o", "--output", metavar="DIR", required=True, help="Where runs and the report go.")
@binding
def command(spec: str, settings: dict[str, Any], variant: str | None, **options: Any) -> None:
    """Train SPEC's network at every point of a grid, several times each, and report accuracy by depth, cost and data.

    \b
    Example:
        archc study deep_conv.yaml --vary depth=1..6 --vary data=100,300,1000,3000 --data lesson -o study

    `data` is the number of training images; every other NAME is a param of the spec, or `training.KEY`. Runs that were
    done before are not done again, and one that was broken off goes on.
    """  # noqa: D301
    from archc.diagnostics import harmless
    from archc.study.command import Asked, run
    from archc.study.running import RunFailed

    classes = [part.strip() for part in options["classes"].split(",") if options["classes"]]
    if not all(map(str.isdecimal, classes)) or len(set(map(int, classes))) < len(classes):
        raise click.BadParameter("name ids of classes, each once, as in `0,3,9`", param_hint="--classes")
    try:
        written = run(spec, variant, settings, Asked(**options))
    except RunFailed as error:
        click.echo(f"error: {harmless(str(error))}", err=True)
        click.get_current_context().exit(1)
    for path in written:
        click.echo(f"wrote {harmless(path)}", err=True)
