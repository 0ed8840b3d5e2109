"""What acts in training alone: whole examples dropped, noise added, and neither of them in evaluation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from archc.backend import find
from archc.compile import load_text
from archc.shapes import Image, Sequence, Shape, Vector

pytestmark = pytest.mark.framework

COUNT = 4000
KINDS = [Vector(3), Sequence(2, 3), Image(2, 2, 3)]


def trained(backend: str, step: str, x: Shape, value: float, training: bool) -> Any:
    """Return what the emitted model of one step gives for examples full of one number."""
    axes = ", ".join(f"{axis}: {size}" for axis, size in zip(x.axes, x.sizes, strict=True))
    graph = load_text(f"archc: 1\nname: net\ninput: {{{axes}}}\nlayers:\n  - {step}\n")
    names: dict[str, Any] = {}
    exec(find(backend).emit(graph, origin="net.yaml").source, names)
    sizes = (COUNT, *(int(str(size)) for size in x.sizes))
    if backend == "torch":
        import torch

        torch.manual_seed(0)
        return names["Net"]().train(training)(torch.full(sizes, value)).numpy()
    import keras

    keras.utils.set_random_seed(0)
    return np.asarray(names["net"]()(np.full(sizes, value, "float32"), training=training))


@pytest.mark.parametrize("backend", ["torch", "keras"])
@pytest.mark.parametrize("x", KINDS, ids=lambda x: x.kind)
def test_drop_path_drops_whole_examples(backend: str, x: Shape) -> None:
    y = trained(backend, "drop_path: {rate: 0.2}", x, 2.0, True).reshape(COUNT, -1)
    assert (y == y[:, :1]).all()
    assert set(np.unique(y).tolist()) == {0.0, 2.5}
    assert (y[:, 0] == 0).mean() == pytest.approx(0.2, abs=0.03)
    assert (trained(backend, "drop_path: {rate: 0.2}", x, 2.0, False) == 2).all()


@pytest.mark.parametrize("backend", ["torch", "keras"])
@pytest.mark.parametrize("x", KINDS, ids=lambda x: x.kind)
def test_gaussian_noise_adds_to_every_value(backend: str, x: Shape) -> None:
    y = trained(backend, "gaussian_noise: {stddev: 0.5}", x, 2.0, True)
    assert np.unique(y).size > 0.99 * y.size
    assert y.mean() == pytest.approx(2, abs=0.05)
    assert y.std() == pytest.approx(0.5, rel=0.05)
    assert (trained(backend, "gaussian_noise: {stddev: 0.5}", x, 2.0, False) == 2).all()
