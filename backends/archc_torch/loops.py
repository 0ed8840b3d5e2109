"""Repeats: a `ModuleList` filled in a loop, and a loop over it in `forward`."""

from __future__ import annotations

from collections.abc import Container
from typing import TYPE_CHECKING, Any

from archc.emit.body import Member, Members
from archc.emit.lines import Lines
from archc.emit.scope import Names, Var
from archc.emit.slots import Irregular, MadePart
from archc.emit.source import WIDTH, split
from archc.emit.symbolic import symbolic
from archc.emit.walk import Walk
from archc.expressions import Expression, Name, names
from archc.graph import Turn
from archc.spec import Formula, Step
from archc_torch.layouts import turned
from archc_torch.running import Header, Running

if TYPE_CHECKING:
    from archc_torch.body import TorchBody


def write_loop(
    body: TorchBody,
    step: Step,
    turns: list[list[Turn | None]],
    members: Members,
    xs: list[Var],
    scope: Names,
    target: str,
) -> Var:
    """Write a repeated step once, as loops in both methods; return what the last turn gives."""
    loop = _Loop(body, step, turns, members)
    x = body.settle(turned(body, loop.applied[0][1], xs[0]), target, move=True)._replace(fresh=False)
    return loop.write(x, [body.settle(y, target) for y in xs[1:]], scope, target)


