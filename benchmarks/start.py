"""Cold start: `archc check` of GoogLeNet against importing the two libraries that it stands on. Goal: at most 1.25."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.paired import Command, paired, python, show

SPEC = str(Path(__file__).resolve().parent.parent / "specs" / "googlenet.yaml")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=30)
    runs = parser.parse_args().runs
    archc = os.path.join(os.path.dirname(sys.executable), "archc")
    imports = "import yaml, click"
    commands = [
        Command(imports, python("-c", imports)),
        Command("archc check googlenet", [archc, "check", SPEC]),
        Command("archc summary googlenet", [archc, "summary", SPEC]),
        Command("archc compile googlenet (torch)", [archc, "compile", SPEC, "--backend", "torch"]),
    ]
    show(paired(commands, runs), imports)


if __name__ == "__main__":
    main()
