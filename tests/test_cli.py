"""The command line: what it prints where, and its exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

import archc
import archc.backend
from archc.__main__ import main
from archc.backend import Emitted, MissingFramework
from archc.cli import COMMANDS
from archc.entry_points import Point
from archc.ops import OPS

ROOT = Path(__file__).parent.parent
TWO_CONV = str(ROOT / "specs" / "two_conv.yaml")
DEEP_CONV = str(ROOT / "specs" / "deep_conv.yaml")
WRONG = str(ROOT / "tests" / "errors" / "branches_of_other_sizes.yaml")

Output = Callable[[], tuple[str, str]]


class Stub:
    """A backend without a framework."""

    name, title, extra, suffix = "stub", "Stub", "stub", ".txt"

    def supports(self, layer: Any) -> str | None:
        return "it dislikes them" if layer.op.name == "softplus" else None

    def emit(self, graph: Any, *, origin: str, strict: bool = False, probe: bool = False) -> Emitted:
        assert not probe
        return Emitted(f"Compiled by archc for nobody.\n{graph.name} from {origin}, {graph.params}, strict: {strict}\n")

    def versions(self) -> dict[str, str]:
        raise MissingFramework("stub is not installed: `pip install 'archc[stub]'`")

    def limits(self, graph: Any, *, dtype: str, strict: bool) -> list[str]:
        return []


@pytest.fixture(autouse=True)
def _stub(monkeypatch: pytest.MonkeyPatch) -> None:
    found: dict[Point, Any] = {Point("stub", "stub:a"): Stub(), Point("stub2", "stub:b"): Stub()}
    found[Point("broken", "broken:c")] = "ImportError: no such thing"
    monkeypatch.setattr(archc.backend, "_loaded", found)
    monkeypatch.setattr(archc.backend, "_points", lambda: list(found))


@pytest.fixture
def output(capsys: pytest.CaptureFixture[str]) -> Output:
    return lambda: tuple(capsys.readouterr())  # type: ignore[return-value]


def process(*args: str, **more: Any) -> subprocess.CompletedProcess[str]:
    """Run archc in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "archc", *args]
    return subprocess.run(command, env=environment, text=True, capture_output=True, check=False, timeout=60, **more)


# check


def test_check_says_that_all_is_right_and_prints_nothing_on_stdout(output: Output) -> None:
    assert main(["check", TWO_CONV]) == 0
    assert output() == ("", "the spec is right\n")
    assert main(["check", TWO_CONV, DEEP_CONV, "--format", "text"]) == 0
    assert output() == ("", "all 2 specs are right\n")


def test_check_reports_on_stderr(output: Output) -> None:
    assert main(["check", WRONG, TWO_CONV]) == 1
    stdout, stderr = output()
    assert stdout == ""
    assert "error[E0304]: `concat` joins branches whose height and width differ" in stderr
    assert f"--> {WRONG}:5:5" in stderr
    assert "\x1b" not in stderr


def test_check_of_several_files_reports_each(output: Output) -> None:
    other = str(ROOT / "tests" / "errors" / "version_two.yaml")
    assert main(["check", WRONG, other, WRONG]) == 1
    _, stderr = output()
    assert stderr.count("error[E0304]") == 1
    assert "error[E0210]" in stderr
    assert "2 errors in 2 files" in stderr


@pytest.mark.parametrize("args", [[], ["--format", "text"]])
def test_a_file_that_is_missing_leaves_the_others_to_be_checked(args: list[str], output: Output) -> None:
    assert main(["check", "missing.yaml", WRONG, *args]) == 1
    _, stderr = output()
    assert "archc: missing.yaml: no such file or directory\n" in stderr
    assert "error[E0304]" in stderr
    assert main(["check", "missing.yaml", TWO_CONV, *args]) == 2
    assert output() == ("", "archc: missing.yaml: no such file or directory\n")


def test_check_in_json(output: Output) -> None:
    assert main(["check", WRONG, "--format", "json"]) == 1
    stdout, stderr = output()
    assert stderr == ""
    (problem,) = json.loads(stdout)["problems"]
    keys = ["code", "severity", "message", "file", "line", "column", "end_line", "end_column", "notes", "help"]
    assert list(problem) == keys
    assert (problem["code"], problem["line"], problem["column"], problem["end_column"]) == ("E0304", 5, 5, 11)
    assert main(["check", TWO_CONV, "--format", "json"]) == 0
    assert json.loads(output()[0]) == {"problems": []}


