"""What `docs/source_quality.md` says of emitted source holds: how long it is, beside source by other hands."""

from __future__ import annotations

import ast
import importlib.util
import re
from pathlib import Path

import pytest

from archc.backend import find
from archc.compile import load
from tests.zoo import ROOT, SPECS

pytestmark = pytest.mark.thorough

TEXT = (ROOT / "docs" / "source_quality.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `(\w+)` \| (\d+) in (\d+) \| [^|]+ \| (\d+) in (\d+) \| ([^|]+) \|$", TEXT, re.MULTILINE)
"""Of each network: our PyTorch lines and definitions, our Keras ones, and what is said of keras.applications'."""

APPLICATIONS = {
    "resnet": ("resnet", ("ResNet", "residual_block_v1", "stack_residual_blocks_v1", "ResNet50")),
    "densenet": ("densenet", ("dense_block", "conv_block", "transition_block", "DenseNet", "DenseNet121")),
    "efficientnet": ("efficientnet", ("DEFAULT_BLOCKS_ARGS", "EfficientNet", "block", "EfficientNetB0")),
    "mobilenet_v2": ("mobilenet_v2", ("MobileNetV2", "_inverted_res_block", "_make_divisible")),
    "inception_v3": ("inception_v3", ("InceptionV3", "conv2d_bn")),
    "xception": ("xception", ("Xception",)),
    "convnext": (
        "convnext",
        ("ConvNeXt", "ConvNeXtBlock", "StochasticDepth", "LayerScale", "Head", "ConvNeXtTiny"),
    ),
}
"""The file of keras.applications that has a network, and what in it builds the network."""


def code_lines(text: str, names: tuple[str, ...] = ()) -> int:
    """Count the lines of code, without docstrings, comments and blank ones; of some definitions alone where named."""
    tree, lines = ast.parse(text), text.splitlines()
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    spoken = {
        line
        for node in ast.walk(tree)
        if isinstance(node, documented) and ast.get_docstring(node) is not None
        for line in range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1)
    }
    wanted = [node for node in tree.body if not names or name_of(node) in names]
    assert len(wanted) >= len(names)
    return sum(
        1
        for node in wanted
        for line in range(node.lineno, (node.end_lineno or 0) + 1)
        if line not in spoken and lines[line - 1].strip() and not lines[line - 1].lstrip().startswith("#")
    )


def name_of(node: ast.stmt) -> str:
    if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
        return node.name
    return node.targets[0].id if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) else ""


def emitted(network: str, backend: str) -> str:
    return find(backend).emit(load(str(SPECS / f"{network}.yaml")), origin="x.yaml").source


def published(network: str) -> int:
    keras = importlib.util.find_spec("keras")
    assert keras is not None
    assert keras.origin is not None
    file, names = APPLICATIONS[network]
    path = Path(keras.origin).parent / "src" / "applications" / f"{file}.py"
    return code_lines(path.read_text(encoding="utf-8"), names)


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_the_table_is_true(row: tuple[str, ...]) -> None:
    network, *counts, theirs = row
    found: list[int] = []
    for backend in ("torch", "keras"):
        text = emitted(network, backend)
        definitions = [node for node in ast.parse(text).body if isinstance(node, (ast.ClassDef, ast.FunctionDef))]
        found += [code_lines(text), len(definitions)]
    assert found == [int(count) for count in counts]
    if network in APPLICATIONS:
        assert int(theirs.split()[0]) == published(network)
        assert found[2] < published(network) / 2


def test_the_table_names_the_networks_that_are_compared() -> None:
    assert set(APPLICATIONS) <= {row[0] for row in ROWS}
