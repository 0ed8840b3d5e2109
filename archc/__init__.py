"""archc: a compiler from declarative network specs to PyTorch and Keras source.

`load` reads a spec and gives a `Graph`, which can be summed up, compiled and verified. A spec that is wrong raises
`SpecError`, whose `problems` say what and where.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray

    from archc.backend import Backend
    from archc.graph import Graph
    from archc.problems import SpecError

__version__ = "0.1.0"
__all__ = ["Graph", "SpecError", "__version__", "inspect", "load"]


def load(path: str | os.PathLike[str], /, variant: str | None = None, **params: Any) -> Graph:
    """Read, check and expand the spec at `path`, with a variant's params or single ones.

    Raises SpecError and OSError.
    """
    from archc import compile

    return compile.load(os.fspath(path), variant, params)


def inspect(
    graph: Graph,
    backend: str | Backend,
    inputs: Mapping[str, ArrayLike] | ArrayLike,
    weights: Mapping[str, ArrayLike] | str | os.PathLike[str],
    *,
    dtype: str = "float64",
) -> dict[str, NDArray[Any]]:
    """Return what every named layer gives in evaluation mode, by path, in the order of computing.

    `inputs` is an array, or one for each input by name: a batch axis, then the spec's axes in the spec's order; token
    ids are whole numbers. `weights` is a file (`.safetensors`, `.weights.h5`) or arrays, by PyTorch's names and in its
    layouts. What comes out has the spec's order of axes too, whichever the backend. Computed is in `dtype`: float64
    or float32. Raises ValueError for arrays that do not fit, SpecError for a layer that the backend cannot write or a
    file that is wrong, NoBackend, MissingFramework and OSError.
    """
    from archc import inspection

    return inspection.inspect(graph, backend, inputs, weights, dtype=dtype)


def __getattr__(name: str) -> Any:
    # Imported when asked for, so that `import archc` costs nothing.
    if name == "Graph":
        from archc.graph import Graph

        return Graph
    if name == "SpecError":
        from archc.problems import SpecError

        return SpecError
    raise AttributeError(f"module 'archc' has no attribute {name!r}")
