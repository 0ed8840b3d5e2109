"""Keras on TensorFlow: imported quietly, and the settings under which it computes."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from archc.backend import MissingFramework

# Read once, when TensorFlow is imported; a user's own setting stands.
for _name, _value in {"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3", "OMP_NUM_THREADS": "1"}.items():
    os.environ.setdefault(_name, _value)


@contextmanager
def _silence() -> Iterator[None]:
    """Let nothing through to standard error: TensorFlow's libraries write there of missing graphics cards."""
    sys.stderr.flush()
    kept = os.dup(2)
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


try:
    with warnings.catch_warnings(), _silence():
        # What a framework warns of while it is imported is no finding about the network.
        warnings.simplefilter("ignore")
        import keras
        import numpy as np
        import tensorflow as tf
except ImportError as error:
    raise MissingFramework("Keras is not installed: `pip install 'archc[keras]'`") from error
if keras.backend.backend() != "tensorflow":
    raise MissingFramework(f"Keras runs on {keras.backend.backend()} here: set KERAS_BACKEND=tensorflow")
with suppress(RuntimeError):  # TensorFlow has begun to compute, and keeps its threads
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]


def versions() -> dict[str, str]:
    """Return what runs here."""
    return {"keras": str(keras.__version__), "tensorflow": str(tf.__version__)}


@contextmanager
def settings(dtype: str) -> Iterator[None]:
    """Build and compute in `dtype`, on the CPU. Both settings count: the first for functions, the second for layers."""
    floatx, policy = keras.config.floatx(), keras.config.dtype_policy()
    keras.config.set_floatx(dtype)
    keras.config.set_dtype_policy(dtype)
    try:
        with tf.device("CPU:0"), warnings.catch_warnings():
            # Keras turns variables into arrays in a way that numpy calls outdated.
            warnings.simplefilter("ignore", DeprecationWarning)
            yield
    finally:
        keras.config.set_floatx(floatx)
        keras.config.set_dtype_policy(policy)


def array_of(value: Any) -> Array:
    """Return a variable or tensor as an array of its own."""
    # Keras's own conversion goes through a protocol that warns.
    return np.array(tf.convert_to_tensor(getattr(value, "value", value)).numpy())


__all__ = ["array_of", "keras", "settings", "tf", "versions"]
