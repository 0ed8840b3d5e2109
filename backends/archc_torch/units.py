"""The classes of an emitted file: one for each block and rank, one for each repeated chain or merge."""

from __future__ import annotations

from archc.emit.body import Member, Members
from archc.emit.frames import Frame, Signature, Unit, asked_for
from archc.emit.scope import Names, Var
from archc.emit.slots import constant
from archc.emit.source import Identifiers, call, signature, split
from archc.emit.symbolic import symbolic
from archc.emit.units import Registry
from archc.expressions import Expression, Literal, Name, names, substitute
from archc.graph import Graph, Turn
from archc.naming import camel, model_name
from archc.shapes import Shape
from archc.spec import Step
from archc_torch.body import LateScope, TorchBody
from archc_torch.definitions import DEFINITIONS
from archc_torch.layouts import starts_first
from archc_torch.running import clean

TAKEN = ("self", "nn", "F", "torch", "math", "Tensor", "Callable", "divisible", *DEFINITIONS)


class Class(Unit):
    """A unit as a class. `init` is written where a caller asks for `out_channels`, else `init_without`."""

    head: list[str]
    init: list[str]
    init_without: list[str]
    out = False
    out_needed = False
    asked: tuple[tuple[LateScope, str], ...] = ()
    """Where it is used within itself: the names of the channels that it then gives."""

    def text(self) -> list[str]:
        if not self.out_needed or not self.out:
            return [*self.head, *self.init_without, *self.lines]
        return [*self.head, *self.init, *self.lines]


