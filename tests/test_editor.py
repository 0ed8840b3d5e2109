"""What an editor without a plugin of its own gets: the real yaml-language-server, with the schema, offline; and hooks.

`npm install --prefix tests/editor --no-package-lock` brings the server; ARCHC_YAML_LANGUAGE_SERVER may name another.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from archc.new import start
from tests.lsp_client import Client

ROOT = Path(__file__).parent.parent
ZOO = sorted((ROOT / "specs").glob("*.yaml"))
INSTALLED = ROOT / "tests" / "editor" / "node_modules" / "yaml-language-server" / "bin" / "yaml-language-server"
MODELINE = "# yaml-language-server: $schema=archc.schema.json\n"
NET = MODELINE + "archc: 1\nname: net\ninput: {height: 28, width: 28, channels: 1}\nlayers:\n"
# Nothing is fetched: the schema lies beside the spec, and the public store of schemas is off.
SETTINGS = {"yaml": {"schemaStore": {"enable": False}, "validate": True, "hover": True, "completion": True}}


def yaml_language_server() -> list[str] | None:
    """Return the command that starts the server; None where it is not installed."""
    named = os.environ.get("ARCHC_YAML_LANGUAGE_SERVER")
    node = shutil.which("node")
    if named or (INSTALLED.exists() and node):
        return [node or "node", named or str(INSTALLED), "--stdio"]
    found = shutil.which("yaml-language-server")
    return [found, "--stdio"] if found and node else None


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Client, str]]:
    command = yaml_language_server()
    if command is None:
        pytest.skip("no yaml-language-server: `npm install --prefix tests/editor --no-package-lock`")
    folder = tmp_path_factory.mktemp("specs")
    archc = [sys.executable, "-m", "archc"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    schema = subprocess.run([*archc, "schema"], env=environment, capture_output=True, check=True).stdout
    (folder / "archc.schema.json").write_bytes(schema)
    with Client(command, folder, SETTINGS) as client:
        uri = (folder / "net.yaml").as_uri()
        assert client.open(uri, NET + "  - flatten\n") == []
        yield client, uri


def labels(client: Client, uri: str, line: int, character: int) -> list[str]:
    return [item["label"] for item in client.at("completion", uri, line, character)["items"]]


def place(finding: dict[str, Any], text: str) -> str:
    """Return the stretch of a text that a finding points at."""
    start, end = finding["range"]["start"], finding["range"]["end"]
    assert start["line"] == end["line"]
    return str(text.split("\n")[start["line"]][start["character"] : end["character"]])


def test_it_completes_the_arguments_of_an_op(editor: tuple[Client, str]) -> None:
    client, uri = editor
    client.change(uri, NET + "  - conv: {filters: 10, ker}\n")
    offered = labels(client, uri, 5, 27)
    assert {"kernel_size", "stride", "padding"} <= set(offered)
    assert not {"filters", "rate", "name"} & set(offered)
    client.change(uri, NET + "  - conv:\n      filters: 10\n      padding: \n")
    assert labels(client, uri, 7, 15) == ["valid", "same", "causal"]


def test_it_completes_ops_and_reserved_keys(editor: tuple[Client, str]) -> None:
    client, uri = editor
    client.change(uri, NET + "  - \n")
    assert {"conv", "global_avg_pool", "name", "from"} <= set(labels(client, uri, 5, 4))


def test_it_tells_what_ops_and_arguments_mean(editor: tuple[Client, str]) -> None:
    client, uri = editor
    client.change(uri, NET + "  - conv: {filters: 10, kernel_size: 3}\n")
    assert "How many channels come out" in client.at("hover", uri, 5, 12)["contents"]["value"]
    assert "Weighted sums over windows" in client.at("hover", uri, 5, 6)["contents"]["value"]


@pytest.mark.parametrize(
    ("steps", "wrong"),
    [
        ("  - conv: {filters: 10, kernel_size: 0}\n", "0"),
        ("  - conv: {filters: 10, kernel_sise: 3}\n", "kernel_sise"),
        ("  - conv: {filters: 10, kernel_size: 3, padding: sam}\n", "sam"),
        ("  - dropout: {rate: 2}\n", "2"),
    ],
)
def test_it_marks_what_is_wrong_and_nothing_else(editor: tuple[Client, str], steps: str, wrong: str) -> None:
    client, uri = editor
    (finding,) = client.change(uri, NET + steps)
    assert place(finding, NET + steps) == wrong


@pytest.mark.parametrize("path", ZOO, ids=lambda path: path.stem)
def test_it_finds_nothing_wrong_with_the_zoo(editor: tuple[Client, str], path: Path) -> None:
    client, uri = editor
    assert client.change(uri, MODELINE + path.read_text(encoding="utf-8")) == []


def test_a_new_spec_names_the_schema_and_is_right(editor: tuple[Client, str]) -> None:
    client, uri = editor
    assert start("net").startswith(MODELINE)
    assert client.change(uri, start("net")) == []
    wrong = start("net").replace("kernel_size: 2}", "kernel_sise: 2}")
    (finding,) = client.change(uri, wrong)
    assert place(finding, wrong) == "kernel_sise"


# Hooks


def hook(name: str) -> dict[str, Any]:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    (found,) = [hook for hook in hooks if hook["id"] == name]
    return dict(found)


def run(name: str, *paths: Path) -> subprocess.CompletedProcess[str]:
    """Run a hook's entry as pre-commit does: the files follow it."""
    program, *args = hook(name)["entry"].split()
    assert program == "archc"
    command = [sys.executable, "-m", "archc", *args, *map(str, paths)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)


def test_hooks_pass_what_is_right(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "specs" / "blocks", tmp_path / "blocks")
    copies = [Path(shutil.copy(path, tmp_path)) for path in ZOO]
    assert run("archc-check", *copies).returncode == 0
    assert run("archc-fmt", *copies).returncode == 0
    assert [copy.read_bytes() for copy in copies] == [path.read_bytes() for path in ZOO]


def test_hooks_stop_or_mend_what_is_not(tmp_path: Path) -> None:
    wrong, untidy = tmp_path / "wrong.yaml", tmp_path / "untidy.yaml"
    wrong.write_text("archc: 1\nname: net\ninput: {features: 2}\nlayers: [dens]\n", encoding="utf-8")
    untidy.write_text("archc: 1\nname: net\ninput: { features: 2 }\nlayers: [relu]\n", encoding="utf-8")
    result = run("archc-check", wrong, untidy)
    assert result.returncode == 1
    assert "E0204" in result.stderr
    assert run("archc-fmt", untidy).returncode == 0
    assert untidy.read_text(encoding="utf-8") == ("archc: 1\nname: net\n\ninput: {features: 2}\n\nlayers:\n  - relu\n")


@pytest.mark.parametrize("name", ["archc-check", "archc-fmt"])
def test_hooks_take_specs_and_leave_other_files(name: str) -> None:
    wanted = re.compile(hook(name)["files"])
    assert hook(name)["types"] == ["yaml"]
    assert all(wanted.search(path) for path in ("specs/net.yaml", "a/spec/net.yml", "net.archc.yaml"))
    assert not any(wanted.search(path) for path in ("mkdocs.yaml", ".github/workflows/ci.yml", "inspecs.yaml"))
