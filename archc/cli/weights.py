"""`archc weights`: trained weights from one framework to the other."""

from __future__ import annotations

from typing import Any

import click

from archc.cli.options import binding, spec_argument


@click.command("weights", short_help="Carry trained weights from one framework to the other.")
@spec_argument
@click.argument("source")
@click.argument("target")
@click.option("--force", is_flag=True, help="Replace TARGET where it exists.")
@binding
def command(spec: str, source: str, target: str, force: bool, settings: dict[str, Any], variant: str | None) -> None:
    """Read the weights of SPEC's network from SOURCE and write them to TARGET.

    \b
    Example:
        archc weights two_conv.yaml two_conv.safetensors two_conv.weights.h5

    The files' names say how: `.safetensors` holds PyTorch's names and layouts, `.weights.h5` is Keras's own form.
    """  # noqa: D301
    from archc.compile import load
    from archc.diagnostics import harmless
    from archc.weights import convert

    done = convert(load(spec, variant, settings), source, target, force=force)
    click.echo(f"wrote {harmless(target)}: {done.tensors:,} tensors, {done.numbers:,} numbers", err=True)
