"""The pages that come out of the code: each op and each network has one, with all that a reader looks for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from archc.__main__ import main
from archc.cli import COMMANDS
from archc.compare import DOUBLE, LOOSE
from archc.compile import load_text
from archc.explain import codes
from archc.ops import OPS, Example
from archc.reference import page as op_page
from archc.reference import shown, spec_of
from archc.shapes import Image
from archc_keras import limits
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


@pytest.mark.parametrize("name", OPS)
def test_the_step_that_an_ops_page_shows_is_right(name: str) -> None:
    step = op_page(OPS[name], {}).partition("```yaml\n")[2].partition("```")[0]
    image = Image(8, 8, 64)  # as many channels as the convolution in the page's branch has
    example = Example({}, image, image) if "main:" in step else shown(OPS[name])
    head, _, _ = spec_of(OPS[name], example).partition("layers:")
    for number, called in enumerate(("first", "second", "third"), 1):
        head = head.replace(f"in{number}:", f"{called}:")
    load_text(f"{head}layers:\n{step}")


@pytest.mark.parametrize("path", [*sorted(DOCS.glob("*.md")), *sorted(DOCS.glob("guide/*.md"))], ids=lambda p: p.stem)
def test_the_specs_that_the_pages_show_are_right(path: Path, tmp_path: Path) -> None:
    from archc.compile import load

    for number, spec in enumerate(SPEC.findall(path.read_text(encoding="utf-8"))):
        (tmp_path / f"{number}.yaml").write_text(spec, encoding="utf-8")
        load(str(tmp_path / f"{number}.yaml"))


def test_what_the_guide_shows_of_summary_is_what_it_prints() -> None:
    from archc.compile import load

    table = str(load(str(DOCS.parent / "specs" / "one_conv.yaml")).summary())
    assert table[: table.index("\n\n20,383")] in (DOCS / "guide" / "one_layer.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("section", "args"),
    [
        ("check", ["check", "tests/errors/activations_by_other_names.yaml"]),
        ("summary", ["summary", "specs/one_conv.yaml", "--train-memory"]),
        ("summary", ["summary", "specs/one_conv.yaml", "specs/two_conv.yaml"]),
        ("diff", ["diff", "specs/one_conv.yaml", "specs/two_conv.yaml"]),
    ],
)
def test_the_page_of_formats_tells_every_key(section: str, args: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    main([args[0], *(str(DOCS.parent / x) if x.endswith(".yaml") else x for x in args[1:]), "--format", "json"])
    _, _, told = (DOCS / "formats.md").read_text(encoding="utf-8").partition(f"## `archc {section}")
    known = set(re.findall(r'["`](\w+)["`]', told.partition("\n## ")[0]))
    printed = json.loads(capsys.readouterr().out)
    assert (set(keys(printed)) if section != "diff" else set(printed)) - known == set()


def keys(value: object) -> Iterator[str]:
    """Yield every key at any depth, but those that the user's own names are."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield name
            yield from () if name in ("inputs", "output", "outputs") else keys(part)
    elif isinstance(value, list):
        for part in value:
            yield from keys(part)


def test_the_page_of_equality_has_the_bounds_that_hold() -> None:
    told = (DOCS / "equality.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (?:a|an) .* \| (1e-\d+) \| (1e-\d+).*\|$", told, re.MULTILINE)
    bounds = [DOUBLE.layer, DOUBLE.output, DOUBLE.gradient, DOUBLE.training]
    assert [tuple(map(float, row)) for row in rows] == [tuple(bound) for bound in bounds]
    assert (
        f"{LOOSE.layer.relative:.0e} of the largest value, of gradients to {LOOSE.gradient.relative:.0e}".replace(
            "e-0", "e-"
        )
        in told
    )
    for op in limits.WHY:
        name = "pools of volumes" if op.endswith("pool") else op
        assert name in told, op


@pytest.mark.slow
# What MyST uses of Sphinx 9, Sphinx 11 will not have.
@pytest.mark.filterwarnings("ignore:.myst_parser:PendingDeprecationWarning", "ignore:.myst_parser:DeprecationWarning")
def test_the_site_builds(tmp_path: Path) -> None:
    application = pytest.importorskip("sphinx.cmd.build")
    assert application.main(["-W", "-q", str(DOCS), str(tmp_path / "html"), "-d", str(tmp_path / "trees")]) == 0
    assert (tmp_path / "html" / "reference" / "ops" / "conv.html").exists()
