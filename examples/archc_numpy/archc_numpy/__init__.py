"""A backend for archc that writes a network's forward pass in NumPy. Importing it imports no NumPy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archc.backend import Backend, Emitted, MissingFramework, Runner

if TYPE_CHECKING:
    from archc.graph import Graph, Layer


class Numpy:
    """Emits one function: arrays by name in, arrays by name out, channels last as the spec has them."""

    name = "numpy"
    title = "NumPy"
    extra = "numpy"
    suffix = ".py"

    def supports(self, layer: Layer) -> str | None:
        from archc_numpy.spell import refuse

        return refuse(layer)

    def emit(self, graph: Graph, *, origin: str, strict: bool = False, probe: bool = False) -> Emitted:
        from archc_numpy.source import write

        del strict  # a forward pass has no training that could differ
        return Emitted(write(graph, origin, probe=probe))

    def versions(self) -> dict[str, str]:
        try:
            import numpy
        except ImportError as error:
            raise MissingFramework("NumPy is not installed: `pip install numpy`") from error
        return {"numpy": numpy.__version__}

    def runner(self, graph: Graph, *, dtype: str, strict: bool = False) -> Runner:
        from archc_numpy.runner import NumpyRunner

        plain, probed = (self.emit(graph, origin=graph.name, probe=probe).source for probe in (False, True))
        return NumpyRunner(graph, plain, probed, dtype)

    def limits(self, graph: Graph, *, dtype: str, strict: bool) -> list[str]:
        return []  # nothing is computed in less than it is asked for


backend: Backend = Numpy()
