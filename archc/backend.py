"""What a backend is, and how installed ones are found."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, runtime_checkable

if TYPE_CHECKING:
    import numpy as np

    from archc.entry_points import Point
    from archc.graph import Graph, Layer

    Arrays = Mapping[str, np.ndarray]

GROUP = "archc.backends"
MEMBERS = ("name", "title", "extra", "suffix", "supports", "emit", "versions", "runner", "limits")
"""What every backend must have."""


class MissingFramework(Exception):
    """A backend's framework cannot be imported; the message says which extra to install."""


class ForwardOnly(Exception):
    """A runner's model is for inference: there are no gradients, and it cannot be trained."""


class BackendFault(Exception):
    """A stranger's backend failed where it should have worked, or refused. The message says how."""

    def __init__(self, backend: Backend, what: str) -> None:
        super().__init__(what)
        self.name = backend.name


class Emitted(NamedTuple):
    """Source text, and where sequences keep their channels in it.

    `layouts` maps the names of inputs to `channels_first` or `channels_last`, and `outputs` those of outputs; images
    not named here are as the backend always has them.
    """

    source: str
    layouts: Mapping[str, str] = {}
    outputs: Mapping[str, str] = {}


class Gradients(NamedTuple):
    """The loss, and its gradients by weight (PyTorch's names and layouts) and by input (the spec's axis order)."""

    loss: float
    weights: dict[str, Any]
    inputs: dict[str, Any]


class Training(NamedTuple):
    """The loss before each step of SGD, and the weights after the last."""

    losses: list[float]
    weights: dict[str, Any]


class Runner(Protocol):
    """A model that a backend built from its own emitted source, in float64 or float32, on one thread.

    Arrays have a batch axis first and then the spec's axes in the spec's order (height, width, channels ...). The loss
    of `gradients` and `train` is the sum over outputs of the mean squared difference of logits and targets, in training
    mode with every dropout rate and noise set to zero.
    """

    def load(self, weights: Arrays) -> None:
        """Set every weight, given by PyTorch's names and layouts."""

    def weights(self) -> dict[str, np.ndarray]:
        """Return every weight, by PyTorch's names and layouts."""

    def layers(self, inputs: Arrays) -> dict[str, np.ndarray]:
        """Return what each named layer gives in evaluation mode, after its activation, by path."""

    def outputs(self, inputs: Arrays) -> dict[str, np.ndarray]:
        """Return each output's logits in evaluation mode, from the source as emitted."""

    def gradients(self, inputs: Arrays, targets: Arrays) -> Gradients:
        """Return loss and gradients. Raises ForwardOnly."""

    def train(self, batches: Sequence[tuple[Arrays, Arrays]], learning_rate: float) -> Training:
        """Take one step of plain SGD for each batch of inputs and targets. Raises ForwardOnly."""


class Backend(Protocol):
    """A package that emits source for one framework."""

    name: str
    """As on the command line: `torch`."""
    title: str
    """As in prose: `PyTorch`."""
    extra: str
    """The extra of archc's distribution, or the package, that brings the framework."""
    suffix: str
    """Of the files it writes: `.py`."""

    def supports(self, layer: Layer) -> str | None:
        """Return why a layer cannot be spelled, in words for the user; None where it can."""

    def emit(self, graph: Graph, *, origin: str, strict: bool = False, probe: bool = False) -> Emitted:
        """Return the source of `graph`. `origin` is the spec's file name, for the header.

        With `probe`, the same source in which each named layer's result passes through a function `_probe` that the
        caller provides.
        """

    def versions(self) -> dict[str, str]:
        """Return the versions of the framework. Raises MissingFramework."""

    def runner(self, graph: Graph, *, dtype: str, strict: bool = False) -> Runner:
        """Build the model that the emitted source describes. Raises MissingFramework."""

    def limits(self, graph: Graph, *, dtype: str, strict: bool) -> list[str]:
        """Return what this backend does not claim for these layers, each as `op: what and why`."""


@runtime_checkable
class WeightedBackend(Backend, Protocol):
    """A backend whose files hold the weights too, and are no text."""

    def write(self, graph: Graph, weights: Arrays, *, origin: str) -> bytes:
        """Return the file of `graph` with these weights, by PyTorch's names and layouts. Raises MissingFramework."""


@runtime_checkable
class EnginedBackend(Backend, Protocol):
    """A backend whose one source runs on several engines, each asked for as `NAME:ENGINE`."""

    def on(self, engine: str) -> Backend:
        """Return this backend on an engine. Raises NoBackend."""


