"""Of three or more backends that do not agree, tell which one the others are against."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import NamedTuple

from archc.judge import Difference, Judge
from archc.trial import Evidence


class OddOne(NamedTuple):
    """The backend that differs from all others, which agree, where differences begin; numbers are places."""

    backend: int
    others: tuple[int, ...]
    where: Difference


def earliest(judges: Sequence[Judge]) -> Difference | None:
    """Return the difference that comes first in the order of computing."""
    found = [judge.first_difference for judge in judges if judge.first_difference is not None]
    return min(found, key=lambda difference: difference.rank, default=None)


def odd_one(evidence: Sequence[Evidence], judge_of: Callable[[Evidence], Judge]) -> OddOne | None:
    """Return the odd one out; None where all agree, or where no majority does.

    `judge_of` returns the judge of what differs from some evidence.
    """
    apart = {}
    for one, other in itertools.combinations(range(len(evidence)), 2):
        judge = judge_of(evidence[one])
        judge.compare(evidence[other])
        apart[one, other] = judge
    where = earliest(list(apart.values()))
    if where is None:
        return None
    differing = {pair for pair, judge in apart.items() if where.what in judge.differing}
    for place in range(len(evidence)):
        if differing == {pair for pair in apart if place in pair}:
            others = tuple(other for other in range(len(evidence)) if other != place)
            return OddOne(place, others, where) if len(others) > 1 else None
    return None
