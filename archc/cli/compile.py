"""`archc compile`: source for one framework, or a model file with its weights."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import click

from archc.cli.options import binding, spec_argument

if TYPE_CHECKING:
    from archc.backend import Backend
    from archc.graph import Graph


@click.command("compile", short_help="Write a network as source for one framework.")
@spec_argument
@click.option("-b", "--backend", metavar="NAME", required=True, help="The framework: see `archc backends`.")
@click.option("-o", "--output", metavar="FILE|DIR|-", default="-", help="Where to write; standard output without it.")
@click.option("--weights", metavar="FILE", help="The weights, for a backend whose files hold them (`onnx`).")
@click.option("--strict", is_flag=True, help="Write the lines that keep training equal too, not only results.")
@click.option("--force", is_flag=True, help="Replace a file also where archc did not write it.")
@binding
def command(
    spec: str,
    backend: str,
    output: str,
    weights: str | None,
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
        archc compile two_conv.yaml --backend onnx --weights two_conv.safetensors -o two_conv.onnx

    A folder gets a file called after the network. What archc wrote before is replaced.
    """  # noqa: D301
    from archc.backend import find
    from archc.compile import load
    from archc.diagnostics import harmless
    from archc.write import destination, write

    chosen = find(backend)
    graph = load(spec, variant, settings)
    origin = "standard input" if spec == "-" else os.path.basename(spec)
    content = _content(graph, chosen, weights, origin=origin, strict=strict)
    if output == "-":
        if isinstance(content, bytes) and sys.stdout.isatty():
            raise click.UsageError(
                f"{chosen.title} files are no text: say where to write with `-o FILE{chosen.suffix}`"
            )
        click.echo(content, nl=False)
        return
    path = destination(output, graph.name, chosen.suffix)
    write(path, content, force=force)
    click.echo(f"wrote {harmless(path)}", err=True)


def _content(graph: Graph, backend: Backend, weights: str | None, *, origin: str, strict: bool) -> str | bytes:
    """Return the source, or the file where the backend's files hold the weights."""
    from archc.backend import WeightedBackend
    from archc.compile import compile_graph, compile_weighted

    if not isinstance(backend, WeightedBackend):
        if weights is not None:
            raise click.BadParameter(
                f"{backend.title} source holds no weights: its model loads them from a file", param_hint="--weights"
            )
        return compile_graph(graph, backend, origin=origin, strict=strict).source
    if weights is None:
        raise click.UsageError(
            f"{backend.title} files hold the weights: say `--weights FILE.safetensors`. `archc compile SPEC --backend "
            "torch` writes a model whose state_dict, saved with `safetensors.torch.save_file`, is such a file"
        )
    from archc.weights import read

    return compile_weighted(graph, backend, read(graph, weights), origin=origin)
