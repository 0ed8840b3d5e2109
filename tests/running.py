"""Runs training scripts: in this process, or in children that are forked off so that a framework is imported once.

As a program, `python tests/running.py FOLDER KILLS SEED` kills a script over and over at random times, and resumes it.
"""

from __future__ import annotations

import os
import random
import runpy
import signal
import sys
import time
from pathlib import Path

import pytest

FRESH = ("checkpoint.pt", "checkpoint.npz", "metrics.csv", "best.safetensors", "best.weights.h5")


def run(folder: Path, *arguments: str) -> None:
    """Run `train.py` in this process. Raises SystemExit where the script leaves early."""
    argv, path = sys.argv, list(sys.path)
    sys.modules.pop("model", None)
    sys.argv = [str(folder / "train.py"), *arguments]
    sys.path.insert(0, str(folder))
    try:
        runpy.run_path(str(folder / "train.py"), run_name="__main__")
    finally:
        sys.argv, sys.path[:] = argv, path
        sys.modules.pop("model", None)


class BrokenError(Exception):
    """Raised within a script, to break it off."""


def broken(folder: Path, checkpoints: int, *arguments: str) -> None:
    """Run `train.py` in this process until it has written so many checkpoints."""
    replace, left = Path.replace, checkpoints

    def counted(path: Path, target: Path) -> Path:
        nonlocal left
        found = replace(path, target)
        left -= target.name.startswith("checkpoint.")
        if not left:
            raise BrokenError
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "replace", counted)
        with pytest.raises(BrokenError):
            run(folder, *arguments)


def forked(folder: Path, *arguments: str) -> int:
    """Start the script in a child process and return its id."""
    child = os.fork()
    if child:
        return child
    try:
        with open(folder / "log.txt", "a") as log:
            os.dup2(log.fileno(), 1)
            run(folder, *arguments)
        os._exit(0)
    except BaseException as error:
        print(error, file=sys.stderr)
        os._exit(1)


def killed(folder: Path, kills: int, seed: int) -> tuple[int, int]:
    """Kill the script `kills` times; return how often it came to its end, and how often with other weights."""
    weights = folder / f"{folder.parent.name}.safetensors"
    run(folder)  # the first run in a process also starts the framework up
    wanted = weights.read_bytes()
    began = time.monotonic()
    os.waitpid(forked(folder, "--save-every", "3"), 0)
    lasted = time.monotonic() - began
    source, done, wrong, count = random.Random(seed), 0, 0, 0
    clean(folder)
    while count < kills:
        child = forked(folder, "--resume", "--save-every", "3")
        time.sleep(source.uniform(0, lasted))
        finished, _ = os.waitpid(child, os.WNOHANG)
        if not finished:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            count += 1
            continue
        done += 1
        wrong += weights.read_bytes() != wanted
        clean(folder)
    run(folder, "--resume", "--save-every", "3")
    return done + 1, wrong + (weights.read_bytes() != wanted)


def clean(folder: Path) -> None:
    """Remove what a run has written."""
    for name in FRESH:
        (folder / name).unlink(missing_ok=True)


if __name__ == "__main__":
    done, wrong = killed(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
    print(f"{done} runs came to their end, {wrong} with other weights")
    sys.exit(wrong > 0)
