"""Runs a training script: by itself, or as several processes that share its work, started anew when one fails."""

from __future__ import annotations

import glob
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import BinaryIO, NamedTuple

SCRIPT = "train.py"
RESTARTS = 3
NO_ROOM = 3
"""The exit code of a script that could not write: it would not be able to a second time."""
NO_SENSE = 4
"""The exit code of a worker whose loss is no number: it would come to the same a second time."""
FAILED = "failed.txt"
"""Where a script says so under torchrun, which starts anew what ends with an error: it ends as if all were well."""


class Place(NamedTuple):
    """Where a script runs, where its lines go (None: where this process's go), and its environment."""

    folder: str
    log: BinaryIO | None
    environment: Mapping[str, str]


def launch(
    folder: str,
    arguments: Sequence[str],
    processes: int,
    launcher: str,
    log: BinaryIO | None = None,
    environment: Mapping[str, str] = os.environ,
) -> int:
    """Run a folder's script and return its exit code; `launcher` is `torchrun` or `tf_config`, lines go to `log`.

    Several processes go on from the last checkpoint, at most three times, when one of them dies.
    """
    command = [sys.executable, SCRIPT, *arguments]
    place = Place(folder, log, environment)
    if processes == 1:
        return _run(command, place)
    if "--resume" not in arguments:
        forget(folder)
        command.append("--resume")
    return (_torchrun if launcher == "torchrun" else _workers)(command, place, processes)


def forget(folder: str) -> None:
    """Remove a run's checkpoints."""
    for path in glob.glob(os.path.join(glob.escape(folder), "checkpoint_*")):
        os.unlink(path)


def _run(command: list[str], place: Place) -> int:
    return subprocess.run(
        command, cwd=place.folder, stdout=place.log, stderr=place.log and subprocess.STDOUT, env=place.environment,
        check=False,
    ).returncode  # fmt: skip


def _torchrun(command: list[str], place: Place, processes: int) -> int:
    shared = ["-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={processes}"]
    # Else PyTorch 2.13's new processes may look for the old ones.
    environment = {**place.environment, "TORCH_DISABLE_SHARE_RDZV_TCP_STORE": "1"}
    command = [command[0], *shared, f"--max-restarts={RESTARTS}", *command[1:]]
    failed = os.path.join(place.folder, FAILED)
    if os.path.lexists(failed):
        os.unlink(failed)
    status = _run(command, place._replace(environment=environment))
    return NO_SENSE if status == 0 and os.path.lexists(failed) else status


def _workers(command: list[str], place: Place, processes: int) -> int:
    for _ in range(RESTARTS + 1):
        status = _together(command, place, _free_addresses(processes))
        if status in (0, NO_ROOM, NO_SENSE):
            break
    return status


def _together(command: list[str], place: Place, addresses: list[str]) -> int:
    """Run workers until all are done or one has failed, which ends the others; return the first code that is not 0."""
    started = []
    try:
        for index in range(len(addresses)):
            config = {"cluster": {"worker": addresses}, "task": {"type": "worker", "index": index}}
            environment = {**place.environment, "TF_CONFIG": json.dumps(config)}
            errors = place.log and subprocess.STDOUT
            started.append(
                subprocess.Popen(command, cwd=place.folder, stdout=place.log, stderr=errors, env=environment)
            )
        codes: list[int | None] = [None]
        while None in codes and not any(codes):
            time.sleep(0.05)
            codes = [process.poll() for process in started]
        return next((code for code in codes if code), 0)
    finally:
        for process in started:
            process.kill()  # files are written whole or not at all
            process.wait()


def _free_addresses(count: int) -> list[str]:
    """Return addresses on this machine at which nothing listens."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [f"127.0.0.1:{one.getsockname()[1]}" for one in sockets]
