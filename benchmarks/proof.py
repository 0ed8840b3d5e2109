"""Cold `archc verify` of two_conv (goal: under 30 s) and of googlenet (goal: under 120 s)."""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.paired import Command, once

SPECS = Path(__file__).resolve().parent.parent / "specs"


def main() -> None:
    archc = os.path.join(os.path.dirname(sys.executable), "archc")
    for name in ("two_conv", "googlenet"):
        timing = once(Command(name, [archc, "verify", str(SPECS / f"{name}.yaml")]))
        print(
            f"verify {name:10} {timing.wall:6.1f} s wall, {timing.processor:6.1f} s processor, {timing.memory:5.0f} MiB"
        )


if __name__ == "__main__":
    main()