class Probe(Protocol):
    """A trained model that shows what single layers give, and how one depends on another; in evaluation mode.

    Layers go by their paths, inputs by their names. Arrays have a batch axis first, then the spec's axes in its order.
    """

    def values(self, inputs: Arrays) -> dict[str, np.ndarray]:
        """Return what each of the chosen layers gives, after its activation."""

    def gradient(self, inputs: Arrays, of: str, by: str, weights: np.ndarray) -> np.ndarray:
        """Return the gradient of the sum of `weights` times layer `of`, by a layer or an input `by`."""


@runtime_checkable
class ProbingBackend(Backend, Protocol):
    """A backend whose models can be looked into, for `archc features`."""

    def probe(self, graph: Graph, weights: Arrays, paths: Sequence[str]) -> Probe:
        """Build the emitted model in float32, on the GPU where there is one, with weights by PyTorch's names.

        `paths` are the layers to be looked at; a final softmax or sigmoid is not among them. Raises MissingFramework.
        """


SHIPPED = ("archc_torch:backend", "archc_keras:backend", "archc_onnx:backend")
"""The backends that come along: a stranger's of the same name does not take their place."""

_loaded: dict[Point, Backend | str] = {}
"""What became of the entry points that were asked for: a backend, or why there is none."""


waited: dict[str, float] = {}
"""How many seconds each import of a backend took."""


class NoBackend(LookupError):
    """No backend of this name can be used; the message says which can."""


@contextmanager
def blamed(backend: Backend) -> Iterator[None]:
    """Call a stranger's backend: what it raises, or that it leaves, is its own fault. Raises BackendFault."""
    from archc.emit.slots import Irregular
    from archc.problems import SpecError

    try:
        yield
    except (SpecError, Irregular, MissingFramework, ForwardOnly, KeyboardInterrupt):
        raise
    except BaseException as error:
        if f"{type(backend).__module__}:backend" in SHIPPED:
            raise
        raise BackendFault(backend, f"{type(error).__name__}: {error}") from error


def find(name: str) -> Backend:
    """Return the installed backend called `name`, or `name:engine`; no other is imported.

    Raises NoBackend, or MissingFramework where its package cannot be used.
    """
    name, colon, engine = name.partition(":")
    found = _found(name)
    if not colon:
        return found
    if not isinstance(found, EnginedBackend):
        raise NoBackend(f"the backend `{name}` has one engine alone: leave `:{engine}` out")
    return found.on(engine)


def _found(name: str) -> Backend:
    point = _chosen().get(name)
    if point is None:
        known = ", ".join(backends()) or "none"
        raise NoBackend(f"there is no backend `{name}`; installed: {known}")
    found = _load(point)
    if isinstance(found, str):
        raise MissingFramework(f"backend `{name}` is installed and cannot be used: {found}")
    return found


def backends() -> dict[str, Backend]:
    """Return every installed backend by name. One that cannot be used is left out (see `faults`)."""
    found = {name: _load(point) for name, point in _chosen().items()}
    return {name: backend for name, backend in found.items() if not isinstance(backend, str)}


def faults() -> dict[str, str]:
    """Return the installed backends that cannot be used, with the reason."""
    chosen = _chosen()
    found = {}
    for point in _points():
        if chosen[point.name] != point:
            found[f"{point.name} ({point.value})"] = f"the name `{point.name}` is taken by {chosen[point.name].value}"
        elif isinstance(reason := _load(point), str):
            found[point.name] = reason
    return found


def _points() -> list[Point]:
    from archc.entry_points import entry_points

    return sorted(entry_points(GROUP))


def _chosen() -> dict[str, Point]:
    """Return one entry point for each name: the one that comes along, else the first."""
    found: dict[str, Point] = {}
    for point in _points():
        if point.name not in found or point.value in SHIPPED:
            found[point.name] = point
    return found


def _load(point: Point) -> Backend | str:
    if point not in _loaded:
        _loaded[point] = _imported(point)
    return _loaded[point]


def _imported(point: Point) -> Backend | str:
    start = time.monotonic()
    try:
        with redirect_stdout(sys.stderr):  # standard output is for what archc writes
            found = point.load()
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a stranger's package may do anything at import, also leave
        return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    finally:
        waited[point.name] = time.monotonic() - start
    missing = [member for member in MEMBERS if not hasattr(found, member)]
    if missing:
        return f"{point.value} is no backend: it lacks {', '.join(missing)}"
    backend: Backend = found
    return backend