class Units(Registry):
    """All classes of one file."""

    def __init__(self, graph: Graph, *, probe: bool, strict: bool) -> None:
        self.model = model_name(camel(graph.name), TAKEN)
        super().__init__(graph, Identifiers([*TAKEN, self.model]), camel, Class)
        self.names.taken.add(self.model)
        self.probe = probe
        self.strict = strict

    def first_guess(self, unit: Unit) -> Signature:
        assert unit.block is not None
        sizes = tuple(f"%in:{name}" for name in unit.inputs)
        firsts = tuple(starts_first(unit, place) for place in range(len(unit.inputs)))
        return Signature(tuple(unit.block.params), sizes=sizes, firsts=firsts, result_first=firsts[0])

    def body(self, unit: Unit, outer: TorchBody | None = None, around: Names | None = None) -> Signature:
        assert isinstance(unit, Class)
        unit.init = unit.init_without = []
        late = self.scope(unit, outer)
        body = TorchBody(late, unit, self, probe=self.probe, comments=False)
        xs: dict[str, Var] = {}
        for place, name in enumerate(unit.inputs):
            text = late.identifiers.give("x" if len(unit.inputs) == 1 else name)
            size = Name(own_sizes(unit)[place])
            xs[name] = Var(text, True, size, starts_first(unit, place), 0, unit.frames[0].inputs[place])
        unit.asked, captured = (), Captured(late, around) if around is not None else None
        start = next(iter(xs.values()))
        target = start.text
        if unit.block is not None and asked_for(unit.block.chain, set(unit.inputs)):
            target = late.identifiers.give("y")
        # What flows through a private class has no name there; a tensor from outside may have the same.
        y = self.walk(unit, body, start, Names(captured, dict(xs) if captured is None else None), target)
        body.forward.statement("return ", y.text)
        return self.finish(unit, body, y, xs, captured)

    def scope(self, unit: Class, outer: TorchBody | None) -> LateScope:
        identifiers = Identifiers(TAKEN)
        texts: dict[str | tuple[str, str], str] = {}
        bound: dict[str | tuple[str, str], Expression] = {}
        for own, size in zip(own_sizes(unit), size_names(unit), strict=True):
            texts[own] = identifiers.give(size)
        if unit.block is not None:
            bound.update(self.settled(unit))
            for name in unit.inputs:
                bound[(name, "channels")] = bound[(name, "features")] = Name(f"%in:{name}")
            for param in unit.block.params:
                texts[param] = identifiers.give(param)
        else:
            assert outer is not None
            bound = dict(outer.late.bound)
            for outside, text in outer.late.texts.items():
                if isinstance(outside, str) and (outside[0] != "%" or outside.startswith("%in:")):
                    texts[outside] = identifiers.give(f"block_{text}" if outside[0] == "%" else text)
            texts["index"] = identifiers.give("index")
        late = LateScope(identifiers, len(unit.frames), bound, texts, known_axes=False)
        self.deep_scope(unit, late)
        return late

    def walk(self, unit: Class, body: TorchBody, x: Var, known: Names, target: str) -> Var:
        members = [Member(place) for place in range(len(unit.frames))]
        if unit.block is not None:
            chains = [frame.chain for frame in unit.frames if frame.chain is not None]
            return body.chain(chains, members, x, known, target, body.depth(unit.block.chain))
        turns = [frame.turn for frame in unit.frames if frame.turn is not None]
        assert unit.step is not None
        if unit.step.body is not None:
            bodies = [turn.body for turn in turns if turn.body is not None]
            y = body.chain(bodies, members, x, known, target, body.depth(unit.step.body))
            return body.op(unit.step, turns, members, [y], target, body.nest) if unit.step.distributed else y
        return body.merge(unit.step, turns, members, x, known, target)

    def finish(self, unit: Class, body: TorchBody, y: Var, xs: dict[str, Var], captured: Captured | None) -> Signature:
        late = body.late
        size = y.size
        init = without = clean(late)
        own = size is not None and not any(name.startswith(("%channels", "%ref")) for name in names(size))
        if size is not None and (not own or any(ref in asking.used for asking, ref in unit.asked)):
            kept = split("self.out_channels = ", late.text(size), 8)
            init, size = clean(late, kept), size if own else None
            unit.out = True
        self.needs.update(late.needs)
        inputs = own_sizes(unit)
        sizes = tuple(name for name in inputs if name in late.used)
        rest = [name for name in late.texts if isinstance(name, str) and name in late.used and name not in inputs]
        params = tuple(name for name in rest if not name.startswith(("%channels", "%ref")))
        extras, deep = self.extras(unit, late)
        required, added, optional = self.declared(unit, params, extras)
        arguments = ["self", *[f"{late.texts[name]}: int" for name in sizes], *required, *added, *optional]
        flow = ["self", *[f"{x.text}: Tensor" for x in xs.values()]]
        flow += [f"{text}: Tensor" for text in (captured.texts() if captured is not None else ())]
        unit.head = [f"class {unit.name}(nn.Module):"]
        if init or len(arguments) > 1:
            start = signature("__init__", arguments, " -> None:", 4)
            unit.head += [*start, "        super().__init__()"]
            unit.init, unit.init_without = [*init, ""], [*without, ""]
        unit.lines = [*signature("forward", flow, " -> Tensor:", 4), *body.forward.text]
        firsts = tuple(x.first for x in xs.values())
        taken = tuple(captured.taken) if captured is not None else ()
        return Signature(params, extras, deep, sizes, size, firsts, y.first, taken, y.fresh)

    # Using a class

    def called(
        self, body: TorchBody, unit: Unit, step: Step, turns: list[Turn], members: Members, xs: list[Var]
    ) -> tuple[str, dict[str | tuple[str, str], Expression]]:
        """Return the text that makes a layer of a class, and what the names of the class stand for here."""
        found = self.signature(unit)
        frames = self.frames(unit, turns)
        texts: list[str] = []
        known: dict[str | tuple[str, str], Expression] = {}
        for place, name in enumerate(own_sizes(unit)):
            size = xs[place].size
            if size is not None:
                known[name] = size
            if name in found.sizes:
                shapes = [unit.frames[frame].inputs[place] for frame in frames]
                known_sizes = [shape.channels for shape in shapes if shape is not None]
                values = [symbolic(n, size) if isinstance(n, int) else 0 for n in known_sizes]
                texts.append(body.late.resolve(values, f"{step.local}_in_channels", members))
        if unit.block is None:  # a private class is given what its surroundings know, under the same name
            positional, keywords = [body.late.text(Name(name)) for name in found.params], list[str]()
            asked = names(found.size) if found.size is not None else set()
            known.update(
                {name: Name(name) for name in sorted({*found.params, *asked}) if name not in known and name != "%own"}
            )
        else:
            positional, keywords, meant = self.passed(body, unit, step, turns, members)
            known.update(meant)
        extras = self.passed_extras(body, unit, body.unit, step, frames, members)
        return call(unit.name, [*texts, *positional, *extras, *keywords]), known

    def size_from(
        self,
        body: TorchBody,
        unit: Unit,
        known: dict[str | tuple[str, str], Expression],
        module: str,
        turns: list[Turn],
    ) -> Expression | None:
        """Return the channels that a class gives here, as an expression of the place where it is used."""
        found = self.signature(unit)
        channels = [
            turn.output.shape.channels for turn in turns if turn.output.shape is not None and turn.output.shape.sizes
        ]
        if not channels:
            return None
        if found.size is not None and all(name in known for name in names(found.size)):
            whole = names(found.size).union(*(names(value) for value in known.values()))
            return substitute(found.size, known, whole)
        if constant(channels) and isinstance(channels[0], int):
            return Literal(int(channels[0]))
        assert isinstance(unit, Class)
        if not unit.out and not unit.writing:
            return None
        unit.out_needed = True
        name = f"%ref:{module}"
        body.late.texts[name] = f"{module}.out_channels"
        if unit.writing:
            unit.asked = (*unit.asked, (body.late, name))
        return Name(name)

    def private(self, body: TorchBody, step: Step, turns: list[Turn], members: Members, x: Var, scope: Names) -> Var:
        """Write a repeated chain or merge as a class of its own, and use it in the loop at hand."""
        frames = [Frame(None, turn, turn.env, (turn.inputs[0].shape,), id(turn)) for turn in turns]
        name = self.names.give(f"_{body.unit.name.strip('_')}{camel(step.name)}", 200)
        unit = Class(name, None, step, frames, ["x"])
        found = unit.signature = self.body(unit, body, scope)
        self.order.append(unit)
        x = body.layout(x, found.firsts[0])
        text, known = self.called(body, unit, step, turns, members, [x])
        assert body.loop is not None
        block = body.late.loop_variable("block")
        body.loop.append((step.local, block))
        body.fill(step.local, text)
        size = self.size_from(body, unit, known, f"self.{step.local}[-1]", turns)
        others = [scope.find(handle).text for handle in found.captured]
        return Var(call(block, [x.text, *others]), False, size, found.result_first, 1, turns[0].output.shape)

    def shown(self, shape: Shape, first: bool) -> str:
        """Return a shape as PyTorch holds it, without the batch axis."""
        sizes = [str(size) if isinstance(size, int) else "any" for size in shape.sizes]
        if first and shape.rank and shape.vocabulary is None:
            sizes = [sizes[-1], *sizes[:-1]]
        return f"({', '.join(sizes)}{',' if len(sizes) == 1 else ''})"


