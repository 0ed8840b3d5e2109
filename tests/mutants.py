"""Spoilt specs by the thousand: each is compiled by both backends, or refused in its place, and nothing else happens.

`python -m tests.mutants --count 20000` takes some minutes; `--seed` gives others. A mutant that is not answered as it
should is printed with the operator that made it.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import NamedTuple

from archc.compile import examine
from archc.graph import Graph
from archc.problems import Problems
from tests.mutations import OPERATORS
from tests.oracles import BACKENDS, emitted, located, shown, sound, summed_up, watched

ROOT = Path(__file__).parents[1]
FOLDERS = ("specs", "tests/specs")
SLOWEST = 1.0
"""Seconds of processor time that an answer may take."""


class Mutant(NamedTuple):
    """A spoilt spec: where the good one is, what was done to it, and the first line that differs."""

    origin: str
    operators: tuple[str, ...]
    text: str
    line: int

    @property
    def name(self) -> str:
        return f"{self.origin} after {' and '.join(self.operators)}"


def mutants(count: int, seed: int) -> list[Mutant]:
    """Return spoilt specs, the same for the same seed: most spoilt once, some twice."""
    random = Random(seed)
    origins = [str(path.relative_to(ROOT)) for folder in FOLDERS for path in sorted((ROOT / folder).glob("*.yaml"))]
    texts = {origin: (ROOT / origin).read_text(encoding="utf-8") for origin in origins}
    names = list(OPERATORS)
    found: list[Mutant] = []
    while len(found) < count:
        origin = origins[len(found) % len(origins)]
        used: list[str] = []
        text = texts[origin]
        for _ in range(1 if random.random() < 0.8 else 2):
            name = random.choice(names)
            spoilt = OPERATORS[name](text, random) if text else None
            if spoilt is not None:
                used.append(name)
                text = spoilt
        if text != texts[origin]:
            found.append(Mutant(origin, tuple(used), text, _first_change(texts[origin], text)))
    return found


def _first_change(before: str, after: str) -> int:
    old, new = before.split("\n"), after.split("\n")
    same = (place for place, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1])
    return next(same, min(len(old), len(new)) - 1) + 1


class Field:
    """A copy of the good specs, in which each mutant stands for a moment in its original's place."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        for name in FOLDERS:
            shutil.copytree(ROOT / name, os.path.join(folder, name))
        self.before = self.files()
        self.far = 0
        """How many were refused with nothing said of the changed line or what follows it."""

    def files(self) -> dict[str, bytes]:
        return {str(path): path.read_bytes() for path in sorted(Path(self.folder).rglob("*")) if path.is_file()}

    def judge(self, mutant: Mutant) -> str:
        """Return `accepted` or the first finding's code. Raises AssertionError, or whatever archc does."""
        path = os.path.join(self.folder, os.path.dirname(mutant.origin), "mutant.yaml")
        Path(path).write_bytes(mutant.text.encode("utf-8", "surrogateescape"))
        problems = Problems()
        with watched() as done:
            with timed("check"):
                graph = examine(path, problems)
                shown(problems)
            if graph is not None:
                self.judge_accepted(graph)
        os.remove(path)
        assert done == [], done
        assert graph is None or not problems.errors
        for problem in problems.found:
            located(problem, problems.sources)
        if graph is not None:
            return "accepted"
        self.far += bool(problems.errors) and not near(mutant, problems)
        blocks_alone = any(line.startswith(("blocks:", "import:")) for line in mutant.text.splitlines())
        assert problems.errors or blocks_alone, "neither accepted nor refused"
        return problems.found[0].code if problems.found else "blocks alone"

    def judge_accepted(self, graph: Graph) -> None:
        with timed("summary"):
            summed_up(graph)
        for backend in BACKENDS:
            with timed(backend):
                source = emitted(graph, backend)
            if source is not None:
                sound(source)


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Judge how long something takes."""
    start = time.thread_time()
    yield
    seconds = time.thread_time() - start
    assert seconds < SLOWEST, f"{what} took {seconds:.2f} s"


def near(mutant: Mutant, problems: Problems) -> bool:
    """Tell whether a finding, or a note of one, is at the first line that changed, or below it."""
    marks = [note.mark for problem in problems.found for note in problem.notes if note.mark is not None]
    marks += [problem.mark for problem in problems.found]
    return any(mark.end_line >= mutant.line - 1 for mark in marks)


def sweep(count: int, seed: int) -> tuple[Counter[str], int, list[str]]:
    """Judge many mutants; return how they ended, how many errors stood elsewhere, and what was wrong with answers."""
    ends: Counter[str] = Counter()
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        field = Field(folder)
        for number, mutant in enumerate(mutants(count, seed)):
            try:
                ends[field.judge(mutant)] += 1
            except Exception as error:
                what = f"{type(error).__name__}: {error}"[:500]
                lines = mutant.text.split("\n")
                changed = lines[min(mutant.line, len(lines)) - 1][:200]
                wrong.append(f"mutant {number} of seed {seed}, {mutant.name}, line {mutant.line} {changed!r}: {what}")
        assert field.files() == field.before, "a file was touched"
    return ends, field.far, wrong


def main() -> int:
    """Judge as many mutants as the command line says, and print how they ended."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--print", type=int, metavar="NUMBER", help="print one mutant's text, and judge none")
    options = parser.parse_args()
    if options.print is not None:
        sys.stdout.write(mutants(options.print + 1, options.seed)[-1].text)
        return 0
    ends, far, wrong = sweep(options.count, options.seed)
    refused = sum(ends.values()) - ends["accepted"]
    accepted = ends["accepted"]
    print(f"{options.count:,} mutants: {accepted:,} accepted, {refused:,} refused, {len(wrong):,} answered wrongly")
    print(f"{far:,} refused with nothing said of the changed line or what follows it")
    print(", ".join(f"{code} {number:,}" for code, number in ends.most_common()))
    print(*wrong, sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
