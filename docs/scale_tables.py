"""The tables of docs/scale.md, from `archc.training.scale`. `python -m docs.scale_tables` writes them into the page."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import archc
from archc.training import scale
from archc.training.scale import H100, Step, step

PAGE = Path(__file__).parent / "scale.md"
SPECS = Path(__file__).parent.parent / "specs"
IMAGENET = 1_281_167
"""Images of ILSVRC 2012 to train on."""
PIXELS = 224 * 224 * 3


class Work(NamedTuple):
    """A network to train on ImageNet: the learning rate is for a batch of `per`, and grows with it."""

    spec: str
    variant: str
    optimizer: str
    """As `archc.training.scale` calls it."""
    settings: str
    rate: float
    per: int
    warmup: int
    epochs: int
    batches: tuple[tuple[int, int], ...]
    """GPUs, and examples on each."""

    def steps(self, *, fsdp: bool = False) -> list[Step]:
        graph = archc.load(str(SPECS / f"{self.spec}.yaml"), variant=self.variant)
        return [step(graph, gpus, batch, self.optimizer, fsdp=fsdp) for gpus, batch in self.batches]

    def learning_rate(self, batch: int) -> float:
        """Return the rate for a global batch (Goyal et al., 2017)."""
        return float(f"{self.rate * batch / self.per:.4g}")


RESNET50 = Work(
    "resnet", "resnet50", "momentum", "sgd: {learning_rate: RATE, momentum: 0.9, nesterov: true, weight_decay: 0.0001}",
    0.1, 256, 5, 90, ((1, 256), (8, 256), (64, 128), (1024, 8)),
)  # fmt: skip
VIT = Work(
    "vit", "vit_b_16", "adamw", "adamw: {learning_rate: RATE, weight_decay: 0.05}",
    0.0005, 512, 5, 300, ((1, 256), (8, 128), (64, 64), (1024, 4)),
)  # fmt: skip


def plan(work: Work) -> str:
    """Return what each number of GPUs takes, as a table."""
    head = "GPUs | batch on each | global batch | learning rate | a step, ms | images a second | hours | memory on each"
    rows = [f"| {head} |", f"|{' ---: |' * 8}"]
    for found in work.steps():
        batch = found.gpus * found.batch
        hours = work.epochs * IMAGENET / found.examples_per_second / 3600
        cells = (
            f"{found.gpus:,}", f"{found.batch}", f"{batch:,}", f"{work.learning_rate(batch):g}",
            f"{found.seconds * 1e3:.1f}", f"{found.examples_per_second:,.0f}", f"{hours:,.2f}",
            f"{found.memory / 1e9:.1f} GB",
        )  # fmt: skip
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def parts(work: Work) -> str:
    """Return what a step is made of, as a table."""
    head = "GPUs | compute, ms | launches, ms | exchange, ms | of it not hidden, ms | reading, GB/s on each | with FSDP"
    rows = [f"| {head} |", f"|{' ---: |' * 7}"]
    for found, shared in zip(work.steps(), work.steps(fsdp=True), strict=True):
        reading = PIXELS * found.examples_per_second / found.gpus / 1e9
        times = (found.compute, found.launches, found.exchange, found.exposed)
        shown = " | ".join(f"{seconds * 1e3:.2f}" for seconds in times)
        fsdp = f"{shared.memory / 1e9:.1f} GB, {shared.seconds * 1e3:.1f} ms"
        rows.append(f"| {found.gpus:,} | {shown} | {reading:.2f} | {fsdp} |")
    return "\n".join(rows)


def commands(work: Work) -> str:
    """Return the lines that start each of these runs."""
    lines = []
    for gpus, batch in work.batches:
        nodes = -(-gpus // H100.per_node)
        how = " -o run --write-only" if nodes > 1 else f" --processes {gpus}" if gpus > 1 else ""
        optimizer = work.settings.replace("RATE", f"{work.learning_rate(gpus * batch):g}")
        lines += [
            f"# {gpus:,} GPU{'s' * (gpus > 1)}" + (f": once, then on each of {nodes} nodes" if nodes > 1 else ""),
            f"archc train specs/{work.spec}.yaml --variant {work.variant} --backend torch --data imagenet{how} \\",
            f"    --set 'training.optimizer={{{optimizer}}}' \\",
            f"    --set 'training.schedule={{cosine: {{warmup: {work.warmup}}}}}' \\",
            f"    --set training.batch_size={gpus * batch} --set training.epochs={work.epochs}",
        ]
        if nodes > 1:
            lines += [
                "TORCH_DISABLE_SHARE_RDZV_TCP_STORE=1 torchrun --nnodes "
                f"{nodes} --nproc-per-node {H100.per_node} --max-restarts 3 \\",
                "    --rdzv-backend c10d --rdzv-endpoint FIRST_NODE:29500 run/train.py --resume",
            ]
    return "\n".join(["```", *lines, "```"])


def assumed() -> str:
    """Return what the model takes for given, as a table."""
    rows = {
        "operations a second, bfloat16, dense": f"{H100.peak / 1e12:,.0f} TFLOP/s",
        "of these, where a layer is bound by computing": f"{scale.EFFICIENCY:.0%} (assumed)",
        "memory, and its bandwidth": f"{H100.memory / 1e9:.0f} GB, {H100.memory_bandwidth / 1e12:.2f} TB/s",
        "NVLink, one direction": f"{H100.link / 1e9:.0f} GB/s",
        "InfiniBand for each GPU, one direction": f"{H100.network / 1e9:.0f} GB/s",
        f"in a ring of more than {H100.per_node} GPUs, each": f"{H100.bandwidth(64) / 1e9:.0f} GB/s",
        "from one GPU to the next": f"{scale.LATENCY * 1e6:.0f} us (assumed)",
        "ImageNet's images to train on, decoded": f"{IMAGENET * PIXELS / 1e9:.0f} GB",
        "to start a kernel from Python": f"{scale.LAUNCH * 1e6:.0f} us (assumed)",
    }
    return "\n".join(
        [
            "| of an H100 SXM, and what else is given | |",
            "| --- | ---: |",
            *(f"| {what} | {value} |" for what, value in rows.items()),
        ]
    )


WORKS = {"resnet50": RESNET50, "vit": VIT}
TABLES: dict[str, Callable[[], str]] = {
    "assumed": assumed,
    **{
        f"{name}-{made.__name__}": partial(made, work)
        for name, work in WORKS.items()
        for made in (plan, parts, commands)
    },
}


def written(page: str) -> str:
    """Return a page with every table as the code gives it."""

    def made(match: re.Match[str]) -> str:
        return f"{match[1]}\n{TABLES[match[2]]()}\n{match[3]}"

    return re.sub(r"(<!-- table: ([\w-]+) -->)\n.*?(<!-- end -->)", made, page, flags=re.DOTALL)


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
