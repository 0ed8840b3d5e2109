"""The pages of error codes: each code has one, and what a page shows is true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from archc.compile import examine
from archc.explain import codes, explain, specs
from archc.problems import Problems

ROOT = Path(__file__).parent.parent
CODE = re.compile(r"""["']((?:E0[1-7])\d\d)["']""")

# Pages that show no spec: bytes that no page can hold, files too large to print, and what no spec alone gives.
WITHOUT_SPECS = {"E0101", "E0102", "E0109", "E0112", "E0114", "E0120", "E0414", "E0416", "E0506"}


def codes_in_source() -> set[str]:
    sources = [*ROOT.glob("archc/**/*.py"), *ROOT.glob("backends/**/*.py")]
    return {code for path in sources for code in CODE.findall(path.read_text(encoding="utf-8"))}


def check(folder: Path, spec: str, files: dict[str, str]) -> set[str]:
    """Return the codes of what is wrong with a spec."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    path = folder / "net.yaml"
    path.write_text(spec, encoding="utf-8")
    problems = Problems()
    examine(str(path), problems)
    return {problem.code for problem in problems.found}


def test_every_code_has_a_page_and_every_page_a_code() -> None:
    assert codes_in_source() == set(codes())


@pytest.mark.parametrize("code", codes())
def test_a_page_says_what_it_is_about(code: str) -> None:
    text = explain(code)
    assert text is not None
    title, blank, first, *_ = text.split("\n")
    assert re.fullmatch(rf"# {code}: \S.*[^.]", title)
    assert blank == ""
    assert first
    assert max(map(len, text.split("\n"))) <= 160


@pytest.mark.parametrize("code", codes())
def test_the_wrong_spec_gives_the_code_and_the_right_one_none(code: str, tmp_path: Path) -> None:
    page = specs(code)
    if page is None:
        assert code in WITHOUT_SPECS or code[:3] in ("E06", "E07")
        return
    assert check(tmp_path, page.wrong, page.files) == {code}
    assert check(tmp_path, page.right, page.files) == set()


def test_codes_are_found_in_any_case_and_others_are_not() -> None:
    assert explain("e0304") == explain("E0304") is not None
    assert explain("E9999") is None
    assert explain("../pages/E0304") is None
