"""What the runs of a study gave: means with confidence bands, and what they say."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from archc.study.grid import DATA, Axis, Point

STUDENT = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
           2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086)  # fmt: skip
"""The quantile 0.975 of Student's distribution for 1 to 20 degrees of freedom; the normal one's is 1.960."""


class Result(NamedTuple):
    """One trained network: where in the grid, with which seed, what it cost, and how well it does on the test data."""

    point: Point
    seed: int
    accuracy: float
    parameters: int
    macs: int
    seconds: float


class Spread(NamedTuple):
    """The results of one point over its seeds: the mean, and half the width of its 95 % confidence band."""

    point: Point
    runs: int
    mean: float
    half: float
    parameters: int
    macs: int
    seconds: float


def spreads(results: Sequence[Result]) -> list[Spread]:
    """Return one spread for each point, in the order in which the points come first."""
    grouped: dict[str, list[Result]] = {}
    for result in results:
        grouped.setdefault(repr(sorted(result.point.items())), []).append(result)
    return [_spread(group) for group in grouped.values()]


def _spread(group: Sequence[Result]) -> Spread:
    count = len(group)
    mean = sum(result.accuracy for result in group) / count
    square = sum((result.accuracy - mean) ** 2 for result in group)
    half = quantile(count - 1) * math.sqrt(square / (count - 1) / count) if count > 1 else math.nan
    first = group[0]
    seconds = sum(result.seconds for result in group) / count
    return Spread(first.point, count, mean, half, first.parameters, first.macs, seconds)


def quantile(freedom: int) -> float:
    """Return by how many standard errors a mean may be off, in 95 of 100 cases."""
    return STUDENT[freedom - 1] if freedom <= len(STUDENT) else 1.960


class Enough(NamedTuple):
    """For one choice of everything else: the value with the best mean, and the least that is not clearly worse."""

    others: Point
    best: Spread
    least: Spread


def enough(found: Sequence[Spread], axis: Axis) -> list[Enough]:
    """Return, for each choice of the other axes, how much of one numeric axis is enough.

    A point is not clearly worse than the best where its mean lies within the best one's confidence band, or within its
    own of the best mean.
    """
    grouped: dict[str, list[Spread]] = {}
    for spread in found:
        others = {name: value for name, value in spread.point.items() if name != axis.name}
        grouped.setdefault(repr(others), []).append(spread)
    answers = []
    for group in grouped.values():
        best = max(group, key=lambda spread: spread.mean)
        near = [spread for spread in group if best.mean - spread.mean <= max(_half(best), _half(spread))]
        least = min([*near, best], key=lambda spread: spread.point[axis.name])
        others = {name: value for name, value in best.point.items() if name != axis.name}
        answers.append(Enough(others, best, least))
    return answers


def _half(spread: Spread) -> float:
    return 0.0 if math.isnan(spread.half) else spread.half


def percent(spread: Spread) -> str:
    """Return an accuracy with its confidence band, as in `93.4 ± 0.6 %`."""
    band = "" if math.isnan(spread.half) else f" ± {100 * spread.half:.1f}"
    return f"{100 * spread.mean:.1f}{band} %"


def said(found: Sequence[Spread], axis: Axis, count: int) -> list[str]:
    """Say in sentences what the figures show of one numeric axis. `count` is how many seeds a point had."""
    answers = enough(found, axis)
    sentences = [_sentence(answer, axis) for answer in answers]
    by_data = [answer for answer in answers if list(answer.others) == [DATA]]
    if len(by_data) > 1:
        by_data.sort(key=lambda answer: answer.others[DATA])
        sentences.append(_with_data(by_data[0], by_data[-1], axis))
    if count == 1:
        sentences.append("Each point was trained once, so that nothing can be said of chance: use `--seeds 3` or more.")
    return sentences


def _sentence(answer: Enough, axis: Axis) -> str:
    where = _where(answer.others)
    best, least = answer.best, answer.least
    start = f"{where}`{axis.name}` {_text(least.point[axis.name])} is enough"
    start = start[0].upper() + start[1:]
    if best.point == least.point:
        return f"{start}, and best: {percent(best)} of the test images are told right."
    cost = best.macs / max(least.macs, 1)
    times = f", for {cost:.1f} times the multiply-accumulates" if cost > 1.05 else ""
    return (
        f"{start}: {percent(least)}. The best, {_text(best.point[axis.name])}, reaches {percent(best)}{times}, "
        "which is within chance of it."
    )


def _where(others: Point) -> str:
    parts = [
        f"{value:,} training images" if name == DATA else f"`{name}` {_text(value)}" for name, value in others.items()
    ]
    return f"with {' and '.join(parts)}, " if parts else ""


def _with_data(first: Enough, last: Enough, axis: Axis) -> str:
    gained = last.least.mean - first.least.mean
    one, other = first.least.point[axis.name], last.least.point[axis.name]
    moved = "stays the same" if one == other else f"goes from {_text(one)} to {_text(other)}"
    return (
        f"From {first.others[DATA]:,} to {last.others[DATA]:,} training images, what is enough {moved}, and accuracy "
        f"{'rises' if gained >= 0 else 'falls'} by {abs(100 * gained):.1f} points."
    )


def _text(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
