"""Training by the emitted scripts beside training by hand, in turns within one process. Goal: at most 1.00 of its time.

By hand is what `by_hand.py` has, trained by a loop as an expert writes it: images in memory as bytes, taken by index,
channels last, fused Adam, in-place relu; for Keras, `fit` on the same batches. Prints the processor's seconds a step,
which other work on the machine disturbs less than the clock's, and their ratio.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np

from archc.compile import load
from archc.training.run import metrics, prepare
from tests.running import run

SPECS = Path(__file__).resolve().parent.parent / "specs"
EPOCHS = 2


class Case(NamedTuple):
    """A network, a batch size, and the steps of an epoch."""

    backend: str
    spec: str
    name: str
    variant: str | None
    batch: int
    steps: int


CASES = (
    Case("torch", "two_conv", "two_conv", None, 32, 90),
    Case("torch", "two_conv", "two_conv", None, 256, 11),
    Case("torch", "googlenet", "googlenet", None, 8, 4),
    Case("torch", "resnet", "resnet50", "resnet50", 4, 4),
    Case("keras", "resnet", "resnet50", "resnet50", 4, 4),
)


def data(case: Case, path: Path) -> Path:
    """Write random images, as many as an epoch takes."""
    random = np.random.default_rng(0)
    side, channels, classes = (28, 1, 3) if case.spec == "two_conv" else (224, 3, 1000)
    arrays = {}
    for part, count in (("train", case.batch * case.steps), ("test", 2)):
        arrays[f"x_{part}"] = random.integers(0, 256, (count, side, side, channels), np.uint8)
        arrays[f"y_{part}"] = np.arange(count) % classes
    np.savez(path, allow_pickle=True, **arrays)
    return path


def emitted(case: Case, folder: Path) -> float:
    """Run the script and return the seconds a step of its last epoch."""
    with contextlib.redirect_stdout(io.StringIO()), mock.patch("time.monotonic", time.process_time):
        run(folder)
    return case.batch / metrics(str(folder))[-1]["images_per_second"]


def torch_by_hand(case: Case, folder: Path) -> float:
    """Train by hand and return the seconds a step of the last epoch."""
    import torch
    from torch.nn import functional as F

    from benchmarks.by_hand import MODELS

    x, y = (torch.from_numpy(np.load(folder / "data" / f"{name}_train.npy")) for name in ("x", "y"))
    model: Any = MODELS[case.name]()
    model.to(memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(model.parameters(), fused=True)
    right = total = 0.0
    for _ in range(EPOCHS):
        began = time.process_time()
        order: Any = torch.randperm(len(x))
        for index in order.split(case.batch):
            images, labels = x[index].permute(0, 3, 1, 2).float() / 255, y[index]
            logits = model(images)
            loss = F.cross_entropy(logits, labels)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            total += loss.item() * len(index)
            right += (logits.argmax(1) == labels).sum().item()
        seconds = time.process_time() - began
    return seconds / case.steps


def keras_by_hand(case: Case, folder: Path) -> float:
    """Train by hand and return the seconds a step of the last epoch."""
    import keras

    from benchmarks.by_hand import keras_resnet50

    x, y = (np.load(folder / "data" / f"{name}_train.npy") for name in ("x", "y"))

    class Batches(keras.utils.PyDataset):  # type: ignore[misc]
        def __len__(self) -> int:
            return case.steps

        def __getitem__(self, step: int) -> Any:
            part = slice(step * case.batch, (step + 1) * case.batch)
            return x[part].astype("float32") / 255, y[part]

    model = keras_resnet50()
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss, metrics=["accuracy"])
    model.fit(Batches(), shuffle=False, verbose=0)
    began = time.process_time()
    model.fit(Batches(), shuffle=False, verbose=0)
    return (time.process_time() - began) / case.steps


def measure(case: Case, rounds: int) -> tuple[float, float]:
    """Return the median seconds of a step, by hand and as emitted, over rounds in which both run."""
    by_hand = torch_by_hand if case.backend == "torch" else keras_by_hand
    with tempfile.TemporaryDirectory() as made:
        source, folder = str(data(case, Path(made, "data.npz"))), Path(made, "out")
        graph = load(str(SPECS / f"{case.spec}.yaml"), variant=case.variant)
        prepare(graph, case.backend, source, str(folder), batch_size=case.batch, epochs=EPOCHS)
        found = [(by_hand(case, folder), emitted(case, folder)) for _ in range(rounds + 1)][1:]
    hand, ours = (statistics.median(part) for part in zip(*found, strict=True))
    return hand, ours


def main() -> None:
    import torch

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", help="a part of a line's name")
    given = parser.parse_args()
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    print(f"{'':32} {'by hand':>10} {'emitted':>10} {'ratio':>6}")
    for case in CASES:
        name = f"{case.backend}, {case.name}, batch {case.batch}"
        if given.only in name:
            hand, ours = measure(case, given.rounds)
            print(f"{name:32} {hand * 1e3:7.1f} ms {ours * 1e3:7.1f} ms {ours / hand:6.2f}", flush=True)


if __name__ == "__main__":
    main()
