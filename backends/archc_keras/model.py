"""The whole Keras file: header, imports, functions of blocks, the function that builds the model."""

from __future__ import annotations

import sys

from archc.backend import Emitted
from archc.emit.body import Member
from archc.emit.bound import bound
from archc.emit.frames import Frame, Unit
from archc.emit.header import header
from archc.emit.scope import Names, Var
from archc.emit.slots import MadePart, arguments
from archc.emit.source import Identifiers, call, docstring, quoted, spell, uses
from archc.emit.spelling import Default, Make, View
from archc.emit.units import DeepScope
from archc.expressions import DIVISIBLE_SOURCE
from archc.graph import Graph, Output
from archc.shapes import Shape
from archc_keras.body import KerasBody, shown
from archc_keras.clashes import clash, refuse
from archc_keras.functions import TAKEN, Functions
from archc_keras.spell import DEFINITIONS, final

DEEP = 20_000
LONG = 500
"""Keras walks a model's graph by recursion: a path of about 980 layers passes Python's default limit, sooner where
the caller is deep already."""


def write_model(graph: Graph, origin: str, *, probe: bool) -> Emitted:
    """Return the source of a graph's Keras model."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, DEEP))  # for blocks within blocks; a chain's length needs no depth
    try:
        return _Model(graph, probe=probe).emit(origin)
    finally:
        sys.setrecursionlimit(limit)


class _Model:
    def __init__(self, graph: Graph, *, probe: bool, named: bool = False) -> None:
        self.graph = graph
        self.functions = Functions(graph, probe=probe, named=named)
        self.probe = probe

    def emit(self, origin: str) -> Emitted:
        """Return the source. Where a layer has a name that Keras gives to an activation, all activations are layers."""
        model = self.model()
        body: list[str] = []
        for unit in self.functions.order:
            body += ["", "", *unit.lines]
        body += ["", "", *model]
        needs = [name for name in self.functions.needs if name != "math"]
        definitions = [DIVISIBLE_SOURCE if name == "divisible" else DEFINITIONS[name] for name in needs]
        body = [line.replace("Callable[[Tensor], Tensor]", "Callable[[KerasTensor], KerasTensor]") for line in body]
        clashing = clash(self.graph, "\n".join(body), needs)
        if clashing is not None:
            if self.functions.named:
                raise refuse(clashing)
            return _Model(self.graph, probe=self.probe, named=True).emit(origin)
        code = "\n".join([*definitions, *body])
        parts = [*header(self.graph, origin, "Keras"), "", *_imports(code)]
        for definition in definitions:
            parts += ["", "", definition.strip("\n")]
        return Emitted("\n".join([*parts, *body]) + "\n")

    def model(self) -> list[str]:
        graph = self.graph
        identifiers = Identifiers([*TAKEN, *self.functions.names.taken])
        scope = DeepScope(identifiers, 1, bound(graph), {}, known_axes=False)
        frame = Frame(graph.run.chain, None, graph.params, tuple(graph.inputs.values()), id(graph.run))
        unit = Unit(self.functions.model, None, None, [frame], list(graph.inputs))
        body = KerasBody(scope, unit, self.functions, "", probe=self.probe, comments=True)
        xs = self.inputs(identifiers, body)
        start = next(iter(xs.values()))
        body.shown = start.shape
        known = Names(None, dict(xs))
        self.target = identifiers.give("x")
        y = body.chain([graph.run.chain], [Member(0)], start, known, self.target, body.nest)
        results = [(graph.outputs[0], y)]
        if graph.spec.outputs:
            results = [(output, known.find(output.name)) for output in graph.outputs]
        self.functions.needs.update(scope.needs)
        return self.text(body, xs, results, identifiers)

    def inputs(self, identifiers: Identifiers, body: KerasBody) -> dict[str, Var]:
        found: dict[str, Var] = {}
        for name, shape in self.graph.inputs.items():
            text = identifiers.give("inputs" if name == "input" else name)
            sizes = [str(size) if isinstance(size, int) else "None" for size in shape.sizes]
            kind = ', dtype="int32"' if shape.vocabulary is not None else ""
            listed = f"({', '.join(sizes)}{',' if len(sizes) == 1 else ''})"
            body.lines.statement(f"{text} = ", f"keras.Input({listed}{kind}, name={quoted(name)})")
            found[name] = Var(text, True, None, False, 0, shape)
        return found

    def text(
        self, body: KerasBody, xs: dict[str, Var], results: list[tuple[Output, Var]], identifiers: Identifiers
    ) -> list[str]:
        graph = self.graph
        has_final = any(output.final is not None for output, _ in results)
        answers = [self.answer(body, output, var, identifiers, len(results) == 1) for output, var in results]
        inputs = self.listed([x.text for x in xs.values()])
        depth = self.depth()
        if depth > LONG:
            body.lines.add("# Keras walks its graph by recursion: as deep as this chain is long.")
            body.lines.add(f"sys.setrecursionlimit(max(sys.getrecursionlimit(), {10 * depth + 1_000}))")
        body.lines.statement("return ", f"keras.Model({inputs}, {self.listed(answers)}, name={quoted(graph.name)})")
        given = "*, logits: bool = False" if has_final else ""
        return [
            f"def {self.functions.model}({given}) -> keras.Model:",
            *docstring([self.contract(xs, results)], 4),
            *body.lines.text,
        ]

    def depth(self) -> int:
        """Return how many layers stand one after the other on the longest path."""
        found: dict[str, int] = {}
        for layer in self.graph.layers:
            found[layer.path] = 1 + max((found.get(name, 0) for name in layer.inputs), default=0)
        return max(found.values(), default=0)

    def listed(self, texts: list[str]) -> str:
        return texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"

    def answer(self, body: KerasBody, output: Output, var: Var, identifiers: Identifiers, alone: bool) -> str:
        """Return the variable of an output; a final activation is applied unless logits are wanted."""
        if output.final is None:
            if not var.simple:
                name = identifiers.give("outputs" if alone else output.name)
                body.assign(name, var.text, output.tensor.shape, False)
                return name
            return var.text
        if not var.simple:
            var = body.settle(var, self.target if alone else identifiers.give(output.name))
        made = final(output.final.op, View(output.final.output, False)).parts[0]
        assert isinstance(made, Make)
        part = MadePart(made.callee, [[v] for v in made.args], {k: [v] for k, v in made.kwargs.items()}, "", "", {})
        texts = arguments(part, "", lambda values, _: spell(_plain(values[0])))
        path = quoted(output.final.path.replace(".", "_"))
        name = identifiers.give("outputs" if alone else f"{output.name}_output")
        text = f"{call(made.callee, [*texts, f'name={path}'])}({var.text})"
        line = f"{name} = {var.text} if logits else {text}"
        if len(line) + 4 <= 100:
            body.lines.add(line)
        else:
            body.lines.add(f"{name} = {var.text}")
            body.lines.add("if not logits:")
            body.lines.deeper()
            body.lines.statement(f"{name} = ", text)
            body.lines.deeper(-1)
        return name

    def contract(self, xs: dict[str, Var], results: list[tuple[Output, Var]]) -> str:
        """Say what goes in and what comes out."""
        inputs = []
        for name, x in xs.items():
            assert x.shape is not None
            kind = "int32" if x.shape.vocabulary is not None else "float32"
            inputs.append(f"{f'{name} ' if len(xs) > 1 else ''}{kind} {_batched(x.shape)}")
        outputs = []
        for output, _ in results:
            assert output.tensor.shape is not None
            what = "" if output.final is None else "probabilities "
            label = f"{output.name} " if len(results) > 1 else ""
            outputs.append(f"{label}{what}{_batched(output.tensor.shape)}")
        logits = ", or logits" if any(output.final is not None for output, _ in results) else ""
        return f"{', '.join(inputs)} -> {', '.join(outputs)}{logits}."


def _plain(value: object) -> object:
    return value.value if isinstance(value, Default) else value


def _batched(shape: Shape) -> str:
    return f"(batch, {shown(shape)[1:-1].rstrip(',')})"


def _imports(code: str) -> list[str]:
    found = [f"import {name}" for name in ("math", "sys") if uses(f"{name}.", code)]
    if "Callable[" in code:
        found.append("from collections.abc import Callable")
    found += [""] if found else []
    names = ["KerasTensor"] if "KerasTensor" in code else []
    names += [name for name in ("layers", "ops") if uses(f"{name}.", code)]
    return [*found, "import keras", f"from keras import {', '.join(names)}" if names else ""]
