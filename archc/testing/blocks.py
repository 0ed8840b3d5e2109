"""Random blocks, and uses of those that are there already, with other arguments and at other places."""

from __future__ import annotations

from typing import Any

from archc.shapes import Shape
from archc.testing import values
from archc.testing.coverage import Goal
from archc.testing.formulas import formula, new_name
from archc.testing.growing import Grower, beside
from archc.testing.scopes import Known, Scope
from archc.testing.steps import Grown

ODD_BLOCKS = (
    "unit", "stage", "tensor", "net_", "bottleneck", "module", "keras", "torch", "list", "inner", "cell", "fire", "nn",
    "model", "layers", "ops", "functional", "int", "transition", "conv2d", "sequential", "x", "self", "class",
)  # fmt: skip
MOST_BLOCKS = 4


class Builder(Grower):
    """A grower that makes and uses blocks."""

    params: dict[str, dict[str, Known]]
    """The params of each block, with the values that it was made with."""

    def sorts(self) -> list[Any]:
        return [*super().sorts(), self.call, self.call, self.make, self.make, self.recursive, self.joining]

    # New blocks

    def make(self, x: Shape, scope: Scope, goal: Goal | None = None) -> Grown | None:
        """Return the use of a new block."""
        if len(self.blocks) >= MOST_BLOCKS:
            return self.call(x, scope)
        inner = self.body({"input": x}, scope)
        inner.block = name = self.block_name()
        steps: list[Any] = []
        if goal is not None:
            grown = self.within(x, inner, goal)
            if grown is None:
                return None
            steps, x_ = grown
        else:
            x_ = x
        more, _ = self.chain(x_, inner, self.random.choice((1, 2, 3)))
        return self.register(name, [*steps, *more], inner, [x], scope)

    def chain(self, x: Shape, scope: Scope, length: int) -> Grown:
        """Return steps; where they brought a new block, it is often used once more."""
        before = len(self.blocks)
        steps, y = super().chain(x, scope, length)
        if len(self.blocks) > before and self.chance(0.6):
            grown = self.call(y, scope)
            if grown is not None:
                return [*steps, *grown[0]], grown[1]
        return steps, y

    def body(self, inputs: dict[str, Shape], scope: Scope) -> Scope:
        return Scope(inputs, {}, block="block", level=min(scope.level + 1, 3))

    def block_name(self) -> str:
        return self.random.choice([name for name in ODD_BLOCKS if name not in self.blocks])

    def register(
        self, name: str, steps: list[Any], inner: Scope, xs: list[Shape], scope: Scope, sources: list[str] | None = None
    ) -> Grown | None:
        """Keep a block, and return its first use."""
        if not steps or name in self.blocks:
            return None
        block: dict[str, Any] = {}
        if inner.params:
            block["params"] = [
                {key: known.value} if self.chance(0.4) else key
                for key, known in sorted(inner.params.items(), key=lambda item: item[0])
            ]
        if list(inner.inputs) != ["input"]:
            block["inputs"] = list(inner.inputs)
        self.blocks[name] = {**block, "layers": steps}
        self.params[name] = dict(inner.params)
        found = self.use(name, xs[0], scope, sources, changed=False)
        if found is None:
            del self.blocks[name]
        return found

    def recursive(self, x: Shape, scope: Scope) -> Grown | None:
        """Return the use of a new block that uses itself."""
        if len(self.blocks) >= MOST_BLOCKS:
            return None
        inner = self.body({"input": x}, scope)
        inner.block = name = self.block_name()
        deep = new_name(self.random, inner)
        inner.params[deep] = Known(self.random.choice((2, 2, 3)), None)
        before, y = self.chain(x, inner, self.random.choice((1, 2)))
        if y.kind != x.kind:
            return None  # it would be another class at each depth
        after, _ = self.chain(y, inner, self.random.choice((0, 1)))
        args = {deep: f"${deep} - 1"}
        for key, known in inner.params.items():
            if key != deep:
                grows = type(known.value) is int and self.chance(0.3)
                args[key] = f"${key} {self.random.choice(('* 2', '+ 1'))}" if grows else f"${key}"
        itself: Any = {name: args, "when": f"${deep} > 1"}
        if self.chance(0.5):
            merge = self.random.choice(("add", "concat", "maximum", "average"))
            branches = {self.fresh(): [*before, itself], self.fresh(): []}
            itself, before = {merge: branches}, []
        return self.register(name, [*before, itself, *after], inner, [x], scope)

    def joining(self, x: Shape, scope: Scope) -> Grown | None:
        """Return the use of a new block with two inputs, or of one that is there."""
        others = [
            n for n, s in {**scope.names, **(scope.inputs if scope.block else {})}.items() if s.vocabulary is None
        ]
        if not others or len(self.blocks) >= MOST_BLOCKS:
            return None
        other = self.random.choice(others)
        shape = {**scope.inputs, **scope.names}[other]
        one, two = self.random.choice((("x", "skip"), ("a", "b"), ("left", "right"), ("input", "other")))
        inner = self.body({one: shape, two: x}, scope)
        inner.block = name = self.block_name()
        steps, _ = self.chain(shape, inner, self.random.choice((1, 2)))
        if not steps:
            return None
        grown = self.skip_to(steps, two, x, shape, inner)
        if grown is None:
            return None
        here = self.fresh()
        scope.names[here] = x
        found = self.register(name, grown, inner, [shape, x], scope, [other, here])
        if found is None:
            return None
        # The step before this one needs the name: a relu in between has it.
        return [{"tanh": None, "name": here}, *found[0]], found[1]

    def skip_to(self, steps: list[Any], two: str, x: Shape, shape: Shape, inner: Scope) -> list[Any] | None:
        """Return steps that end in a merge with the block's second input."""
        last = steps[-1]
        if isinstance(last, dict) and {"name", "when"} & set(last):
            return None
        y = self.trials.result(steps, shape, inner)
        if y is None:
            return None
        for _ in range(4):
            merge = self.random.choice(("concat", "add", "multiply", "subtract", "maximum", "average"))
            way = self.bridge(merge, {}, x, y, [], inner)
            if way is None:
                continue
            name, fork, source = self.fresh(), self.fresh(), two
            if way:
                way = [beside(way[:1], **{"from": two}), *way[1:]]
                way[-1] = beside(way[-1:], name=fork)
                source = fork
            return [*steps[:-1], beside([last], name=name), *way, {merge: None, "from": [source, name]}]
        return None

    # Uses

    def call(self, x: Shape, scope: Scope) -> Grown | None:
        """Return the use of a block that is there."""
        known = [name for name in self.blocks if name != scope.block and name not in self.within_reach(scope.block)]
        self.random.shuffle(known)
        for name in known:
            count = len(self.blocks[name].get("inputs", [0]))
            sources = None
            if count > 1:
                names = list(scope.names) or list(scope.inputs) * bool(scope.block)
                if not names:
                    continue
                sources = [self.random.choice(names) for _ in range(count)]
            found = self.use(name, x, scope, sources, changed=True)
            if found is not None:
                return found
        return None

    def within_reach(self, block: str) -> set[str]:
        """Return the blocks that use `block`, so that it may not use them."""
        if not block:
            return set()
        return {name for name, body in self.blocks.items() if f"'{block}'" in repr(body)}

    def use(self, name: str, x: Shape, scope: Scope, sources: list[str] | None, *, changed: bool) -> Grown | None:
        """Return a use of a block, where `changed` with other arguments than it was made with."""
        body = self.blocks[name]
        for attempt in range(4):
            args = {}
            for param in body.get("params", ()):
                key = param if isinstance(param, str) else next(iter(param))
                known = self.params[name][key]
                value = self.other(known, x) if changed and attempt < 3 and self.chance(0.6) else known.value
                if isinstance(param, dict) and (param[key] == value or (changed and self.chance(0.5))):
                    continue
                args[key] = formula(self.random, value, scope, known.word) if self.chance(0.35) else value
            step: Any = {name: args} if args else name
            if sources is not None:
                step = beside([step], **{"from": sources})
            y = self.trials.result([step], x, scope)
            if y is not None:
                return [step], y
        return None

    def other(self, known: Known, x: Shape) -> Any:
        """Return another value of a param."""
        value, word = known
        if isinstance(value, bool):
            return not value
        if isinstance(value, list) and all(type(part) is int for part in value):
            return self.random.choice((value, [part + 1 for part in value], value[::-1]))
        if word is None or isinstance(value, (list, dict)):
            return value + self.random.choice((0, 1)) if type(value) is int else value
        kind = self.random.choice(values.classes(word))
        try:
            drawn = values.draw(self.random, word, kind, x)
        except LookupError:
            return value
        return drawn if word.accepts(drawn) else value