class _Loop:
    def __init__(self, body: TorchBody, step: Step, turns: list[list[Turn | None]], members: Members) -> None:
        self.body = body
        self.step = step
        self.turns = turns
        self.members = members
        self.there = [
            (Member(member.frame, (*member.turns, place)), turn)
            for member, uses in zip(members, turns, strict=True)
            for place, turn in enumerate(uses)
        ]
        self.applied = [(member, turn) for member, turn in self.there if turn is not None]
        self.gaps = len(self.applied) < len(self.there)
        """Whether `when` leaves turns out: the layers are then kept by turn, in a `ModuleDict`."""
        self.key = body.late.loop_variable("key") if body.probe else "key"

    def write(self, x: Var, others: list[Var], scope: Names, target: str) -> Var:
        body, late = self.body, self.body.late
        outside = set(late.texts)
        count = self.count()
        index = late.locals.get("%index") or late.identifiers.give("index")
        late.locals["%index"] = index
        outer, start, forward_start = body.init, len(body.init.text), len(body.forward.text)
        body.init = Lines(outer.indent + 4)
        body.loop, before = [], late.index_used
        late.walks.append(Walk(index, count))
        late.index_used = late.late_index = False
        body.forward.deeper()
        running = self.running(x)
        inside = x if running is None else x._replace(size=Name(running))
        y = self.guarded(inside, others, scope, target, index, running is not None)
        body.forward.deeper(-1)
        if running is None and not self.settled(x, y):
            raise Irregular("the channels change from turn to turn")
        if running is not None:
            line = Running.line(outer.indent + 4 + 4 * self.gaps, running, y.size, late.walks)
            line.mark = self.step.node.mark
            body.init.text.append(line)
        loop = plain = " in ".join(late.walks[-1].header(late.index_used))
        if running is not None and y.size is not None and "index" in names(y.size):
            late.walks[-1].closed = False
            late.walk_for(y.size)
            loop = " in ".join(late.walks[-1].header(late.index_used))
        late.identifiers.taken.difference_update(late.walks[-1].lists.values())
        self.close(outer, start, forward_start, count, (loop, plain), index if late.late_index else "", running, x)
        late.index_used = before
        late.walks.pop()
        size_after = self.size_after(x, y, running, outside)
        return Var(target, True, size_after, y.first, 0, self.applied[-1][1].output.shape)

    def size_after(self, x: Var, y: Var, running: str | None, outside: Container[object]) -> Expression | None:
        """Return the channels after the loop: what the last turn gives, where one expression says so for all uses."""
        if y.size is None:
            return None  # what follows then has numbers of its own
        lasting = y.size is not None and all(n != "index" and (n[0] != "%" or n in outside) for n in names(y.size))
        if lasting and self.always() and all(uses[-1] is not None for uses in self.turns):
            if running is not None:
                self.body.late.identifiers.taken.discard(self.body.late.texts[running])
            return y.size
        return Name(running) if running is not None else x.size

    def guarded(self, x: Var, others: list[Var], scope: Names, target: str, index: str, changing: bool) -> Var:
        """Write a turn, which may be `changing` the channels; where some are left out, under its condition."""
        body = self.body
        makes = self.makes_layers([x, *others])
        start, first = len(body.forward.text), 0
        if self.gaps:
            body.init.condition("if", self.condition())
            body.init.deeper()
            body.key = f"str({index})"
            body.turn_key = self.key if makes else index
            if not makes:
                body.forward.condition("if", self.late_condition())
                body.forward.deeper()
                first = len(body.forward.text)
        y = self.turn(x, others, scope, target)
        y = body.layout(y, x.first) if y.first != x.first else y
        y = body.settle(y, target, move=True)
        if self.gaps:
            body.key = body.turn_key = ""
            body.init.deeper(-1)
            if not makes:
                body.forward.deeper(-1)
                if not changing:
                    body.init.text.clear()
                if len(body.forward.text) == first:  # what is done under the condition changes nothing
                    del body.forward.text[start:]
        return y

    def makes_layers(self, xs: list[Var]) -> bool:
        """Tell whether a turn makes a layer of `xs`, rather than only computing."""
        body, turns = self.body, [turn for _, turn in self.applied]
        if turns[0].op is None or self.step.branches is not None or self.step.body is not None:
            return True  # a chain or a merge is a class of its own
        wish = body.wanted(turns[0].op)
        if wish is not None:  # sequences are turned
            xs = [x._replace(first=wish or x.shape is None or x.shape.kind != "sequence") for x in xs]
        return any(isinstance(part, MadePart) for part in body.common(body.offered(self.step, turns, xs), xs).parts)

    def count(self) -> str:
        expression = self.body.said(self.step.repeat)
        counts = [symbolic(len(uses), expression) for uses in self.turns]
        return self.body.late.resolve(counts, f"{self.step.local}_repeat", self.members)

    def always(self) -> bool:
        return all(any(turn is not None for turn in uses) for uses in self.turns)

    def running(self, x: Var) -> str | None:
        """Return a name for the channels where they change from turn to turn, None where they stay."""
        if x.size is None:
            return None
        if self.steady() and (self.always() or self.keeps()) and not self.indexed():
            return None
        return self.body.running("channels")

    def steady(self) -> bool:
        """Tell whether every turn of a use takes as many channels as the first."""
        for uses in self.turns:
            sizes = {
                t.inputs[0].shape.channels
                for t in uses
                if t is not None and t.inputs[0].shape and t.inputs[0].shape.sizes
            }
            if len(sizes) > 1:
                return False
        return True

    def keeps(self) -> bool:
        return all(
            turn.inputs[0].shape is not None
            and turn.output.shape is not None
            and turn.inputs[0].shape.channels == turn.output.shape.channels
            for _, turn in self.applied
        )

    def indexed(self) -> bool:
        """Tell whether an argument may depend on `index`, so that its size ends with the loop."""
        return not self.keeps() and _mentions_index(self.step)

    def settled(self, x: Var, y: Var) -> bool:
        return x.size is None or self.steady()

    def turn(self, x: Var, others: list[Var], scope: Names, target: str) -> Var:
        """Write what happens in one turn."""
        body, step = self.body, self.step
        members = [member for member, _ in self.applied]
        turns = [turn for _, turn in self.applied]
        if step.body is not None or step.branches is not None:
            return body.units.private(body, step, turns, members, x, scope)
        return body.once(step, turns, members, [x, *others], scope, target, body.nest)

    def close(
        self,
        outer: Lines,
        start: int,
        forward_start: int,
        count: str,
        loop: tuple[str, str],
        late_index: str,
        running: str | None,
        x: Var,
    ) -> None:
        """Put the loops round what was written."""
        body, filled = self.body, self.body.loop or []
        inner, body.init, body.loop = body.init, outer, None
        if len(filled) != len({attribute for attribute, _ in filled}):
            raise Irregular("a turn makes two layers of one name")
        body.late.attributes.update(attribute for attribute, _ in filled)
        one = self.comprehension(inner.text, filled, loop[1], running, outer.indent)
        kind = "nn.ModuleDict()" if self.gaps else "nn.ModuleList()"
        if one:
            outer.text.append(one)
        elif filled or running is not None:
            outer.text.extend(" " * outer.indent + f"self.{attribute} = {kind}" for attribute, _ in filled)
            if running is not None and x.size is not None:
                outer.text.append(Running.line(outer.indent, running, x.size, body.late.walks[:-1]))
            if inner.text:
                outer.text.extend(Header.lines(outer.indent, *loop, running))
                outer.text.extend(inner.text)
        if len(body.forward.text) == forward_start:  # what is repeated changes nothing
            return
        body.forward.text[forward_start:forward_start] = split(
            *self.header(filled, late_index, count), body.forward.indent, ":"
        )

    def condition(self) -> str:
        """Return the text of the condition under which a turn is there."""
        return self.body.late.resolve(self.theres(), f"with_{self.step.local}", [member for member, _ in self.there])

    def late_condition(self) -> str:
        """The same where the tensors flow, for a turn that makes no layer."""
        late = self.body.late
        return late.resolve_late(self.theres(), f"with_{self.step.local}", [member for member, _ in self.there])

    def theres(self) -> list[Any]:
        """Return, for each turn of each use, whether it is there."""
        expression = self.body.said(self.step.when)
        return [symbolic(turn is not None, expression) for _, turn in self.there]

    def comprehension(
        self, lines: list[str], filled: list[tuple[str, str]], loop: str, running: str | None, indent: int
    ) -> str:
        """Return the whole list on one line where it fits, else nothing."""
        if len(filled) != 1 or len(lines) != 1 or running is not None or self.gaps:
            return ""
        attribute = filled[0][0]
        made = lines[0].strip().removeprefix(f"self.{attribute}.append(")[:-1]
        text = f"self.{attribute} = nn.ModuleList({made} for {loop})"
        return " " * indent + text if indent + len(text) <= WIDTH else ""

    def header(self, filled: list[tuple[str, str]], late_index: str, count: str) -> tuple[str, str]:
        """Return what stands before and after the `in` of the loop in `forward`."""
        if not filled:
            counts = [len(uses) for uses in self.turns]
            late = self.body.late
            walk = late.walks.pop()
            expression = self.body.said(self.step.repeat)
            text = late.resolve_late(
                [symbolic(c, expression) for c in counts], f"{self.step.local}_repeat", self.members
            )
            late.walks.append(walk)
            return f"for {late_index or '_'} in ", f"range({text})"
        variables = [variable for _, variable in filled]
        modules = [f"self.{attribute}" for attribute, _ in filled]
        if self.gaps:
            modules = [f"{module}.values()" for module in modules]
            if self.body.probe:
                modules[0] = f"{modules[0].removesuffix('.values()')}.items()"
                variables[0] = f"({self.key}, {variables[0]})" if len(variables) > 1 else f"{self.key}, {variables[0]}"
        source = modules[0] if len(modules) == 1 else f"zip({', '.join(modules)}, strict=True)"
        names_ = ", ".join(variables)
        if late_index:
            names_ = f"{late_index}, ({names_})" if ", " in names_ else f"{late_index}, {names_}"
            # Of turns that are left out, the next ones' numbers are not 0, 1 and so on.
            kept = f"self.{filled[0][0]}"
            source = f"zip(map(int, {kept}), {source}, strict=True)" if self.gaps else f"enumerate({source})"
        return f"for {names_} in ", source


def _mentions_index(step: Step) -> bool:
    """Tell whether an expression of a step, or of what stands in it, asks for `index`."""
    todo = [step]
    while todo:
        at = todo.pop()
        asked = [*at.args.values(), *([at.when] if at.when is not None else [])]
        if any(given.dynamic and "index" in _names_in(given.value) for given in asked):
            return True
        chains = [branch.chain for branch in at.branches or ()] + ([at.body] if at.body is not None else [])
        todo += [inner for chain in chains for inner in chain.steps]
    return False


def _names_in(value: object) -> set[str]:
    if isinstance(value, Formula):
        return names(value.expression)
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return {name for part in parts for name in _names_in(part)}
