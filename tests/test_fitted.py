"""What an emitted file defines has the options that the file gives, and every selection of them is clean."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from itertools import combinations

import pytest

from archc.backend import find
from archc_torch.definitions import DEFINITIONS, definition
from archc_torch.fitted import FITTED, OPTIONS
from tests.zoo import NETWORKS, Network

IMPORTS = "import torch\nfrom torch import Tensor, nn\nfrom torch.nn import functional as F\n"


def selections(name: str) -> list[tuple[str, ...]]:
    return [chosen for size in range(len(OPTIONS[name]) + 1) for chosen in combinations(OPTIONS[name], size)]


def test_every_selection_of_options_is_formatted() -> None:
    text = [IMPORTS.removeprefix("import torch\n")]
    for name, write in FITTED.items():
        for number, chosen in enumerate(selections(name)):
            source = write(chosen)
            assert parameters(source) >= set(chosen)
            assert not parameters(source) & (set(OPTIONS[name]) - set(chosen))
            text.append("\n\n" + re.sub(rf"^(class|def) {name}\(", rf"\1 {name}{number:04d}(", source))
    for command in (("format", "--check"), ("check", "--select", "E,W,F,UP,B")):
        run = [sys.executable, "-m", "ruff", *command, "--isolated", "--line-length", "104", "-"]
        if command[0] == "format":
            run[run.index("104")] = "100"
        done = subprocess.run(run, input="".join(text), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def parameters(source: str) -> set[str]:
    (found, *_) = re.findall(r"^(?:    def __init__|def \w+)\((.*?)\) -> ", source, re.DOTALL | re.MULTILINE)
    return set(re.findall(r"(\w+):", found))


def test_a_call_gives_the_options_that_it_names() -> None:
    code = "a = SelfAttention(8, heads=2, bias=False)\nb = SelfAttention(8, heads=2)\nc = Other(causal=True)\n"
    assert parameters(definition("SelfAttention", code)) == {"channels", "heads", "bias"}
    assert definition("maximum", code) == DEFINITIONS["maximum"]


@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.name)
def test_no_class_has_an_option_that_nothing_gives(network: Network) -> None:
    tree = ast.parse(find("torch").emit(network.graph(), origin="x.yaml").source)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    given: dict[str, set[str | None]] = {}
    for node in calls:
        assert isinstance(node.func, ast.Name)
        given.setdefault(node.func.id, set()).update(keyword.arg for keyword in node.keywords)
    for found in tree.body:
        if isinstance(found, (ast.ClassDef, ast.FunctionDef)) and found.name in FITTED:
            assert parameters(ast.unparse(found)) & set(OPTIONS[found.name]) <= given[found.name]
