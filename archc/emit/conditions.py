"""Whether two steps are there under one condition, or under opposite ones, as the spec has them written."""

from __future__ import annotations

from archc.expressions import Unary
from archc.spec import Formula, Step


def opposite(step: Step, other: Step) -> bool:
    """Tell whether one of two steps is there under `not` the other's condition, as written, and may take its place."""
    if step.when is None or other.when is None or other.repeat is not None or other.sources is not None:
        return False
    one, two = step.when.value, other.when.value
    if not (isinstance(one, Formula) and isinstance(two, Formula)):
        return False
    return any(
        isinstance(a.expression, Unary) and a.expression.op == "not" and a.expression.operand == b.expression
        for a, b in ((one, two), (two, one))
    )


def one_condition(step: Step, other: Step) -> bool:
    """Tell whether two steps are there under the same condition, as written."""
    if step.when is None or other.when is None:
        return False
    one, two = step.when.value, other.when.value
    if isinstance(one, Formula) and isinstance(two, Formula):
        return one.expression == two.expression
    return bool(one == two)
