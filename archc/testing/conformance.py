"""What a backend must do, by its op examples, networks, random networks and hostile text: for `archc conformance`."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from archc.backend import Backend
from archc.compile import compile_graph, load, load_text
from archc.diagnostics import harmless
from archc.graph import Graph
from archc.ops import OPS
from archc.problems import SpecError
from archc.shapes import Shape
from archc.testing.checking import forget, proven
from archc.testing.random_specs import random_spec

PASSED, REFUSED, FAILED = "passed", "refused", "failed"
EXCUSED = ("mute", "ties", "noise")
"""Findings that say nothing against a backend."""

SMALL = (("one_conv", None), ("two_conv", None), ("deep_conv", None), ("deep_conv", "deep"), ("lenet5", None))
"""The networks of the zoo that take little time as they are."""

SHRUNK = {
    "squeezenet1_1": {"height: 224, width: 224": "height: 64, width: 48"},
    "unet": {"height: 256, width: 256": "height: 64, width: 32"},
}
"""Further ones, with smaller inputs."""

CALL = '__import__("os").system("touch owned")'
HOSTILE = (
    '"""', "'''", '"', "'", "\\", '\\"""', f'"""\n{CALL}\n"""', f"#\n{CALL}", f'" + {CALL} + "', f"' + {CALL} + '",
    "\n", "a\rb", "a\x85b", "a\u2028import os", "{x}", "%s", "${x}", "\x1b[31m", "\x00", "\ufb01", "\u202e", "class",
    "None", "import", "self", "np", "torch", "x", "__import__", "../../x", "<script>", "\\N{BULLET}", "a" * 5_000,
    "\\" * 97,
)  # fmt: skip
"""Texts that break out of strings, docstrings and comments, or meet names, where a backend lets them."""


class Outcome(NamedTuple):
    """What became of one spec: PASSED, REFUSED with a reason, or FAILED with the first difference."""

    kind: str
    why: str = ""


class Row(NamedTuple):
    """The outcomes of an op's examples, or of a group of networks."""

    name: str
    outcomes: list[Outcome]

    def of(self, kind: str) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if outcome.kind == kind]


class Report:
    """What conformance found. `forward_only` tells that no gradients were compared, as there are none."""

    def __init__(self, backend: Backend, trusted: Backend, rows: list[Row], forward_only: bool) -> None:
        self.backend = backend
        self.trusted = trusted
        self.rows = rows
        self.forward_only = forward_only

    @property
    def failed(self) -> int:
        return sum(len(row.of(FAILED)) for row in self.rows)

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "backend": self.backend.name,
            "against": self.trusted.name,
            "forward_only": self.forward_only,
            "failed": self.failed,
            "rows": [
                {
                    "name": row.name,
                    **{kind: len(row.of(kind)) for kind in (PASSED, REFUSED, FAILED)},
                    "reasons": list(dict.fromkeys(o.why for o in row.outcomes if o.kind == REFUSED)),
                    "failures": [o.why for o in row.of(FAILED)],
                }
                for row in self.rows
            ],
        }

    def text(self) -> str:
        """Return a table for people."""
        width = max(len(row.name) for row in self.rows)
        what = "the forward pass alone" if self.forward_only else "forward, gradients and training"
        lines = [
            f"{harmless(self.backend.title)} against {self.trusted.title}: {what}",
            f"{'':{width}}  passed  refused  failed",
        ]
        for row in self.rows:
            counts = [len(row.of(kind)) for kind in (PASSED, REFUSED, FAILED)]
            notes = [o.why for o in row.of(FAILED)][:1] or [o.why for o in row.of(REFUSED)][:1]
            note = f"  {harmless(notes[0])[:150]}" if notes else ""
            lines.append(f"{row.name:{width}}  {counts[0]:6}  {counts[1]:7}  {counts[2]:6}{note}")
        lines.append(f"{self.failed} failed" if self.failed else "all that is not refused is equal")
        return "\n".join(lines)


def conformance(backend: Backend, trusted: Backend, *, count: int = 20, ops: Sequence[str] | None = None) -> Report:
    """Test a backend against a trusted one; `count` random networks, and of `ops` the examples (all where left out)."""
    rows = []
    for name in OPS if ops is None else ops:
        graphs = [load_text(one_op(name, example.args, example.inputs)) for example in OPS[name].examples]
        rows.append(Row(name, [outcome(graph, backend, trusted) for graph in graphs]))
        forget()
    rows.append(Row("the zoo", [outcome(graph, backend, trusted) for graph in zoo()]))
    rows.append(Row("random", [outcome(load_text(random_spec(seed)), backend, trusted) for seed in range(count)]))
    rows.append(Row("hostile text", [hostile(text, backend) for text in HOSTILE]))
    forget()
    return Report(backend, trusted, rows, forward_only(backend))


