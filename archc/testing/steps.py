"""Makes steps of one op: arguments drawn from their words, tried on the shape at hand, some written as expressions."""

from __future__ import annotations

import copy
from random import Random
from typing import Any

from archc.ops import OPS
from archc.ops.activations import activation_op
from archc.ops.attention import WindowAttention
from archc.ops.base import Op, ShapeError
from archc.shapes import Shape
from archc.testing import values
from archc.testing.coverage import Goal
from archc.testing.formulas import formula
from archc.testing.scopes import Scope, single

Step = Any
Grown = tuple[list[Step], Shape]
"""Steps, and the shape that comes out."""

PLAIN = [name for name, op in OPS.items() if not op.merges]


class Steps:
    """Makes steps of one op."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def op(self, x: Shape, scope: Scope, goal: Goal | None = None) -> Grown | None:
        """Return a step of one op."""
        for _ in range(30 if goal else 12):
            name = goal.op if goal else self.random.choice(PLAIN)
            cls = OPS[name]
            forced = self.forced(goal)
            try:
                given = values.arguments(self.random, cls, x, forced)
                if not all(cls.arguments[k].accepts(v) for k, v in given.items()):
                    continue
                op = cls(**{k: cls.arguments[k].freeze(v) for k, v in given.items()})
                y = op.output(x)
            except (ShapeError, LookupError):
                continue
            if x.vocabulary is None and y == x and not cls.arguments and self.chance(0.2):
                continue
            if single(op, (x,), y) and not pointless(op, x):
                return [self.written(name, given, scope, goal)], y
        return None

    def forced(self, goal: Goal | None) -> dict[str, str]:
        if goal is None or goal.what in ("kind", "place") or goal.value == values.EXPRESSION:
            return {} if goal is None or goal.what in ("kind", "place") else {goal.what: "given"}
        return {goal.what: goal.value}

    def written(self, name: str, given: dict[str, Any], scope: Scope, goal: Goal | None) -> Step:
        """Return a step of the spec; some of its arguments become expressions."""
        args = self.arguments(name, given, scope, goal)
        return {name: args} if args else name if self.chance(0.8) else {name: None}

    def arguments(self, name: str, given: dict[str, Any], scope: Scope, goal: Goal | None) -> dict[str, Any]:
        args = {}
        for key, value in given.items():
            wanted = goal is not None and goal.what == key and goal.value == values.EXPRESSION
            plain = goal is not None and goal.what == key and not wanted
            if wanted or (not plain and self.chance(0.35)):
                value = self.expression(copy.deepcopy(value), scope, OPS[name].arguments[key].word, wanted)
            args[key] = value
        return args

    def expression(self, value: Any, scope: Scope, word: Any, wanted: bool) -> Any:
        for _ in range(6 if wanted else 1):
            found = formula(self.random, value, scope, word, most=8 if wanted else 5)
            if found != value:
                return found
        return value


def pointless(op: Op, x: Shape) -> bool:
    """Tell whether the same comes out whatever goes in, as of a softmax over one value."""
    fused = activation_op(getattr(op, "activation", None))
    if fused is not None and pointless(fused, op.output(x)):
        return True
    if op.name in ("softmax", "log_softmax", "l2_normalize"):
        return x[op.over(x)] == 1  # type: ignore[attr-defined]
    if op.family == "attention" and not isinstance(op, WindowAttention):
        return x["length"] == 1
    if op.name in ("layer_norm", "rms_norm"):
        return x.channels == 1
    if op.name == "rescale":
        return bool(op.scale == 0)  # type: ignore[attr-defined]
    if op.name == "clip":
        return bool(op.min == op.max)  # type: ignore[attr-defined]
    return op.name == "group_norm" and x.elements == op.groups  # type: ignore[attr-defined]
