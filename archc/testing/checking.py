"""What must hold for every valid spec: it compiles to tidy source, and all backends' sources compute the same."""

from __future__ import annotations

import ast
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from archc.backend import Backend
from archc.compile import compile_graph, load_text
from archc.graph import Graph
from archc.ops.pools import MaxUnpool
from archc.problems import SpecError

RUFF = ("--isolated", "--no-cache", "--line-length=100")
RULES = ("--select=E4,E7,E9,F,I,B,RET,PIE,UP,C4,PERF,E501", "--ignore=B006,RET504")
"""Beside ruff's own rules: unused variables, imports in order, needless code.

A list as a default is never changed; a loop that changes nothing leaves one needless assignment.
"""
KNOWN = '--config=lint.isort.known-third-party=["keras"]'
EXCUSES = ("proves nothing", "is not finite")
"""What is said of a network that shows nothing, though its sources may be right."""

DRAWS = 5
"""How many draws of weights and inputs are tried, before a network counts as one that shows nothing."""

NOISE = 1e-8
"""Less than this, and not far beyond the bound, is rounding: norms after norms make much of it."""

TINY = 1e-15
"""As much is lost of gradients where a tanh or sigmoid is all but 1, however small they are."""

TIE = 1e-12
"""Values that differ by less, relative to them, were equal before rounding."""

WILD = 1e4
"""A bound as large is one of exponentials of exponentials, with attention to the largest."""


class Finding(NamedTuple):
    """Something that does not hold. `kind` is one of `KINDS`."""

    kind: str
    message: str


KINDS = {
    "invalid": "the spec is refused",
    "crash": "the compiler fails",
    "refused": "a backend has no such layer",
    "irregular": "the uses of a step are too unlike",
    "syntax": "the source is not Python",
    "unstable": "the same spec gives another source",
    "count": "the summary counts other parameters",
    "fails": "the source does not run",
    "problem": "a model has other weights, shapes or layers",
    "difference": "the sources compute different things",
    "mute": "the network gives the same for every example, or infinity, and shows nothing",
    "ties": "of equal values in a pool, which is the largest, or whose is the gradient, is no backend's claim",
    "noise": "the differences are a little larger than rounding mostly is",
    "untidy": "the source is not as `ruff format` lays it out, or not clean under `ruff check`",
}
ALLOWED = ("refused", "mute", "ties", "noise")
"""Kinds that say nothing against the compiler."""


def examined(text: str, backends: list[Backend]) -> tuple[Graph | None, dict[str, str], list[Finding]]:
    """Return a spec's graph, its source for each backend, and what is wrong so far."""
    try:
        graph = load_text(text)
        others = [load_text(text, variant) for variant in graph.spec.variants]
    except SpecError as error:
        return None, {}, [Finding("invalid", f"{error.problems[0].code} {error}")]
    sources: dict[str, str] = {}
    findings: list[Finding] = []
    for backend in backends:
        findings += _emitted(graph, backend, sources)
    for other in others:
        for backend in backends:
            findings += _emitted(other, backend, {})
    counted = graph.summary().parameters
    held = sum(int(str(weight.elements)) for weight in graph.weights().values())
    if counted != held:
        findings.append(Finding("count", f"{counted} parameters in the summary, {held} in the layers"))
    return graph, sources, findings


def _emitted(graph: Graph, backend: Backend, sources: dict[str, str]) -> list[Finding]:
    try:
        source = compile_graph(graph, backend, origin="net.yaml").source
        again = compile_graph(graph, backend, origin="net.yaml").source
    except SpecError as error:
        codes = {problem.code for problem in error.problems}
        kind = "refused" if codes == {"E0601"} else "irregular" if "E0602" in codes else "crash"
        return [Finding(kind, f"{backend.name}: {error}")]
    except Exception as error:  # whatever it is, it is a finding
        return [Finding("crash", f"{backend.name}: {_place(error)}")]
    try:
        ast.parse(source)
    except SyntaxError as error:
        return [Finding("syntax", f"{backend.name}: {error}")]
    sources[backend.name] = source
    return [] if source == again else [Finding("unstable", backend.name)]


def proven(graph: Graph, backends: list[Backend], *, dtype: str = "float64") -> list[Finding]:
    """Return what the backends do not agree about.

    A step of training is taken where there is a running statistic: else it shows no more than the gradients do.
    """
    from archc.verify import verify

    steps = int(any(not weight.trainable for weight in graph.weights().values()))
    try:
        result = verify(graph, backends, dtype=dtype, steps=steps)
        if any(backends[0].title in problem for problem in result.problems) and (seed := lively(graph, backends[0])):
            result = verify(graph, backends, dtype=dtype, steps=steps, seed=seed)
    except Exception as error:  # whatever it is, it is a finding
        return [Finding("fails", _place(error))]
    if result.equal:
        return []
    others = [problem for problem in result.problems if not any(excuse in problem for excuse in EXCUSES)]
    if others:
        return [Finding("problem", others[0])]
    first = result.first_difference
    if first is not None and first.max_abs <= NOISE and any(EXCUSES[0] in problem for problem in result.problems):
        return [Finding("mute", result.problems[0])]  # of gradients that should be 0 there is only rounding
    if first is not None and first.bound > WILD:
        return [Finding("mute", f"{first.what}: so large are its values that rounding decides")]
    backward = first is not None and ("gradient" in first.what or "training" in first.what)
    if first is not None and ((backward and _ties(graph)) or _tied(graph, backends[0], first.layer)):
        return [Finding("ties", first.what)]
    mute = any("proves nothing" in problem for problem in result.problems)
    # What gives the same for every example has gradients that are zero but for rounding.
    single = any("float32" in limit for limit in result.limits)
    near = max(min(100 * first.bound, NOISE), TINY, single * 10 * first.bound) if first is not None else 0.0
    if first is not None and first.max_abs <= (NOISE if mute else near):
        return [Finding("noise", f"{first.what} by {first.max_abs:.1e}, allowed {first.bound:.1e}")]
    if first is not None and not any("is not finite" in problem for problem in result.problems):
        return [Finding("difference", f"{first.what} by {first.max_abs:.1e}, allowed {first.bound:.1e}")]
    return [Finding("mute", result.problems[0])]


