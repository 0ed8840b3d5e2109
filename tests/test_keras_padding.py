"""Keras pads by a layer of its own only where a block strides; either way the windows are those of PyTorch."""

from __future__ import annotations

import pytest

from archc.backend import find
from archc.compile import load_text
from archc.graph import Graph

SAME = 'padding = "same" if stride == 1 else "valid"'
PADDED = "layers.ZeroPadding2D("
CASES = {
    "two strides": (["{stride: 1}", "{stride: 2}"], "if stride > 1:", 1),
    "the stride alone tells where": (
        ["{stride: 1}", "{stride: 2, kernel: 1}", "{stride: 3}"],
        "if stride > 1 and kernel > 1:",
        1,
    ),
    "strides everywhere": (["{stride: 3}", "{stride: 2}"], "", 0),
    "no strides": (["{stride: 1}", "{stride: 1, kernel: 5}"], "", 0),
    "more zeros than `same` has": (["{stride: 1, more: 1}", "{stride: 2}"], "", 0),
    "a kernel without a middle": (["{stride: 1, kernel: 4}", "{stride: 2}"], "", 0),
}
"""The uses of a block, the condition before its padding, and how often its own padding depends on the stride."""


def network(uses: list[str], op: str) -> Graph:
    filters = "filters: 3, " if op == "conv" else ""
    return load_text(
        f"""
archc: 1
name: net
input: {{height: 24, width: 22, channels: 3}}
blocks:
  convolved:
    params: [stride, kernel: 3, more: 0]
    layers:
      - {op}: {{{filters}kernel_size: $kernel, stride: $stride, padding: $kernel // 2 + more}}
layers: [{", ".join(f"convolved: {use}" for use in uses)}]
"""
    )


def body(uses: list[str], op: str) -> str:
    text = find("keras").emit(network(uses, op), origin="net.yaml").source
    return text[text.index("def convolved(") : text.index("def net(")]


@pytest.mark.parametrize("op", ["conv", "depthwise_conv"])
@pytest.mark.parametrize("name", CASES)
def test_a_layer_pads_only_where_it_must(name: str, op: str) -> None:
    uses, condition, count = CASES[name]
    text = body(uses, op)
    assert text.count(SAME) == count
    assert text.count('"same"') == (1 if name == "no strides" else count)
    assert text.count(PADDED) == (name != "no strides")
    assert condition in text
    assert condition or "if " not in text


@pytest.mark.framework
@pytest.mark.parametrize("name", CASES)
def test_it_computes_what_pytorch_does(name: str) -> None:
    from archc.verify import verify

    for op in ("conv", "depthwise_conv"):
        assert verify(network(CASES[name][0], op)).equal
