"""Every example of every op: both backends agree on outputs, gradients and training, or one refuses with a reason."""

from __future__ import annotations

import pytest

from archc.backend import find
from archc.compile import load_text
from archc.ops import OPS
from archc.testing.conformance import one_op
from archc.verify import verify


@pytest.mark.framework
@pytest.mark.parametrize("name", list(OPS))
def test_backends_agree_on_every_example(name: str) -> None:
    backends = [find("torch"), find("keras")]
    failed = []
    for example in OPS[name].examples:
        graph = load_text(one_op(name, example.args, example.inputs))
        reasons = [backend.supports(layer) for backend in backends for layer in graph.layers]
        if any(reasons):
            assert all(reason is None or len(reason.split()) > 3 for reason in reasons), "a reason is a sentence"
            continue
        result = verify(graph, backends, steps=1)
        if not result.equal:
            failed.append(f"{example.args} of {[str(x) for x in example.inputs]}: {result.text()}")
    assert not failed, "\n".join(failed)
