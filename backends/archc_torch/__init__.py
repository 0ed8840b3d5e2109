"""The PyTorch backend of archc. Importing it imports no framework."""

from __future__ import annotations

from collections.abc import Sequence
from struct import pack, unpack
from typing import TYPE_CHECKING

from archc.backend import Backend, Emitted, MissingFramework, Probe, Runner
from archc.emit.spelling import View

if TYPE_CHECKING:
    from archc.backend import Arrays
    from archc.graph import Graph, Layer
    from archc.ops.base import Op
    from archc.training.plan import Plan


class Torch:
    """Emits `nn.Module` classes: images channels first, one class a block."""

    name = "torch"
    title = "PyTorch"
    extra = "torch"
    suffix = ".py"
    weights = ".safetensors"
    launcher = "torchrun"

    def supports(self, layer: Layer) -> str | None:
        from archc_torch.spell import refuse

        return refuse(layer.op, *[View(shape) for shape in layer.shapes])

    def emit(self, graph: Graph, *, origin: str, strict: bool = False, probe: bool = False) -> Emitted:
        from archc_torch.model import write_model

        return write_model(graph, origin, strict=strict, probe=probe)

    def training(self, plan: Plan) -> str:
        from archc_torch.training import write_training

        return write_training(plan)

    def versions(self) -> dict[str, str]:
        try:
            import torch
        except ImportError as error:
            raise MissingFramework("PyTorch is not installed: `pip install 'archc[torch]'`") from error
        return {"torch": str(torch.__version__)}

    def runner(self, graph: Graph, *, dtype: str, strict: bool = False) -> Runner:
        from archc_torch.runner import build

        plain = self.emit(graph, origin=graph.name, strict=strict)
        probed = self.emit(graph, origin=graph.name, strict=strict, probe=True)
        return build(graph, plain, probed, dtype=dtype)

    def probe(self, graph: Graph, weights: Arrays, paths: Sequence[str]) -> Probe:
        from archc_torch.probe import TorchProbe

        return TorchProbe(graph, self.emit(graph, origin=graph.name, probe=True), weights, paths)

    def limits(self, graph: Graph, *, dtype: str, strict: bool) -> list[str]:
        from archc.compare import op_names, ops_of

        names = {name for layer in graph.layers for name in op_names(layer)}
        found = []
        if "batch_norm" in names and not strict:
            found.append(
                "batch_norm.running_var: PyTorch's running variance divides by n - 1 where the spec's divides by n "
                "(see --strict)"
            )
        if "softplus" in names and dtype == "float64":
            found.append("softplus: PyTorch takes it for linear above 20; equality is shown to float32's precision")
        if dtype == "float64" and any(_rounded(op) for layer in graph.layers for op in ops_of(layer)):
            found.append("celu: PyTorch holds alpha in float32 in its gradient; it is shown to float32's precision")
        return found


def _rounded(op: Op) -> bool:
    """Tell whether an op is a celu whose alpha is no float32."""
    alpha = float(getattr(op, "alpha", 1.0)) if op.name == "celu" else 1.0
    return bool(unpack("f", pack("f", alpha))[0] != alpha)


backend: Backend = Torch()
