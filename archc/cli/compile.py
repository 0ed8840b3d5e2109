"""`archc compile`: source for one framework, or a model file with its weights."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from archc.cli.options import binding, spec_argument

if TYPE_CHECKING:
    from archc.backend import WeightedBackend


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
    from archc.backend import WeightedBackend, find
    from archc.quick import compile_file

    chosen = find(backend)
    if isinstance(chosen, WeightedBackend):
        _with_weights(spec, chosen, output, weights, force, variant, settings)
        return
    if weights is not None:
        raise click.BadParameter(
            f"{chosen.title} source holds no weights: its model loads them from a file", param_hint="--weights"
        )
    compile_file(spec, chosen, output, strict=strict, force=force, variant=variant, settings=settings)


def _with_weights(
    spec: str,
    backend: WeightedBackend,
    output: str,
    weights: str | None,
    force: bool,
    variant: str | None,
    settings: dict[str, Any],
) -> None:
    """Write the file of a backend whose files hold the weights."""
    from archc.compile import compile_weighted, load
    from archc.quick import origin, save
    from archc.weights import read

    graph = load(spec, variant, settings)
    if weights is None:
        raise click.UsageError(
            f"{backend.title} files hold the weights: say `--weights FILE.safetensors`. `archc compile SPEC --backend "
            "torch` writes a model whose state_dict, saved with `safetensors.torch.save_file`, is such a file"
        )
    content = compile_weighted(graph, backend, read(graph, weights), origin=origin(spec))
    if output != "-":
        save(output, graph.name, backend, content, force=force)
    elif sys.stdout.isatty():
        raise click.UsageError(f"{backend.title} files are no text: say where to write with `-o FILE{backend.suffix}`")
    else:
        click.echo(content, nl=False)
