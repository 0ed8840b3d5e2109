"""Runners in other processes: Keras computes with one engine a process, chosen when it is imported."""

from __future__ import annotations

import atexit
import os
import pickle
import subprocess
import sys
import weakref
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

from archc.backend import Emitted, Gradients, MissingFramework, Training
from archc.graph import Graph

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]
    Arrays = Mapping[str, Array]

SETTINGS = {
    "JAX_PLATFORMS": "cpu",
    "KERAS_TORCH_DEVICE": "cpu",
    "OMP_NUM_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
}
"""Each engine on the CPU, on one thread."""


class Side(NamedTuple):
    """What a runner asks of an input: a vocabulary where it holds ids."""

    vocabulary: Any


class Part(NamedTuple):
    """What a runner asks of a layer: its path, and the names of its weights."""

    path: str
    names: tuple[str, ...]

    def weights(self) -> dict[str, None]:
        return dict.fromkeys(self.names)


class End(NamedTuple):
    """What a runner asks of an output: its name, and the activation after its logits."""

    name: str
    final: Part | None


class Outline(NamedTuple):
    """What a runner asks of a graph; it goes through a pipe."""

    name: str
    inputs: dict[str, Side]
    layers: list[Part]
    outputs: list[End]
    within: frozenset[str]

    def hidden(self) -> set[str]:
        """Return the layers inside blocks that are used several times with one set of weights, by path."""
        return set(self.within)


def outline(graph: Graph) -> Outline:
    """Return what a runner of Keras asks of a graph."""
    parts = {layer.path: Part(layer.path, tuple(layer.weights())) for layer in graph.layers}
    inputs = {name: Side(shape.vocabulary) for name, shape in graph.inputs.items()}
    ends = [End(output.name, None if output.final is None else parts[output.final.path]) for output in graph.outputs]
    return Outline(graph.name, inputs, list(parts.values()), ends, frozenset(graph.hidden()))


class Process:
    """A Python process whose Keras computes with one engine; it holds runners by number."""

    def __init__(self, engine: str) -> None:
        self.engine = engine
        self.numbers = count()
        paths = [path for path in sys.path if path]
        environment = {**SETTINGS, **os.environ, "KERAS_BACKEND": engine, "PYTHONPATH": os.pathsep.join(paths)}
        command = [sys.executable, "-m", "archc_keras.served", engine]
        self.process = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        atexit.register(self.end)

    def ask(self, *request: Any) -> Any:
        """Return what the process answers. Raises RuntimeError with what went wrong there, and MissingFramework."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        try:
            pickle.dump(request, self.process.stdin, protocol=pickle.HIGHEST_PROTOCOL)
            self.process.stdin.flush()
            kind, answer = pickle.load(self.process.stdout)
        except (BrokenPipeError, EOFError) as error:
            process.cache_clear()
            raise RuntimeError(f"the process of Keras on {self.engine} ended, with {self.process.wait()}") from error
        if kind == "missing":
            raise MissingFramework(answer)
        if kind == "error":
            raise RuntimeError(f"Keras on {self.engine}: {answer}")
        return answer

    def end(self) -> None:
        """Close the pipes, upon which the process leaves."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        with suppress(BrokenPipeError):  # it has ended already
            self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


@cache
def process(engine: str) -> Process:
    """Return the one process of an engine, started where there is none."""
    return Process(engine)


class RemoteRunner:
    """A model of emitted Keras source in another process."""

    def __init__(self, engine: str, graph: Graph, plain: Emitted, probed: Emitted, dtype: str) -> None:
        self.process = process(engine)
        self.number = next(self.process.numbers)
        self.process.ask("build", self.number, outline(graph), plain, probed, dtype)
        weakref.finalize(self, _forget, self.process, self.number).atexit = False

    def load(self, weights: Arrays) -> None:
        """Set every weight."""
        self.process.ask("load", self.number, dict(weights))

    def weights(self) -> dict[str, Array]:
        """Return every weight."""
        found: dict[str, Array] = self.process.ask("weights", self.number)
        return found

    def layers(self, inputs: Arrays) -> dict[str, Array]:
        """Return what each named layer gives."""
        found: dict[str, Array] = self.process.ask("layers", self.number, inputs)
        return found

    def outputs(self, inputs: Arrays) -> dict[str, Array]:
        """Return each output's logits."""
        found: dict[str, Array] = self.process.ask("outputs", self.number, inputs)
        return found

    def gradients(self, inputs: Arrays, targets: Arrays) -> Gradients:
        """Return loss and gradients."""
        found: Gradients = self.process.ask("gradients", self.number, inputs, targets)
        return found

    def train(self, batches: Sequence[tuple[Arrays, Arrays]], learning_rate: float) -> Training:
        """Take one step of plain SGD for each batch."""
        found: Training = self.process.ask("train", self.number, list(batches), learning_rate)
        return found


def _forget(held: Process, number: int) -> None:
    if held.process.poll() is None and held.process.stdin is not None and not held.process.stdin.closed:
        held.ask("forget", number)
