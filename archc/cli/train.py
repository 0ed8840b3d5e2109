"""`archc train`: a model, its data and a script that trains it, written side by side and run."""

from __future__ import annotations

import os
from typing import Any

import click

from archc.cli.options import binding, spec_argument


@click.command("train", short_help="Write a training script, and run it.")
@spec_argument
@click.option("-b", "--backend", metavar="NAME", required=True, help="The framework: `torch` or `keras`.")
@click.option("-d", "--data", metavar="NAME|PATH", required=True, help="A data set, an .npz, a .csv or a folder.")
@click.option("-o", "--output", metavar="DIR", help="Where to write; NAME_BACKEND without it.")
@click.option("--resume", is_flag=True, help="Go on from the last checkpoint in DIR.")
@click.option("--weights", metavar="FILE", help="Start from these weights, of either framework.")
@click.option("--processes", metavar="N", type=click.IntRange(1), default=1, help="Share the work among processes.")
@click.option("--fsdp", is_flag=True, help="Have processes share the weights too (PyTorch's FSDP2).")
@click.option("--skip-bad", is_flag=True, help="Leave out examples that cannot be used, and say which.")
@click.option("--strict", is_flag=True, help="Write the lines that keep the frameworks' training equal.")
@click.option("--mixed", is_flag=True, help="Compute in bfloat16 (Keras; PyTorch does on a GPU that has it).")
@click.option("--tensorboard", is_flag=True, help="Also write what TensorBoard shows.")
@click.option("--write-only", is_flag=True, help="Write the files and do not run them.")
@click.option("--force", is_flag=True, help="Replace files also where archc did not write them.")
@binding
def command(
    spec: str,
    backend: str,
    data: str,
    output: str | None,
    resume: bool,
    weights: str | None,
    processes: int,
    write_only: bool,
    settings: dict[str, Any],
    variant: str | None,
    **options: bool,
) -> None:
    """Train the network of SPEC: write `model.py`, `train.py` and `data/` into DIR, and run `train.py`.

    \b
    Example:
        archc train two_conv.yaml --backend torch --data lesson
        archc train resnet.yaml --variant resnet18 --backend keras --data photos/ -o run/
        archc train two_conv.yaml -b torch -d lesson --set training.epochs=10

    Data sets: lesson, fashion_mnist, mnist, cifar10, digits, datasets:NAME. The script stands alone;
    `--resume` goes on after a break, with the same batches.
    """  # noqa: D301
    from archc.compile import load
    from archc.progress import notice
    from archc.training.run import Options, TrainingFailed, initial, prepare, run, trainer

    graph = load(spec, variant, settings)
    folder = output or f"{graph.name}_{backend}"
    origin = "standard input" if spec == "-" else os.path.basename(spec)
    if options["fsdp"] and backend != "torch":
        raise click.BadParameter("only PyTorch's script shards weights", param_hint="--fsdp")
    chosen = trainer(backend)
    prepare(
        graph, chosen, data, folder,
        options=Options(origin=origin, **options), weights=weights, resume=resume, tell=notice,
    )  # fmt: skip
    notice(f"wrote {os.path.join(folder, 'model.py')}, train.py and data")
    if write_only:
        return
    start = [] if weights is None else ["--weights", initial(graph, chosen, weights, folder)]
    arguments = [*start, *["--resume"] * resume]
    try:
        run(folder, arguments, processes, launcher=chosen.launcher)
    except TrainingFailed as error:
        click.get_current_context().exit(error.status if error.status == 3 else 1)
