"""Keras on the engine of this process: imported quietly, and the settings under which it computes."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from archc.backend import MissingFramework
from archc_keras import engines

# Read once, when the engine is imported; a user's own setting stands.
for _name, _value in {"KERAS_BACKEND": engines.here, "TF_CPP_MIN_LOG_LEVEL": "3", "OMP_NUM_THREADS": "1"}.items():
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


def _engine(name: str) -> Any:
    found = keras.backend.backend()
    if found != name:
        raise MissingFramework(f"Keras runs on {found} here: set KERAS_BACKEND={name}")
    return import_module(f"archc_keras.on_{name}")


try:
    with warnings.catch_warnings(), _silence():
        # What a framework warns of while it is imported is no finding about the network.
        warnings.simplefilter("ignore")
        import keras

        engine: Any = _engine(engines.here)
except ImportError as error:
    raise MissingFramework(f"Keras is not installed: `pip install 'archc[{engines.extra()}]'`") from error

array_of = engine.array_of


def versions() -> dict[str, str]:
    """Return what runs here."""
    return {"keras": str(keras.__version__), **engine.VERSION}


@contextmanager
def settings(dtype: str) -> Iterator[None]:
    """Build and compute in `dtype`, on the CPU. Both settings count: the first for functions, the second for layers."""
    floatx, policy = keras.config.floatx(), keras.config.dtype_policy()
    keras.config.set_floatx(dtype)
    keras.config.set_dtype_policy(dtype)
    try:
        with engine.place(), warnings.catch_warnings():
            # Keras turns variables into arrays in a way that numpy calls outdated.
            warnings.simplefilter("ignore", DeprecationWarning)
            yield
    finally:
        keras.config.set_floatx(floatx)
        keras.config.set_dtype_policy(policy)


__all__ = ["array_of", "engine", "keras", "settings", "versions"]
