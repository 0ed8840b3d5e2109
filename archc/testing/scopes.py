"""Where a random step stands: the params, shapes and names it may use; and the trial of what it gives there."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any, NamedTuple

from archc.backend import Backend, backends
from archc.compile import load_tree
from archc.graph import Graph, Layer
from archc.ops.base import Op
from archc.ops.words import Word
from archc.problems import SpecError
from archc.shapes import Shape
from archc.testing.writing import tree

LARGEST = 4000
"""How many values a tensor has at most, and a layer's weights: runs are to be quick."""
MOST_WEIGHTS = 12_000
MOST_LAYERS = 30
MOST_TRIALS = 150


class Known(NamedTuple):
    """A param: its value, and the word of the argument that it was made for."""

    value: Any
    word: Word | None


class Scope:
    """What may be named at a place. `params` grows, where a step wants a param that is not there yet."""

    def __init__(
        self,
        inputs: dict[str, Shape],
        params: dict[str, Known],
        *,
        block: str = "",
        names: dict[str, Shape] | None = None,
        index: bool = False,
        level: int = 0,
    ) -> None:
        self.inputs = inputs
        self.params = params
        self.block = block
        self.names = dict(names or {})
        self.index = index
        self.level = level

    def inner(self, *, index: bool = False) -> Scope:
        """Return the scope of a branch or a chain at this place."""
        return Scope(
            self.inputs,
            self.params,
            block=self.block,
            names=self.names,
            index=index or self.index,
            level=self.level + 1,
        )


class Enough(Exception):
    """A network took too many trials; another one is begun."""


class Trials:
    """Finds out what steps give, by reading a small spec around them."""

    def __init__(self, blocks: dict[str, dict[str, Any]]) -> None:
        self.blocks = blocks
        self.left = MOST_TRIALS
        self.known: dict[str, Graph | None] = {}
        """The graph of each spec that has been tried, by what is written in it."""

    def result(self, steps: list[Any], x: Shape, scope: Scope) -> Shape | None:
        """Return the shape that steps give when `x` goes in; None where that is refused, or too large."""
        written = repr(steps)
        asked = {name: s for name, s in scope.inputs.items() if f"{name}." in written or f"'{name}'" in written}
        named = {name: scope.names[name] for name in sorted(_sources(steps) & set(scope.names))}
        tensors = {"here": x, **asked, **named}
        chain: dict[str, Any] = {"chain": steps, "from": "here"}
        if scope.index:
            chain["repeat"] = 1
        params = {name: known.value for name, known in scope.params.items() if name in written}
        probe = {"params": list(params), "inputs": list(tensors), "layers": [chain]}
        # What the steps leave aside must be used all the same.
        uses = [_use(f"in_{name}", shape) for name, shape in tensors.items()] if len(tensors) > 1 else []
        spec: dict[str, Any] = {
            "archc": 1,
            "name": "probe",
            "inputs": {f"in_{name}": shape.declared() for name, shape in tensors.items()},
            "blocks": {**self.needed(written), "probe": probe},
            "layers": [*uses, {"probe": params, "from": [f"in_{name}" for name in tensors]}],
            "outputs": ["probe", *(use["name"] for use in uses)],
        }
        graph = self.graph(spec)
        return None if graph is None else graph.outputs[0].tensor.shape

    def needed(self, written: str) -> dict[str, Any]:
        """Return the blocks that steps use, with those that these use."""
        found: dict[str, Any] = {}
        todo = [written]
        while todo:
            part = todo.pop()
            new = {name: block for name, block in self.blocks.items() if name not in found and f"'{name}'" in part}
            found |= new
            todo += map(repr, new.values())
        return found

    def graph(self, spec: dict[str, Any]) -> Graph | None:
        """Return the graph of a spec; None where it is refused, or too large. Raises Enough."""
        self.left -= 1
        if self.left < 0:
            raise Enough
        written = repr(spec)
        if written not in self.known:
            self.known[written] = _small_graph(spec)
        return self.known[written]


def _small_graph(spec: dict[str, Any]) -> Graph | None:
    try:
        graph = load_tree(tree(spec))
    except SpecError:
        return None
    return graph if len(graph.layers) <= MOST_LAYERS and all(map(fits, graph.layers)) else None


def _use(name: str, shape: Shape) -> dict[str, Any]:
    verb = "tanh" if shape.vocabulary is None else "embedding"
    return {verb: None if shape.vocabulary is None else {"units": 1}, "from": name, "name": f"use_{name}"}


def fits(layer: Layer) -> bool:
    """Tell whether a layer is small, every backend has it, and a shape comes out that an input could have."""
    return single(layer.op, layer.shapes, layer.output)


@lru_cache(maxsize=10_000)
def single(op: Op, xs: tuple[Shape, ...], y: Shape) -> bool:
    """Tell the same of one op; a network is tried many times as it grows."""
    if not small(y) or y.kind == "tensor":
        return False
    layer = Layer("", op, None, (), xs, y)  # type: ignore[arg-type]
    count = sum(weight.elements for weight in layer.weights().values() if isinstance(weight.elements, int))
    return count <= MOST_WEIGHTS and all(backend.supports(layer) is None for backend in installed())


@cache
def installed() -> tuple[Backend, ...]:
    """Return all backends; looking for them takes long."""
    return tuple(backends().values())


def small(shape: Shape) -> bool:
    elements = shape.elements
    return not isinstance(elements, int) or elements <= LARGEST


def _sources(steps: Any) -> set[str]:
    """Return all names that stand in a `from`."""
    found: set[str] = set()
    todo = [steps]
    while todo:
        part = todo.pop()
        if isinstance(part, dict):
            sources = part.get("from", [])
            found |= {sources} if isinstance(sources, str) else set(sources)
            todo.extend(part.values())
        elif isinstance(part, list):
            todo.extend(part)
    return found
