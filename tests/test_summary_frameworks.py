"""The summary against the frameworks themselves: their counters of operations and parameters, and real gradients."""

from __future__ import annotations

import re
from typing import Any

import pytest

from archc.compile import load, load_text
from archc.graph import Graph
from archc.receptive_field import Reach, reaches
from archc.shapes import Unknown
from archc.summary import summarize
from archc.training_memory import kept_bytes
from tests.zoo import SPECS, ZOO

pytestmark = pytest.mark.framework

SMALL_ONES = (
    "two_conv",
    "deep_conv",
    "lenet5",
    "squeezenet1_1",
    "lstm_classifier",
    "dcgan_generator",
    "mobilenet_v1",
    "resnet",
)
"""Networks that Keras builds fast; torch, which need not hold weights, counts all."""
PLAIN = [network for network in ZOO if network.variant is None]
UNCOUNTED = ("simple_rnn", "lstm", "gru")
"""Ops whose operations torch's counter does not see."""


def torch_model(graph: Graph) -> Any:
    import archc.backend

    namespace: dict[str, Any] = {}
    source = archc.backend.find("torch").emit(graph, origin="net.yaml").source
    exec(compile(source, "net.py", "exec"), namespace)
    made = [value for value in namespace.values() if isinstance(value, type) and value.__module__ == "builtins"]
    return made[-1]()


def torch_inputs(graph: Graph) -> list[Any]:
    import torch

    found = []
    for shape in graph.inputs.values():
        sizes = [int(size) for size in shape.sizes if not isinstance(size, Unknown)]
        if shape.vocabulary is not None:
            found.append(torch.zeros((1, *sizes), dtype=torch.int64))
        else:
            found.append(torch.zeros((1, sizes[-1], *sizes[:-1]) if shape.rank else (1, *sizes)))
    return found


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("network", PLAIN, ids=lambda network: network.name)
def test_torch_counts_as_many_operations_and_parameters(network: Any) -> None:
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    graph = network.graph()
    summary = summarize(graph)
    if any(layer.op in UNCOUNTED for layer in summary.layers):
        pytest.skip("torch's counter sees no recurrence, and its cells have a second bias")
    with torch.device("meta"), torch.no_grad():
        model = torch_model(graph)
        inputs = torch_inputs(graph)
        with FlopCounterMode(display=False) as counter:
            model(*inputs)
    assert sum(p.numel() for p in model.parameters()) == summary.trainable_parameters
    assert summary.macs is not None
    assert counter.get_total_flops() == 2 * summary.macs


def test_keras_counts_as_many_parameters() -> None:
    import keras

    import archc.backend

    for network in PLAIN:
        if network.path.stem not in SMALL_ONES:
            continue
        graph = network.graph()
        summary = summarize(graph)
        namespace: dict[str, Any] = {}
        exec(archc.backend.find("keras").emit(graph, origin="net.yaml").source, namespace)
        model = namespace[graph.name]()
        assert isinstance(model, keras.Model)
        assert model.count_params() == summary.parameters, network.name
        keras.utils.clear_session()


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("name", ["two_conv", "resnet", "mobilenet_v2", "vgg", "unet", "segnet", "densenet"])
def test_torch_keeps_as_much_for_the_backward_pass(name: str) -> None:
    """Within a fiftieth: of the tensors that autograd saves, weights apart, each is counted once."""
    import torch

    graph = load(str(SPECS / f"{name}.yaml"))
    saved: dict[int, int] = {}
    with torch.device("meta"):
        model = torch_model(graph).train()
        held = {tensor.untyped_storage()._cdata for tensor in (*model.parameters(), *model.buffers())}

        def pack(tensor: Any) -> Any:
            storage = tensor.untyped_storage()
            if storage._cdata not in held:
                saved[storage._cdata] = storage.nbytes()
            alive.append(tensor)
            return tensor

        alive: list[Any] = []
        with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
            result = model(*torch_inputs(graph))
    assert result is not None
    expected = kept_bytes(graph)
    assert expected is not None
    assert 0.98 < sum(saved.values()) / expected < 1.02


# Receptive fields

SIDE = 61
BRANCHED = """  - conv: {filters: 3, kernel_size: 3, padding: 1, stride: 2}
  - concat:
      wide:
        - conv: {filters: 2, kernel_size: 3, dilation: 3, padding: 3}
      long:
        - conv: {filters: 2, kernel_size: [1, 3], padding: [[0, 0], [1, 1]]}
        - conv: {filters: 2, kernel_size: [5, 1], padding: [[2, 2], [0, 0]]}
      narrow: []
  - avg_pool: {kernel_size: 2}
"""
ONE_SIDED = """  - add:
      left:
        - conv: {filters: 2, kernel_size: 3, padding: [[2, 0], [2, 0]]}
      right:
        - conv: {filters: 2, kernel_size: 5, padding: [[0, 4], [0, 4]]}
  - conv: {filters: 2, kernel_size: 3, stride: 3}
"""
RESIDUAL = """  - add:
      main:
        - conv: {filters: 4, kernel_size: 3, stride: 2, padding: 1}
        - conv: {filters: 4, kernel_size: 3, padding: 1}
      shortcut:
        - conv: {filters: 4, kernel_size: 1, stride: 2}
  - relu
  - add:
      main:
        - conv: {filters: 4, kernel_size: 3, dilation: 2, padding: 2}
      shortcut: []
"""
UP = """  - avg_pool: {kernel_size: 2}
  - conv: {filters: 3, kernel_size: 3}
  - conv_transpose: {filters: 3, kernel_size: 2, stride: 2}
  - conv: {filters: 3, kernel_size: 3}
"""
CHAIN = """  - conv: {filters: 4, kernel_size: 7, stride: 2, padding: same}
  - avg_pool: {kernel_size: 3, stride: 2, padding: 1}
  - depthwise_conv: {kernel_size: 3, multiplier: 2}
  - zero_pad: {padding: 1}
  - separable_conv: {filters: 3, kernel_size: 3, dilation: 2}
  - crop: {cropping: 1}
"""