def test_check_for_github_and_sarif(output: Output) -> None:
    assert main(["check", WRONG, "--format", "github"]) == 1
    assert output()[0].startswith("::error file=")
    assert main(["check", WRONG, "--format", "sarif"]) == 1
    assert json.loads(output()[0])["version"] == "2.1.0"
    assert main(["check", TWO_CONV, "--format", "sarif"]) == 0
    assert json.loads(output()[0])["runs"][0]["results"] == []


def test_params_are_set_and_variants_chosen(output: Output) -> None:
    assert main(["summary", DEEP_CONV, "--set", "filters=3", "--set", "depth=4", "--format", "json"]) == 0
    layers = json.loads(output()[0])["layers"]
    assert [layer["output"].get("channels") for layer in layers if layer["op"] == "conv"] == [3] * 4
    assert (
        main(["summary", DEEP_CONV, "--variant", "deep", "--set", "depth=4", "--set", "depth=1", "--format", "json"])
        == 0
    )
    assert sum(layer["op"] == "conv" for layer in json.loads(output()[0])["layers"]) == 1


@pytest.mark.parametrize(
    ("args", "code"),
    [(["--variant", "depe"], "E0416"), (["--set", "filter=3"], "E0414")],
)
def test_names_of_no_param_and_no_variant_are_wrong_usage(args: list[str], code: str, output: Output) -> None:
    assert main(["check", DEEP_CONV, *args]) == 2
    said = output()[1]
    assert f"error[{code}]" in said
    assert f"--> {args[0]} {args[1].partition('=')[0]}\n" in said
    assert "did you mean" in said


def test_a_wrong_value_is_a_finding_and_told_once_for_all_its_uses(tmp_path: Path, output: Output) -> None:
    assert main(["check", DEEP_CONV, "--set", "filters=no"]) == 1
    assert "error[E0207]" in output()[1]
    path = tmp_path / "net.yaml"
    use = "  - dense: {units: $f}\n"
    path.write_text(f"archc: 1\nname: net\nparams: [f: 2]\ninput: {{features: 2}}\nlayers:\n{use * 3}")
    assert main(["check", str(path), "--set", "f=abc"]) == 1
    said = output()[1]
    assert said.count("error[") == 1
    assert said.count("the same param stands here") == 2
    assert main(["check", str(path), "--set", "f="]) == 1
    assert "not an empty text" in output()[1]


def test_names_on_the_command_line_are_judged_also_where_the_file_is_wrong(tmp_path: Path, output: Output) -> None:
    path = tmp_path / "net.yaml"
    path.write_text("archc: 1\nname: net\ninput: {features: 2}\nlayers: [rellu]\n")
    assert main(["check", str(path), "--set", "f=3", "--variant", "wide"]) == 2
    said = output()[1]
    assert all(f"error[{code}]" in said for code in ("E0204", "E0414", "E0416"))


def test_standard_input_is_read_once() -> None:
    spec = Path(TWO_CONV).read_text(encoding="utf-8")
    assert process("check", "-", "-", input=spec).stderr == "the spec is right\n"


@pytest.mark.parametrize("setting", ["filters", "=3", "filters=[1", "filters=!x 1"])
def test_settings_that_are_none_are_wrong_usage(setting: str, output: Output) -> None:
    assert main(["check", DEEP_CONV, "--set", setting]) == 2
    assert "--set" in output()[1]


def test_standard_input_is_a_spec() -> None:
    spec = Path(TWO_CONV).read_text(encoding="utf-8")
    assert process("check", "-", input=spec).stderr == "the spec is right\n"
    done = process("check", "-", input="archc: 2\n")
    assert done.returncode == 1
    assert "--> <stdin>:1" in done.stderr
    assert json.loads(process("summary", "-", "--format", "json", input=spec).stdout)["parameters"] == 18293


# compile


def test_compile_prints_the_source(output: Output) -> None:
    assert main(["compile", DEEP_CONV, "--backend", "stub", "--set", "depth=1", "--strict"]) == 0
    source = "Compiled by archc for nobody.\ndeep_conv from deep_conv.yaml, {'depth': 1, 'filters': 10}, strict: True\n"
    assert output() == (source, "")


def test_compile_writes_files_and_folders(tmp_path: Path, output: Output) -> None:
    assert main(["compile", TWO_CONV, "--backend", "stub", "-o", str(tmp_path)]) == 0
    assert output() == ("", f"wrote {tmp_path}/two_conv.txt\n")
    assert (tmp_path / "two_conv.txt").read_text(encoding="utf-8").startswith("Compiled by archc")
    assert main(["compile", TWO_CONV, "--backend", "stub", "-o", str(tmp_path / "two_conv.txt")]) == 0
    assert main(["compile", TWO_CONV, "--backend", "stub", "-o", f"{tmp_path}/new/"]) == 0
    assert (tmp_path / "new" / "two_conv.txt").exists()


