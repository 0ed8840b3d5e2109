"""Every example of every op: both backends agree on outputs, gradients and training, or one refuses with a reason."""

from __future__ import annotations

import json
from typing import Any

import pytest

from archc.backend import find
from archc.compile import load_text
from archc.ops import OPS, Example
from archc.shapes import Shape
from archc.verify import verify


def spec(name: str, example: Example) -> str:
    """Return a network of one op as JSON, which is YAML."""
    inputs = {f"x{place}": axes(shape) for place, shape in enumerate(example.inputs)}
    step: dict[str, Any] = {name: example.args or None}
    if len(inputs) > 1:
        step["from"] = list(inputs)
    return json.dumps({"archc": 1, "name": "net", "inputs": inputs, "layers": [step]})


def axes(shape: Shape) -> dict[str, Any]:
    """Return a shape as specs write it."""
    found: dict[str, Any] = dict(zip(shape.axes, shape.sizes, strict=True))
    return found if shape.vocabulary is None else {**found, "vocabulary": shape.vocabulary}


@pytest.mark.framework
@pytest.mark.parametrize("name", list(OPS))
def test_backends_agree_on_every_example(name: str) -> None:
    backends = [find("torch"), find("keras")]
    failed = []
    for example in OPS[name].examples:
        graph = load_text(spec(name, example))
        reasons = [backend.supports(layer) for backend in backends for layer in graph.layers]
        if any(reasons):
            assert all(reason is None or len(reason.split()) > 3 for reason in reasons), "a reason is a sentence"
            continue
        result = verify(graph, backends, steps=1)
        if not result.equal:
            failed.append(f"{example.args} of {[str(x) for x in example.inputs]}: {result.text()}")
    assert not failed, "\n".join(failed)
