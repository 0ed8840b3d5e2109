"""What editors, hooks and builds run all the time, without click: importing it takes longer than most specs do.

Only plain command lines are taken. All others are click's, which also says what is wrong with them.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archc.backend import Backend

OPTIONS = {"-b": "backend", "--backend": "backend", "-o": "output", "--output": "output"}


def run(args: Sequence[str]) -> int | None:
    """Run `check SPEC...` or `compile SPEC -b NAME [-o FILE]` and return its exit code; None for any other line."""
    if len(args) > 1 and args[0] == "check" and not any(arg.startswith("-") for arg in args):
        from archc.report import check_files

        return check_files(args[1:])
    given = _compiled(args[1:]) if args and args[0] == "compile" else {}
    if not given:
        return None
    from archc.backend import WeightedBackend, find

    backend = find(given["backend"])
    if isinstance(backend, WeightedBackend):
        return None
    compile_file(given["spec"], backend, given.get("output", "-"))
    return 0


def _compiled(args: Sequence[str]) -> dict[str, str]:
    """Return what a plain `compile` is given, by name; nothing where there is more to it."""
    found: dict[str, str] = {}
    rest = iter(args)
    for arg in rest:
        name, value = (OPTIONS.get(arg, ""), next(rest, "")) if arg.startswith("-") else ("spec", arg)
        if not name or name in found or not value or value.startswith("-"):
            return {}
        found[name] = value
    return found if "spec" in found and "backend" in found else {}


def compile_file(
    spec: str,
    backend: Backend,
    output: str,
    *,
    strict: bool = False,
    force: bool = False,
    variant: str | None = None,
    settings: Mapping[str, Any] | None = None,
) -> None:
    """Write the source of a spec to a file or into a folder, or (`-`) to standard output."""
    from archc.compile import compile_graph, load

    graph = load(spec, variant, settings)
    source = compile_graph(graph, backend, origin=origin(spec), strict=strict).source
    if output == "-":
        sys.stdout.write(source)
    else:
        save(output, graph.name, backend, source, force=force)


def origin(spec: str) -> str:
    """Return what the head of a written file calls the spec."""
    return "standard input" if spec == "-" else os.path.basename(spec)


def save(output: str, name: str, backend: Backend, content: str | bytes, *, force: bool) -> None:
    """Write a file and say so. Raises NotOurs and OSError."""
    from archc.diagnostics import harmless
    from archc.report import tell
    from archc.write import destination, write

    path = destination(output, name, backend.suffix)
    write(path, content, force=force)
    tell(f"wrote {harmless(path)}")
