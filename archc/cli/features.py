"""`archc features`: what a trained network responds to, as one page."""

from __future__ import annotations

from typing import Any

import click

from archc.cli.options import binding, spec_argument


@click.command("features", short_help="Show what a trained network responds to, as a page.")
@spec_argument
@click.option("--weights", metavar="FILE", required=True, help="Trained weights: `.safetensors` or `.weights.h5`.")
@click.option(
    "--image", "images", metavar="FILE", multiple=True, help="A picture to look at; may be given several times."
)
@click.option("--data", metavar="NAME|PATH", help="Data whose test images are searched, as for `archc train`.")
@click.option("--backend", metavar="NAME", default="torch", show_default=True, help="What computes.")
@click.option("--layers", metavar="A,B", default="", help="Layers to look at; chosen where left out.")
@click.option("--units", type=click.IntRange(1, 64), default=8, show_default=True, help="How many units a layer.")
@click.option("--hits", type=click.IntRange(1, 24), default=6, show_default=True, help="How many pictures a unit.")
@click.option(
    "--examples", type=click.IntRange(1), default=2000, show_default=True, help="How many pictures are searched."
)
@click.option("--steps", type=click.IntRange(0, 10_000), default=120, show_default=True, help="Of making pictures.")
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=0, show_default=True)
@click.option("-o", "--output", metavar="DIR", required=True, help="Where `index.html` and `features.json` go.")
@click.option("--force", is_flag=True, help="Replace files there that archc did not write.")
@binding
def command(spec: str, settings: dict[str, Any], variant: str | None, **options: Any) -> None:
    """Show what the units of SPEC's trained network respond to: early, intermediate and late layers, or those named.

    \b
    Example:
        archc features two_conv.yaml --weights two_conv.safetensors --data lesson -o seen
        archc features googlenet.yaml --weights googlenet.safetensors --image cat.jpg --layers conv1.conv -o seen

    The page has the first layer's kernels, feature maps, the pictures that excite single units with what these see of
    them, pictures made to excite units, and where the decisions come from (Grad-CAM).
    """  # noqa: D301
    if not options["images"] and not options["data"]:
        raise click.UsageError("give `--image FILE` or `--data NAME`: there is nothing to look at")
    from archc.compile import load
    from archc.diagnostics import harmless
    from archc.features.command import Asked, run

    for path in run(load(spec, variant, settings), Asked(**options)):
        click.echo(f"wrote {harmless(path)}", err=True)
