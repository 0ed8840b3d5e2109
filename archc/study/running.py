"""The runs of a study: prepared here, trained in processes of their own, and never twice."""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Any, NamedTuple

from archc.study.outcome import Result
from archc.training.run import TrainingFailed, metrics, run
from archc.write import write_bytes

LOG, RESULT = "run.log", "result.json"
TAIL = 400
"""So many characters of a failed run's log are shown."""


class Job(NamedTuple):
    """One network to train: where, for which point and seed, and what its result depends on."""

    folder: str
    point: dict[str, Any]
    seed: int
    key: str
    parameters: int
    macs: int


class RunFailed(Exception):
    """Runs of a study ended in failure; the message has the end of each one's log."""


def folder_name(point: dict[str, Any], seed: int) -> str:
    """Return a name that is a name everywhere, whatever the values are."""
    text = ",".join(f"{name}={value}" for name, value in point.items())
    plain = re.sub(r"[^A-Za-z0-9=,._-]|\.\.+", "_", text)[:60].strip(".") or "all"
    return f"{plain}-{hashlib.sha256(repr(sorted(point.items())).encode()).hexdigest()[:6]}-seed{seed}"


def finished(job: Job) -> Result | None:
    """Return a run's result where it was trained before from the same spec, data and recipe."""
    try:
        with open(os.path.join(job.folder, RESULT), encoding="utf-8") as file:
            told = json.load(file)
    except (OSError, ValueError):
        return None
    if not isinstance(told, dict) or told.get("key") != job.key:
        return None
    return _result(job, float(told["accuracy"]), float(told["seconds"]))


def train(job: Job) -> Result:
    """Run a prepared folder's script; it goes on from its last checkpoint. Raises RunFailed."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}
    started = time.monotonic()
    path = os.path.join(job.folder, LOG)
    try:
        with open(path, "wb") as log:
            run(job.folder, ["--resume"], log=log, environment=environment)
    except TrainingFailed as error:
        with open(path, encoding="utf-8", errors="replace") as told_of:
            end = told_of.read()[-TAIL:]
        name = os.path.basename(job.folder)
        raise RunFailed(f"{name} ended with exit code {error.status}: {end.strip()}") from None
    result = _result(job, accuracy(job.folder), time.monotonic() - started)
    told = {"key": job.key, "accuracy": result.accuracy, "seconds": round(result.seconds, 3), "point": job.point,
            "seed": job.seed}  # fmt: skip
    write_bytes(os.path.join(job.folder, RESULT), (json.dumps(told) + "\n").encode(), force=True)
    return result


def accuracy(folder: str) -> float:
    """Return the share of test examples told right after the last epoch."""
    last = metrics(folder)[-1]
    if "test_accuracy" not in last:
        raise RunFailed("the network is no classifier: its training tells no accuracy")
    return last["test_accuracy"]


def _result(job: Job, value: float, seconds: float) -> Result:
    return Result(job.point, job.seed, value, job.parameters, job.macs, seconds)


Engine = Callable[[Sequence[Job], int], Iterator[Result | RunFailed]]
"""Trains jobs, so many at a time, and gives what becomes of each as it ends."""


def processes(jobs: Sequence[Job], most: int) -> Iterator[Result | RunFailed]:
    """Train on this machine."""
    with ThreadPoolExecutor(most) as pool:
        for future in as_completed([pool.submit(train, job) for job in jobs]):
            error = future.exception()
            if isinstance(error, RunFailed):
                yield error
            else:
                yield future.result()


def ray(jobs: Sequence[Job], most: int) -> Iterator[Result | RunFailed]:
    """Train on a Ray cluster that shares this file system: the one that RAY_ADDRESS names, or one on this machine."""
    from archc.backend import MissingFramework

    try:
        import ray as cluster
    except ImportError as error:
        raise MissingFramework("Ray is not installed: `pip install 'archc[ray]'`") from error
    here = "RAY_ADDRESS" not in os.environ
    cluster.init(num_cpus=most if here else None, include_dashboard=False if here else None, log_to_driver=False)
    try:
        task = cluster.remote(num_cpus=1, max_retries=3)(train)
        waiting = [task.remote(job) for job in jobs]
        while waiting:
            done, waiting = cluster.wait(waiting, num_returns=1)
            try:
                yield cluster.get(done[0])
            except RunFailed as error:
                yield error
    finally:
        cluster.shutdown()


ENGINES: dict[str, Engine] = {"processes": processes, "ray": ray}
