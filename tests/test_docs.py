"""The pages that come out of the code: each op and each network has one, with all that a reader looks for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from archc.cli import COMMANDS
from archc.explain import codes
from archc.ops import OPS
from docs import derive
from tests.zoo import ZOO

DOCS = Path(__file__).parent.parent / "docs"
SPEC = re.compile(r"```yaml\n(?:# \w+\.yaml\n)?(archc: 1\n.*?)```", re.DOTALL)


@pytest.fixture(scope="module")
def networks() -> dict[str, str]:
    return derive.zoo()


def test_each_network_has_a_page_with_its_picture_its_figures_and_both_sources(networks: dict[str, str]) -> None:
    assert set(networks) == {f"zoo/{network.name}.{suffix}" for network in ZOO for suffix in ("md", "svg")}
    for network in ZOO:
        page = networks[f"zoo/{network.name}.md"]
        assert network.path.read_text(encoding="utf-8").rstrip() in page
        assert page.count("<details>") == 2
        assert f"![{network.name}]({network.name}.svg)" in page
    assert "| parameters | 6,998,552 |" in networks["zoo/googlenet.md"]


def test_commands_codes_and_support_are_all_told() -> None:
    assert re.findall(r"^## archc (\w+)$", derive.commands(), re.MULTILINE) == list(COMMANDS)
    assert re.findall(r"^## (E\d+): ", derive.errors(), re.MULTILINE) == codes()
    assert re.findall(r"^\| \[(\w+)\]", derive.support(), re.MULTILINE) == list(OPS)


@pytest.mark.framework
def test_each_op_has_a_page_with_what_each_framework_holds_and_what_is_written() -> None:
    pages = derive.ops()
    assert list(pages) == [f"ops/{name}.md" for name in OPS]
    for name, page in pages.items():
        titles = re.findall(r"^## (.*)$", page, re.MULTILINE)
        assert titles.index("Shapes") < titles.index("Backends") < titles.index("What is written"), name
        assert ("Weights" in titles) == ("Layouts" in titles), name
    assert "| `conv.weight` | 4x3x3x3 | 3x3x3x4 in `conv` |" in pages["ops/conv.md"]


@pytest.mark.parametrize("path", sorted(DOCS.glob("guide/*.md")), ids=lambda path: path.stem)
def test_the_specs_that_the_guide_shows_are_right(path: Path, tmp_path: Path) -> None:
    from archc.compile import load

    for number, spec in enumerate(SPEC.findall(path.read_text(encoding="utf-8"))):
        (tmp_path / f"{number}.yaml").write_text(spec, encoding="utf-8")
        load(str(tmp_path / f"{number}.yaml"))


def test_what_the_guide_shows_of_summary_is_what_it_prints() -> None:
    from archc.compile import load

    table = str(load(str(DOCS.parent / "specs" / "one_conv.yaml")).summary())
    assert table[: table.index("\n\n20,383")] in (DOCS / "guide" / "one_layer.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_site_builds(tmp_path: Path) -> None:
    application = pytest.importorskip("sphinx.cmd.build")
    assert application.main(["-W", "-q", str(DOCS), str(tmp_path / "html"), "-d", str(tmp_path / "trees")]) == 0
    assert (tmp_path / "html" / "reference" / "ops" / "conv.html").exists()
