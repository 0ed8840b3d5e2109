"""Reading YAML: the values it gives, where they stand, and the files they come from."""

from __future__ import annotations

import gc
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from archc import syntax
from archc.document import Mapping, Node, Scalar, Sequence, Source
from archc.problems import Problems
from archc.read import read_file
from tests.reading import good, reading, values

TESTS = Path(__file__).parent


def places(node: Node) -> dict[str, tuple[int, int, int, int]]:
    """Return the text of each scalar and the brackets of each collection with its mark."""
    gathered: dict[str, tuple[int, int, int, int]] = {}

    def visit(node: Node, path: str) -> None:
        gathered[path] = node.mark[1:]
        if isinstance(node, Mapping):
            for name, key, child in node.items():
                visit(key, f"{path}.{name}!")
                visit(child, f"{path}.{name}")
        elif isinstance(node, Sequence):
            for number, child in enumerate(node.items):
                visit(child, f"{path}[{number}]")

    visit(node, "")
    return gathered


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *[(word, None) for word in ("null", "Null", "NULL", "~", "")],
        *[(word, True) for word in ("true", "True", "TRUE")],
        *[(word, False) for word in ("false", "False", "FALSE")],
        *[(word, word) for word in ("yes", "no", "on", "off", "y", "nULL", "tRUE", "none", "None", "same")],
        ("010", 10), ("-7", -7), ("+7", 7), ("0o17", 15), ("0x1F", 31), ("00", 0), ("9" * 400, int("9" * 400)),
        ("1e-3", 0.001), (".5", 0.5), ("5.", 5.0), ("-1.5E+3", -1500.0), ("1e3", 1000.0), ("+.5e1", 5.0),
        *[(word, word) for word in ("1_000", "0b1", "-0x1F", "0o8", "1:30", "1e", ".", "+", "..", "1.2.3", "e3")],
        *[(word, word) for word in ("2001-01-01", "=", "<<", "$filters * 4", "٣", "inf", ".infinity", "+.nan")],
        ("'10'", "10"), ('"true"', "true"), ("''", ""), ('"\\u00e9\\n"', "é\n"),
        ("|\n  1\n  2", "1\n2\n"), (">-\n  1\n  2", "1 2"),
    ],
)  # fmt: skip
def test_scalars_follow_the_core_rules(text: str, value: object) -> None:
    (got,) = good(f"- {text}\n")
    assert (got, type(got)) == (value, type(value))


def test_quoted_scalars_are_not_plain() -> None:
    root, _ = reading("[1, '1', \"1\"]")
    assert isinstance(root, Sequence)
    assert [(item.text, item.plain) for item in root.items if isinstance(item, Scalar)] == [
        ("1", True),
        ("1", False),
        ("1", False),
    ]


def test_a_spec_reads_as_written() -> None:
    text = "a: [b: 1, {c: 2}]\nd:\n- x\n- - y\n  - z: {}\ne:\nf: []\n"
    assert good(text) == {"a": [{"b": 1}, {"c": 2}], "d": ["x", ["y", {"z": {}}]], "e": None, "f": []}
    assert good("--- \na: 1\n...\n# end\n") == {"a": 1}


def test_marks() -> None:
    root, _ = reading("é中: '😀'  # c\nb:\n  - {x: 1,\n     y: }\n  - z: 2\n    w:\n\n# end\nlast: |\n  t\n")
    assert root is not None
    assert places(root) == {
        "": (1, 1, 11, 1),
        ".é中!": (1, 1, 1, 3),
        ".é中": (1, 5, 1, 8),
        ".b!": (2, 1, 2, 2),
        ".b": (3, 3, 6, 7),
        ".b[0]": (3, 5, 4, 10),
        ".b[0].x!": (3, 6, 3, 7),
        ".b[0].x": (3, 9, 3, 10),
        ".b[0].y!": (4, 6, 4, 7),
        ".b[0].y": (4, 9, 4, 9),
        ".b[1]": (5, 5, 6, 7),
        ".b[1].z!": (5, 5, 5, 6),
        ".b[1].z": (5, 8, 5, 9),
        ".b[1].w!": (6, 5, 6, 6),
        ".b[1].w": (6, 7, 6, 7),
        ".last!": (9, 1, 9, 5),
        ".last": (9, 7, 11, 1),
    }
    assert isinstance(root, Mapping)
    assert not root.flow


