"""`archc compile`: source for one framework."""

from __future__ import annotations

import os
from typing import Any

import click

from archc.cli.options import binding, spec_argument


@click.command("compile", short_help="Write a network as source for one framework.")
@spec_argument
@click.option("-b", "--backend", metavar="NAME", required=True, help="The framework: see `archc backends`.")
@click.option("-o", "--output", metavar="FILE|DIR|-", default="-", help="Where to write; standard output without it.")
@click.option("--strict", is_flag=True, help="Write the lines that keep training equal too, not only results.")
@click.option("--force", is_flag=True, help="Replace a file also where archc did not write it.")
@binding
def command(
    spec: str,
    backend: str,
    output: str,
    strict: bool,
    force: bool,
    settings: dict[str, Any],
    variant: str | None,
) -> None:
    """Write the network of SPEC as source that stands alone and imports its framework only.

    \b
    Example:
        archc compile googlenet.yaml --backend torch
        archc compile resnet.yaml --variant resnet18 --backend keras -o models/

    A folder gets a file called after the network. What archc wrote before is replaced.
    """  # noqa: D301
    from archc.backend import find
    from archc.compile import compile_graph, load
    from archc.write import destination, write

    chosen = find(backend)
    graph = load(spec, variant, settings)
    origin = "standard input" if spec == "-" else os.path.basename(spec)
    emitted = compile_graph(graph, chosen, origin=origin, strict=strict)
    if output == "-":
        click.echo(emitted.source, nl=False)
        return
    path = destination(output, graph.name, chosen.suffix)
    write(path, emitted.source, force=force)
    click.echo(f"wrote {path}", err=True)
