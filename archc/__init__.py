"""archc: a compiler from declarative network specs to PyTorch and Keras source.

`load` reads a spec and gives a `Graph`, which can be summed up, compiled and verified. A spec that is wrong raises
`SpecError`, whose `problems` say what and where.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archc.graph import Graph
    from archc.problems import SpecError

__version__ = "0.1.0"
__all__ = ["Graph", "SpecError", "__version__", "load"]


def load(path: str | os.PathLike[str], /, variant: str | None = None, **params: Any) -> Graph:
    """Read, check and expand the spec at `path`, with a variant's params or single ones.

    Raises SpecError and OSError.
    """
    from archc import compile

    return compile.load(os.fspath(path), variant, params)


def __getattr__(name: str) -> Any:
    # Imported when asked for, so that `import archc` costs nothing.
    if name == "Graph":
        from archc.graph import Graph

        return Graph
    if name == "SpecError":
        from archc.problems import SpecError

        return SpecError
    raise AttributeError(f"module 'archc' has no attribute {name!r}")
