"""What Keras computes with, apart from TensorFlow: the same source, with `KERAS_BACKEND` set, in its own process."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from archc.backend import Backend, Emitted, MissingFramework, NoBackend, Runner

if TYPE_CHECKING:
    from archc.graph import Graph, Layer

EXTRAS = {"tensorflow": "keras", "jax": "keras-jax", "torch": "keras,torch"}
"""Each engine, and the extras of archc that bring it."""

TITLES = {"tensorflow": "TensorFlow", "jax": "JAX", "torch": "PyTorch"}

here = "tensorflow"
"""The engine of this process, settled before Keras is imported."""


def extra() -> str:
    """Return the extra that brings this process's engine."""
    return EXTRAS[here]


class OnEngine:
    """The Keras backend on another engine: its name is `keras:jax`, say."""

    suffix = ".py"

    def __init__(self, keras: Backend, engine: str) -> None:
        if engine not in EXTRAS:
            raise NoBackend(f"Keras does not run on `{engine}`; it runs on: {', '.join(EXTRAS)}")
        self.keras = keras
        self.engine = engine
        self.name = f"keras:{engine}"
        self.title = f"Keras on {TITLES[engine]}"
        self.extra = EXTRAS[engine]

    def supports(self, layer: Layer) -> str | None:
        from archc_keras.limits import refused_on

        return self.keras.supports(layer) or refused_on(self.engine, layer)

    def emit(self, graph: Graph, *, origin: str, strict: bool = False, probe: bool = False) -> Emitted:
        return self.keras.emit(graph, origin=origin, strict=strict, probe=probe)

    def versions(self) -> dict[str, str]:
        """Return the versions of Keras and its engine, imported here by nobody."""
        from importlib.metadata import version

        missing = [name for name in ("keras", self.engine) if find_spec(name) is None]
        if missing:
            verb = "is" if len(missing) == 1 else "are"
            raise MissingFramework(f"{' and '.join(missing)} {verb} not installed: `pip install 'archc[{self.extra}]'`")
        return {name: version(name) for name in ("keras", self.engine)}

    def runner(self, graph: Graph, *, dtype: str, strict: bool = False) -> Runner:
        from archc_keras.remote import RemoteRunner

        plain = self.emit(graph, origin=graph.name, strict=strict)
        probed = self.emit(graph, origin=graph.name, strict=strict, probe=True)
        return RemoteRunner(self.engine, graph, plain, probed, dtype)

    def limits(self, graph: Graph, *, dtype: str, strict: bool) -> list[str]:
        from archc_keras.limits import limits_on

        del strict
        return limits_on(self.engine, graph, dtype=dtype)
