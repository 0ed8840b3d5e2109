"""Specs near the language's bounds, and past them, each answered in one process that may hold 200 MB.

Run by `test_bounds.py`. What is measured is all that `archc check` does, and for specs that are right `archc compile`.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from archc.backend import find
from archc.compile import compile_graph, examine, quiet_collector
from archc.diagnostics import render
from archc.problems import Problems, SpecError

MEMORY = 200 * 2**20
HEAD = "archc: 1\nname: net\ninput: {features: 4}\n"
RELU = "layers: [relu]\n"
BLOCK = HEAD + "blocks:\n  b:\n    layers: [relu]\n"
VARIANT = HEAD + "params: [b: 1]\nvariants:\n  one:\n"
ROW = "{chain: [{dense: {units: 4}, repeat: 99}], repeat: 99}"
WIDE = "  - conv: {filters: 281474976710656, kernel_size: 1}"
IMAGE = "archc: 1\nname: net\ninput: {height: 8, width: 8, channels: 3}\n"


def many(count: int, line: str, head: str = HEAD + "layers:\n", tail: str = "") -> Callable[[], str]:
    """Return a text of numbered lines."""
    return lambda: head + "".join(f"{line}\n".replace("#", str(number)) for number in range(count)) + tail


def nested(depth: int) -> str:
    """Return chains within chains."""
    lines = ["  " * (2 * level + 1) + "- chain:" for level in range(depth)]
    return HEAD + "layers:\n" + "\n".join([*lines, "  " * (2 * depth + 1) + "- relu"]) + "\n"


def doubling(levels: int) -> str:
    """Return blocks that each use the one before twice."""
    blocks = ["  b0:\n    layers: [relu]\n"]
    blocks += [f"  b{n}:\n    layers:\n      - b{n - 1}\n      - b{n - 1}\n" for n in range(1, levels)]
    return HEAD + "blocks:\n" + "".join(blocks) + f"layers: [b{levels - 1}]\n"


def listed(count: int, key: str, head: str = HEAD + "layers: [relu]\n") -> Callable[[], str]:
    """Return a spec with a long list under a key."""
    return lambda: head + f"{key}: [{', '.join(f'a{number}' for number in range(count))}]\n"


HEAVY: dict[str, tuple[str, Callable[[], str]]] = {
    "a hundred thousand unknown ops": ("E0120", many(100_000, "  - cnv#")),
    "one unknown op, a hundred thousand times": ("E0120", many(100_000, "  - covn")),
    "unknown keys": ("E0120", many(60_000, "key#: 1", HEAD, "layers: [relu]\n")),
    "unknown arguments": ("E0120", many(20_000, "  - conv: {fliters: 3, kernel_sise: 3}", IMAGE + "layers:\n")),
    "wrong values": ("E0120", many(30_000, "  - dense: {units: -#}")),
    "broken expressions": ("E0120", many(30_000, "  - dense: {units: $# +}")),
    "unknown names in expressions": ("E0120", many(30_000, "  - dense: {units: $unts#}")),
    "references that lead nowhere": ("E0120", many(30_000, "  - relu:\n    from: rleu_#")),
    "references to what comes later": ("E0120", many(30_000, "  - relu:\n    from: relu40000")),
    "results that nobody uses": ("E0120", many(30_000, "  - relu:\n    from: input")),
    "one name for all steps": ("E0120", many(30_000, "  - relu:\n    name: same_name")),
    "names that are none": ("E0120", many(30_000, "  - relu:\n    name: Bad-#")),
    "outputs that are no steps": ("E0120", listed(100_000, "outputs")),
    "one output over and over": ("E0120", lambda: HEAD + "layers: [relu]\noutputs: [" + "relu, " * 100_000 + "relu]\n"),
    "inputs of a block": ("", lambda: listed(60_000, "    inputs", BLOCK)() + RELU),
    "params": ("", lambda: listed(60_000, "    params", BLOCK)() + RELU),
    "settings of no param": ("E0120", many(60_000, "    a#: 1", VARIANT, RELU)),
    "imports of no file": ("E0120", many(20_000, "  - blocks/a#.yaml", HEAD + "import:\n", "layers: [relu]\n")),
    "merges": ("", many(12_000, "  - add:\n      a: [relu]\n      b#: []\n    name: add_#")),
    "merges with like branches": ("", many(5_000, "  - add:\n      a: [relu]\n      b: []")),
    "branches": ("", many(30_000, "      b#: []", HEAD + "layers:\n  - add:\n")),
    "steps": ("", many(99_000, "  - relu")),
    "named steps": ("", many(39_000, "  - relu:\n    name: step_#")),
    "layers with weights": ("", many(30_000, "  - dense: {units: 4}")),
    "a long repeat": ("", lambda: HEAD + "layers:\n  - dense: {units: 4}\n    repeat: 90000\n"),
    "a repeat past the bound": ("E0409", lambda: HEAD + "layers:\n  - dense: {units: 4}\n    repeat: 1000000000\n"),
    "repeats within repeats": ("E0409", lambda: f"{HEAD}layers: [{{chain: [{ROW}], repeat: 99}}]\n"),
    "a block without end": ("E0409", lambda: HEAD + "blocks:\n  b:\n    layers: [b]\nlayers: [b]\n"),
    "a block twice without end": ("E0409", lambda: HEAD + "blocks:\n  b:\n    layers: [b, b]\nlayers: [b]\n"),
    "doubling blocks": ("", lambda: doubling(14)),
    "doubling blocks past the bound": ("E0409", lambda: doubling(40)),
    "blocks": ("", many(30_000, "  b#:\n    layers: [relu]", HEAD + "blocks:\n", "layers: [b7]\n")),
    "nested chains": ("", lambda: nested(15)),
    "long expressions": ("", many(2_000, '  - dense: {units: "$max(' + "1, " * 90 + '1)"}')),
    "a long description": ("", lambda: HEAD + "layers: [relu]\ndescription: " + "word " * 1_900_000 + "\n"),
    "sizes past the bound": ("E0309", many(9, WIDE, IMAGE + "layers:\n")),
}  # fmt: skip


Seconds = dict[str, float]


def answer(path: str) -> tuple[str, Seconds]:
    """Do what the command line does with a spec; return the last finding's code, and the time of each command."""
    problems = Problems()
    start = time.process_time()
    with quiet_collector():
        graph = examine(path, problems)
    spent = {"check": time.process_time() - start}
    for form in ("text", "json"):
        render(problems.found, problems.sources, form)
    spent["report"] = time.process_time() - start
    if graph is not None and not problems.errors:
        for backend in ("torch", "keras"):
            start = time.process_time()
            try:
                compile_graph(graph, find(backend), origin="heavy.yaml")
            except SpecError as error:
                return error.problems[-1].code, spent
            spent[f"compile, {backend}"] = spent["check"] + time.process_time() - start
    return problems.found[-1].code if problems.found else "", spent


def main() -> None:
    """Print, for each spec, the last code found, the one wanted, and the seconds that each command took."""
    chosen = sys.argv[1:] or list(HEAVY)
    find("torch"), find("keras")
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    answers = {}
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "heavy.yaml")
        for name in chosen:
            code, text = HEAVY[name]
            with open(path, "w", encoding="utf-8") as file:
                file.write(text())
            found, spent = answer(path)
            answers[name] = found, code, {command: round(seconds, 2) for command, seconds in spent.items()}
            gc.collect()  # a command has the process to itself
    print(json.dumps(answers))


if __name__ == "__main__":
    main()
