"""Both ways at once of what `logits` chooses between in emitted source: its function need not be called twice."""

from __future__ import annotations

import ast


def forked(tree: ast.Module) -> ast.Module | None:
    """Let source call `_fork(x, y)` at each `x if logits else y`, and return it; None where it asks in other ways."""
    forks = _Forks()
    forks.visit(tree)
    asked = any(isinstance(node, ast.Name) and node.id == "logits" for node in ast.walk(tree))
    return ast.fix_missing_locations(tree) if forks.count and not asked else None


class _Forks(ast.NodeTransformer):
    count = 0

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        self.generic_visit(node)
        if not (isinstance(node.test, ast.Name) and node.test.id == "logits"):
            return node
        self.count += 1
        return ast.Call(ast.Name("_fork", ast.Load()), [node.body, node.orelse], [])