class Captured(Names):
    """The tensors from outside that a private class takes beside its input."""

    def __init__(self, late: LateScope, around: Names) -> None:
        super().__init__(None)
        self.late = late
        self.around = around
        self.taken: dict[str, Var] = {}

    def missing(self, name: str) -> Var:
        if name not in self.taken:
            outside = self.around.find(name)
            text = self.late.identifiers.give(name)
            known = outside.size is not None and all(part in self.late.texts for part in names(outside.size))
            size = outside.size if known else None
            self.taken[name] = outside._replace(text=text, simple=True, size=size, calls=0)
        return self.taken[name]

    def texts(self) -> list[str]:
        return [var.text for var in self.taken.values()]


def own_sizes(unit: Unit) -> list[str]:
    """Return emission's names of a unit's input sizes."""
    return ["%own"] if unit.block is None else [f"%in:{name}" for name in unit.inputs]


def size_names(unit: Unit) -> list[str]:
    """Return what the input sizes are called in the signature."""
    kinds = [shape.kind if shape is not None else "" for shape in unit.frames[0].inputs]
    ends = ["features" if kind == "vector" else "channels" for kind in kinds]
    if len(ends) == 1:
        return [f"in_{ends[0]}"]
    return [f"{name}_{end}" for name, end in zip(unit.inputs, ends, strict=True)]
