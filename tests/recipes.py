"""Small networks with a recipe each, and data that fit them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from archc.compile import load_text
from archc.training.run import Options, prepare

IMAGE = "input: {height: 6, width: 6, channels: 1}"
VECTOR = "input: {features: 5}"
SOFTMAX = "  - dense: {units: 3, activation: softmax}"
CONV = f"  - conv: {{filters: 4, kernel_size: 3, activation: relu}}\n  - flatten\n{SOFTMAX}"
NORMED = f"  - conv: {{filters: 2, kernel_size: 3}}\n  - batch_norm\n{CONV}"

SEVERAL = """\
  - flatten
    from: image
  - concat
    from: [flatten, meta]
  - dense: {units: 3, activation: softmax}
    name: kind
  - dense: {units: 1}
    name: price
    from: concat
outputs: [kind, price]""".replace("  - flatten\n", "  - flatten:\n").replace("  - concat\n", "  - concat:\n")

SGD = "{learning_rate: 0.1, momentum: 0.9, nesterov: true, weight_decay: 0.001}"

RECIPES: dict[str, tuple[str, str, str]] = {
    "plain": (IMAGE, CONV, ""),
    "sgd": (IMAGE, CONV, f"optimizer: {{sgd: {SGD}}}, schedule: {{cosine: {{warmup: 0.5, final: 0.1}}}}, clip: 1.0"),
    "stepped": (
        IMAGE,
        CONV,
        "optimizer: rmsprop, schedule: {step: {every: 1, warmup: 1}}, early_stopping: {patience: 2}, "
        "augment: {shift: 1, flip: true}",
    ),
    "constant": (IMAGE, CONV, "optimizer: adamw, schedule: {constant: {warmup: 1}}, augment: {flip: true}"),
    "cropped": ("input: {height: 4, width: 4, channels: 1}", CONV, "augment: {crop: true}"),
    "smooth": (VECTOR, SOFTMAX, "loss: {cross_entropy: {smoothing: 0.1}}"),
    "binary": (
        VECTOR, "  - dense: {units: 1, activation: sigmoid}", "loss: {binary_cross_entropy: {smoothing: 0.1}}"
    ),
    "numbers": (VECTOR, "  - dropout: {rate: 0.5}\n  - dense: {units: 2}", "loss: {huber: {delta: 2}}"),
    "shares": (VECTOR, "  - dense: {units: 2, activation: sigmoid}", "loss: mae"),
    "normed": (IMAGE, NORMED, "optimizer: sgd"),
    "penalised": (
        IMAGE,
        CONV.replace("activation: relu", "regularizer: {l2: 0.01}").replace(
            "units: 3", "units: 3, regularizer: {l1: 0.001}"
        ),
        "optimizer: {rmsprop: {momentum: 0.5, weight_decay: 0.01}}",
    ),
    "frozen": (IMAGE, CONV.replace("relu", "relu, trainable: false"), "optimizer: rmsprop"),
    "several": (
        "inputs: {image: {height: 6, width: 6, channels: 1}, meta: {features: 2}}",
        SEVERAL,
        "loss: {kind: cross_entropy, price: {mse: {weight: 0.5}}}",
    ),
    "tokens": (
        "input: {length: 7, vocabulary: 11}",
        "  - embedding: {units: 4}\n  - dense: {units: 3}",
        "loss: cross_entropy",
    ),
    "sequence": (
        "input: {length: 9, channels: 2}",
        f"  - conv: {{filters: 4, kernel_size: 3}}\n  - global_avg_pool\n{SOFTMAX}",
        "",
    ),
    "volume": (
        "input: {depth: 4, height: 4, width: 4, channels: 1}",
        f"  - conv: {{filters: 2, kernel_size: 3}}\n  - flatten\n{SOFTMAX}",
        "optimizer: {adam: {beta1: 0}}",
    ),
    "segments": (IMAGE, "  - conv: {filters: 3, kernel_size: 3, padding: same, activation: softmax}", ""),
    "pictures": (IMAGE, "  - conv: {filters: 2, kernel_size: 3, padding: same, activation: sigmoid}", "loss: mse"),
    "mixtures": (IMAGE, "  - conv: {filters: 2, kernel_size: 3, padding: same, activation: softmax}", "loss: mse"),
    "path": (IMAGE, CONV, "optimizer: {sgd: {weight_decay: 0.01}}"),
}  # fmt: skip
"""The input, the layers and the recipe of each; `path` has a name that scripts use for something else."""


def spec(name: str) -> str:
    """Return the text of a recipe's spec."""
    input, layers, training = RECIPES[name]
    training = ", ".join(filter(None, ["batch_size: 8, epochs: 2", training]))
    return f"archc: 1\nname: {name}\n{input}\nlayers:\n{layers}\ntraining: {{{training}}}\n"


def data(name: str, path: Path) -> Path:
    """Write data that fit a recipe's network."""
    random = np.random.default_rng(0)
    count = 41
    images = random.integers(0, 256, (count, 6, 6, 1), np.uint8)
    vectors = random.standard_normal((count, 5))
    ids = random.integers(0, 3, count)
    arrays: dict[str, Any] = {"x": vectors, "y": ids}
    if name == "binary":
        arrays["y"] = ids > 0
    elif name == "numbers":
        arrays["y"] = vectors[:, :2] * 2
    elif name == "shares":
        arrays["y"] = random.random((count, 2))
    elif name == "several":
        meta = random.standard_normal((count, 2))
        arrays = {"image": images, "meta": meta, "kind": ids, "price": meta.sum(axis=1)}
    elif name == "tokens":
        arrays = {"x": random.integers(0, 11, (count, 7)), "y": random.integers(0, 3, (count, 7))}
    elif name == "sequence":
        arrays["x"] = random.standard_normal((count, 9, 2))
    elif name == "volume":
        arrays["x"] = random.standard_normal((count, 4, 4, 4, 1))
    elif name in ("segments", "pictures", "mixtures"):
        many = (count, 6, 6) if name == "segments" else (count, 6, 6, 2)
        arrays = {"x": images, "y": random.integers(0, 3, many) if name == "segments" else random.random(many)}
    elif name != "smooth":
        arrays["x"] = images
    train = {f"{key}_train": array for key, array in arrays.items()}
    test = {f"{key}_test": array[:9] for key, array in arrays.items()}
    np.savez(path, allow_pickle=True, **train, **test)
    return path


def written(name: str, backend: str, folder: Path, **options: Any) -> str:
    """Write a recipe's files into FOLDER/out and return the script."""
    folder.mkdir(parents=True, exist_ok=True)
    source = str(data(name, folder / "data.npz"))
    chosen = Options(**options, origin=f"{name}.yaml")
    prepare(load_text(spec(name)), backend, source, str(folder / "out"), options=chosen)
    return (folder / "out" / "train.py").read_text(encoding="utf-8")
