"""Hostile text at every place of a spec and on the command line: it stays text, or is refused where it stands."""

from __future__ import annotations

import ast
import io
import os
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path

import pytest

from archc.__main__ import main
from archc.compile import load_text
from archc.problems import SpecError
from tests import payloads
from tests.oracles import located, obeyed, shown, sources_of, summed_up, twins, watched

pytestmark = pytest.mark.thorough

CASES = payloads.cases()
MEANT = {
    ("activation", "none"),  # a word of the language
    ("branch", "index"),  # the loop whose variable has that name is over by then
}
NAMES = [t for t in payloads.TEXTS if t not in ("", ".", "..") and not set(t) & set("/\x00") and len(t.encode()) < 250]


@cache
def harmless() -> dict[str, str]:
    return sources_of(load_text(payloads.spec("", "", payloads.raw)))


def test_there_are_many() -> None:
    assert sum(map(len, CASES.values())) >= 5_000
    assert len(set(payloads.TEXTS)) >= 80
    assert set(CASES) == set(payloads.HARMLESS)
    assert set(harmless()) == {"torch", "keras"}


def refused(error: SpecError) -> None:
    """Judge a refusal."""
    assert any(problem.severity == "error" for problem in error.problems)
    for problem in error.problems:
        located(problem, error.sources)
    shown(error)


def judge(place: str, payload: str, quote: Callable[[str], str]) -> None:
    """Judge what becomes of a spec with a payload."""
    try:
        graph = load_text(payloads.spec(place, payload, quote))
    except SpecError as error:
        refused(error)
        return
    summed_up(graph)
    sources = sources_of(graph)
    if quote is payloads.quoted and (place, payload) not in MEANT:
        for backend, source in harmless().items():
            assert twins(source, sources[backend], numbers=place in payloads.NUMERIC) == ""


@pytest.mark.parametrize("place", CASES)
def test_text_stays_text(place: str) -> None:
    harmless()
    for payload, quote in CASES[place]:
        with watched() as done:
            try:
                judge(place, payload, quote)
            except Exception as error:
                error.add_note(f"{payload[:200]!r} {quote.__name__} at {place}")
                raise
        assert done == [], f"{payload[:200]!r} at {place}"


def run(*args: str) -> tuple[int, str, str]:
    """Run a command in this process."""
    stdout, stderr = io.StringIO(), io.StringIO()
    with redirect_stdout(stdout), redirect_stderr(stderr):
        code = main(args)
    return code, stdout.getvalue(), stderr.getvalue()


def quiet(name: str, done: tuple[int, str, str], codes: set[int]) -> None:
    """Judge that a command ended as it may, and printed nothing that a terminal obeys."""
    code, stdout, stderr = done
    assert code in codes, f"{name!r}: {code} {stderr}"
    assert obeyed(stdout) == [], repr(name)
    assert obeyed(stderr) == [], repr(name)
    assert "Traceback" not in stderr


def test_names_of_files_are_text(tmp_path: Path) -> None:
    good = payloads.spec("", "", payloads.raw)
    wrong = "archc: 1\nname: net\ninput: {features: 2}\nlayers: [unknown_op]\n"
    out = tmp_path / "out"
    for name in NAMES[::4]:
        path = tmp_path / "specs" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(wrong, encoding="utf-8")
        for form in ("text", "json", "github", "sarif"):
            quiet(name, run("check", "--format", form, "--", str(path)), {1})
        path.write_text(good, encoding="utf-8")
        quiet(name, run("summary", "--", str(path)), {0})
        for backend in harmless():
            quiet(name, run("compile", "--backend", backend, "-o", f"{out}/", "--", str(path)), {0})
            source = (out / "good_net.py").read_text(encoding="utf-8")
            assert obeyed(source) == []
            assert twins(harmless()[backend], source) == ""
        path.unlink()
    assert sorted(os.listdir(tmp_path)) == ["out", "specs"]
    assert os.listdir(out) == ["good_net.py"]
    assert os.listdir(tmp_path / "specs") == []


