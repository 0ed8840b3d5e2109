"""Convert weights between PyTorch's `.safetensors` and Keras's `.weights.h5`, every tensor accounted for."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from archc.backend import MissingFramework, Runner, find
from archc.document import Mark
from archc.graph import Graph
from archc.hdf5 import moved, note
from archc.problems import Note, Problems, SpecError, nearest, whole_file
from archc.write import write_bytes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

SAFETENSORS = ".safetensors"
KERAS = ".weights.h5"
COUNTER = "num_batches_tracked"
"""A batch norm's count of its steps in PyTorch, which is no weight, but must be in the file."""

SEVERAL = 3
"""Up to so many weights are told one by one."""

OTHER = "the file may be another network's"

FLOATS = {"F64": "float64", "F32": "float32", "F16": "float16"}


class Converted(NamedTuple):
    """How many tensors and numbers were carried over."""

    tensors: int
    numbers: int


class KerasFiles(Runner, Protocol):
    """What the Keras backend's runner can do besides."""

    def places(self) -> dict[str, tuple[str, str, tuple[int, ...]]]:
        """Return, for each weight: its dataset in a `.weights.h5` file, the layer's name there, the dataset's shape."""

    def from_keras(self, name: str, array: Array) -> Array:
        """Turn a Keras variable's axes into those of the weight."""

    def save(self, path: Path) -> None:
        """Write a `.weights.h5` file."""


def convert(graph: Graph, source: str, target: str, *, force: bool = False) -> Converted:
    """Read the network's weights from `source` and write them to `target`; the files' suffixes say how.

    Raises SpecError with all that is wrong with `source`, MissingFramework, NotOurs where `target` is there and not
    `force`, and OSError.
    """
    files = _Files(graph)
    for path in (source, target):
        files.known_suffix(path)
    files.problems.stop_on_errors()
    try:
        arrays = files.read_keras(source) if source.endswith(KERAS) else files.read_safetensors(source)
        files.problems.stop_on_errors()
        content = files.keras(arrays) if target.endswith(KERAS) else files.safetensors(arrays)
    except ModuleNotFoundError as error:
        raise MissingFramework(f"`{error.name}` is not installed: `pip install 'archc[torch,keras]'`") from error
    write_bytes(target, content, force=force)
    weights = [array for name, array in arrays.items() if not name.endswith(COUNTER)]
    return Converted(len(weights), sum(array.size for array in weights))


def read(graph: Graph, path: str) -> dict[str, Array]:
    """Return the network's weights from a file of either kind, by PyTorch's names and in its layouts.

    Raises SpecError with all that is wrong with the file, MissingFramework and OSError.
    """
    files = _Files(graph)
    files.known_suffix(path)
    files.problems.stop_on_errors()
    try:
        arrays = files.read_keras(path) if path.endswith(KERAS) else files.read_safetensors(path)
    except ModuleNotFoundError as error:
        raise MissingFramework(f"`{error.name}` is not installed: `pip install 'archc[torch,keras]'`") from error
    return {name: arrays[name] for name in files.shapes}


