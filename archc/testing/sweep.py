"""`python -m archc.testing.sweep --count 10000 --seed 0`: look for networks that the backends do not agree about."""

from __future__ import annotations

import argparse
import gc
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeVar

from archc.backend import Backend, backends
from archc.compile import quiet_collector
from archc.testing.checking import ALLOWED, KINDS, Finding, examined, forget, proven, untidy
from archc.testing.coverage import Coverage, all_goals
from archc.testing.random_specs import random_spec
from archc.testing.shrink import shrink

BATCH = 100
"""How many networks are kept before their sources are laid before `ruff`, all at once."""

TIDY = 25
"""After how many networks garbage is looked for."""


COMPILING = "--xla_backend_optimization_level=1"
"""TensorFlow compiles each grouped convolution: to make one as fast as can be takes up to a minute."""

T = TypeVar("T")


class Found(NamedTuple):
    """A finding, with the seed and the text of its network."""

    seed: int
    spec: str
    finding: Finding


class Sweep:
    """Makes and checks networks, one seed after the other."""

    def __init__(self, chosen: list[Backend], *, run: bool = True) -> None:
        self.backends = chosen
        self.run = run
        self.coverage = Coverage()
        self.counts: Counter[str] = Counter()
        self.networks = 0
        self.layers = 0
        self.seconds: dict[str, float] = {}

    def over(self, seeds: Iterable[int]) -> Iterator[Found]:
        """Give what is found."""
        with quiet_collector():  # a network leaves little, which Python would look for at every few steps
            yield from self.each(seeds)

    def each(self, seeds: Iterable[int]) -> Iterator[Found]:
        sources: dict[str, str] = {}
        specs: dict[int, str] = {}
        for seed in seeds:
            specs[seed] = spec = self.timed("making", partial(random_spec, seed))
            for finding in self.one(seed, spec, sources):
                self.counts[finding.kind] += 1
                yield Found(seed, spec, finding)
            if len(specs) == BATCH:
                yield from self.tidied(sources, specs)
            elif len(specs) % TIDY == 0:
                gc.collect()
        yield from self.tidied(sources, specs)

    def one(self, seed: int, spec: str, sources: dict[str, str]) -> list[Finding]:
        self.networks += 1
        graph, written, findings = self.timed("compiling", lambda: examined(spec, self.backends))
        sources.update({f"{seed}_{name}": source for name, source in written.items()})
        if graph is None:
            return findings
        self.coverage.add(graph)
        self.layers += len(graph.layers)
        if self.run and len(written) == len(self.backends):
            findings = findings + self.timed("running", lambda: proven(graph, self.backends))
        return findings

    def tidied(self, sources: dict[str, str], specs: dict[int, str]) -> Iterator[Found]:
        """Give what `ruff` finds in a batch, and forget it."""
        for name, said in self.timed("ruff", lambda: untidy(sources)).items():
            seed = int(name.partition("_")[0])
            self.counts["untidy"] += 1
            yield Found(seed, specs[seed], Finding("untidy", f"{name}: {said}"))
        sources.clear()
        specs.clear()
        forget()

    def timed(self, what: str, work: Callable[[], T]) -> T:
        started = time.perf_counter()
        result = work()
        self.seconds[what] = self.seconds.get(what, 0.0) + time.perf_counter() - started
        return result

    def report(self) -> str:
        """Return what was done and found."""
        missing = self.coverage.missing
        lines = [
            f"{self.networks} networks, {self.layers} layers; "
            + ", ".join(f"{what} {spent:.0f} s" for what, spent in self.seconds.items()),
            f"coverage: {100 * self.coverage.share:.1f} % of {len(all_goals())} uses of ops",
            *(f"  never: {goal}" for goal in missing[:20]),
            *(f"{count} {kind}: {KINDS[kind]}" for kind, count in sorted(self.counts.items())),
        ]
        return "\n".join(lines)

    @property
    def sound(self) -> bool:
        """Whether nothing speaks against the compiler."""
        return all(kind in ALLOWED for kind in self.counts)


def small(found: Found, chosen: list[Backend], most: int) -> str:
    """Return a small spec with a finding of the same kind."""

    def fails(spec: str) -> bool:
        graph, sources, findings = examined(spec, chosen)
        if found.finding.kind == "untidy":
            return bool(untidy(sources))
        if graph is not None and not findings and len(sources) == len(chosen):
            findings = proven(graph, chosen)
        return any(finding.kind == found.finding.kind for finding in findings)

    return shrink(found.spec, fails, most=most) if fails(found.spec) else found.spec


def main(words: list[str] | None = None) -> int:
    """Sweep, print what is found, and write each network that fails, made small, into a folder."""
    parser = argparse.ArgumentParser(prog="python -m archc.testing.sweep", description=__doc__)
    parser.add_argument("--count", type=int, default=500, help="how many networks")
    parser.add_argument("--seed", type=int, default=0, help="the first one's seed")
    parser.add_argument("--backends", default="torch,keras", help="which to compare")
    parser.add_argument("--compile-only", action="store_true", help="compile and run no framework")
    parser.add_argument("--shrink", type=int, default=400, help="how many specs to try to make a failing one small")
    parser.add_argument("--output", type=Path, default=Path("failing"), help="the folder of specs that fail")
    given = parser.parse_args(words)
    os.environ.setdefault("XLA_FLAGS", COMPILING)
    installed = backends()
    sweep = Sweep([installed[name] for name in given.backends.split(",")], run=not given.compile_only)
    for found in sweep.over(range(given.seed, given.seed + given.count)):
        if found.finding.kind in ALLOWED:
            continue
        print(f"seed {found.seed}: {found.finding.kind}: {found.finding.message[:300]}", flush=True)
        given.output.mkdir(parents=True, exist_ok=True)
        path = given.output / f"{found.finding.kind}_{found.seed}.yaml"
        path.write_text(small(found, sweep.backends, given.shrink), encoding="utf-8")
    print(sweep.report())
    return 0 if sweep.sound else 1


if __name__ == "__main__":
    sys.exit(main())
