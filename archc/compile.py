"""The pipeline: text to document to spec to graph to source."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from archc.bind import unknown_names
from archc.check import check
from archc.document import Node, Source
from archc.emit.slots import Irregular
from archc.expand import expand, trace
from archc.graph import Graph
from archc.imports import Importer
from archc.problems import MOST_PROBLEMS, Note, Problems, SpecError, TooManyProblems
from archc.read import read, read_file
from archc.spec import Spec
from archc.training.recipe import check_recipe, override, parted

if TYPE_CHECKING:
    from archc.backend import Arrays, Backend, Emitted, WeightedBackend


@contextmanager
def quiet_collector() -> Iterator[None]:
    """Keep the cyclic garbage collector off: a tree of a million nodes would be walked over and over."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def load(path: str, variant: str | None = None, settings: Mapping[str, Any] | None = None) -> Graph:
    """Read, check and expand a file (`-` is standard input). Raises SpecError and OSError."""
    problems = Problems()
    with quiet_collector():
        graph = examine(path, problems, variant, settings)
    problems.stop_on_errors()
    assert graph is not None, "no graph and no problem"
    return graph


def load_text(
    text: str, variant: str | None = None, settings: Mapping[str, Any] | None = None, *, name: str = "<text>"
) -> Graph:
    """Read, check and expand a spec's text; findings call it by `name`. Raises SpecError."""
    problems = Problems()
    with quiet_collector():
        source = Source(name, text)
        problems.sources[source.name] = source
        graph = _from_root(read(source, problems), problems, Importer(problems), variant, settings)
    problems.stop_on_errors()
    assert graph is not None, "no graph and no problem"
    return graph


def load_tree(root: Node) -> Graph:
    """Check and expand a tree of values that was made without a text. Raises SpecError."""
    problems = Problems()
    problems.sources[root.source.name] = root.source
    with quiet_collector():
        graph = _from_root(root, problems, Importer(problems), None, None)
    problems.stop_on_errors()
    assert graph is not None, "no graph and no problem"
    return graph


def examine(
    path: str, problems: Problems, variant: str | None = None, settings: Mapping[str, Any] | None = None
) -> Graph | None:
    """Gather in `problems` all that is wrong with a file; return its graph where nothing is. Raises OSError."""
    source, root = read_file(path, problems)
    problems.sources[source.name] = source
    importer = Importer(problems)
    if path != "-":
        importer.enter(os.path.abspath(path))
    return _from_root(root, problems, importer, variant, settings)


def _from_root(
    root: Any, problems: Problems, importer: Importer, variant: str | None, settings: Mapping[str, Any] | None
) -> Graph | None:
    if root is None:
        return None
    spec: Spec = check(root, problems, importer)
    if settings and any("." in name for name in settings):
        settings, training = parted(settings)
        override(spec, training, problems)
    if problems.errors:
        with suppress(TooManyProblems):
            if spec.sound and len(problems.found) < MOST_PROBLEMS:
                trace(spec, problems, variant, settings)
            else:
                unknown_names(spec, variant, settings or {}, problems)
        return None
    if not spec.chain.steps:
        if variant is None and not settings:
            return None
        problems.add("E0202", "this file has blocks alone, no network", root.mark)
        return None
    graph = expand(spec, problems, variant, settings)
    if graph is not None:
        graph.sources = problems.sources
        if spec.training:
            check_recipe(graph, problems)
    return graph


def compile_graph(graph: Graph, backend: Backend, *, origin: str, strict: bool = False) -> Emitted:
    """Return the backend's source for a graph. Raises SpecError for layers that the backend cannot spell."""
    from archc.backend import blamed

    problems = _supported(graph, backend)
    try:
        with quiet_collector(), blamed(backend):
            emitted = backend.emit(graph, origin=origin, strict=strict)
            if not isinstance(getattr(emitted, "source", None), str):
                raise TypeError(f"`emit` gives {type(emitted).__name__}, not Emitted")
            return emitted
    except Irregular as error:
        mark = error.mark if error.mark is not None else graph.spec.node.mark
        message = str(error)
        if error.code == "E0602":
            message = f"the uses of this step are too unlike for one piece of {backend.title} source: {error}"
        problems.add(error.code, message, mark, help=error.advice)
        raise SpecError(problems.found, problems.sources) from error


def compile_weighted(graph: Graph, backend: WeightedBackend, weights: Arrays, *, origin: str) -> bytes:
    """Return the backend's file for a graph and its weights. Raises SpecError as `compile_graph` does."""
    _supported(graph, backend)
    return backend.write(graph, weights, origin=origin)


def _supported(graph: Graph, backend: Backend) -> Problems:
    """Raise SpecError for layers that the backend cannot spell; else return a place for further problems."""
    from archc.backend import blamed

    problems = Problems()
    problems.sources = graph.sources
    for layers in graph.alike():
        with blamed(backend):
            reason = backend.supports(layers[0])
        for layer in layers if reason is not None else ():
            problems.add(
                "E0601", f"{backend.title} has no `{layer.op.name}` like this: {str(reason).rstrip('.')}", layer.mark,
                notes=[Note(f"layer `{layer.path}`")],
            )  # fmt: skip
    problems.stop_on_errors()
    return problems
