"""`archc report`: all that is known of a network, as one page."""

from __future__ import annotations

import os
from typing import Any

import click

from archc.cli.options import binding, spec_argument


@click.command("report", short_help="Write one page about a network.")
@spec_argument
@click.option("-o", "--output", metavar="FILE|DIR", required=True, help="Where to write; in a folder, NAME.html.")
@click.option("--backends", metavar="A,B", default="torch,keras", show_default=True, help="Whose source to show.")
@click.option("--verify", is_flag=True, help="Verify the backends too, and say what came out.")
@click.option("--run", "runs", metavar="DIR", multiple=True, help="A folder of `archc train`, for its curves.")
@click.option("--features", metavar="DIR", multiple=True, help="A folder of `archc features`, to show in the page.")
@click.option("--force", is_flag=True, help="Replace a file also where archc did not write it.")
@binding
def command(
    spec: str,
    output: str,
    backends: str,
    verify: bool,
    runs: tuple[str, ...],
    features: tuple[str, ...],
    force: bool,
    settings: dict[str, Any],
    variant: str | None,
) -> None:
    """Write one page about SPEC's network: picture, cost, source, and what was verified, trained and seen.

    \b
    Example:
        archc report two_conv.yaml -o two_conv.html
        archc report two_conv.yaml --verify --run two_conv_torch --features seen -o two_conv.html

    The page is one file that needs no network access.
    """  # noqa: D301
    from archc.backend import find
    from archc.compile import compile_graph, load
    from archc.diagnostics import harmless
    from archc.overview.curves import read
    from archc.overview.page import Known, Written, page
    from archc.problems import SpecError
    from archc.write import destination, room, write

    if verify and backends.count(",") == 0:
        raise click.BadParameter("name at least two to verify, as in `torch,keras`", param_hint="--backends")
    chosen = [find(name.strip()) for name in backends.split(",") if name.strip()]
    graph = load(spec, variant, settings)
    path = destination(output, graph.name, ".html")
    room(path, force=force)
    trainings = [read(folder) for folder in runs]
    seen = [_page(folder) for folder in features]
    sources = []
    for backend in chosen:
        try:
            source = compile_graph(graph, backend, origin=os.path.basename(spec)).source
            sources.append(Written(backend.title, source))
        except SpecError as error:
            sources.append(Written(backend.title, "", error.problems[0].message))
    verification = graph.verify([backend.name for backend in chosen]).to_json() if verify else None
    write(path, page(Known(graph, sources, verification, trainings, seen)), force=force)
    click.echo(f"wrote {harmless(path)}", err=True)


def _page(folder: str) -> str:
    """Return the page of `archc features`. Raises SpecError where the folder has none."""
    from archc.problems import unusable

    path = os.path.join(folder, "index.html")
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except (OSError, ValueError):
        message = f"there is no page of features in `{folder}`"
        raise unusable("E0726", message, path, "name the folder that `archc features -o DIR` wrote") from None
