"""How tests write ONNX models, and run them in either engine."""

from __future__ import annotations

from typing import Any

from archc.backend import WeightedBackend, find
from archc.graph import Graph


def backend() -> WeightedBackend:
    found = find("onnx")
    assert isinstance(found, WeightedBackend)
    return found


def model(graph: Graph, weights: Any = None, **more: Any) -> Any:
    from archc_onnx.model import write_model

    return write_model(graph, "net.yaml", weights, **more).model


def results(graph: Graph, dtype: str, inputs: Any, weights: Any) -> dict[str, Any]:
    runner = backend().runner(graph, dtype=dtype)
    runner.load(weights)
    return runner.layers(inputs)
