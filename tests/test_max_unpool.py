"""`max_unpool` puts values where PyTorch's, Keras's and ONNX's argmax agree: the first of equal ones, of any size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import archc
from archc.compile import load_text
from archc.graph import Graph
from archc.receptive_field import reaches
from tests import reference

if TYPE_CHECKING:
    from numpy.typing import NDArray

KINDS = {1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}


def network(sizes: str, rank: int, args: str) -> Graph:
    """Return a network that rounds its input up to 0 or more, pools it and puts the values, turned round, back."""
    axes = ", ".join(f"{axis}: {sizes}" for axis in KINDS[rank])
    return load_text(
        f"archc: 1\nname: net\ninput: {{{axes}, channels: 2}}\nlayers:\n  - relu\n  - max_unpool: {{{args}, "
        f"branches: {{values: [max_pool: {{{args}}}, rescale: {{scale: -1}}], where: []}}}}\n"
    )


def expected(x: NDArray[Any], args: dict[str, Any]) -> NDArray[Any]:
    y = np.maximum(x, 0)
    return reference.run("max_unpool", args, [-reference.run("max_pool", args, [y]), y])


@pytest.mark.framework
@pytest.mark.parametrize("backend", ["torch", "keras", "onnx"])
def test_the_first_of_equal_ones_wins(backend: str) -> None:
    rng = np.random.default_rng(0)
    for rank in KINDS:
        for size in (6, 7, 8):
            # Few values, and every second one 0 after the relu: most windows have equal ones.
            x = rng.integers(-2, 3, (3, *[size] * rank, 2)).astype(float)
            for args in ({"kernel_size": 2}, {"kernel_size": 3}, {"kernel_size": 3, "ceil": True}):
                graph = network(str(size), rank, ", ".join(f"{k}: {str(v).lower()}" for k, v in args.items()))
                y = archc.inspect(graph, backend, {"input": x}, {})["max_unpool"]
                np.testing.assert_array_equal(y, np.stack([expected(one, args) for one in x]))


@pytest.mark.framework
@pytest.mark.parametrize("backend", ["torch", "keras", "onnx"])
def test_sizes_known_only_at_run_time(backend: str) -> None:
    graph = network("any", 2, "kernel_size: 3")
    for sizes in ((6, 9), (8, 7), (3, 5)):
        x = np.random.default_rng(0).normal(size=(2, *sizes, 2))
        y = archc.inspect(graph, backend, {"input": x}, {})["max_unpool"]
        np.testing.assert_array_equal(y, np.stack([expected(one, {"kernel_size": 3}) for one in x]))


def test_a_place_sees_its_window() -> None:
    graph = load_text(
        "archc: 1\nname: net\ninput: {length: 12, channels: 2}\nlayers:\n"
        "  - conv: {filters: 2, kernel_size: 3, padding: same}\n    name: near\n"
        "  - max_pool: {kernel_size: 3}\n    name: far\n"
        "  - max_unpool: {kernel_size: 3}\n    from: [far, near]\n  - max_pool: {kernel_size: 2}\n"
    )
    reach = {path: (found.size, found.stride, found.start) for path, found in reaches(graph).items()}
    assert reach["max_unpool"] == ([5], [1], [-1])
    assert reach["max_pool"] == ([6], [2], [-1])
