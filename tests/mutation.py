"""`python -m tests.mutation FILE CHECK`: change one operator, number or condition at a time, and run a check on each.

It prints how many mutants the check catches, and the survivors: a test is missing there, or the change means nothing.
"""

from __future__ import annotations

import argparse
import ast
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue
from random import Random
from shutil import copytree
from typing import NamedTuple

from tests.faults import LEFT_OUT, ROOT, run

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult,
}  # fmt: skip

CHANGED = (ast.Compare, ast.BinOp, ast.BoolOp, ast.Constant, ast.UnaryOp, ast.IfExp)


class Mutant(NamedTuple):
    """A changed module, and where and how it differs."""

    line: int
    change: str
    source: str


def mutants(source: str) -> Iterator[Mutant]:
    """Give every module that differs from `source` in one place. Annotations, texts and examples are left alone."""
    tree = ast.parse(source)
    shown = {id(part) for node in ast.walk(tree) if is_example(node) for part in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) in shown or not isinstance(node, CHANGED):
            continue
        before, kept = ast.unparse(node), dict(vars(node))
        if mutate(node):
            yield Mutant(node.lineno, f"{before} -> {ast.unparse(node)}", ast.unparse(tree))
        vars(node).update(kept)


def is_example(node: ast.AST) -> bool:
    """Tell whether a node is an op's example, which is no code."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Example"


def mutate(node: ast.expr) -> bool:
    """Change a node; tell whether that could be done."""
    if isinstance(node, ast.Compare) and type(node.ops[0]) in COMPARISONS:
        node.ops = [COMPARISONS[type(node.ops[0])](), *node.ops[1:]]
    elif isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        node.op = OPERATORS[type(node.op)]()
    elif isinstance(node, ast.BoolOp):
        node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    elif isinstance(node, ast.Constant) and type(node.value) is int:
        node.value += 1
    elif isinstance(node, ast.Constant) and type(node.value) is bool:
        node.value = not node.value
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        node.op = ast.UAdd()
    elif isinstance(node, ast.IfExp):
        node.body, node.orelse = node.orelse, node.body
    else:
        return False
    return True


def main(words: Sequence[str] | None = None) -> int:
    """Try a sample of a file's mutants."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("file", help="as `archc/ops/windows.py`")
    parser.add_argument("check", nargs="+", help="tests, and words for `-k`, as pytest takes them")
    parser.add_argument("--sample", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    given = parser.parse_args(words)
    found = list(mutants((ROOT / given.file).read_text(encoding="utf-8")))
    chosen = Random(given.seed).sample(found, min(given.sample, len(found)))
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(given.jobs) as pool:
        trees: Queue[Path] = Queue()
        for number in range(given.jobs):
            trees.put(Path(copytree(ROOT, Path(folder, str(number)), ignore=LEFT_OUT)))
        if (code := run(trees.queue[0], " ".join(given.check)).code) != 0:
            parser.error(f"the check does not pass on the file as it is: pytest ends with {code}")

        def survives(mutant: Mutant) -> bool:
            tree = trees.get()
            try:
                (tree / given.file).write_text(mutant.source, encoding="utf-8")
                return run(tree, " ".join(given.check)).code == 0
            finally:
                trees.put(tree)

        survivors = [mutant for mutant, alive in zip(chosen, pool.map(survives, chosen), strict=True) if alive]
    for mutant in sorted(survivors):
        print(f"{given.file}:{mutant.line}: {mutant.change}")
    print(f"{given.file}: {len(chosen) - len(survivors)} of {len(chosen)} caught, of {len(found)} mutants in all")
    return 0


if __name__ == "__main__":
    sys.exit(main())
