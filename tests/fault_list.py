"""Deliberate faults, each a search and replace in one source file, with the check that must catch it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import yaml


class Fault(NamedTuple):
    """A mutation, and the tests that are enough to catch it: a test's id, or a file and words for `-k`."""

    what: str
    file: str
    old: str
    new: str
    check: str


FAULTS = [Fault(**fault) for fault in yaml.safe_load(Path(__file__).with_name("faults.yaml").read_text("utf-8"))]
