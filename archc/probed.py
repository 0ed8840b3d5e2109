"""Tells whether probed source is the plain one with probes in it: one model then does for both."""

from __future__ import annotations

import ast
from typing import Any


def alike(plain: str, probed: ast.Module, place: int) -> bool:
    """Tell whether source and the tree of another do the same, where `_probe` gives back its argument number `place`.

    Beside probes, the second may count the turns of a loop and hand names to functions, for its probes alone.
    """
    trees = ast.parse(plain), probed
    named = [{part.name for part in tree.body if _named(part)} for tree in trees]  # type: ignore[attr-defined]
    return _Comparison(place, named[1] - named[0]).same(*trees)


def _named(part: ast.AST) -> bool:
    return isinstance(part, ast.FunctionDef) and "name" in [argument.arg for argument in part.args.kwonlyargs]


class _Comparison:
    """Compares two trees, the second of which has probes; `named` functions take a `name` there alone."""

    def __init__(self, place: int, named: set[str]) -> None:
        self.place = place
        self.named = named

    def same(self, a: Any, b: Any) -> bool:
        """Compare two nodes, lists of them, or what they hold."""
        while isinstance(b, ast.Call) and _calls(b) == "_probe":
            b = b.args[self.place]
        if type(a) is not type(b):
            return False
        if isinstance(a, list):
            return len(a) == len(b) and all(map(self.same, a, b))
        if not isinstance(a, ast.AST):
            return bool(a == b)
        left, right = vars(a), vars(b) | self.without(a, b)
        return all(self.same(left.get(name), right.get(name)) for name in a._fields)

    def without(self, a: ast.AST, b: ast.AST) -> dict[str, Any]:
        """Return the fields of `b` that hold something for probes alone, without it."""
        if isinstance(b, ast.Call) and _calls(b) in self.named:
            return {"keywords": [given for given in b.keywords if given.arg != "name"]}
        if isinstance(b, ast.FunctionDef) and b.name in self.named:
            pairs = zip(b.args.kwonlyargs, b.args.kw_defaults, strict=True)
            kept = [pair for pair in pairs if pair[0].arg != "name"]
            only = {"kwonlyargs": [argument for argument, _ in kept], "kw_defaults": [value for _, value in kept]}
            return {"args": ast.arguments(**(vars(b.args) | only))}
        if isinstance(a, ast.For) and isinstance(b, ast.For) and isinstance(b.target, ast.Name) and _nameless(a.target):
            read = {inner.id for part in a.body for inner in ast.walk(part) if isinstance(inner, ast.Name)}
            return {"target": a.target} if b.target.id not in read else {}
        return {}


def _calls(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _nameless(target: ast.expr) -> bool:
    return isinstance(target, ast.Name) and target.id == "_"
