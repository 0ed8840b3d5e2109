"""Settings for the whole suite: frameworks on one thread, golden files written on demand, quick garbage collection."""

from __future__ import annotations

import gc
import os
import sys

import pytest

for name, value in {
    "OMP_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "KERAS_BACKEND": "tensorflow",
    "XLA_FLAGS": "--xla_backend_optimization_level=1",  # which TensorFlow's grouped convolutions are compiled with
}.items():
    os.environ.setdefault(name, value)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--write-golden`."""
    parser.addoption("--write-golden", action="store_true", help="write tests/golden anew instead of comparing")


_seen = 0


def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Keep what a framework's import leaves out of the garbage collector: `verify` runs it for every network."""
    global _seen
    if item.get_closest_marker("framework") is not None and len(sys.modules) > _seen + 500:
        gc.collect()
        gc.freeze()
        _seen = len(sys.modules)
