"""The ONNX backend of archc. Importing it imports neither onnx nor numpy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archc.backend import Emitted, MissingFramework, Runner, WeightedBackend
from archc.problems import Problems

if TYPE_CHECKING:
    from archc.backend import Arrays
    from archc.graph import Graph, Layer

BYTES = 4
LARGEST = 2**31 - 2**20
"""How many bytes of weights fit a message of protobuf, with room for all else."""
MISSING = "ONNX is not installed: `pip install 'archc[onnx]'`"


class Onnx:
    """Writes models for inference: binary files that hold the weights too, channels first."""

    name = "onnx"
    title = "ONNX"
    extra = "onnx"
    suffix = ".onnx"

    def supports(self, layer: Layer) -> str | None:
        from archc_onnx.spell import refuse

        return refuse(layer)

    def emit(self, graph: Graph, *, origin: str, strict: bool = False, probe: bool = False) -> Emitted:
        """Return the model as ONNX's text, with the weights as inputs; `probe` makes every layer an output."""
        del strict  # a model for inference
        try:
            from onnx.printer import to_text

            from archc_onnx.model import write_model
        except ImportError as error:
            raise MissingFramework(MISSING) from error
        text: str = to_text(
            write_model(graph, origin, None, shown=[x.path for x in graph.layers] if probe else ()).model
        )
        return Emitted(
            text + "\n", {name: "channels_first" for name, x in graph.inputs.items() if x.kind == "sequence"}
        )

    def write(self, graph: Graph, weights: Arrays, *, origin: str) -> bytes:
        """Return the file. Raises SpecError where it would be larger than a file may be."""
        _refuse_too_large(graph)
        try:
            from archc_onnx.model import write_model
        except ImportError as error:
            raise MissingFramework(MISSING) from error
        content: bytes = write_model(graph, origin, weights).model.SerializeToString(deterministic=True)
        return content

    def versions(self) -> dict[str, str]:
        try:
            import onnx
            import onnxruntime
        except ImportError as error:
            raise MissingFramework(MISSING) from error
        return {"onnx": str(onnx.__version__), "onnxruntime": str(onnxruntime.__version__)}

    def runner(self, graph: Graph, *, dtype: str, strict: bool = False) -> Runner:
        del strict
        self.versions()
        from archc_onnx.runner import OnnxRunner

        return OnnxRunner(graph, dtype)

    def limits(self, graph: Graph, *, dtype: str, strict: bool) -> list[str]:
        return ["ONNX: it is for inference, so that its gradients and training are not compared"]


def _refuse_too_large(graph: Graph) -> None:
    size = BYTES * sum(int(str(weight.elements)) for weight in graph.weights().values())
    if size > LARGEST:
        problems = Problems()
        problems.sources = graph.sources
        message = f"the weights take {size / 2**30:.1f} GiB, and an ONNX file holds at most 2"
        problems.add("E0708", message, graph.spec.node.mark, help="write PyTorch or Keras source")
        problems.stop_on_errors()


backend: WeightedBackend = Onnx()