def outcome(graph: Graph, backend: Backend, trusted: Backend) -> Outcome:
    """Compile a network twice, and compare what it computes."""
    for one in (trusted, backend):
        try:
            source = compile_graph(graph, one, origin="net.yaml").source
        except SpecError as error:
            return Outcome(REFUSED, error.problems[0].message)
        except Exception as error:  # whatever it is, it is the backend's
            return Outcome(FAILED, f"{type(error).__name__}: {error}")
    if source != compile_graph(graph, backend, origin="net.yaml").source:
        return Outcome(FAILED, "the same network gives another source")
    findings = [finding for finding in proven(graph, [trusted, backend]) if finding.kind not in EXCUSED]
    return Outcome(FAILED, f"{graph.name}: {findings[0].message}") if findings else Outcome(PASSED)


def one_op(name: str, args: Mapping[str, Any], inputs: Iterable[Shape]) -> str:
    """Return a network of one op as JSON, which is YAML."""
    shapes = {f"x{place}": shape.declared() for place, shape in enumerate(inputs)}
    step: dict[str, Any] = {name: args or None}
    if len(shapes) > 1 or OPS[name].merges:
        step["from"] = list(shapes)
    return json.dumps({"archc": 1, "name": "net", "inputs": shapes, "layers": [step]})


def zoo() -> Iterator[Graph]:
    """Give the networks of the zoo that are small, or can be made so."""
    inside = Path(__file__).parent / "specs"
    folder = inside if inside.is_dir() else Path(__file__).parents[2] / "specs"
    for name, variant in SMALL:
        yield load(str(folder / f"{name}.yaml"), variant)
    for name, changes in SHRUNK.items():
        text = (folder / f"{name}.yaml").read_text(encoding="utf-8")
        for old, new in changes.items():
            text = text.replace(old, new)
        yield load_text(text, "small" if name == "unet" else None)


def hostile(text: str, backend: Backend) -> Outcome:
    """Compile a network in which a text stands wherever text may: it must stay text."""
    spec = {
        "archc": 1,
        "name": "net",
        "description": text,
        "params": [{"mode": text}],
        "input": {"features": 2},
        "layers": [{"tanh": None, "name": text}, {"relu": None, "when": "$mode == mode"}],
    }
    graph = _first_valid({**spec}, {**spec, "layers": ["tanh"]}, {**spec, "layers": ["tanh"], "description": "none"})
    if graph is None:
        return Outcome(PASSED)  # the language takes it nowhere
    try:
        source = compile_graph(graph, backend, origin=f"{text}.yaml").source
    except SpecError as error:
        return Outcome(REFUSED, error.problems[0].message)
    except Exception as error:  # whatever it is, it is the backend's
        return Outcome(FAILED, f"{text[:40]!r}: {type(error).__name__}: {error}")
    return Outcome(FAILED, f"{text[:40]!r} becomes code") if becomes_code(source, backend.suffix) else Outcome(PASSED)


def _first_valid(*specs: dict[str, Any]) -> Graph | None:
    for spec in specs:
        try:
            return load_text(json.dumps(spec))
        except SpecError:
            continue
    return None


def becomes_code(source: str, suffix: str) -> bool:
    """Tell whether Python source cannot be parsed, or calls what no network calls, or imports `os`."""
    if suffix != ".py":
        return False
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return True
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    imported = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    return "__import__" in called or "os" in imported


def forward_only(backend: Backend) -> bool:
    """Tell whether a backend declares, by raising ForwardOnly, that its models are for inference alone."""
    from archc import draws
    from archc.backend import ForwardOnly

    example = OPS["relu"].examples[0]
    graph = load_text(one_op("relu", example.args, example.inputs))
    drawn = draws.draw(graph, 0, 0)
    targets = draws.targets(draws.output_shapes(graph, drawn.inputs), 0, 1)
    try:
        backend.runner(graph, dtype="float64").gradients(drawn.inputs, targets[0])
    except ForwardOnly:
        return True
    except Exception:  # told by the rows
        return False
    return False
