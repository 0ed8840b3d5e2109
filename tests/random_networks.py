"""A share of the networks that random specs make in the tests, and what must hold for all of it."""

from __future__ import annotations

from archc.backend import find
from archc.testing.checking import ALLOWED
from archc.testing.coverage import all_goals
from archc.testing.random_specs import ENOUGH
from archc.testing.sweep import Sweep

BACKENDS = [find("torch"), find("keras")]


def said(sweep: Sweep, seeds: range) -> list[str]:
    """Return what is found, each after its seed."""
    found = [f"{f.seed}: {f.finding.kind}: {f.finding.message}" for f in sweep.over(seeds)]
    return [line for line in found if not any(f": {kind}: " in line for kind in ALLOWED)]


def prove(seeds: range) -> None:
    """Let networks compile to tidy source that computes the same; each seed's goals must come up.

    The goals of `ENOUGH` seeds, one after the other, are all there are.
    """
    sweep = Sweep(BACKENDS)
    found = said(sweep, seeds)
    own = [goal for place, goal in enumerate(all_goals()) if place % ENOUGH in seeds]
    assert [goal for goal in own if not sweep.coverage.counts[goal]] == []
    assert [line for line in found if "irregular" not in line] == []
    assert len(found) <= len(seeds) / 100, "uses too unlike for one source are rare"
    assert sweep.layers > 10 * len(seeds)
    assert sweep.counts["mute"] < len(seeds) / 10, "a network that gives the same for every example shows little"
    assert sweep.counts["noise"] + sweep.counts["ties"] < len(seeds) / 50
