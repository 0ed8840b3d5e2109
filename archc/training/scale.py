"""What a training step takes on N GPUs: a model of time, memory and communication, from a network's own costs.

    step      = max(compute, launches) + exposed communication
    compute   = 3 x sum over layers of max(FLOPs / (peak x EFFICIENCY), bytes moved / memory bandwidth) + optimizer
    launches  = 3 x layers x LAUNCH
    exchange  = 2 (N - 1) / N x gradient bytes / bandwidth + 2 log2(N) x LATENCY        (Patarasuk and Yuan, 2009)
    exposed   = what of the exchange the backward pass, 2/3 of the compute, does not hide; at least the last bucket

Under bfloat16 autocast: activations in 2 bytes; weights, gradients and the optimizer's state in 4. With FSDP these
three are shared, and all-gathers before both passes and a reduce-scatter after them move 3/2 of the bytes.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from archc.graph import Graph
from archc.summary import LayerSummary
from archc.training_memory import FLOAT32, STATES, trained

BFLOAT16 = 2
PASSES = 3
"""The forward pass once; the backward pass computes as much for the inputs, and as much for the weights."""
EFFICIENCY = 0.5
"""What a layer that is bound by computing gets of the peak: an assumption."""
LAUNCH = 8e-6
"""Seconds to start a kernel from Python: an assumption."""
LATENCY = 10e-6
"""Seconds from one GPU to the next: an assumption."""
BUCKET = 25 * 2**20
"""Bytes of gradients that DistributedDataParallel sends at once: its default."""


class Gpu(NamedTuple):
    """A GPU and how it is connected: operations a second, bytes, and bytes a second in one direction."""

    name: str
    peak: float
    memory: float
    memory_bandwidth: float
    link: float
    network: float
    per_node: int

    def bandwidth(self, gpus: int) -> float:
        """Return what each GPU gets in a ring of so many: a node's GPUs use all its adapters together."""
        return self.link if gpus <= self.per_node else min(self.link, self.network * self.per_node)


H100 = Gpu("H100 SXM", 989e12, 80e9, 3.35e12, 450e9, 50e9, 8)
"""NVIDIA's data sheet: bfloat16 without sparsity, NVLink 900 GB/s both ways; and 400 Gb/s InfiniBand for each GPU."""


class Step(NamedTuple):
    """A step: seconds and bytes for each GPU, examples a second for all."""

    gpus: int
    batch: int
    compute: float
    launches: float
    exchange: float
    exposed: float
    memory: float

    @property
    def seconds(self) -> float:
        return max(self.compute, self.launches) + self.exposed

    @property
    def examples_per_second(self) -> float:
        return self.gpus * self.batch / self.seconds


def step(graph: Graph, gpus: int, batch: int, optimizer: str, *, fsdp: bool = False, gpu: Gpu = H100) -> Step:
    """Return what a step takes with `batch` examples on each of `gpus` GPUs; `optimizer` is one of STATES.

    Raises ValueError for a network whose sizes are known only at run time.
    """
    summary = graph.summary()
    memory = trained(graph, summary, optimizer, batch)
    if memory.activations is None or memory.activation_gradients is None:
        raise ValueError(f"{graph.name} takes inputs of any size: its costs are not known")
    state = memory.weights + memory.gradients + memory.optimizer_state
    moved = memory.gradients * (3 + 2 * STATES[optimizer])  # what the optimizer reads and writes
    compute = PASSES * sum(_layer(line, batch, gpu) for line in summary.layers) + moved / gpu.memory_bandwidth
    rounds = (3 if fsdp else 2) * (gpus - 1) / gpus
    exchange = rounds * memory.gradients / gpu.bandwidth(gpus) + 2 * math.log2(gpus) * LATENCY
    last = exchange * min(1, BUCKET / memory.gradients)
    hidden = compute * (PASSES - 1) / PASSES
    kept = (memory.activations + memory.activation_gradients) * BFLOAT16 / FLOAT32
    return Step(
        gpus,
        batch,
        compute,
        PASSES * len(summary.layers) * LAUNCH,
        exchange,
        max(exchange - hidden, last),
        state / (gpus if fsdp else 1) + kept,
    )


def _layer(line: LayerSummary, batch: int, gpu: Gpu) -> float:
    """Return the seconds of a layer's forward pass: those of computing, or of moving where these are more."""
    weights = line.parameters * FLOAT32
    moved = ((line.moved_bytes or 0) - weights) * batch * BFLOAT16 / FLOAT32 + line.parameters * BFLOAT16
    return max(2 * (line.macs or 0) * batch / (gpu.peak * EFFICIENCY), moved / gpu.memory_bandwidth)
