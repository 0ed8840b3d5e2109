"""Turn emitted source into a live Python module, for runners."""

from __future__ import annotations

import ast
import itertools
import linecache
import sys
from types import ModuleType
from typing import Any

_numbers = itertools.count()


def execute(source: str, name: str, tree: ast.Module | None = None, **given: Any) -> ModuleType:
    """Return the module of `source`, or of `tree` in its place. Names in `given` stand in it before it runs."""
    # Frameworks look classes up through sys.modules; the name must not meet that of an importable module.
    module = ModuleType(f"_emitted_{name}_{next(_numbers)}")
    module.__file__ = file = f"<{module.__name__}>"
    module.__dict__.update(given)
    sys.modules[module.__name__] = module
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    exec(compile(source if tree is None else tree, file, "exec"), module.__dict__)
    return module


def last_defined(module: ModuleType, kind: type) -> Any:
    """Return the last class or function (`kind`) that the module itself defines: the network, after its parts."""
    own = (
        value
        for name, value in vars(module).items()
        if isinstance(value, kind) and getattr(value, "__module__", "") == module.__name__ and name != "_probe"
    )
    return list(own)[-1]
