"""`archc verify`: proof that the sources for several frameworks compute the same."""

from __future__ import annotations

from typing import Any

import click

from archc.cli.options import binding, format_option, spec_argument


@click.command("verify", short_help="Prove that the sources for two frameworks compute the same.")
@spec_argument
@click.option(
    "--backends",
    metavar="A,B",
    default="torch,keras",
    show_default=True,
    help="What to compare; `keras:jax`, `keras:torch`: Keras on these.",
)
@click.option("--dtype", type=click.Choice(["float64", "float32"]), default="float64", show_default=True)
@click.option("--steps", type=click.IntRange(0, 10_000), default=3, show_default=True, help="How many training steps.")
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=0, show_default=True, help="Of weights and data.")
@click.option("--strict", is_flag=True, help="Write the lines that keep training equal too, and claim that.")
@format_option("text", "json")
@binding
def command(
    spec: str,
    backends: str,
    dtype: str,
    steps: int,
    seed: int,
    strict: bool,
    form: str,
    settings: dict[str, Any],
    variant: str | None,
) -> None:
    """Build what each backend writes for SPEC, carry one set of weights into each, and compare.

    \b
    Example:
        archc verify two_conv.yaml
        archc verify two_conv.yaml --backends torch,keras:jax
        archc verify resnet.yaml --variant resnet18 --dtype float32 --format json

    Compared are every layer's output, the gradients, and the weights after training steps. The first layer that differs
    is named with its line in the spec; the exit code is then 1.
    """  # noqa: D301
    from archc.backend import find
    from archc.compile import load
    from archc.verify import verify

    names = [name.strip() for name in backends.split(",")]
    chosen = [find(name) for name in names]
    if len(chosen) < 2:
        raise click.BadParameter("name at least two, as in `torch,keras`", param_hint="--backends")
    if len({*names}) < len(names):
        raise click.BadParameter("name each once: what is equal to itself proves nothing", param_hint="--backends")
    graph = load(spec, variant, settings)
    verification = verify(graph, chosen, dtype=dtype, steps=steps, seed=seed, strict=strict)
    if form == "json":
        import json

        click.echo(json.dumps(verification.to_json(), indent=2))
    else:
        click.echo(verification.text())
    if not verification.equal:
        click.get_current_context().exit(1)
