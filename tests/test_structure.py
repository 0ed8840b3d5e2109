"""Emitted source keeps the spec's structure: it grows with no repeat and no depth, and blocks stay blocks."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from archc.backend import find
from archc.compile import load, load_text
from archc_keras.definitions import DEFINITIONS as KERAS_PARTS
from archc_torch.definitions import DEFINITIONS as TORCH_PARTS
from tests.zoo import GROWING, HARD, NETWORKS, ROOT, SPECS, Network

pytestmark = pytest.mark.thorough

BACKENDS = ("torch", "keras")
NUMBERS_PER_TURN = {"halved"}
"""Where pads differ in every turn, PyTorch's source lists them: more numbers, and no more statements."""

both = pytest.mark.parametrize("backend", BACKENDS)


def emitted(path: Path, backend: str, variant: str | None = None, **settings: Any) -> str:
    return find(backend).emit(load(str(path), variant, settings), origin=path.name).source


class Numberless(ast.NodeTransformer):
    """Puts 0 for every number, and one element for a tuple of numbers alone."""

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        """Put 0 for a number."""
        return ast.Constant(0) if type(node.value) in (int, float) else node

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        """Leave out a higher recursion limit: Keras walks a graph by recursion."""
        return None if "setrecursionlimit" in ast.unparse(node) else self.generic_visit(node)

    def visit_Import(self, node: ast.Import) -> ast.AST | None:
        """Leave out what the recursion limit is for."""
        return None if node.names[0].name == "sys" else node

    def visit_Tuple(self, node: ast.Tuple) -> ast.AST:
        """Keep the first of a tuple's elements where all of them are numbers or tuples of them."""
        self.generic_visit(node)
        plain = all(isinstance(inner, (ast.Constant, ast.Tuple, ast.Load)) for e in node.elts for inner in ast.walk(e))
        return ast.Tuple(node.elts[:1], node.ctx) if plain and node.elts else node


def form(source: str) -> str:
    """Return the statements of a source, without its numbers, its docstring and Keras's recursion limit."""
    tree = ast.parse(source)
    return ast.unparse(Numberless().visit(ast.Module(tree.body[1:], [])))


def definitions(source: str) -> list[str]:
    return [node.name for node in ast.walk(ast.parse(source)) if isinstance(node, (ast.ClassDef, ast.FunctionDef))]


@both
@pytest.mark.parametrize("path", GROWING, ids=lambda path: path.stem)
def test_source_does_not_grow(path: Path, backend: str) -> None:
    # Beyond some hundred layers in a row Keras needs a higher recursion limit, which is a few lines more.
    more = 6 if path.stem == "repeats_in_repeats" else 20
    short, long = (emitted(path, backend, n=n) for n in (2, more))
    assert short != long
    assert form(short) == form(long)
    assert definitions(short) == definitions(long)
    if path.stem not in NUMBERS_PER_TURN:
        assert len(short.splitlines()) == len(long.splitlines())


@both
@pytest.mark.parametrize(
    ("path", "few", "many"),
    [
        (SPECS / "unet.yaml", {"depth": 2, "base": 4}, {"depth": 8, "base": 4}),
        (SPECS / "deep_conv.yaml", {"depth": 2}, {"depth": 12}),
        (SPECS / "vgg.yaml", {"depths": [2, 2, 3, 3, 3]}, {"depths": [9, 8, 7, 6, 5]}),
        (SPECS / "resnet.yaml", {"depths": [3, 4, 6, 3]}, {"depths": [3, 8, 36, 3]}),
        (HARD / "recursive_pads.yaml", {"depth": 3}, {"depth": 20}),
        (HARD / "skips.yaml", {"depth": 2}, {"depth": 3}),
    ],
    ids=lambda value: value.stem if isinstance(value, Path) else None,
)
def test_source_of_deeper_networks_does_not_grow(
    path: Path, few: dict[str, Any], many: dict[str, Any], backend: str
) -> None:
    assert form(emitted(path, backend, **few)) == form(emitted(path, backend, **many))


@both
def test_a_turn_more_is_a_number_more(backend: str) -> None:
    path = ROOT / "tests" / "growing" / "a_block.yaml"
    few, many = (emitted(path, backend, n=n).splitlines() for n in (2, 20))
    differing = [(a, b) for a, b in zip(few, many, strict=True) if a != b and "parameters" not in a]
    assert len(differing) == 1
    assert differing[0][0].replace("range(2)", "range(20)") == differing[0][1]


# Blocks


def blocks(network: Network) -> Counter[str]:
    """Return the blocks that a network uses and at how many ranks, by name without `_`."""
    runs = runs_of(network.graph().run.chain)
    ranks = {(plain(run.block.name), next(iter(run.inputs.values())).shape.rank) for run in runs}
    return Counter(name for name, _ in ranks)


