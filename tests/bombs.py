"""Hostile files of up to 10 MB, each read and reported in one process that may hold 200 MB; run by `test_read.py`."""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from archc.diagnostics import render
from archc.problems import Problems
from archc.read import read_file

SIZE = 10_000_000
MEMORY = 200 * 2**20


def fill(text: str) -> Callable[[], str]:
    return lambda: text * (SIZE // len(text.encode()))


def laughs() -> str:
    return "\n".join(["a0: &a0 [x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 40))])


def many(text: str, number: int) -> Callable[[], str]:
    return lambda: "".join(text % count for count in range(number))


BOMBS: dict[str, tuple[str, Callable[[], str]]] = {
    "too large": ("E0112", lambda: "a" * (SIZE + 1)),
    "brackets": ("E0113", fill("[")),
    "dashes": ("E0113", fill("- ")),
    "questions": ("E0113", fill("? ")),
    "digits": ("E0109", lambda: "a: " + "1" * (SIZE - 3)),
    "one key": ("E0120", fill("a: 1\n")),
    "keys": ("E0114", many("a%d: 1\n", 300_000)),
    "inline": ("E0104", fill("a: ")),
    "tag directives": ("E0111", many("%%TAG !a%d! x\n", 200_000)),
    "more tag directives": ("E0110", lambda: "a: 1\n...\n" + many("%%TAG !a%d! x\n", 200_000)()),
    "laughs": ("E0115", laughs),
    "aliases": ("E0120", fill("- *a\n")),
    "anchors": ("E0114", many("- &a%d 1\n", 250_000)),
    "long anchor": ("E0120", lambda: "- &" + "a" * (SIZE // 2) + " 1\n" + "- *b\n" * 2000),
    "inside itself": ("E0120", lambda: "&a [" + "*a," * (SIZE // 4) + "]"),
    "open expressions": ("E0114", lambda: "[" + "$(," * (SIZE // 4) + "]"),
    "expressions": ("E0120", lambda: "[" + "$f(1, 2)," * (SIZE // 10) + "]"),
    "lines": ("E0118", fill("\n")),
    "lines, then wrong": ("E0104", lambda: "ab\n" * (SIZE // 3 - 10) + "x: 1\n"),
    "wide text": ("", lambda: "a: " + "\U0001f600" * (SIZE // 4 - 1)),
    "control": ("E0102", lambda: "\u4e2d" * (SIZE // 3 - 1) + "\x00"),
}  # fmt: skip


def main() -> None:
    """Print, for each bomb, the last code found, the one wanted, and the seconds it took."""
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    answers = {}
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "bomb.yaml")
        for name, (code, text) in BOMBS.items():
            with open(path, "w", encoding="utf-8") as file:
                file.write(text())
            start = time.process_time()
            problems = Problems()
            source, root = read_file(path, problems)
            render(problems.found, problems.sources)
            seconds = time.process_time() - start
            found = problems.found[-1].code if problems.found else ""
            answers[name] = found, code, seconds
            assert root is not None or found, name
            assert len(problems.found) <= 1001, name
            del source, root, problems
    print(json.dumps(answers))


if __name__ == "__main__":
    main()
