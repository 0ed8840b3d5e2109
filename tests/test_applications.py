"""Networks of the zoo are those of `keras.applications`: with its weights in order, they give the same numbers."""

from __future__ import annotations

from types import FunctionType
from typing import Any

import pytest

from archc.backend import find
from archc.compile import load
from archc.execute import execute, last_defined
from tests.zoo import SPECS

pytestmark = [pytest.mark.framework, pytest.mark.slow]

NETWORKS = [
    ("nasnet_mobile", None, "NASNetMobile", {}),
    ("xception", None, "Xception", {}),
    ("mobilenet_v1", None, "MobileNet", {}),
    ("mobilenet_v1", "half", "MobileNet", {"alpha": 0.5}),
    ("vgg", "vgg16", "VGG16", {}),
]
"""A file and its variant, the function of `keras.applications`, and what it is given."""


@pytest.mark.parametrize(("file", "variant", "name", "options"), NETWORKS, ids=lambda value: str(value))
def test_the_same_as_keras_applications(file: str, variant: str | None, name: str, options: dict[str, Any]) -> None:
    import numpy as np

    from archc_keras.session import keras, settings

    graph = load(str(SPECS / f"{file}.yaml"), variant)
    draw = np.random.default_rng(0)
    with settings("float64"):
        emitted = execute(find("keras").emit(graph, origin="zoo.yaml").source, graph.name)
        ours = last_defined(emitted, FunctionType)(logits=True)
        theirs = getattr(keras.applications, name)(weights=None, classifier_activation=None, **options)
        for one, other in zip(weights(ours), weights(theirs), strict=True):
            value = drawn(one, draw)
            one.assign(value)
            # What is a dense layer in one may be a convolution of size 1 in the other.
            other.assign(value.reshape(other.shape))
        shape = [2, *(size for size in ours.inputs[0].shape[1:])]
        x = keras.ops.convert_to_tensor(draw.normal(size=shape))
        found, wanted = (keras.ops.convert_to_numpy(model(x)) for model in (ours, theirs))
    assert found.std() > 1e-3, "nothing comes out that could differ"
    assert np.abs(found - wanted).max() <= 1e-11 * np.abs(wanted).max()


def weights(model: Any) -> list[Any]:
    """Return a model's weights, layer by layer in the order in which the layers depend on each other."""
    return [weight for layer in model.layers for weight in layer.weights]


def drawn(weight: Any, draw: Any) -> Any:
    """Return values with which what goes through a layer keeps its size."""
    import math

    name, shape = weight.path.rpartition("/")[2], weight.shape
    if name in ("gamma", "moving_variance"):
        return draw.uniform(0.5, 1.5, shape)
    return draw.normal(0, (2 / math.prod(shape[:-1])) ** 0.5 if len(shape) > 1 else 0.1, shape)