def runs_of(chain: Any) -> list[Any]:
    """Return every use of a block within a chain."""
    found = []
    for step in chain.steps:
        for turn in step.turns:
            if turn is None:
                continue
            if turn.run is not None:
                found += [turn.run, *runs_of(turn.run.chain)]
            if turn.body is not None:
                found += runs_of(turn.body)
            for branch in turn.branches or ():
                if branch.chain is not None:
                    found += runs_of(branch.chain)
    return found


@both
@pytest.mark.parametrize("network", NETWORKS, ids=lambda n: n.name)
def test_each_block_is_defined_once_for_a_rank(network: Network, backend: str) -> None:
    source = find(backend).emit(network.graph(), origin="x.yaml").source
    names = [name for name in definitions(source) if not name.startswith("__")]
    kind = ast.ClassDef if backend == "torch" else ast.FunctionDef
    top = [node.name for node in ast.parse(source).body if isinstance(node, kind)]
    assert len(top) == len(set(top)), names
    public = Counter(plain(name) for name in top[:-1] if not name.startswith("_"))  # the last is the network
    ones = [top[-1]]
    for block, ranks in blocks(network).items():
        assert public[block] in (1, ranks), (block, top)
        ones += [name for name in top if plain(name) == block]
    # What is defined beside blocks and the network: parts that the framework lacks, and repeated chains and merges.
    assert {name for name in top if not name.startswith("_")} - set(ones) <= PARTS


PARTS = {*TORCH_PARTS, *KERAS_PARTS, "divisible"}


def plain(name: str) -> str:
    """Return a class's or function's name without its rank, in lower case."""
    for rank in ("1d", "2d", "3d"):
        name = name.removesuffix(rank)
    return name.replace("_", "").lower()


ARGUMENTS = {
    "torch": {
        "ConvNorm": ["self", "in_channels", "filters", "kernel_size", "stride"],
        "Bottleneck": ["self", "in_channels", "filters", "stride"],
        "Stage": ["self", "in_channels", "filters", "depth", "stride"],
        "Resnet": ["self"],
    },
    "keras": {
        "conv_norm": ["x", "filters", "kernel_size", "stride", "name"],
        "bottleneck": ["x", "filters", "stride", "name"],
        "stage": ["x", "filters", "depth", "stride", "name"],
        "resnet": ["logits"],
    },
}
"""A block's params that make a difference here; `bottlenecks` is true in every use."""


@both
def test_params_of_a_block_are_the_arguments_of_its_class(backend: str) -> None:
    tree = ast.parse(emitted(SPECS / "resnet.yaml", backend))
    found = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            found[node.name] = [a.arg for a in (*node.args.args, *node.args.kwonlyargs)]
        elif isinstance(node, ast.ClassDef):
            made = next(part for part in node.body if isinstance(part, ast.FunctionDef) and part.name == "__init__")
            found[node.name] = [a.arg for a in made.args.args]
    assert found == ARGUMENTS[backend]


# Layouts of sequences


def moves(layers: str, channels: int = 4) -> int:
    """Return how often emitted PyTorch source turns a sequence round."""
    text = f"archc: 1\nname: net\ninput: {{length: 8, channels: {channels}}}\nlayers:\n{layers}"
    source = find("torch").emit(load_text(text), origin="x.yaml").source
    return source.count(".transpose(") + source.count(".permute(")


CONV = "  - conv: {filters: 4, kernel_size: 3, padding: same}\n"
DENSE = "  - dense: {units: 4}\n"
EITHER = "  - relu\n"


@pytest.mark.parametrize(
    ("layers", "least"),
    [
        (CONV * 3, 0),
        (CONV + EITHER + "  - max_pool: {kernel_size: 2}\n" + CONV + "  - global_avg_pool\n" + DENSE, 0),
        (DENSE * 3, 0),
        (DENSE + EITHER + "  - layer_norm\n" + DENSE + "  - flatten\n", 0),
        (EITHER, 0),
        (CONV + DENSE, 1),
        (CONV + EITHER + "  - dropout: {rate: 0.5}\n" + EITHER + DENSE, 1),
        ((CONV + DENSE) * 3, 5),
        (CONV + "  - flatten\n", 1),
        ("  - add:\n      a: []\n      b: [conv: {filters: 4, kernel_size: 1}]\n" + CONV, 0),
        ("  - add:\n      a: []\n      b: [conv: {filters: 4, kernel_size: 1}]\n" + DENSE, 1),
    ],
)
def test_sequences_turn_no_more_than_they_must(layers: str, least: int) -> None:
    assert moves(layers) == least


def test_tokens_turn_once() -> None:
    text = "archc: 1\nname: net\ninput: {length: 8, vocabulary: 9}\nlayers:\n  - embedding: {units: 4}\n"
    source = find("torch").emit(load_text(text + CONV * 2 + "  - global_avg_pool\n"), origin="x.yaml").source
    assert source.count(".transpose(") == 1
