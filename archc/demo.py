"""A first network from beginning to end: check, compile, prove equal, train, carry weights. Run by `make demo`."""

from __future__ import annotations

import importlib.util
import os
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from archc.backend import find
from archc.compile import compile_graph, load
from archc.data import CLASS_NAMES, lesson
from archc.graph import Graph
from archc.naming import camel
from archc.training.run import Options, TrainingFailed, initial, metrics, prepare, run
from archc.weights import convert
from archc.write import write

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SPEC = "specs/two_conv.yaml"
FOLDER = "demo"
EPOCHS = 3
BATCH = 64

# Read once, when TensorFlow is imported: it would speak of graphics cards, for which the network is too small.
os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}


def main(spec: str = SPEC, folder: str = FOLDER, epochs: int = EPOCHS) -> int:
    """Run the demonstration; return 0 where everything held."""
    began = time.monotonic()
    graph = load(spec)
    print(f"{spec} is right: {len(graph.layers)} layers, {parameters(graph):,} parameters.\n")
    paths = compile_both(graph, spec, folder)
    proven = prove(graph)
    images = lesson()
    counts = f"{len(images.x_train):,} real images to train on, {len(images.x_test):,} to test"
    print(f"\n{counts}: {', '.join(CLASS_NAMES)}.")
    start = os.path.join(folder, f"{graph.name}_start.safetensors")
    save_first(paths["torch"], graph.name, start)
    print(f"Both start from the weights in {start} and take the same batches.")
    train_both(graph, folder, start, epochs)
    trained = os.path.join(folder, "torch", f"{graph.name}.safetensors")
    carried = os.path.join(folder, f"{graph.name}.weights.h5")
    done = convert(graph, trained, carried, force=True)
    print(f"\nPyTorch's trained weights as a Keras file: {carried}, {done.numbers:,} numbers.")
    x = (images.x_test[..., None] / 255).astype("float32")
    one = torch_probabilities(paths["torch"], graph.name, trained, x)
    same = agree(one, keras_probabilities(paths["keras"], graph.name, carried, x))
    print(f"\nAll of it took {time.monotonic() - began:.0f} seconds. Now read {paths['torch']} and {paths['keras']}.")
    return 0 if proven and same else 1


def parameters(graph: Graph) -> int:
    """Count the numbers that the network holds."""
    return sum(int(str(weight.elements)) for weight in graph.weights().values())


def compile_both(graph: Graph, spec: str, folder: str) -> dict[str, str]:
    """Write each framework's source and return the files."""
    os.makedirs(folder, exist_ok=True)
    paths = {}
    for name in ("torch", "keras"):
        backend = find(name)
        paths[name] = os.path.join(folder, f"{graph.name}_{name}{backend.suffix}")
        source = compile_graph(graph, backend, origin=os.path.basename(spec)).source
        write(paths[name], source)
        print(f"Compiled for {backend.title}: {paths[name]}, {source.count(chr(10))} lines.")
    return paths


def prove(graph: Graph) -> bool:
    """Print and return whether both sources compute the same."""
    from archc.verify import verify

    print("\nBoth sources are built and given one set of weights, in float64:")
    result = verify(graph)
    print(result.text())
    return result.equal


def save_first(path: str, name: str, weights: str) -> None:
    """Write the weights that the emitted PyTorch model draws."""
    import torch
    from safetensors.torch import save_file

    torch.manual_seed(0)
    save_file(getattr(imported(path), camel(name))().state_dict(), weights)


def train_both(graph: Graph, folder: str, start: str, epochs: int) -> None:
    """Write and run each framework's training script; print the share of test images that each gets right."""
    shares = []
    for name in ("torch", "keras"):
        out = os.path.join(folder, name)
        options = Options(strict=True)
        prepare(graph, name, "lesson", out, options=options, weights=start, epochs=epochs, batch_size=BATCH)
        script = os.path.join(out, "train.py")
        print(f"\n{find(name).title}, by the script that `archc train --strict` writes, {script}:")
        run_quietly(out, ["--weights", initial(graph, name, start, out)])
        shares.append([row["test_accuracy"] for row in metrics(out)])
    print("\nepoch   PyTorch    Keras   right on the test images")
    for epoch, (one, other) in enumerate(zip(*shares, strict=True), 1):
        print(f"{epoch:5}   {one:7.2%}  {other:7.2%}")


def run_quietly(folder: str, arguments: list[str]) -> None:
    """Run a training script and print its epochs; what frameworks say of the machine only where it fails."""
    path = Path(folder, "log.txt")
    try:
        with path.open("wb") as log:
            run(folder, arguments, log=log)
    except TrainingFailed:
        print(path.read_text(encoding="utf-8"))
        raise
    print(*(line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("epoch")), sep="\n")


def torch_probabilities(path: str, name: str, weights: str, images: NDArray[np.float32]) -> NDArray[Any]:
    """Return the probabilities that the emitted PyTorch model gives each image."""
    import torch
    from safetensors.torch import load_file

    model = getattr(imported(path), camel(name))()
    model.load_state_dict(load_file(weights))
    with torch.no_grad():
        found: NDArray[Any] = model.eval()(torch.from_numpy(images).movedim(-1, 1).contiguous()).numpy()
    return found


def keras_probabilities(path: str, name: str, weights: str, images: NDArray[np.float32]) -> NDArray[Any]:
    """Return the probabilities that the emitted Keras model gives each image."""
    model = getattr(imported(path), name)()
    model.load_weights(weights)
    found: NDArray[Any] = model.predict(images, verbose=0)
    return found


def agree(one: NDArray[Any], other: NDArray[Any]) -> bool:
    """Print and return whether two models predict the same classes."""
    equal = int((one.argmax(axis=1) == other.argmax(axis=1)).sum())
    print(f"Predictions that are the same in both: {equal} of {len(one)}; probabilities differ by at most "
          f"{abs(one - other).max():.1e}.")  # fmt: skip
    return equal == len(one)


def imported(path: str) -> ModuleType:
    """Import an emitted file."""
    name = Path(path).stem
    found = importlib.util.spec_from_file_location(name, path)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    sys.modules[name] = module
    found.loader.exec_module(module)
    return module


if __name__ == "__main__":
    sys.exit(main())
