"""The whole PyTorch file: header, imports, classes of blocks, the model itself."""

from __future__ import annotations

import sys

from archc.backend import Emitted
from archc.emit.body import Member
from archc.emit.bound import bound
from archc.emit.frames import Frame, Unit, asked_for
from archc.emit.header import header
from archc.emit.scope import Names, Var
from archc.emit.source import Identifiers, docstring, signature, spell, split, split_tuple, unpacked, uses
from archc.emit.spelling import View
from archc.expressions import DIVISIBLE_SOURCE, Literal
from archc.graph import Graph, Output
from archc.shapes import Shape
from archc_torch.body import LateScope, TorchBody
from archc_torch.definitions import definition
from archc_torch.initial import reset as reset_parameters
from archc_torch.layouts import first_wish
from archc_torch.penalty import penalty
from archc_torch.running import clean
from archc_torch.spell import layer
from archc_torch.units import TAKEN, Class, Units

DEEP = 20_000


def write_model(graph: Graph, origin: str, *, strict: bool, probe: bool) -> Emitted:
    """Return the source of a graph's PyTorch model."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, DEEP))  # for blocks within blocks; a chain's length needs no depth
    try:
        return _Model(graph, strict=strict, probe=probe).emit(origin)
    finally:
        sys.setrecursionlimit(limit)


class _Model:
    def __init__(self, graph: Graph, *, strict: bool, probe: bool) -> None:
        self.graph = graph
        self.units = Units(graph, probe=probe, strict=strict)
        self.probe = probe
        self.asked = asked_for(graph.spec.chain, set(graph.inputs))
        self.layouts: dict[str, str] = {}
        self.outputs: dict[str, str] = {}

    def emit(self, origin: str) -> Emitted:
        model = self.model()
        body: list[str] = []
        for unit in self.units.order:
            assert isinstance(unit, Class)
            body += ["", "", *unit.text()]
        body += ["", "", *model]
        needs = [*self.units.needs]
        own = "\n".join(body)
        definitions = [
            DIVISIBLE_SOURCE if name == "divisible" else definition(name, own) for name in needs if name != "math"
        ]
        code = "\n".join([*definitions, own])
        parts = [*header(self.graph, origin, "PyTorch"), "", *_imports(code)]
        for text in definitions:
            parts += ["", "", text.strip("\n")]
        return Emitted("\n".join([*parts, *body]) + "\n", self.layouts, self.outputs)

    # The model's class

    def model(self) -> list[str]:
        graph, units = self.graph, self.units
        name = units.model
        frame = Frame(graph.run.chain, None, graph.params, tuple(graph.inputs.values()), id(graph.run))
        unit = Unit(name, None, None, [frame], list(graph.inputs))
        late = LateScope(Identifiers(TAKEN), 1, bound(graph), {}, known_axes=False)
        body = TorchBody(late, unit, units, probe=self.probe, comments=True)
        xs = self.inputs(late)
        known = Names(None, dict(xs))
        start = next(iter(xs.values()))
        body.shown = start.shape
        target = start.text if len(xs) == 1 and not self.asked else late.identifiers.give("x")
        y = body.chain([graph.run.chain], [Member(0)], start, known, target, body.nest)
        results = self.results(y, known)
        units.needs.update(late.needs)
        return self.text(name, late, body, xs, results)

    def inputs(self, late: LateScope) -> dict[str, Var]:
        found: dict[str, Var] = {}
        names = list(self.graph.inputs)
        for place, (name, shape) in enumerate(self.graph.inputs.items()):
            first = True
            if shape.kind == "sequence":
                first = bool(first_wish(self.graph.run.chain)) if place == 0 else False
                self.layouts[name] = "channels_first" if first else "channels_last"
            wish = "x" if len(names) == 1 and not self.asked else ("inputs" if name == "input" else name)
            size = (
                Literal(int(shape.channels)) if isinstance(shape.channels, int) and shape.vocabulary is None else None
            )
            found[name] = Var(late.identifiers.give(wish), True, size, first, 0, shape)
        return found

    def results(self, y: Var, known: Names) -> list[tuple[Output, Var]]:
        outputs = self.graph.outputs
        if not self.graph.spec.outputs:
            return [(outputs[0], y)]
        return [(output, known.find(output.name)) for output in outputs]

    def text(
        self, name: str, late: LateScope, body: TorchBody, xs: dict[str, Var], results: list[tuple[Output, Var]]
    ) -> list[str]:
        flow = ["self", *[f"{x.text}: Tensor" for x in xs.values()]]
        final = [output for output, _ in results if output.final is not None]
        comment = "" if len(results) > 1 else f"# {self.shown(results[0])}"
        shape = results[0][0].tensor.shape
        if shape == body.shown or self.probe:
            comment = ""
        if len(results) == 1:
            body.forward.statement("return ", results[0][1].text, comment)
        else:
            body.forward.text += split_tuple("return ", [var.text for _, var in results], 8)
        reset = reset_parameters(self.graph)
        init = clean(late) + (["        self.reset_parameters()"] if reset else [])
        lines = [f"class {name}(nn.Module):", *docstring([self.contract(xs, results)], 4), ""]
        if init:
            lines += ["    def __init__(self) -> None:", "        super().__init__()", *init, ""]
        lines += [*reset, *penalty(self.graph)]
        answer = " -> Tensor:" if len(results) == 1 else f" -> tuple[{', '.join(['Tensor'] * len(results))}]:"
        lines += signature("logits" if final else "forward", flow, answer, 4)
        lines += body.forward.text
        return lines + (["", *self.forward(flow, answer, xs, results)] if final else [])

    def forward(self, flow: list[str], answer: str, xs: dict[str, Var], results: list[tuple[Output, Var]]) -> list[str]:
        lines = signature("forward", flow, answer, 4)
        logits = f"self.logits({', '.join(x.text for x in xs.values())})"
        if len(results) == 1:
            return [*lines, *split("return ", self.finished(results[0], logits), 8)]
        names = Identifiers(TAKEN)
        variables = [names.give(output.name) for output, _ in results]
        lines += unpacked(variables, logits, 8)
        done = [self.finished(result, variable) for result, variable in zip(results, variables, strict=True)]
        return [*lines, *split_tuple("return ", done, 8)]

    def finished(self, result: tuple[Output, Var], text: str) -> str:
        """Return the text of an output's probabilities from its logits."""
        output, var = result
        if output.final is None:
            return text
        part = layer(output.final.op, View(output.final.output, var.first))[0].parts[0]
        slots = {name: spell(value) for name, value in part.slots.items()}
        return part.template.format(x=text, **slots)  # type: ignore[union-attr]

    def contract(self, xs: dict[str, Var], results: list[tuple[Output, Var]]) -> str:
        """Say what goes in and what comes out."""
        inputs = ", ".join(self.taken(x) for x in xs.values())
        outputs = []
        for output, var in results:
            shape = output.tensor.shape
            assert shape is not None
            what = "" if output.final is None else "probabilities "
            prefix = f"{output.name} " if len(results) > 1 else ""
            outputs.append(f"{prefix}{what}{_batched(shape, var.first)}")
            if shape.kind == "sequence":
                self.outputs[output.name] = "channels_first" if var.first else "channels_last"
        return f"{inputs} -> {', '.join(outputs)}."

    def taken(self, x: Var) -> str:
        assert x.shape is not None
        kind = "int64" if x.shape.vocabulary is not None else "float32"
        label = f"{x.text} " if len(self.graph.inputs) > 1 else ""
        return f"{label}{kind} {_batched(x.shape, x.first)}"

    def shown(self, result: tuple[Output, Var]) -> str:
        shape = result[0].tensor.shape
        assert shape is not None
        return self.units.shown(shape, result[1].first)


def _imports(code: str) -> list[str]:
    found = []
    if uses("math.", code):
        found.append("import math")
    if "Callable[" in code:
        found.append("from collections.abc import Callable")
    found += [""] if found else []
    if uses("torch.", code):
        found.append("import torch")
    found.append("from torch import Tensor, nn")
    if uses("F.", code):
        found.append("from torch.nn import functional as F")
    return found


def _batched(shape: Shape, first: bool) -> str:
    sizes = [str(size) if isinstance(size, int) else "any" for size in shape.sizes]
    if first and shape.rank and shape.vocabulary is None:
        sizes = [sizes[-1], *sizes[:-1]]
    return f"({', '.join(['batch', *sizes])})"