def lively(graph: Graph, backend: Backend) -> int:
    """Return the first seed whose draw shows something: a relu at the end may be 0 for all that goes in by chance."""
    from archc.compare import finite, varies
    from archc.trial import Trial, expected_shapes

    runner = backend.runner(graph, dtype="float64", strict=False)
    if {name: array.shape for name, array in runner.weights().items()} != expected_shapes(graph):
        return 0
    for seed in range(DRAWS):
        drawn = Trial(graph, seed, 0).draw
        runner.load(drawn.weights)
        if all(finite(array) and varies(array) for array in runner.outputs(drawn.inputs).values()):
            return seed
    return 0


def _ties(graph: Graph) -> bool:
    """Tell whether volumes are pooled: of equal values TensorFlow then gives each the gradient."""
    pools = ("max_pool", "adaptive_max_pool")  # which TensorFlow computes in float32, where more is equal
    return any(layer.op.name in pools and layer.shapes[0].rank == 3 for layer in graph.layers)


def _tied(graph: Graph, backend: Backend, path: str) -> bool:
    """Tell whether a `max_unpool` goes by windows whose largest values are equal but for rounding, and not zero."""
    from archc.trial import Trial

    layer = next((layer for layer in graph.layers if layer.path == path), None)
    if layer is None or not isinstance(layer.op, MaxUnpool):
        return False
    drawn = Trial(graph, 0, 0).draw
    runner = backend.runner(graph, dtype="float64", strict=False)
    runner.load(drawn.weights)
    known = {**drawn.inputs, **runner.layers(drawn.inputs)}
    return near_ties(known[layer.inputs[1]], layer.op.kernel(layer.shapes[1]))


def near_ties(values: Any, kernel: Sequence[int]) -> bool:
    """Tell whether a window of (batch, axes, channels) has two largest values, not 0, that differ by rounding."""
    import numpy as np

    for corner in np.ndindex(*(-(-size // step) for size, step in zip(values.shape[1:-1], kernel, strict=True))):
        place = tuple(slice(at * step, (at + 1) * step) for at, step in zip(corner, kernel, strict=True))
        window = values[(slice(None), *place)]
        flat = np.sort(window.reshape(len(window), -1, window.shape[-1]), axis=1)
        if flat.shape[1] > 1 and np.any((flat[:, -1] - flat[:, -2] <= TIE * np.abs(flat[:, -1])) & (flat[:, -1] != 0)):
            return True
    return False


def _place(error: BaseException) -> str:
    """Return an error and the innermost place in this repository that it came through."""
    at = error.__traceback__
    place = ""
    while at is not None:
        file = at.tb_frame.f_code.co_filename
        if "archc" in file or "emitted" in file:
            place = f"{Path(file).name}:{at.tb_lineno}"
        at = at.tb_next
    return f"{type(error).__name__}: {str(error)[:300]} ({place})"


def check(text: str, backends: list[Backend], *, dtype: str = "float64") -> list[Finding]:
    """Return all that is wrong with one spec, its layout apart."""
    graph, sources, findings = examined(text, backends)
    if graph is None or len(sources) < len(backends):
        return findings
    return findings + proven(graph, backends, dtype=dtype)


def untidy(sources: dict[str, str]) -> dict[str, str]:
    """Return what `ruff` says of sources, by name; one run does for all."""
    found: dict[str, str] = {}
    if not sources:
        return found
    with tempfile.TemporaryDirectory() as folder:
        for name, source in sources.items():
            Path(folder, f"net_{name}.py").write_text(source, encoding="utf-8")
        for command in (("format", "--diff"), ("check", "--output-format=concise", *RULES, KNOWN)):
            said = subprocess.run(
                [sys.executable, "-m", "ruff", *command, *RUFF, "."], cwd=folder, capture_output=True, text=True
            )
            for line in said.stdout.splitlines():
                name = line.removeprefix("--- ").removeprefix("net_").partition(".py")[0]
                if name in sources:
                    found.setdefault(name, f"ruff {command[0]}: {line}")
    return found


def forget() -> None:
    """Let go of what frameworks and the interpreter keep of networks that are done with."""
    import gc
    import linecache

    for name in [name for name in sys.modules if name.startswith("_emitted_")]:
        del sys.modules[name]
    for name in [name for name in linecache.cache if name.startswith("<_emitted_")]:
        del linecache.cache[name]
    keras = sys.modules.get("keras")
    if keras is not None:
        keras.backend.clear_session()
    # What frameworks' imports leave need not be looked at again and again.
    gc.collect()
    gc.freeze()
