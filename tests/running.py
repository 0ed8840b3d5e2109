"""Runs training scripts: in this process, or in children that are forked off so that a framework is imported once.

As a program, `python tests/running.py FOLDER KILLS SEED` kills a script over and over at random times, and resumes it.
"""

from __future__ import annotations

import importlib
import os
import random
import runpy
import signal
import sys
import time
from pathlib import Path

import pytest

FRESH = ("checkpoint_*", "metrics.csv", "best.safetensors", "best.weights.h5")


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
        left -= target.name.startswith("checkpoint_")
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
    torch = "import torch" in (folder / "train.py").read_text(encoding="utf-8")
    weights = folder / f"{folder.parent.name}{'.safetensors' if torch else '.weights.h5'}"
    often = ["--save-every", "3"] if torch else []
    # Imported once, and no more than that: TensorFlow does not work in the child of a process that has used it.
    importlib.import_module("torch" if torch else "keras")
    took = []
    for _ in range(2):  # the first one is slower
        began = time.monotonic()
        os.waitpid(forked(folder, *often), 0)
        took.append(time.monotonic() - began)
    wanted = arrays(weights)
    source, done, wrong, count = random.Random(seed), 0, 0, 0
    clean(folder)
    while count < kills:
        child = forked(folder, "--resume", *often)
        time.sleep(source.uniform(0, took[-1]))
        finished, _ = os.waitpid(child, os.WNOHANG)
        if not finished:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            count += 1
            continue
        done += 1
        wrong += arrays(weights) != wanted
        clean(folder)
    os.waitpid(forked(folder, "--resume", *often), 0)
    return done + 1, wrong + (arrays(weights) != wanted)


def arrays(path: Path) -> bytes | dict[str, bytes]:
    """Return what must not differ in a bit: a file, or where HDF5 notes the time of writing, the arrays in it."""
    if path.suffix == ".safetensors":
        return path.read_bytes()
    h5py = importlib.import_module("h5py")
    found: dict[str, bytes] = {}
    with h5py.File(path) as file:
        file.visititems(lambda name, part: found.update({name: part[...].tobytes()} if hasattr(part, "shape") else {}))
    return found


def clean(folder: Path) -> None:
    """Remove what a run has written."""
    for path in [path for name in FRESH for path in folder.glob(name)]:
        path.unlink()


if __name__ == "__main__":
    done, wrong = killed(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
    print(f"{done} runs came to their end, {wrong} with other weights")
    sys.exit(wrong > 0)