@pytest.mark.parametrize("text", ["\ufeffab: cd", "\r\rab: cd".replace("\r\r", ""), "# é\rab: cd", "# é\r\nab: cd"])
def test_marks_count_from_the_start_of_the_line(text: str) -> None:
    root, found = reading(text)
    assert isinstance(root, Mapping)
    assert not found
    assert root.entries["ab"].mark[2:] == (5, root.line, 7)
    assert root.source.line(root.line) == "ab: cd"


@pytest.mark.parametrize(
    "text", ["", "a", "a\r\nb\rc\n\nd", "\n" * 600, "".join(f"{n}\n" for n in range(1000)) + "end"]
)
def test_lines_of_a_source(text: str) -> None:
    source = Source("net.yaml", text)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    numbers = [*range(1, len(lines) + 1, 7), len(lines), 1, len(lines) // 2 + 1]
    assert [source.line(number) for number in numbers] == [lines[number - 1] for number in numbers]
    assert [source.line(number) for number in (-1, 0, len(lines) + 1, len(lines) + 1000)] == [""] * 4


def test_aliases_share_the_node() -> None:
    root, found = reading("a: &x {b: 1}\nc: *x\nd: &x 2\ne: *x\n")
    assert isinstance(root, Mapping)
    assert not found
    assert root.entries["c"] is root.entries["a"]
    assert values(root) == {"a": {"b": 1}, "c": {"b": 1}, "d": 2, "e": 2}


def test_values_and_marks_without_libyaml(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["é中: '😀'\nb:\n  - {x: 1,\n     y: 2}\n  - z: 2\n\nc: [d: 1]\n", "a: &x\n- b\n- *x\n", "a: &x [1]\nb: *x"]
    fast = [reading(text) for text in texts]
    monkeypatch.setattr(syntax, "events", syntax.events_in_python)
    for text, (root, found) in zip(texts, fast, strict=True):
        slow, slow_found = reading(text)
        assert root is not None
        assert slow is not None
        assert (values(slow), places(slow), slow_found) == (values(root), places(root), found)


def test_collector_is_left_as_it_was() -> None:
    assert gc.isenabled()
    reading("a: [")
    assert gc.isenabled()
    gc.disable()
    try:
        reading("a: 1")
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "é.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\r\n")
    problems = Problems()
    source, root = read_file(str(path), problems)
    assert (source.name, source.text, values(root)) == (str(path), "a: 1\r\n", {"a": 1})
    assert problems.sources == {str(path): source}
    assert read_file(str(path), problems, "shown")[0].name == "shown"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"b: 2")))
    source, root = read_file("-", problems)
    assert (source.name, values(root)) == ("<stdin>", {"b": 2})
    with pytest.raises(FileNotFoundError):
        read_file(str(tmp_path / "none.yaml"), problems)
    with pytest.raises(IsADirectoryError):
        read_file(str(tmp_path), problems)
    assert problems.found == []


@pytest.mark.parametrize(
    ("data", "line", "column", "help"),
    [
        (b"a: 1\nb: \xc3\xa9\xe9\n", 2, 5, "save the file as UTF-8"),
        (b"\xef\xbb\xbfa\xff", 1, 2, "save the file as UTF-8"),
        ("a: 1".encode("utf-16"), 1, 1, "save the file as UTF-8; it looks like UTF-16"),
        (b"a: \xed\xa0\x80", 1, 4, "save the file as UTF-8"),
    ],
)
def test_not_utf8(data: bytes, line: int, column: int, help: str, tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_bytes(data)
    problems = Problems()
    assert read_file(str(path), problems)[1] is None
    (problem,) = problems.found
    assert (problem.code, *problem.mark[1:3], problem.help) == ("E0101", line, column, help)


@pytest.mark.thorough
def test_bombs_are_answered_quickly_and_in_little_memory() -> None:
    done = subprocess.run([sys.executable, str(TESTS / "bombs.py")], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    for name, (codes, wanted, seconds) in json.loads(done.stdout).items():
        assert codes == wanted, name
        assert seconds < 2, name  # of processor time: one second, and another for a busy machine
