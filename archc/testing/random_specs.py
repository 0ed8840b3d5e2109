"""Random specs that are valid: `random_spec(seed)` is a text, the same for the same seed."""

from __future__ import annotations

from contextlib import suppress
from random import Random
from typing import Any

from archc.compile import quiet_collector
from archc.ops import OPS
from archc.ops.base import ShapeError
from archc.shapes import Image, Sequence, Shape, Tokens, Vector, Volume
from archc.testing import values
from archc.testing.blocks import Builder
from archc.testing.coverage import Goal, all_goals, reached
from archc.testing.decorating import decorate
from archc.testing.growing import beside
from archc.testing.scopes import Enough, Scope
from archc.testing.steps import Grown
from archc.testing.writing import text

ATTEMPTS = 40
PATIENCE = 12
"""In how many attempts a network must contain all that is wished for, not its first goal alone."""
ENOUGH = 500
"""So many networks, one seed after the other, are to contain everything."""
PLACES = ("plain", "block", "repeat", "branch", "when")
SIZES = OPS["reshape"].arguments["to"].word


def random_spec(seed: int) -> str:
    """Return the text of a valid spec. One seed after the other, all that ops' definitions allow comes up."""
    goals = all_goals()
    wanted = [goals[place % len(goals)] for place in range(seed, seed + len(goals), ENOUGH)]
    for attempt in range(ATTEMPTS):
        # Late attempts give up what was wished beside, then the place, and in the end the goal.
        network = Network(Random(f"{seed} {attempt}"), wanted if attempt < ATTEMPTS - 5 else [], attempt)
        with suppress(Enough), quiet_collector():
            found = network.text()
            if found is not None:
                return found
    raise RuntimeError(f"no network comes of seed {seed}")


def taken(goal: Goal) -> set[str]:
    """Return the kinds of what goes into the op of a goal."""
    return {goal.value} if goal.what == "kind" else {example.inputs[0].kind for example in OPS[goal.op].examples}


