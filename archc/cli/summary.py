"""`archc summary`: shapes, parameters and cost of a network, or of several beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from archc.cli.options import format_option, parted, setting_option

if TYPE_CHECKING:
    from archc.graph import Graph
    from archc.summary import Summary

COLUMNS = ("layer", "op", "output", "parameters", "macs", "memory", "field", "stride", "start", "intensity", "training")
OPTIMIZERS = ("sgd", "momentum", "rmsprop", "adam", "adamw")


@click.command("summary", short_help="Show shapes, parameters and cost, per layer and in all; or compare networks.")
@click.argument("specs", metavar="SPEC...", nargs=-1, required=True)
@format_option("text", "markdown", "json")
@click.option("--depth", type=click.IntRange(0, 64), help="Fold blocks so deep into one line each; 0 folds all.")
@click.option("--sort", type=click.Choice(COLUMNS), help="Sort by a column: numbers from the largest on.")
@click.option("--train-memory", is_flag=True, help="Also estimate the memory that training takes.")
@click.option("--optimizer", type=click.Choice(OPTIMIZERS), help="For --train-memory; the spec's without it.")
@click.option("--batch-size", type=click.IntRange(1, 2**31), help="For --train-memory; the spec's without it.")
@setting_option
@click.option(
    "--variant", "variants", metavar="NAME", multiple=True, help="Use the params of this variant; repeatable."
)
def command(
    specs: tuple[str, ...],
    form: str,
    depth: int | None,
    sort: str | None,
    train_memory: bool,
    optimizer: str | None,
    batch_size: int | None,
    settings: dict[str, Any],
    variants: tuple[str, ...],
) -> None:
    """Show what each layer of SPEC gives and costs, and the whole network. Several networks are compared.

    \b
    Example:
        archc summary googlenet.yaml --depth 0
        archc summary resnet.yaml@resnet18 --sort macs --format json
        archc summary resnet.yaml --variant resnet18 --variant resnet50

    SPEC@VARIANT names a variant. Multiply-accumulates and memory are those of one example, in float32. A place of a
    layer sees `field` pixels of the input along each axis, the next one `stride` pixels further on, the first from
    `start` on. `intensity` is operations, two to a multiply-accumulate, to a byte read or written.

    \b
    With --train-memory, in float32:
        weights + gradients + optimizer state
        + batch size x (activations + gradients of activations)
    Activations are what the backward pass needs of them; their gradients are at most what one layer takes and gives.
    The state is, per trained parameter, 0 numbers for sgd, 1 for momentum and rmsprop, 2 for adam and adamw.
    """  # noqa: D301
    if (optimizer or batch_size) and not train_memory:
        raise click.UsageError("`--optimizer` and `--batch-size` are for `--train-memory`")
    if sort == "training" and not train_memory:
        raise click.UsageError("`--sort training` is for `--train-memory`")
    networks = [parted(spec, variant) for spec in specs for variant in (variants or (None,))]
    if len(networks) > 1 and sort:
        raise click.UsageError("`--sort` is for one network")
    from archc.compile import load

    graphs = [load(spec, variant, settings) for spec, variant in networks]
    fold = 0 if depth is None and len(graphs) > 1 else depth
    wanted = (optimizer, batch_size) if train_memory else None
    summaries = [_summary(graph, fold, sort, wanted) for graph in graphs]
    _show(summaries, [spec if variant is None else f"{spec}@{variant}" for spec, variant in networks], form)


def _summary(graph: Graph, depth: int | None, sort: str | None, train: tuple[str | None, int | None] | None) -> Summary:
    from archc.compile import quiet_collector

    with quiet_collector():
        summary = graph.summary()
        if train is not None:
            from archc.training_memory import with_training

            summary = with_training(graph, summary, *train)
        if depth is not None:
            from archc.fold import folded

            summary = folded(graph, summary, depth)
        if sort is not None:
            from archc.tables import sort as by_column

            summary = summary._replace(layers=by_column(summary.layers, sort))
    return summary


def _show(summaries: list[Summary], labels: list[str], form: str) -> None:
    from archc.diagnostics import harmless

    shown: Any = summaries[0]
    if len(summaries) > 1:
        from archc.comparison import Comparison

        named = [label if labels.count(label) == 1 else f"{label} ({place})" for place, label in enumerate(labels, 1)]
        shown = Comparison(dict(zip(map(harmless, named), summaries, strict=True)))
    if form == "json":
        import json

        click.echo(json.dumps(shown.to_json(), indent=2))
    else:
        click.echo(shown.markdown() if form == "markdown" else shown.text(), nl=False)
