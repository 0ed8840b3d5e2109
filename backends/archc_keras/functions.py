"""The functions of an emitted file: one for each block and rank."""

from __future__ import annotations

from archc.emit.body import Member
from archc.emit.frames import Signature, Unit, asked_for
from archc.emit.scope import Names, Var
from archc.emit.source import Identifiers, signature
from archc.emit.units import DeepScope, Registry
from archc.graph import Graph
from archc.naming import model_name
from archc.shapes import Shape
from archc_keras.body import KerasBody
from archc_keras.definitions import DEFINITIONS

TAKEN = (
    "keras",
    "layers",
    "ops",
    "math",
    "sys",
    "KerasTensor",
    "Callable",
    "divisible",
    "name",
    "logits",
    *DEFINITIONS,
)


class Functions(Registry):
    """All functions of one file."""

    def __init__(self, graph: Graph, *, probe: bool, named: bool = False) -> None:
        self.model = model_name(graph.name, TAKEN)
        super().__init__(graph, Identifiers([*TAKEN, self.model]), str)
        self.names.taken.add(self.model)
        self.probe = probe
        self.named = named
        """Whether activations are layers with names, rather than calls."""
        self.unnamed: set[str] = set()

    def first_guess(self, unit: Unit) -> Signature:
        assert unit.block is not None
        return Signature(tuple(unit.block.params))

    def takes_name(self, unit: Unit) -> bool:
        """Tell whether a function makes layers, which want names."""
        return unit.name not in self.unnamed

    def body(self, unit: Unit) -> Signature:
        block = unit.block
        assert block is not None
        identifiers = Identifiers([*TAKEN, *self.names.taken])
        xs: dict[str, Var] = {}
        texts: dict[str | tuple[str, str], str] = {}
        for place, name in enumerate(unit.inputs):
            text = identifiers.give("x" if len(unit.inputs) == 1 else name)
            xs[name] = Var(text, True, None, False, 0, unit.frames[0].inputs[place])
        for param in block.params:
            texts[param] = identifiers.give(param)
        for name in unit.inputs:
            for axis in _axes(unit.frames[0].inputs[unit.inputs.index(name)]):
                texts[(name, axis)] = identifiers.give(f"{'in' if len(unit.inputs) == 1 else name}_{axis}")
        scope = DeepScope(identifiers, len(unit.frames), self.settled(unit), texts, known_axes=True)
        self.deep_scope(unit, scope)
        body = KerasBody(scope, unit, self, "{name}_", probe=self.probe, comments=False)
        start = next(iter(xs.values()))
        target = identifiers.give("y") if asked_for(block.chain, set(unit.inputs)) else start.text
        chains = [frame.chain for frame in unit.frames if frame.chain is not None]
        members = [Member(place) for place in range(len(unit.frames))]
        y = body.chain(chains, members, start, Names(None, dict(xs)), target, body.nest)
        body.lines.statement("return ", y.text)
        self.needs.update(scope.needs)
        return self.finish(unit, body, scope, xs)

    def finish(self, unit: Unit, body: KerasBody, scope: DeepScope, xs: dict[str, Var]) -> Signature:
        assert unit.block is not None
        params = tuple(name for name in unit.block.params if name in scope.used)
        extras, deep = self.extras(unit, scope)
        required, added, optional = self.declared(unit, params, extras)
        arguments = [*[f"{x.text}: KerasTensor" for x in xs.values()], *required, *optional]
        named = body.named or unit.recursive
        if not named:
            self.unnamed.add(unit.name)
        keywords = [*added, *(["name: str"] if named else [])]
        if keywords:
            arguments += ["*", *keywords]
        prologue = []
        for name, axis in scope.used_axes:
            place = _place(xs[name].shape, axis)
            prologue.append(f"    {scope.texts[(name, axis)]} = {xs[name].text}.shape[{place}]")
        unit.lines = [*signature(unit.name, arguments, " -> KerasTensor:", 0), *prologue, *body.lines.text]
        return Signature(params, extras, deep)


def _axes(shape: Shape | None) -> tuple[str, ...]:
    return () if shape is None else shape.axes


def _place(shape: Shape | None, axis: str) -> int:
    assert shape is not None
    place = shape.axes.index(axis)
    return -1 if place == len(shape.axes) - 1 else place + 1
