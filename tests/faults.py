"""`python -m tests.faults`: plant each fault in a copy of the tree, one at a time, and see that its check fails.

Frameworks are imported once; each check runs in a process forked from there. Before a fault counts as caught, its
check must pass without it. `--write` puts the list into docs/faults.md.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import os
import shutil
import signal
import sys
import tempfile
import warnings
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue
from typing import NamedTuple

import pytest

from tests.fault_list import FAULTS, Fault

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "faults.md"
MOST = 60
"""Seconds of computing that a check may take, which a busy machine makes no longer."""

PATIENCE = 5 * MOST
"""Seconds by the clock after which a check that computes nothing is given up."""

BEGIN, END = "<!-- faults -->", "<!-- /faults -->"
FRAMEWORKS = ("numpy", "torch", "onnx", "onnx.reference", "onnxruntime", "tensorflow", "keras")
LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "benchmarks", "node_modules", "demo", "docs")


class Outcome(NamedTuple):
    """pytest's exit code (0 where all passed, 1 where some failed), and how many seconds it computed."""

    code: int
    seconds: float


def arguments(check: str) -> list[str]:
    """Return a check as arguments of pytest."""
    tests, _, words = check.partition(" -k ")
    return [*tests.split(), *(["-k", words] if words else [])]


def run(tree: Path, check: str) -> Outcome:
    """Run a check on a tree, in a process of its own."""
    child = os.fork()
    if child == 0:
        _in_child(tree, check)
    _, status, used = os.wait4(child, 0)
    return Outcome(os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime)


def _in_child(tree: Path, check: str) -> None:
    code = 99
    try:
        nowhere = os.open(os.devnull, os.O_RDWR)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(PATIENCE)
        signal.setitimer(signal.ITIMER_PROF, MOST)
        os.chdir(tree)
        for name in [name for name in sys.modules if name.split(".")[0] in ("archc", "tests", "conftest")]:
            del sys.modules[name]
        sys.path[:0] = [str(tree), str(tree / "backends"), str(tree / "examples" / "archc_numpy")]
        # The times of files are too coarse to tell a mutant's bytecode from the original's.
        sys.dont_write_bytecode = True
        code = int(pytest.main(["-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", *arguments(check)]))
    finally:
        os._exit(code)


def try_out(trees: Queue[Path], fault: Fault) -> Outcome:
    """Plant a fault in a tree that is free, run its check, and take the fault out again."""
    tree = trees.get()
    path = tree / fault.file
    text = path.read_text(encoding="utf-8")
    try:
        path.write_text(text.replace(fault.old, fault.new, 1), encoding="utf-8")
        return run(tree, fault.check)
    finally:
        path.write_text(text, encoding="utf-8")
        trees.put(tree)


def try_check(trees: Queue[Path], check: str) -> Outcome:
    """Run a check where nothing is wrong."""
    tree = trees.get()
    try:
        return run(tree, check)
    finally:
        trees.put(tree)


def page(faults: Sequence[Fault]) -> str:
    """Return the list as it stands in docs/faults.md."""
    rows = [f"| {f.what} | `{f.file}` | `{f.check.replace('|', '/')}` |" for f in faults]
    head = ["| fault | planted in | caught by |", "|---|---|---|"]
    return "\n".join([BEGIN, f"{len(faults)} faults.", "", *head, *rows, END])


def write() -> None:
    """Put the list into docs/faults.md, between its marks."""
    text = PAGE.read_text(encoding="utf-8")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    PAGE.write_text(before + page(FAULTS) + after, encoding="utf-8")


def main(words: Sequence[str] | None = None) -> int:
    """Try all faults, or those whose description holds a word; the exit code is 1 where one is not caught."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--only", default="", help="parts of descriptions, with `|` between")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--write", action="store_true", help="write docs/faults.md and run nothing")
    given = parser.parse_args(words)
    if given.write:
        write()
        return 0
    faults = [fault for fault in FAULTS if any(words in fault.what for words in given.only.split("|"))]
    os.environ |= {"OMP_NUM_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_BACKEND": "tensorflow"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in FRAMEWORKS:
            importlib.import_module(name)
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(given.jobs) as pool:
        trees: Queue[Path] = Queue()
        for number in range(given.jobs):
            trees.put(Path(shutil.copytree(ROOT, Path(folder, str(number)), ignore=LEFT_OUT)))
        checks = sorted({fault.check for fault in faults})
        sound = dict(zip(checks, pool.map(lambda check: try_check(trees, check), checks), strict=True))
        missed = 0
        for fault, outcome in zip(faults, pool.map(lambda fault: try_out(trees, fault), faults), strict=True):
            good = sound[fault.check].code == 0 and outcome.code == 1
            missed += not good
            verdict = "caught" if good else f"NOT CAUGHT ({sound[fault.check].code} without it, {outcome.code} with it)"
            print(f"{verdict} in {outcome.seconds:.0f} s: {fault.what} [{fault.check}]", flush=True)
    print(f"{len(faults) - missed} of {len(faults)} caught")
    return int(missed > 0)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main())
