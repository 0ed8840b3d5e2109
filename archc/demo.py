"""A first network from beginning to end: check, compile, prove equal, train, carry weights. Run by `make demo`."""

from __future__ import annotations

import importlib.util
import os
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

from archc.backend import find
from archc.compile import compile_graph, load
from archc.data import CLASS_NAMES, lesson
from archc.graph import Graph
from archc.naming import camel
from archc.weights import convert
from archc.write import write

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SPEC = "specs/two_conv.yaml"
FOLDER = "demo"
EPOCHS = 3
BATCH = 64
LEARNING_RATE = 1e-3
EPSILON = 1e-7

# Read once, when TensorFlow is imported: it would speak of graphics cards, for which the network is too small.
os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}


class Data(NamedTuple):
    """Images from 0 to 1 with channels last, and their classes."""

    x_train: NDArray[np.float32]
    y_train: NDArray[np.int64]
    x_test: NDArray[np.float32]
    y_test: NDArray[np.int64]


def main(spec: str = SPEC, folder: str = FOLDER, epochs: int = EPOCHS) -> int:
    """Run the demonstration; return 0 where everything held."""
    began = time.monotonic()
    graph = load(spec)
    print(f"{spec} is right: {len(graph.layers)} layers, {parameters(graph):,} parameters.\n")
    paths = compile_both(graph, spec, folder)
    proven = prove(graph)
    data = scaled()
    print(f"\n{len(data.x_train):,} real images to train on, {len(data.x_test):,} to test: {', '.join(CLASS_NAMES)}.")
    start, trained = (os.path.join(folder, name) for name in (f"{graph.name}_start", graph.name))
    torch_model = TorchTraining(paths["torch"], graph.name)
    torch_model.save(f"{start}.safetensors")
    convert(graph, f"{start}.safetensors", f"{start}.weights.h5", force=True)
    keras_model = KerasTraining(paths["keras"], graph.name, f"{start}.weights.h5")
    print(f"Both start from the weights in {start}.safetensors and take the same batches.\n")
    train(torch_model, keras_model, data, epochs)
    torch_model.save(f"{trained}.safetensors")
    done = convert(graph, f"{trained}.safetensors", f"{trained}.weights.h5", force=True)
    print(f"\nPyTorch's trained weights as a Keras file: {trained}.weights.h5, {done.numbers:,} numbers.")
    carried = keras_model.network()
    carried.load_weights(f"{trained}.weights.h5")
    same = agree(torch_model.probabilities(data.x_test), carried.predict(data.x_test, verbose=0))
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


def scaled() -> Data:
    """Return the lesson's images as networks want them."""
    found = lesson()
    x_train, x_test = ((x[..., None] / 255).astype("float32") for x in (found.x_train, found.x_test))
    return Data(x_train, found.y_train, x_test, found.y_test)


def train(torch_model: TorchTraining, keras_model: KerasTraining, data: Data, epochs: int) -> None:
    """Train both on the same batches in the same order; print the share of test images that each gets right."""
    import numpy as np

    print("epoch   PyTorch    Keras   right on the test images")
    for epoch in range(epochs):
        order = np.random.default_rng(epoch).permutation(len(data.x_train))
        shares = []
        for model in (torch_model, keras_model):
            model.epoch(data.x_train[order], data.y_train[order])
            shares.append((model.probabilities(data.x_test).argmax(axis=1) == data.y_test).mean())
        print(f"{epoch + 1:5}   {shares[0]:7.2%}  {shares[1]:7.2%}")


def agree(one: NDArray[Any], other: NDArray[Any]) -> bool:
    """Print and return whether two models predict the same classes."""
    equal = int((one.argmax(axis=1) == other.argmax(axis=1)).sum())
    print(f"Predictions that are the same in both: {equal} of {len(one)}; probabilities differ by at most "
          f"{abs(one - other).max():.1e}.")  # fmt: skip
    return equal == len(one)


class TorchTraining:
    """The emitted PyTorch model with Adam."""

    def __init__(self, path: str, name: str) -> None:
        import torch

        torch.manual_seed(0)
        self.model = getattr(imported(path), camel(name))()
        self.optimizer = torch.optim.Adam(self.model.parameters(), LEARNING_RATE, eps=EPSILON)
        self.steps = 0

    def epoch(self, images: NDArray[np.float32], classes: NDArray[np.int64]) -> None:
        """Take a step for each batch."""
        import torch

        for start in range(0, len(images), BATCH):
            batch = slice(start, start + BATCH)
            self.steps += 1
            # Keras adds epsilon before it corrects for the start, PyTorch after: this makes them one formula.
            self.optimizer.param_groups[0]["eps"] = EPSILON / (1 - 0.999**self.steps) ** 0.5
            logits = self.model.logits(turned(images[batch]))
            loss = torch.nn.functional.cross_entropy(logits, torch.from_numpy(classes[batch]))
            self.optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            self.optimizer.step()

    def probabilities(self, images: NDArray[np.float32]) -> NDArray[Any]:
        """Return each image's probabilities."""
        import torch

        with torch.no_grad():
            found: NDArray[Any] = self.model.eval()(turned(images)).numpy()
        self.model.train()
        return found

    def save(self, path: str) -> None:
        """Write the weights."""
        from safetensors.torch import save_file

        save_file(self.model.state_dict(), path)


class KerasTraining:
    """The emitted Keras model with Adam."""

    def __init__(self, path: str, name: str, weights: str) -> None:
        import keras

        self.network = getattr(imported(path), name)
        self.whole = self.network()
        self.model = self.network(logits=True)
        self.model.load_weights(weights)
        self.model.compile(
            optimizer=keras.optimizers.Adam(LEARNING_RATE, epsilon=EPSILON),
            loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        )

    def epoch(self, images: NDArray[np.float32], classes: NDArray[np.int64]) -> None:
        """Take a step for each batch."""
        self.model.fit(images, classes, batch_size=BATCH, shuffle=False, verbose=0)

    def probabilities(self, images: NDArray[np.float32]) -> NDArray[Any]:
        """Return each image's probabilities."""
        self.whole.set_weights(self.model.get_weights())
        found: NDArray[Any] = self.whole.predict(images, verbose=0)
        return found


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


def turned(images: NDArray[np.float32]) -> Any:
    """Return a PyTorch tensor with channels first."""
    import torch

    return torch.from_numpy(images).movedim(-1, 1).contiguous()


if __name__ == "__main__":
    sys.exit(main())
