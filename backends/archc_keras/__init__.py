"""The Keras backend of archc. Importing it imports no framework."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from archc.backend import Backend, Emitted, Probe, Runner
from archc.emit.spelling import View

if TYPE_CHECKING:
    from archc.backend import Arrays
    from archc.graph import Graph, Layer
    from archc.training.plan import Plan


class Keras:
    """Emits functional models: channels last, one function a block."""

    name = "keras"
    title = "Keras"
    extra = "keras"
    suffix = ".py"
    weights = ".weights.h5"
    launcher = "tf_config"

    def supports(self, layer: Layer) -> str | None:
        from archc_keras.spell import refuse

        return refuse(layer.op, *[View(shape, False) for shape in layer.shapes])

    def emit(self, graph: Graph, *, origin: str, strict: bool = False, probe: bool = False) -> Emitted:
        from archc_keras.model import write_model

        del strict  # Keras's own parts are what PyTorch's are brought to agree with
        return write_model(graph, origin, probe=probe)

    def training(self, plan: Plan) -> str:
        from archc_keras.training import write_training

        return write_training(plan)

    def versions(self) -> dict[str, str]:
        from archc_keras.session import versions

        return versions()

    def runner(self, graph: Graph, *, dtype: str, strict: bool = False) -> Runner:
        from archc_keras.runner import build

        plain = self.emit(graph, origin=graph.name, strict=strict)
        probed = self.emit(graph, origin=graph.name, strict=strict, probe=True)
        return build(graph, plain, probed, dtype=dtype)

    def on(self, engine: str) -> Backend:
        """Return Keras on another engine than TensorFlow."""
        from archc_keras.engines import OnEngine

        return self if engine == "tensorflow" else OnEngine(self, engine)

    def probe(self, graph: Graph, weights: Arrays, paths: Sequence[str]) -> Probe:
        from archc_keras.probe import KerasProbe

        return KerasProbe(graph, self.emit(graph, origin=graph.name, probe=True), weights, paths)

    def limits(self, graph: Graph, *, dtype: str, strict: bool) -> list[str]:
        from archc_keras.limits import limits

        del strict
        return limits(graph, dtype=dtype)


backend: Backend = Keras()
