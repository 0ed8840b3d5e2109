"""Training by the emitted scripts beside training by hand, step by step in turns within one process.

By hand is what `by_hand.py` has, or `keras.applications`, trained by a loop as an expert writes it: images in memory as
bytes, taken by index, channels last, fused Adam, in-place relu; for Keras, `fit` on the same batches. Each training has
a thread of its own and waits while another takes its step; by hand is trained twice, to tell what is noise. Prints the
medians of the processor's seconds a step, which other work on the machine disturbs less than the clock's, and their
ratios to by hand. Goal: at most 1.00.
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
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Condition, Thread
from typing import Any, NamedTuple
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np

from archc.compile import load_text
from archc.training.run import prepare
from benchmarks.paired import ENVIRONMENT
from tests.running import run

SPECS = Path(__file__).resolve().parent.parent / "specs"
WARM = 3
"""The steps at the beginning that are not counted."""

STRIDES_FIRST = (
    ("filters: $filters * widening}\n", "filters: $filters * widening, stride: $stride}\n"),
    ("                stride: $stride\n", ""),
    ("conv: {bias: false}", "conv: {bias: true}"),
)
"""What makes of `resnet.yaml` the network of `keras.applications`: strides at the first 1x1, and biases."""


class Case(NamedTuple):
    """A network, what it is held against, a batch size, and how many steps are taken."""

    backend: str
    spec: str
    variant: str | None
    rival: str
    batch: int
    steps: int
    changes: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        return f"{self.backend}, {self.variant or self.spec}, batch {self.batch}, beside {self.rival}"


CASES = (
    Case("torch", "two_conv", None, "two_conv", 32, 400),
    Case("torch", "two_conv", None, "two_conv", 256, 60),
    Case("torch", "googlenet", None, "googlenet", 8, 16),
    Case("torch", "resnet", "resnet50", "resnet50", 4, 16),
    Case("keras", "two_conv", None, "two_conv", 32, 400),
    Case("keras", "two_conv", None, "two_conv", 256, 60),
    Case("keras", "resnet", "resnet50", "resnet50", 4, 16),
    Case("keras", "resnet", "resnet50", "keras.applications", 4, 16, STRIDES_FIRST),
)


class Turns:
    """Trainings in threads, of which one at a time takes a step."""

    def __init__(self) -> None:
        self.changed = Condition()
        self.waiting: list[str] = []
        self.seconds: dict[str, list[float]] = {}
        self.began = 0.0

    def run(self, trainings: dict[str, Callable[[], None]]) -> dict[str, float]:
        """Train all to their end; return the median of each one's seconds a step."""
        self.waiting = [*trainings]
        self.seconds = {name: [] for name in trainings}
        threads = [Thread(target=self.one, args=(name, train), name=name) for name, train in trainings.items()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return {name: statistics.median(found[WARM:]) for name, found in self.seconds.items()}

    def one(self, name: str, train: Callable[[], None]) -> None:
        """Train in this thread, when its turn comes."""
        self.wait(name)
        try:
            train()
        finally:
            with self.changed:
                self.waiting.remove(name)
                self.changed.notify_all()

    def wait(self, name: str) -> None:
        with self.changed:
            self.changed.wait_for(lambda: self.waiting[0] == name)
        self.began = time.process_time()

    def stepped(self, *_: object) -> None:
        """Note what this thread's step took, and let the others take theirs."""
        name = self.waiting[0]
        self.seconds[name].append(time.process_time() - self.began)
        with self.changed:
            self.waiting.append(self.waiting.pop(0))
            self.changed.notify_all()
        self.wait(name)


def graph(case: Case) -> Any:
    text = (SPECS / f"{case.spec}.yaml").read_text(encoding="utf-8")
    for old, new in case.changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return load_text(text, case.variant)


def data(case: Case, path: Path) -> Path:
    """Write random images, as many as the steps take."""
    random = np.random.default_rng(0)
    side, channels, classes = (28, 1, 3) if case.spec == "two_conv" else (224, 3, 1000)
    arrays = {}
    for part, count in (("train", case.batch * case.steps), ("test", 2)):
        arrays[f"x_{part}"] = random.integers(0, 256, (count, side, side, channels), np.uint8)
        arrays[f"y_{part}"] = np.arange(count) % classes
    np.savez(path, allow_pickle=True, **arrays)
    return path


def torch_by_hand(case: Case, x: Any, y: Any) -> None:
    import torch
    from torch.nn import functional as F

    from benchmarks.by_hand import MODELS

    x, y = torch.from_numpy(x), torch.from_numpy(y)
    model: Any = MODELS[case.rival]()
    model.to(memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(model.parameters(), fused=True)
    right = total = 0.0
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


def keras_by_hand(case: Case, x: Any, y: Any) -> None:
    import keras

    from benchmarks.by_hand_keras import MODELS

    class Batches(keras.utils.PyDataset):  # type: ignore[misc]
        def __len__(self) -> int:
            return case.steps

        def __getitem__(self, step: int) -> Any:
            part = slice(step * case.batch, (step + 1) * case.batch)
            return x[part].astype("float32") / 255, y[part]

    model = MODELS[case.rival]()
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    model.fit(Batches(), shuffle=False, verbose=0)


@contextlib.contextmanager
def told(backend: str, stepped: Callable[..., None]) -> Iterator[None]:
    """Call `stepped` after each step of whatever is trained."""
    if backend == "torch":
        from torch.optim import optimizer

        handle = optimizer.register_optimizer_step_post_hook(stepped)
        yield
        handle.remove()
        return
    from keras.callbacks import CallbackList

    with mock.patch.object(CallbackList, "on_train_batch_end", stepped):
        yield


def measure(case: Case) -> dict[str, float]:
    """Return the median seconds of a step: by hand, as emitted, and by hand again."""
    by_hand = torch_by_hand if case.backend == "torch" else keras_by_hand
    turns = Turns()
    with tempfile.TemporaryDirectory() as made, contextlib.redirect_stdout(io.StringIO()):
        source, folder = str(data(case, Path(made, "data.npz"))), Path(made, "out")
        prepare(graph(case), case.backend, source, str(folder), batch_size=case.batch, epochs=1)
        x, y = (np.load(folder / "data" / f"{name}_train.npy") for name in ("x", "y"))
        with told(case.backend, turns.stepped):
            return turns.run(
                {
                    "by hand": lambda: by_hand(case, x, y),
                    "emitted": lambda: run(folder),
                    "again": lambda: by_hand(case, x, y),
                }
            )


def main() -> None:
    import torch

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--only", default="", help="a part of a line's name")
    given = parser.parse_args()
    torch.set_num_threads(1)
    print(f"{'':54} {'by hand':>10} {'emitted':>10} {'ratio':>6} {'by hand again':>14}")
    for case in [case for case in CASES if given.only in case.name] * given.runs:
        found = measure(case)
        hand = found["by hand"]
        print(
            f"{case.name:54} {hand * 1e3:7.1f} ms {found['emitted'] * 1e3:7.1f} ms "
            f"{found['emitted'] / hand:6.3f} {found['again'] / hand:14.3f}",
            flush=True,
        )


if __name__ == "__main__":
    if os.environ.get("MALLOC_ARENA_MAX") != "1":  # each thread would have memory of its own, of unlike use
        os.execve(sys.executable, [sys.executable, *sys.argv], {**ENVIRONMENT, "MALLOC_ARENA_MAX": "1"})
    main()
