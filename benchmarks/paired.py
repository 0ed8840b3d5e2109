"""Times whole processes side by side, in turns, so that what disturbs one disturbs the other."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import NamedTuple

# Without PYTHONDONTWRITEBYTECODE, under which each run compiles the sources that an editable install links to.
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
    "OMP_NUM_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
}


class Command(NamedTuple):
    """What to run, and what to call it."""

    name: str
    arguments: Sequence[str]


class Timing(NamedTuple):
    """Seconds of wall time and of processor time, and the largest memory of a run in MiB."""

    wall: float
    processor: float
    memory: float


def python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]


def once(command: Command) -> Timing:
    """Run a command; raises CalledProcessError where it fails."""
    began = time.perf_counter()
    process = subprocess.Popen(command.arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=ENVIRONMENT)
    assert process.stderr is not None
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, list(command.arguments), stderr=errors)
    return Timing(time.perf_counter() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def paired(commands: Sequence[Command], runs: int) -> dict[str, Timing]:
    """Return each command's medians over `runs` rounds, in each of which all run once; a first round is not counted."""
    found: dict[str, list[Timing]] = {command.name: [] for command in commands}
    for turn in range(runs + 1):
        for command in commands:
            timing = once(command)
            if turn:
                found[command.name].append(timing)
    return {name: Timing(*map(statistics.median, zip(*timings, strict=True))) for name, timings in found.items()}


def show(found: dict[str, Timing], base: str) -> None:
    """Print medians, and the ratios of wall and of processor time to the command called `base`."""
    reference = found[base]
    print(f"{'':40} {'wall s':>8} {'ratio':>6} {'cpu s':>8} {'ratio':>6} {'MiB':>6}")
    for name, timing in found.items():
        wall, processor = timing.wall / reference.wall, timing.processor / reference.processor
        print(f"{name:40} {timing.wall:8.3f} {wall:6.2f} {timing.processor:8.3f} {processor:6.2f} {timing.memory:6.0f}")