def positive(graph: Graph) -> tuple[Any, Any]:
    """Return what flows, in a network whose weights and inputs are positive so that nothing cancels, and its input."""
    import torch

    torch.manual_seed(0)
    model = torch_model(graph).double().eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.uniform_(0.01, 0.02)
    (x,) = torch_inputs(graph)
    x = torch.rand(x.shape, dtype=torch.float64).add_(0.1).requires_grad_()
    return model(x), x


def seen(y: Any, x: Any, axis: int, place: int) -> tuple[int, int]:
    """Return the first and the last pixel along an axis whose gradient is not zero at one place of the output."""
    import torch

    index: list[Any] = [slice(None)] * y.ndim
    index[axis + 2] = place
    (gradient,) = torch.autograd.grad(y[tuple(index)].sum(), x, retain_graph=True)
    rows = gradient.abs().sum(dim=[d for d in range(x.ndim) if d != axis + 2]).nonzero().flatten()
    return int(rows[0]), int(rows[-1])


def clipped(reach: Reach, axis: int, place: int, side: int) -> tuple[int, int]:
    size, stride, start = reach.size[axis], reach.stride[axis], reach.start[axis]
    assert size is not None
    assert stride is not None
    assert start is not None
    first = int(start + place * stride)
    return max(first, 0), min(first + size - 1, side - 1)


def graph_of(layers: str) -> Graph:
    return load_text(
        f"archc: 1\nname: net\ninput: {{height: {SIDE}, width: {SIDE - 4}, channels: 2}}\nlayers:\n{layers}"
    )


@pytest.mark.parametrize(
    "layers", [BRANCHED, ONE_SIDED, RESIDUAL, CHAIN], ids=["branched", "one_sided", "residual", "chain"]
)
def test_places_see_what_their_gradients_say(layers: str) -> None:
    graph = graph_of(layers)
    reach = reaches(graph)[graph.layers[-1].path]
    y, x = positive(graph)
    for axis, side in enumerate((SIDE, SIDE - 4)):
        for place in range(y.shape[axis + 2]):
            assert seen(y, x, axis, place) == clipped(reach, axis, place, side)


def test_attention_in_windows_sees_no_more_than_it_says() -> None:
    graph = graph_of(
        "  - conv: {filters: 2, kernel_size: 2, stride: 2}\n  - window_attention: {heads: 1, window: 2, shift: 1}\n"
    )
    reach = reaches(graph)[graph.layers[-1].path]
    y, x = positive(graph)
    for axis in (0, 1):
        before, after, widths = [], [], []
        for place in range(y.shape[axis + 2]):
            first, last = seen(y, x, axis, place)
            low, high = clipped(reach, axis, place, x.shape[axis + 2])
            before.append(first - low)
            after.append(high - last)
            widths.append(last - first + 1)
        assert min(before) == min(after) == 0
        assert max(widths) == 4


def test_after_an_upsampling_the_size_is_the_largest() -> None:
    graph = graph_of(UP)
    reach = reaches(graph)[graph.layers[-1].path]
    y, x = positive(graph)
    spans = [seen(y, x, 0, place) for place in range(y.shape[2])]
    assert max(last - first + 1 for first, last in spans) == reach.size[0]
    assert reach.stride[0] == 1


def cut(name: str, last: str, side: int) -> Graph:
    """Return a network of the zoo up to a step, with average pools, on a smaller input."""
    text = (SPECS / f"{name}.yaml").read_text(encoding="utf-8").replace("max_pool", "avg_pool")
    text = re.sub(r"height: \d+, width: \d+", f"height: {side}, width: {side}", text)
    head, _, layers = text.partition("\nlayers:\n")
    layers = layers[: layers.index(last)]
    return load_text(f"{head}\nlayers:\n{layers}")


@pytest.mark.parametrize(
    ("name", "last", "side"),
    [
        ("alexnet", "  - flatten", 160),
        ("googlenet", "  - inception: {c1: 160", 128),
        ("resnet", "  - stage: {filters: 256", 96),
        ("vgg", "  - flatten", 64),
    ],
)
def test_real_networks_see_what_their_gradients_say(name: str, last: str, side: int) -> None:
    graph = cut(name, last, side)
    reach = reaches(graph)[graph.layers[-1].path]
    y, x = positive(graph)
    for place in (0, y.shape[2] // 2):
        assert seen(y, x, 0, place) == clipped(reach, 0, place, side)
    first, last_seen = seen(y, x, 0, y.shape[2] - 1)
    expected = clipped(reach, 0, y.shape[2] - 1, side)
    assert first == expected[0]
    assert last_seen <= expected[1], "strides may leave pixels at the end that nobody reads"
