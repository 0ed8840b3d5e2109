"""`archc summary`: shapes, parameters and cost."""

from __future__ import annotations

from typing import Any

import click

from archc.cli.options import binding, format_option, spec_argument


@click.command("summary", short_help="Show shapes, parameters and cost, per layer and in all.")
@spec_argument
@format_option("text", "markdown", "json")
@binding
def command(spec: str, form: str, settings: dict[str, Any], variant: str | None) -> None:
    """Show what each layer of SPEC gives and costs, and the whole network.

    \b
    Example:
        archc summary googlenet.yaml
        archc summary resnet.yaml --variant resnet18 --format json

    Multiply-accumulates are those of one example. The JSON also says, for each layer, what goes in, the receptive
    field in pixels of the input, and the bytes of its output in float32.
    """  # noqa: D301
    from archc.compile import load, quiet_collector
    from archc.summary import summarize

    graph = load(spec, variant, settings)
    with quiet_collector():
        summary = summarize(graph)
    if form == "json":
        import json

        click.echo(json.dumps(summary.to_json(), indent=2))
    else:
        click.echo(summary.markdown() if form == "markdown" else summary.text(), nl=False)
