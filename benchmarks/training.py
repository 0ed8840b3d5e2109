"""Images a second of the training script that archc writes for two_conv, batch 256, beside a loop as textbooks have it.

Both run in turns within one process, on the same images (goal: 1.3 times). The textbook's loop has a DataLoader over
single examples, channels first, eager steps and Adam as it comes.
"""

from __future__ import annotations

import contextlib
import io
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from archc.compile import load
from archc.training.run import metrics, prepare
from tests.running import run

SPEC = Path(__file__).resolve().parent.parent / "specs" / "two_conv.yaml"
BATCH = 256
EPOCHS = 3
ROUNDS = 3


def textbook(folder: Path) -> float:
    """Train as textbooks do and return the images a second of the median epoch."""
    import numpy as np
    import torch
    from torch.utils.data import DataLoader, TensorDataset

    from archc.demo import imported

    x, y = (np.load(folder / "data" / f"{name}_train.npy") for name in ("x", "y"))
    images = torch.from_numpy(x).permute(0, 3, 1, 2).float().div(255).contiguous()
    loader = DataLoader(TensorDataset(images, torch.from_numpy(y)), batch_size=BATCH, shuffle=True)
    model = imported(str(folder / "model.py")).TwoConv()
    optimizer = torch.optim.Adam(model.parameters())
    speeds = []
    for _ in range(EPOCHS):
        began = time.perf_counter()
        for images, labels in loader:
            loss = torch.nn.functional.cross_entropy(model.logits(images), labels)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
        speeds.append(len(x) / (time.perf_counter() - began))
    return statistics.median(speeds)


def emitted(folder: Path) -> float:
    """Run the script and return the images a second of the median epoch."""
    with contextlib.redirect_stdout(io.StringIO()):
        run(folder)
    return statistics.median(row["images_per_second"] for row in metrics(str(folder)))


def main() -> None:
    import torch

    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    with tempfile.TemporaryDirectory() as made:
        prepare(load(str(SPEC)), "torch", "lesson", made, batch_size=BATCH, epochs=EPOCHS)
        folder = Path(made)
        emitted(folder)  # a first round is not counted
        rounds = [(textbook(folder), emitted(folder)) for _ in range(ROUNDS)]
    for plain, ours in rounds:
        print(f"textbook {plain:8,.0f} images/s   archc {ours:8,.0f} images/s   {ours / plain:5.2f} times")
    print(f"median {statistics.median(ours / plain for plain, ours in rounds):.2f} times (goal 1.3)")


if __name__ == "__main__":
    main()