class _Files:
    """Reads and writes weights of one network, and gathers what is wrong."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.problems = Problems()
        self.shapes = {name: tuple(int(str(n)) for n in weight.shape) for name, weight in graph.weights().items()}
        self.marks: dict[str, Mark] = {}
        for layer in graph.layers:
            node = layer.turn.step.node
            self.problems.sources[node.source.name] = node.source
            self.marks |= {f"{layer.path}.{name}": node.mark for name in layer.weights()}
        self.counters = [
            f"{name.rpartition('.')[0]}.{COUNTER}" for name in self.shapes if name.endswith(".running_mean")
        ]
        self.zeros = {name: tuple(int(str(n)) for n in shape) for name, shape in graph.zeros().items()}
        self._runner: KerasFiles | None = None

    def known_suffix(self, path: str) -> None:
        """Refuse a file that is of neither kind."""
        if not path.endswith((SAFETENSORS, KERAS)):
            help = f"`NAME{SAFETENSORS}` or `NAME{KERAS}`"
            self._whole("E0707", path, f"`{path}` is no file of weights by its name", help)

    def read_safetensors(self, path: str) -> dict[str, Array]:
        """Return the weights of a `.safetensors` file, in the network's order."""
        from safetensors import SafetensorError, safe_open

        _openable(path)
        try:
            with safe_open(path, framework="numpy") as file:
                slices = {name: file.get_slice(name) for name in file.keys()}  # noqa: SIM118
                found = {name: tuple(part.get_shape()) for name, part in slices.items()}
                self._check(path, found, self.shapes, [*self.counters, *self.zeros])
                self._shapes(path, {name: (found[name], shape) for name, shape in self.zeros.items() if name in found})
                self._check_types(path, {name: slices[name].get_dtype() for name in self.shapes if name in slices})
                self.problems.stop_on_errors()
                arrays = {name: file.get_tensor(name) for name in self.shapes}
                for name in self.zeros.keys() & slices.keys():  # trained elsewhere: only the biases' sum counts
                    arrays[name.replace("bias_hh", "bias_ih")] += file.get_tensor(name)
                return arrays | {name: file.get_tensor(name) for name in self.counters if name in slices}
        except SafetensorError:
            raise self._broken(path, "safetensors") from None

    def read_keras(self, path: str) -> dict[str, Array]:
        """Return the weights of a `.weights.h5` file, in the network's order."""
        import h5py
        import numpy as np

        _openable(path)
        runner = self._keras("float32")
        places = runner.places()
        try:
            with h5py.File(path) as file:
                datasets: dict[str, Any] = {}
                layers: dict[str, str] = {}
                file.visititems(lambda place, item: note(datasets, layers, place, item))
                found = {name: (moved(place, layer, layers), shape) for name, (place, layer, shape) in places.items()}
                self._check_datasets(path, datasets, found)
                self.problems.stop_on_errors()
                return {name: runner.from_keras(name, np.array(datasets[place])) for name, (place, _) in found.items()}
        except OSError:
            raise self._broken(path, "HDF5") from None

    def safetensors(self, arrays: Mapping[str, Array]) -> bytes:
        """Return a `.safetensors` file that PyTorch's model loads strictly."""
        import numpy as np
        from safetensors.numpy import save

        more = {name: arrays.get(name, np.zeros((), np.int64)) for name in self.counters}
        kind = next((array.dtype for array in arrays.values() if array.dtype.kind == "f"), "float32")
        more |= {name: np.zeros(shape, kind) for name, shape in self.zeros.items()}
        # The library writes the memory of an array that is not contiguous as it lies, in the wrong order.
        content: bytes = save(
            {name: np.ascontiguousarray(array) if array.ndim else array for name, array in {**arrays, **more}.items()},
            metadata={"format": "pt"},
        )
        return content

    def keras(self, arrays: Mapping[str, Array]) -> bytes:
        """Return a `.weights.h5` file."""
        weights = {name: arrays[name] for name in self.shapes}
        runner = self._keras("float64" if any(a.dtype == "float64" for a in weights.values()) else "float32")
        runner.load(weights)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, f"{self.graph.name}{KERAS}")
            runner.save(path)
            return path.read_bytes()

    def _keras(self, dtype: str) -> KerasFiles:
        return find("keras").runner(self.graph, dtype=dtype)  # type: ignore[return-value]

    def _check(
        self,
        path: str,
        found: Mapping[str, tuple[int, ...]],
        wanted: Mapping[str, tuple[int, ...]],
        spare: Iterable[str],
    ) -> None:
        """Note what the file lacks, what it has too much, and what has another shape."""
        spare = set(spare)
        unknown = [name for name in found if name not in wanted and name not in spare]
        missing = [name for name in wanted if name not in found]
        if len(missing) > SEVERAL:
            self._several("E0703", f"`{path}` lacks", missing, unknown)
            return
        self._shapes(path, {name: (found[name], shape) for name, shape in wanted.items() if name in found})
        for name in missing:
            self._missing(path, name, unknown)
        self._unknown(path, unknown, missing)

    def _missing(self, path: str, name: str, unknown: list[str]) -> None:
        near = nearest(name, unknown)
        self.problems.add(
            "E0703", f"`{path}` has no weight `{name}`", self.marks[name],
            help=f"it has `{near}`: rename that" if near else OTHER,
        )  # fmt: skip

    def _several(self, code: str, what: str, names: list[str], unknown: list[str]) -> None:
        """Report many weights at once, at the first of them."""
        notes = [Note(f"it has {_few(unknown)} instead")] if unknown else []
        text = f"{what} {_few(names)}, of {len(self.shapes)} weights of `{self.graph.name}`"
        self.problems.add(code, text, self.marks[names[0]], notes=notes, help=OTHER)

    def _shapes(self, path: str, pairs: Mapping[str, tuple[tuple[int, ...], tuple[int, ...]]]) -> None:
        """Report what has another shape in the file than in the network."""
        other = [name for name, (found, wanted) in pairs.items() if found != wanted]
        if len(other) > SEVERAL:
            self._several("E0705", f"`{path}` has other shapes for", other, [])
            return
        for name in other:
            found, wanted = pairs[name]
            text = f"`{name}` is {_written(found)} in `{path}`, and {_written(wanted)} here"
            self.problems.add("E0705", text, self.marks[name], help="its sizes and the spec's must be the same")

    def _check_types(self, path: str, types: Mapping[str, str]) -> None:
        other: dict[str, list[str]] = {}
        for name, kind in types.items():
            if kind not in FLOATS:
                other.setdefault(kind, []).append(name)
        for kind, names in other.items():
            text = f"{_few(names)} {'is' if len(names) == 1 else 'are'} of type {kind} in `{path}`"
            self.problems.add("E0706", text, self.marks[names[0]], help=f"save it with one of {', '.join(FLOATS)}")

    def _check_datasets(
        self, path: str, datasets: Mapping[str, Any], places: Mapping[str, tuple[str, tuple[int, ...]]]
    ) -> None:
        """Check a `.weights.h5` file, whose names are Keras's own."""
        taken = {place for place, _ in places.values()}
        # A dropout's seed and an optimizer's state are no weights.
        unknown = [
            place
            for place in datasets
            if place not in taken and place.startswith("layers/") and "seed_generator" not in place
        ]
        missing = [name for name, (place, _) in places.items() if place not in datasets]
        if len(missing) > SEVERAL:
            self._several("E0703", f"`{path}` lacks", missing, unknown)
            return
        for name in missing:
            text = f"`{path}` has no weight `{name}`, which would be `{places[name][0]}` in it"
            self.problems.add("E0703", text, self.marks[name], help=OTHER)
        there = {name: (datasets[place], shape) for name, (place, shape) in places.items() if place in datasets}
        self._shapes(path, {name: (data.shape, shape) for name, (data, shape) in there.items()})
        kinds = {name: data.dtype for name, (data, shape) in there.items() if data.shape == shape}
        self._check_types(path, {name: str(kind) for name, kind in kinds.items() if kind.kind != "f"})
        self._unknown(path, unknown, [])

    def _unknown(self, path: str, unknown: list[str], missing: list[str]) -> None:
        if unknown:
            near = nearest(unknown[0], missing) if len(unknown) == 1 else None
            few = f"{_few(unknown)}, which {'is no weight' if len(unknown) == 1 else 'are no weights'}"
            help = f"is `{near}` meant?" if near else OTHER
            self._whole("E0704", path, f"`{path}` has {few} of `{self.graph.name}`", help)

    def _whole(self, code: str, path: str, message: str, help: str) -> None:
        """Note what no layer is to blame for, and the file is."""
        self.problems.add(code, message, whole_file(path), help=help)

    def _broken(self, path: str, kind: str) -> SpecError:
        text = f"`{path}` is no {kind} file, or breaks off before its end"
        self._whole("E0702", path, text, "write or fetch it again")
        return SpecError(self.problems.found, self.problems.sources)


def _openable(path: str) -> None:
    """Raise OSError, in the system's words, for a file that cannot be read."""
    with open(path, "rb") as file:
        file.read(1)


def _few(names: list[str]) -> str:
    """Return the first few names, and how many there are where there are more."""
    first = ", ".join(f"`{name}`" for name in names[:SEVERAL])
    return first if len(names) <= SEVERAL else f"{len(names)} weights ({first}, ...)"


def _written(shape: tuple[int, ...]) -> str:
    return "x".join(str(size) for size in shape) or "one number"
