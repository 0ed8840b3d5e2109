"""`archc draw`: the network as a picture."""

from __future__ import annotations

import os
import sys
from typing import Any

import click

from archc.cli.options import binding, spec_argument

FORMATS = ("svg", "png", "html", "mmd", "dot")


@click.command("draw", short_help="Draw a network, as SVG, PNG, HTML, Mermaid or DOT.")
@spec_argument
@click.option("-o", "--output", metavar="FILE|DIR|-", default="-", help="Where to write; standard output without it.")
@click.option("--format", "form", type=click.Choice(FORMATS), help="What to write; FILE's suffix without it, else SVG.")
@click.option("--depth", type=click.IntRange(0, 64), help="Open blocks so deep; as fits a page without it.")
@click.option(
    "--style",
    type=click.Choice(["auto", "lesson", "graph"]),
    default="auto",
    show_default=True,
    help="Feature maps as in a textbook, for a short chain; or boxes.",
)
@click.option("--theme", type=click.Choice(["auto", "light", "dark"]), default="auto", show_default=True)
@click.option("--force", is_flag=True, help="Replace a file also where archc did not write it.")
@binding
def command(
    spec: str,
    output: str,
    form: str | None,
    depth: int | None,
    style: str,
    theme: str,
    force: bool,
    settings: dict[str, Any],
    variant: str | None,
) -> None:
    """Draw the network of SPEC.

    \b
    Example:
        archc draw two_conv.yaml -o two_conv.svg
        archc draw googlenet.yaml -o googlenet.html
        archc draw resnet.yaml --variant resnet18 --depth 1 --format mmd

    A short chain of layers on images is drawn as stacks of feature maps, as in a textbook. Else each layer and block is
    a box, blocks folded or open, repeats as ×N. The HTML page folds and unfolds blocks, tells of each on hover, and
    asks nothing of any network. PNG needs the extra `draw`. The theme `auto` follows the reader's setting; in a PNG it
    is light.
    """  # noqa: D301
    from archc.compile import load
    from archc.diagnostics import harmless
    from archc.picture.draw import Undrawable, Wishes, picture
    from archc.write import destination, write

    form = _format(output, form)
    graph = load(spec, variant, settings)
    try:
        content = picture(graph, form, Wishes(depth, theme, style))
    except Undrawable as error:
        raise click.UsageError(str(error)) from None
    if output == "-":
        if isinstance(content, bytes) and sys.stdout.isatty():
            raise click.UsageError("a PNG is no text: say where to write with `-o FILE.png`")
        click.echo(content, nl=False)
        return
    path = destination(output, graph.name, f".{form}")
    write(path, content, force=force)
    click.echo(f"wrote {harmless(path)}", err=True)


def _format(output: str, form: str | None) -> str:
    """Return the format that is asked for: by name, or by the file's suffix."""
    if form is not None:
        return form
    if output == "-" or output.endswith(os.sep) or os.path.isdir(output):
        return "svg"
    suffix = os.path.splitext(output)[1].removeprefix(".").lower()
    if suffix not in FORMATS:
        from archc.diagnostics import harmless

        said = f"`{harmless(output)}` has no suffix" if not suffix else f"nothing is drawn as `.{harmless(suffix)}`"
        raise click.BadParameter(
            f"{said}; there are {', '.join('.' + name for name in FORMATS)}, or say `--format`", param_hint="--output"
        )
    return suffix