def test_compile_replaces_only_what_archc_wrote(tmp_path: Path, output: Output) -> None:
    mine = tmp_path / "mine.txt"
    mine.write_text("mine", encoding="utf-8")
    args = ["compile", TWO_CONV, "--backend", "stub", "-o", str(mine)]
    assert main(args) == 1
    assert "error[E0701]" in output()[1]
    assert mine.read_text(encoding="utf-8") == "mine"
    assert main([*args, "--force"]) == 0
    assert mine.read_text(encoding="utf-8") != "mine"


def test_what_a_backend_lacks_is_a_finding(tmp_path: Path, output: Output) -> None:
    spec = tmp_path / "net.yaml"
    spec.write_text("archc: 1\nname: net\ninput: {features: 2}\nlayers: [softplus]\n", encoding="utf-8")
    assert main(["compile", str(spec), "--backend", "stub", "-o", str(tmp_path / "net.txt")]) == 1
    stderr = output()[1]
    assert "error[E0601]: Stub has no `softplus` like this: it dislikes them" in stderr
    assert not (tmp_path / "net.txt").exists()


def test_backends_that_cannot_be_had(output: Output) -> None:
    assert main(["compile", TWO_CONV, "--backend", "other"]) == 2
    assert output()[1] == "archc: there is no backend `other`; installed: stub, stub2\n"
    assert main(["compile", TWO_CONV, "--backend", "broken"]) == 3
    assert "ImportError: no such thing" in output()[1]
    assert main(["verify", TWO_CONV, "--backends", "stub,stub2"]) == 3
    assert output() == ("", "archc: stub is not installed: `pip install 'archc[stub]'`\n")
    for named in ("stub", "stub,stub"):
        assert main(["verify", TWO_CONV, "--backends", named]) == 2


def test_backends_are_listed(output: Output) -> None:
    assert main(["backends"]) == 0
    stdout, stderr = output()
    assert stdout == "stub   Stub, writes .txt files\nstub2  Stub, writes .txt files\n"
    assert "broken" in stderr
    assert main(["backends", "--versions"]) == 0
    assert "pip install 'archc[stub]'" in output()[0]


# Troubles


def test_names_that_lead_nowhere_are_wrong_usage(tmp_path: Path, output: Output) -> None:
    assert main(["summary", str(tmp_path)]) == 2
    assert output()[1] == f"archc: {tmp_path}: is a directory\n"
    assert main(["compile", TWO_CONV, "--backend", "stub", "-o", str(tmp_path / "a" / "b.py")]) == 2
    assert output()[1] == f"archc: {tmp_path}/a/b.py: no such file or directory\n"


