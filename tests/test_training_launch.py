"""Starting training scripts as several processes, shown on scripts that only tell how they were started."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from archc.training.launch import RESTARTS, launch

TELLING = f"""#!{sys.executable}
import json, os, sys, time
from pathlib import Path
place = json.loads(os.environ["TF_CONFIG"])
index, addresses = place["task"]["index"], place["cluster"]["worker"]
here = Path(__file__).parent
turn = len(list(here.glob(f"worker{{index}}_*")))
(here / f"worker{{index}}_{{turn}}").write_text(json.dumps([addresses, sys.argv[1:]]))
"""


def told(folder: Path) -> dict[str, Any]:
    return {path.name: json.loads(path.read_text()) for path in folder.glob("worker*")}


def test_workers_know_each_other_and_start_afresh(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(TELLING)
    (tmp_path / "checkpoint_00001.npz").touch()
    assert launch(str(tmp_path), ["--weights", "w"], 3, "tf_config") == 0
    found = told(tmp_path)
    assert sorted(found) == ["worker0_0", "worker1_0", "worker2_0"]
    addresses = found["worker0_0"][0]
    assert len(set(addresses)) == 3
    assert all(value == [addresses, ["--weights", "w", "--resume"]] for value in found.values())
    assert not (tmp_path / "checkpoint_00001.npz").exists()


def test_a_worker_that_dies_ends_the_others_and_all_go_on(tmp_path: Path) -> None:
    dying = """
other = here / "worker0_0"
if index == 1 and turn == 0:
    while not other.exists() or not other.read_text():
        time.sleep(0.01)
    os.kill(os.getpid(), 9)
if turn == 0:
    time.sleep(60)
"""
    (tmp_path / "train.py").write_text(TELLING + dying)
    (tmp_path / "checkpoint_00001.npz").touch()
    began = time.monotonic()
    assert launch(str(tmp_path), ["--resume"], 2, "tf_config") == 0
    assert time.monotonic() - began < 30
    found = told(tmp_path)
    assert found["worker1_1"][1] == ["--resume"]
    assert set(found) <= {"worker0_0", "worker0_1", "worker1_0", "worker1_1"}
    assert (tmp_path / "checkpoint_00001.npz").exists()


@pytest.mark.parametrize(("code", "times"), [(1, RESTARTS + 1), (3, 1), (4, 1)])
def test_what_fails_over_and_over_is_given_up(tmp_path: Path, code: int, times: int) -> None:
    (tmp_path / "train.py").write_text(f"{TELLING}sys.exit({code} if index == 0 else 0)\n")
    assert launch(str(tmp_path), [], 2, "tf_config") == code
    assert len(list(tmp_path.glob("worker0_*"))) == times