class Network(Builder):
    """One network to be. The first of what is `wanted` must be in it, the others should."""

    def __init__(self, random: Random, wanted: list[Goal], attempt: int) -> None:
        goal = wanted[0] if wanted else None
        super().__init__(random, goal)
        self.wishes = wanted[1:] if attempt < 2 * PATIENCE else []
        self.must = set(wanted if attempt < PATIENCE else wanted[:1])
        self.params = {}
        self.place = random.choice(PLACES)
        if goal is not None and goal.what == "place" and attempt < ATTEMPTS // 2:
            self.place = goal.value
        name = random.choice(("net", "net", "model", "list", "x", "conv_net"))
        self.spec: dict[str, Any] = {"archc": 1, "name": name}

    def text(self) -> str | None:
        """Return a whole spec; None where this try failed."""
        several = self.chance(0.15)
        layers = self.several() if several else self.one()
        if layers is None:
            return None
        if self.file.params:
            self.spec["params"] = [{key: known.value} for key, known in self.file.params.items()]
        inputs = {name: shape.declared() for name, shape in self.file.inputs.items()}
        self.spec.update({"inputs": inputs} if several else {"input": inputs["input"]})
        if self.blocks:
            self.spec["blocks"] = self.blocks
        self.spec["layers"] = layers
        if self.outputs:
            self.spec["outputs"] = self.outputs
        graph = self.trials.graph(self.spec)
        if graph is None or not self.must <= reached(graph):
            return None
        decorate(self.random, self.spec, self.file, self.trials)
        return text(self.spec)

    def one(self) -> list[Any] | None:
        x = self.input()
        self.outputs: list[str] = []
        self.file = scope = Scope({"input": x}, {})
        steps: list[Any] = []
        if self.chance(0.4):
            steps, x = self.chain(x, scope, 1)
        if self.focus is not None:
            grown = self.placed(x, scope)
            if grown is None:
                return None
            steps, x = [*steps, *grown[0]], grown[1]
        more, x = self.chain(x, scope, self.random.choice((1, 2, 3, 4)))
        steps += more
        while self.wishes:
            more, x = self.granted(x, scope, self.wishes.pop(0))
            steps += more
        steps += self.tail(x, scope)
        return steps or None

    def placed(self, x: Shape, scope: Scope) -> Any:
        """Return the step that must occur, at the place where it must."""
        goal = self.focus
        assert goal is not None
        if self.place == "plain":
            return self.focused(x, scope)
        if self.place == "branch":
            return self.in_branch(x, scope)
        maker = {"block": self.make, "repeat": self.repeat, "when": self.conditional}[self.place]
        self.focus = None
        found = maker(x, scope, goal)
        self.focus = goal if found is None else None
        return found

    def granted(self, x: Shape, scope: Scope, goal: Goal) -> Grown:
        """Return steps with a further use of an op, after a `reshape` where it takes other axes; or none."""
        kinds = sorted(taken(goal) & set(values.AXES_OF))
        self.random.shuffle(kinds)
        as_it_is: list[str | None] = [None] if goal.what != "kind" or x.kind == goal.value else []
        for kind in [*as_it_is, *kinds, *kinds, *kinds]:
            steps: list[Any] = []
            y: Shape | None = x
            if kind is not None:
                with suppress(LookupError, ShapeError):
                    steps = [{"reshape": {"to": values.draw(self.random, SIZES, kind, x)}}]
                y = self.trials.result(steps, x, scope) if steps else None
            if y is None:
                continue
            self.focus, self.place = goal, goal.value if goal.what == "place" else self.random.choice(PLACES)
            grown = self.placed(y, scope)
            if grown is None:
                self.focus = goal
                grown = self.focused(y, scope)
            self.focus = None
            if grown is not None:
                return [*steps, *grown[0]], grown[1]
        return [], x

    def in_branch(self, x: Shape, scope: Scope) -> Any:
        inner = scope.inner()
        grown = self.focused(x, inner)
        if grown is None:
            return None
        first, y = grown
        other = self.bridge("concat", {}, x, y, first, scope)
        if other is None:
            return None
        step = {"concat": {self.fresh(): first, self.fresh(): other}}
        return self.tried([step], x, scope)

    def input(self) -> Shape:
        """Return a shape that goes in, fit for what must occur."""
        size = self.random.choice
        shapes: list[Shape] = [
            Image(size((4, 5, 6, 7)), size((4, 5, 6)), size((1, 2, 3, 4))),
            Sequence(size((4, 6, 7, 9)), size((2, 3, 4))),
            Volume(size((3, 4)), size((3, 4, 5)), size((3, 4)), size((1, 2))),
            Vector(size((3, 4, 6))),
            Tokens(size((3, 5)), size((5, 7))),
        ]
        weights = (8, 4, 2, 2, 1)
        order = sorted(zip(weights, shapes, strict=True), key=lambda pair: self.random.random() ** (1 / pair[0]))[::-1]
        goal = self.focus
        if goal is None:
            return order[0][1]
        known = taken(goal)
        fit = [x for _, x in order if x.kind in known]
        # What many kinds go into is first tried on them, in a chain of its own; a merge takes too long to grow twice.
        for x in fit if not OPS[goal.op].merges else ():
            if self.focused(x, Scope({"input": x}, {})) is not None:
                self.focus = goal
                self.blocks.clear()
                return x
        return (fit or [order[0][1]])[0]

    def tail(self, x: Shape, scope: Scope) -> list[Any]:
        """Return the end of a classifier, or nothing."""
        if self.chance(0.45) or x.vocabulary is not None:
            return [] if x.vocabulary is None else [{"embedding": {"units": 3}}]
        head = [] if x.kind == "vector" else [self.random.choice(("flatten", "global_avg_pool"))]
        activation = self.random.choice(({}, {"activation": "softmax"}, {"activation": "sigmoid"}))
        last: list[Any] = [{"dense": {"units": self.random.choice((2, 3)), **activation}}]
        if activation and self.chance(0.3):
            last = [{"dense": {"units": 3}}, activation["activation"]]
        steps = [*head, *last]
        return steps if self.tried(steps, x, scope) is not None else []

    def several(self) -> list[Any] | None:
        """Return a network of several inputs, which end as several outputs or come together."""
        goal, self.outputs = self.focus, []
        names = self.random.sample(("image", "words", "meta", "x", "inputs", "left", "self", "list"), 2)
        inputs: dict[str, Shape] = {}
        for name in names:
            inputs[name] = self.input()
        self.file = scope = Scope(inputs, {})
        ends: list[str] = []
        layers: list[Any] = []
        for name, x in inputs.items():
            steps, y = self.chain(x, scope, 2)
            if goal is not None and self.focus is not None:
                grown = self.placed(y, scope)
                if grown is not None:
                    steps, y = [*steps, *grown[0]], grown[1]
            if self.wishes and y.vocabulary is None:
                more, y = self.granted(y, scope, self.wishes.pop(0))
                steps += more
            if not steps or (isinstance(steps[0], dict) and "from" in steps[0]):
                steps = [({"embedding": {"units": 3}} if x.vocabulary is not None else "tanh"), *steps]
                y_ = self.trials.result(steps, x, scope)
                if y_ is None:
                    return None
                y = y_
            steps[0] = beside(steps[:1], **{"from": name})
            if not (isinstance(steps[-1], dict) and {"name", "when"} & set(steps[-1])) and y.vocabulary is None:
                end = self.fresh()
                steps[-1] = beside(steps[-1:], name=end)
                scope.names[end] = y
                ends.append(end)
            layers += steps
        if len(ends) < 2:
            return None
        return self.joined(layers, ends, scope)

    def joined(self, layers: list[Any], ends: list[str], scope: Scope) -> list[Any] | None:
        if self.chance(0.4):
            self.outputs = ends
            return layers
        flat = []
        for end in ends:
            if scope.names[end].kind != "vector" or self.chance(0.3):
                name = self.fresh()
                layers.append({self.random.choice(("flatten", "global_max_pool")): None, "from": end, "name": name})
                if scope.names[end].kind == "vector":
                    layers[-1] = {"flatten": None, "from": end, "name": name}
                end = name
            flat.append(end)
        layers.append({"concat": None, "from": flat})
        return [*layers, {"dense": {"units": 2}}]