def test_what_the_system_refuses_is_the_environment(monkeypatch: pytest.MonkeyPatch, output: Output) -> None:
    def refuse(path: str, *_: object) -> None:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr("archc.compile.read_file", refuse)
    assert main(["check", TWO_CONV]) == 3
    assert output()[1] == f"archc: {TWO_CONV}: permission denied\n"
    assert main(["summary", TWO_CONV]) == 3


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")
def test_a_full_disk_is_told_once() -> None:
    with open("/dev/full", "w", encoding="utf-8") as full:
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "archc", "schema"]
        done = subprocess.run(command, env=environment, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 3
    assert done.stderr == "archc: standard input or output: no space left on device\n"


def test_a_reader_that_leaves_is_no_trouble() -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "archc", "schema"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        assert running.stderr.read() == b""
    assert running.returncode == 141


def test_a_fault_leaves_a_log(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, output: Output) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("two\nlines")

    monkeypatch.setattr("archc.compile.examine", fail)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert main(["check", TWO_CONV]) == 70
    (log,) = tmp_path.iterdir()
    stderr = output()[1]
    assert stderr.startswith("archc: a fault of archc, not of your spec: RuntimeError: two; ")
    assert stderr.endswith(f"{log}\n")
    assert stderr.count("\n") == 1
    text = log.read_text(encoding="utf-8")
    assert "Traceback" in text
    assert archc.__version__ in text


def test_an_interrupt_is_quiet(monkeypatch: pytest.MonkeyPatch, output: Output) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("archc.compile.examine", interrupt)
    assert main(["check", TWO_CONV]) == 130
    assert output() == ("", "")


# Usage


@pytest.mark.parametrize(
    "args", [[], ["chek", TWO_CONV], ["check"], ["check", TWO_CONV, "--formt", "json"], ["compile", TWO_CONV]]
)
def test_wrong_usage(args: list[str], output: Output) -> None:
    assert main(args) == 2
    stdout, stderr = output()
    assert stdout == ""
    assert "Usage: archc" in stderr


def test_a_slip_in_a_command_is_understood(output: Output) -> None:
    assert main(["chek", TWO_CONV]) == 2
    assert "did you mean `check`?" in output()[1]


@pytest.mark.parametrize("name", COMMANDS)
def test_help_starts_with_what_it_does_and_an_example(name: str, output: Output) -> None:
    assert main([name, "--help"]) == 0
    lines = [line.strip() for line in output()[0].split("\n")]
    assert lines[0].startswith(f"Usage: archc {name}")
    assert lines[lines.index("Example:") + 1].startswith(f"archc {name}")
    assert lines.index("Example:") < lines.index("Options:")


def test_help_lists_every_command(output: Output) -> None:
    assert main(["--help"]) == 0
    stdout = output()[0]
    assert all(f"  {name}" in stdout for name in COMMANDS)
    assert main(["--version"]) == 0
    assert output()[0] == f"archc {archc.__version__}\n"


# Reference


def test_ops_are_listed_and_explained(output: Output) -> None:
    assert main(["ops"]) == 0
    listing = output()[0]
    assert all(f"  {name} " in listing for name in OPS)
    assert main(["ops", "convv"]) == 2
    assert "did you mean `conv`?" in output()[1]


@pytest.mark.parametrize("name", OPS)
def test_each_op_has_a_page(name: str, output: Output) -> None:
    assert main(["ops", name]) == 0
    page = output()[0]
    assert page.startswith(f"# {name}\n\n")
    assert "\n## Shapes\n" in page
    assert all(f"| `{argument}` |" in page for argument in OPS[name].arguments)
    assert ("\n## Weights\n" in page) == any(
        OPS[name](**{k: OPS[name].arguments[k].freeze(v) for k, v in example.args.items()}).weights(*example.inputs)
        for example in OPS[name].examples
    )
    assert ("- Stub: yes\n" in page) == (name != "softplus")


def test_a_new_spec_is_right(tmp_path: Path, output: Output) -> None:
    assert main(["new", "my_network"]) == 0
    text = output()[0]
    assert text.startswith("# yaml-language-server: $schema=")
    assert yaml.safe_load(text)["name"] == "my_network"
    (tmp_path / "net.yaml").write_text(text, encoding="utf-8")
    assert main(["check", str(tmp_path / "net.yaml")]) == 0
    assert main(["check", str(tmp_path / "net.yaml"), "--variant", "wide"]) == 0
    assert main(["new", "My Network"]) == 2


def test_codes_are_explained(output: Output) -> None:
    assert main(["explain", "e0304"]) == 0
    assert output()[0].startswith("# E0304: ")
    assert main(["explain", "E0399"]) == 2
    assert "there are E0301 to E0317" in output()[1]


def test_the_schema_is_json(output: Output) -> None:
    assert main(["schema"]) == 0
    assert json.loads(output()[0])["$schema"].endswith("2020-12/schema")


# What is imported


def test_a_check_imports_little() -> None:
    script = (
        "import sys; from archc.__main__ import main; main(['check', sys.argv[1]]); "
        "bad = {'rich', 'jsonschema', 'importlib.metadata', 'numpy', 'torch', 'keras', 'tensorflow', 'click', "
        "'dataclasses', 'inspect', 'difflib', 'json'}; print(sorted(bad & set(sys.modules)))"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", script, TWO_CONV], env=environment, text=True, capture_output=True, check=True
    )
    assert done.stdout == "[]\n"


def test_importing_archc_imports_nothing_of_it() -> None:
    script = "import sys, archc; print(sorted(m for m in sys.modules if m.startswith('archc')))"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", script], env=environment, text=True, capture_output=True, check=True)
    assert done.stdout == "['archc']\n"


# From Python


def test_a_graph_is_loaded_summed_up_and_compiled() -> None:
    graph = archc.load(Path(DEEP_CONV), "wide", depth=3)
    assert graph.params == {"depth": 3, "filters": 64}
    assert graph.summary().parameters == graph.summary().to_json()["parameters"]
    assert graph.compile("stub").startswith("Compiled by archc for nobody.\ndeep_conv from deep_conv.yaml")
    assert isinstance(graph, archc.Graph)
    with pytest.raises(archc.backend.NoBackend, match="installed: stub"):
        graph.compile("other")
    with pytest.raises(MissingFramework):
        graph.verify(["stub", "stub2"])


def test_errors_are_spec_errors_with_their_problems() -> None:
    with pytest.raises(archc.SpecError) as error:
        archc.load(WRONG)
    assert [problem.code for problem in error.value.problems] == ["E0304"]
    with pytest.raises(AttributeError, match="no attribute 'lod'"):
        archc.lod  # noqa: B018