@pytest.mark.parametrize("name", ["con", "nul", "aux", "prn", "com1", "lpt9"])
def test_no_file_is_called_like_a_device_of_windows(name: str, tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    path.write_text(payloads.spec("name", name, payloads.quoted), encoding="utf-8")
    assert run("compile", str(path), "--backend", "torch", "-o", f"{tmp_path}/out/")[0] == 0
    assert os.listdir(tmp_path / "out") == [f"{name}_.py"]


COMMANDS: dict[str, Callable[[str, str], tuple[str, ...]]] = {
    "variant": lambda spec, text: ("check", spec, "--variant", text),
    "setting": lambda spec, text: ("check", spec, "--set", text),
    "set name": lambda spec, text: ("check", spec, "--set", f"{text}=1"),
    "set value": lambda spec, text: ("summary", spec, "--set", f"mode={text}"),
    "backend": lambda spec, text: ("compile", spec, "--backend", text),
    "backends": lambda spec, text: ("verify", spec, "--backends", text),
    "format": lambda spec, text: ("summary", spec, "--format", text),
    "command": lambda _, text: (text,),
    "code": lambda _, text: ("explain", "--", text),
    "op": lambda _, text: ("ops", "--", text),
    "new": lambda _, text: ("new", "--", text),
    "missing": lambda _, text: ("check", f"missing/{text}"),
}


@pytest.mark.parametrize("place", COMMANDS)
def test_words_of_the_command_line_are_text(place: str, tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    path.write_text(payloads.spec("", "", payloads.raw), encoding="utf-8")
    for text in payloads.TEXTS:
        if "\x00" not in text:
            quiet(text, run(*COMMANDS[place](str(path), text)), {0, 1, 2, 3})
    assert os.listdir(tmp_path) == ["spec.yaml"]


def test_imports_stay_among_files(tmp_path: Path) -> None:
    """A pipe would be waited for, and a device never ends."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "zero").symlink_to("/dev/zero")
    for name in ("pipe", "zero", ".", "..", "/etc/passwd", "C:/x", "a\\b"):
        path = tmp_path / "spec.yaml"
        path.write_text(payloads.spec("import", name, payloads.quoted), encoding="utf-8")
        code, _, stderr = run("check", str(path))
        assert code == 1
        assert "error[E0410]" in stderr


def test_what_is_emitted_for_a_text_is_its_text() -> None:
    for payload in payloads.TEXTS[::3]:
        if payload.startswith("$"):
            continue  # an expression
        graph = load_text(payloads.spec("call_text", payload, payloads.quoted))
        for source in sources_of(graph).values():
            constants = [node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)]
            assert payload in constants, repr(payload)


def test_the_oracles_see_what_they_must() -> None:
    source = harmless()["torch"]
    assert twins(source, source) == ""
    assert twins(source, source.replace("good_step", "evil")) == ""
    assert "fall together" in twins(
        source, source.replace("good_branch_good_step", "other").replace("good_branch", "x")
    )
    assert "became" in twins(source, source.replace("kind == ", "kind != "))
    assert twins(source, source.replace("nn.Conv2d(3, 4", "nn.Conv2d(3, 5")) != ""
    assert twins(source, source + "import os\n") != ""
    assert obeyed("a\x1b[0m\u202e\u3164\ufe0f\n") == ["\x1b", "\u202e", "\u3164", "\ufe0f"]
    with watched() as done, open(os.devnull, "w", encoding="utf-8"):
        pass
    assert len(done) == 1
    with watched() as done:
        sys.audit("open", "a/__pycache__/m.pyc.1", None, os.O_WRONLY)
        sys.audit("os.rename", "a/__pycache__/m.pyc.1", "a/__pycache__/m.pyc", -1, -1)
        sys.audit("os.mkdir", "a/__pycache__", 0o777, -1)
    assert done == []
    with watched() as done:
        sys.audit("open", "a/__pycache__.py", "w", os.O_WRONLY)
        sys.audit("os.rename", "a/__pycache__/m.pyc", "m.py", -1, -1)
        sys.audit("os.rmdir", "a/__pycache__", -1)
        sys.audit("os.system", b"touch __pycache__")
    assert len(done) == 4
