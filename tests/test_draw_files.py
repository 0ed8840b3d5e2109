"""Pictures as files of other kinds, and the command that writes them."""

from __future__ import annotations

import os
import re
import shutil
import struct
import subprocess
import sys
import zlib
from pathlib import Path
from xml.etree import ElementTree

import pytest

from archc.__main__ import main
from archc.compile import load, load_text
from archc.picture.draw import MOST, Undrawable, Wishes, picture
from archc.picture.edges import edges
from archc.picture.parts import parts_of
from tests.test_draw import GRAPH, NAS, hostile_spec
from tests.zoo import SPECS, ZOO, Network

# Mermaid and DOT


@pytest.mark.parametrize("network", ZOO, ids=lambda network: network.name)
def test_mermaid_and_dot_join_what_the_network_joins(network: Network) -> None:
    graph = network.graph()
    for depth in (0, 64):
        found = list(edges(parts_of(graph, depth)))
        if depth == 64:
            closed = {(a.path, b.path) for a, b in found}
            made = {source for layer in graph.layers for source in layer.inputs}
            assert len(closed) == len(set(closed))
            assert {a for a, _ in closed} <= made | {part.path for part, _ in found}
        for form, arrow in (("mmd", " --> "), ("dot", " -> ")):
            text = str(picture(graph, form, Wishes(depth)))
            assert sum(arrow in line for line in text.splitlines()) == len(found)


def test_edges_of_an_open_network_are_those_of_its_layers() -> None:
    graph = load(str(SPECS / "googlenet.yaml"))
    joined_up = {(a.path, b.path) for a, b in edges(parts_of(graph))}
    renamed = {"dense_softmax": "dense"}
    layers = {
        (renamed.get(source, source), renamed.get(layer.path, layer.path))
        for layer in graph.layers
        for source in layer.inputs
    }
    assert joined_up == layers - {("dense", "dense")}


def test_dot_is_read_by_graphviz() -> None:
    if shutil.which("dot") is None:
        pytest.skip("Graphviz is not installed")
    for text in (hostile_spec(), NAS, (SPECS / "unet.yaml").read_text(encoding="utf-8")):
        source = str(picture(load_text(text), "dot", Wishes(2)))
        done = subprocess.run(["dot", "-Tplain"], input=source, text=True, capture_output=True, check=True)
        assert done.stdout.startswith("graph ")
        assert done.stderr == ""


def test_mermaid_holds_no_markup_of_the_spec() -> None:
    text = str(picture(load_text(hostile_spec()), "mmd", Wishes(0)))
    labels = re.findall(r'\["(.*)"\]', text)
    assert len(labels) == 3
    for label in labels:
        assert set("<>\"'&`[]{}()|\\") & set(label.replace("<br/>", "")) == set()


# PNG


def test_png_is_a_picture_of_the_same_size() -> None:
    pytest.importorskip("resvg_py")
    graph = load(str(SPECS / "lenet5.yaml"))
    png = picture(graph, "png", GRAPH)
    assert isinstance(png, bytes)
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    root = ElementTree.fromstring(str(picture(graph, "svg", GRAPH)))
    assert struct.unpack(">II", png[16:24]) == (
        round(2 * float(root.attrib["width"])), round(2 * float(root.attrib["height"])),
    )  # fmt: skip
    at, kinds = 8, []
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        chunk = png[at + 4 : at + 8 + length]
        assert struct.unpack(">I", png[at + 8 + length : at + 12 + length])[0] == zlib.crc32(chunk)
        kinds.append(chunk[:4])
        at += 12 + length
    assert kinds[:2] == [b"IHDR", b"tEXt"]


def test_png_without_resvg_names_the_extra(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    path = tmp_path / "net.png"
    assert main(["draw", str(SPECS / "two_conv.yaml"), "-o", str(path)]) == 3
    assert "pip install 'archc[draw]'" in capsys.readouterr().err
    assert not path.exists()


# The command


def test_the_suffix_says_what_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = str(SPECS / "two_conv.yaml")
    path = tmp_path / "net.svg"
    assert main(["draw", spec, "-o", str(path)]) == 0
    assert path.read_text(encoding="utf-8").startswith("<svg ")
    assert main(["draw", spec, "-o", str(path)]) == 0, "what archc drew is replaced"
    assert main(["draw", spec, "-o", str(tmp_path)]) == 0
    assert (tmp_path / "two_conv.svg").read_text(encoding="utf-8") == path.read_text(encoding="utf-8")
    capsys.readouterr()
    assert main(["draw", spec]) == 0
    assert capsys.readouterr().out == path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("args", "status", "said"),
    [
        (["two_conv.yaml", "-o", "net.gif"], 2, "nothing is drawn as `.gif`"),
        (["two_conv.yaml", "-o", "net"], 2, "has no suffix"),
        (["two_conv.yaml", "-o", "nowhere/net.svg"], 2, "no such file or directory"),
        (["missing.yaml", "-o", "net.svg"], 2, "no such file or directory"),
        (["two_conv.yaml", "-o", "mine.svg"], 1, "error[E0701]"),
        (["two_conv.yaml", "--depth", "-1"], 2, "--depth"),
        (["two_conv.yaml", "--format", "gif"], 2, "'gif' is not one of"),
        (["deep_conv.yaml", "--variant", "depe"], 2, "did you mean"),
    ],
)
def test_wrong_usage_writes_nothing(
    args: list[str],
    status: int,
    said: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.svg").write_text("<svg/>", encoding="utf-8")
    spec = args[0] if args[0] == "missing.yaml" else str(SPECS / args[0])
    assert main(["draw", spec, *args[1:]]) == status
    stdout, stderr = capsys.readouterr()
    assert stdout == ""
    assert said in stderr
    assert os.listdir(tmp_path) == ["mine.svg"]
    assert (tmp_path / "mine.svg").read_text(encoding="utf-8") == "<svg/>"


def test_what_is_too_large_is_said() -> None:
    layers = "".join(f"  - dense: {{units: {2 + n % 2}}}\n" for n in range(MOST + 1))
    graph = load_text(f"archc: 1\nname: net\ninput: {{features: 4}}\nlayers:\n{layers}")
    with pytest.raises(Undrawable, match="2,002 boxes"):
        picture(graph, "svg", GRAPH)
    assert graph._repr_svg_() is None


@pytest.mark.parametrize("wish", [{"form": "pdf"}, {"theme": "sepia"}, {"style": "cubist"}])
def test_words_that_there_are_not_are_refused(wish: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=f"nothing is drawn as `{next(iter(wish.values()))}`"):
        load(str(SPECS / "two_conv.yaml")).draw(wish.pop("form", "svg"), **wish)  # type: ignore[arg-type]


def test_a_notebook_shows_the_picture() -> None:
    shown = load(str(SPECS / "two_conv.yaml"))._repr_svg_()
    assert shown is not None
    assert shown.startswith("<svg ")
