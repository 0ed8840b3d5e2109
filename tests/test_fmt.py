"""One layout: what a spec says and every comment stay, and laying it out twice changes nothing."""

from __future__ import annotations

import os
import re
import shutil
import stat
from pathlib import Path
from random import Random
from typing import Any

import pytest

from archc.__main__ import main
from archc.compile import load, load_text
from archc.document import Source
from archc.fmt import format_text
from archc.fmt_read import comments
from archc.graph import Graph
from archc.new import start
from archc.problems import Problems, SpecError
from archc.read import read
from archc.testing.random_specs import random_spec
from tests.layouts import Layout

ROOT = Path(__file__).parent.parent
ZOO = sorted((ROOT / "specs").glob("*.yaml"))
SPECS = [*ZOO, *sorted((ROOT / "tests" / "specs").glob("*.yaml"))]
ALONE = [path for path in SPECS if "\nimport:" not in path.read_text(encoding="utf-8")]
BLOCKS = sorted((ROOT / "tests" / "specs" / "blocks").rglob("*.yaml"))
ERRORS = sorted((ROOT / "tests" / "errors").glob("*.yaml"))


def said(graph: Graph) -> dict[str, Any]:
    """Return all that a graph says, lines aside."""
    return {
        "name": (graph.name, graph.spec.description, graph.params, sorted(graph.spec.variants)),
        "inputs": graph.inputs,
        "layers": [(x.path, x.op, x.inputs, x.shapes, x.output, x.final) for x in graph.layers],
        "weights": graph.weights(),
        "outputs": [(x.name, x.tensor.shape, x.turn.path) for x in graph.outputs],
        "training": {key: given.value for key, given in graph.spec.training.items()},
    }


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def mutant(text: str, seed: int, *, comments: bool = True, orders: bool = True) -> str:
    root = read(Source("<text>", text), Problems())
    assert root is not None
    return Layout(seed, comments=comments, orders=orders).file(root)


@pytest.mark.parametrize("path", ZOO, ids=lambda path: path.stem)
def test_the_zoo_is_written_in_the_one_layout(path: Path) -> None:
    assert format_text(text_of(path)) == text_of(path)


def test_a_new_spec_is_written_in_the_one_layout() -> None:
    assert format_text(start("net")) == start("net")


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_what_a_spec_says_stays(path: Path, tmp_path: Path) -> None:
    new = format_text(text_of(path))
    assert format_text(new) == new
    # Beside the imported files, under its own name.
    for folder in ("tests/specs/blocks", "specs/blocks"):
        shutil.copytree(ROOT / folder, tmp_path / "blocks", dirs_exist_ok=True)
    for other in ZOO:
        (tmp_path / other.name).write_bytes(other.read_bytes())
    (tmp_path / path.name).write_text(new, encoding="utf-8")
    assert said(load(str(tmp_path / path.name))) == said(load(str(path)))


@pytest.mark.parametrize("path", ALONE, ids=lambda path: path.stem)
@pytest.mark.parametrize("seed", range(4))
def test_any_layout_comes_to_the_same_spec_with_all_its_comments(path: Path, seed: int) -> None:
    other = mutant(text_of(path), seed)
    new = format_text(other)
    assert format_text(new) == new
    assert comments(new) == comments(other)
    assert said(load_text(new)) == said(load_text(text_of(path)))


@pytest.mark.parametrize("path", [*SPECS, *BLOCKS], ids=lambda path: path.stem)
@pytest.mark.parametrize("seed", range(4))
def test_there_is_one_layout(path: Path, seed: int) -> None:
    """Where there are no comments, and blank lines only where the layout wants them, the text tells all."""
    canonical = format_text(text_of(path))
    if comments(canonical):
        canonical = format_text(re.sub(r"^ *#.*\n|  # .*$", "", canonical, flags=re.MULTILINE))
    assert format_text(mutant(canonical, seed, comments=False)) == canonical


@pytest.mark.parametrize("seed", range(25))
def test_random_specs_keep_what_they_say(seed: int) -> None:
    text = random_spec(seed)
    new = format_text(mutant(text, seed))
    assert format_text(new) == new
    assert said(load_text(new)) == said(load_text(text))
    assert format_text(mutant(new, seed, comments=False, orders=False)).split() == format_text(text).split()


@pytest.mark.parametrize("path", ERRORS, ids=lambda path: path.stem)
def test_wrong_specs_keep_their_errors_or_are_left_alone(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / path.name
    copy.write_bytes(path.read_bytes())
    code = main(["fmt", str(copy)])
    if code:
        assert copy.read_bytes() == path.read_bytes()
    else:
        found, again = Problems(), Problems()
        for file, problems in ((path, found), (copy, again)):
            read(Source("net", text_of(file)), problems)
        assert not found.found
        assert not again.found
        assert comments(text_of(copy)) == comments(text_of(path).replace("\r\n", "\n"))
    assert os.listdir(tmp_path) == [path.name]


JUNK = [
    "",
    "# c",
    " # c\n",
    "\n",
    "\n\n",
    "&a ",
    "*a",
    "- ",
    "  ",
    "[",
    "]",
    "{",
    "}",
    ": ",
    ",",
    "'",
    '"',
    "|\n",
    ">\n",
    "~",
    "? ",
    "---\n",
]


def broken(seed: int) -> str:
    """Return a spec with a few pieces that do not belong there."""
    random = Random(seed)
    text = random.choice([*SPECS, *ERRORS]).read_bytes().decode("utf-8", "replace")
    for _ in range(random.randint(1, 3)):
        place = random.randrange(len(text) + 1)
        text = text[:place] + random.choice(JUNK) + text[place + random.choice([0, 0, 1, 10]) :]
    return text


@pytest.mark.parametrize("seed", range(100))
def test_what_can_be_read_can_be_laid_out(seed: int) -> None:
    text = broken(seed)
    problems = Problems()
    read(Source("<text>", text), problems)
    if problems.errors:
        with pytest.raises(SpecError):
            format_text(text)
    else:
        assert format_text(format_text(text)) == format_text(text)


ODD = """\
# about the file

# first section
layers:
# first
- conv: # what
    # before filters
    filters: 10   # number
    kernel_size: 3
    # after the arguments
  # after the step
  name: "stem"     # handle
-   # odd place
  relu:
- add: {a: [], # nothing
        # own line
        b: [ {conv: {filters: 10, kernel_size: 1, padding:
           same}} ] # bb
        # last
       } # end add
- {name: x, conv: {filters: "$max(1, 2)", kernel_size: '1'}}

  # further in, at the end
params:
   - a: [1,2]
   # between
   - "b": "not $ it"   # bee
   - 'c': "it's"
   - d: 'say "hi"'
   - e: "tab\\there"
   - f: "true"
   - g: "1.5"
   - h: a:b
   - i: "a: b"
   - j: "[x"
   - k: 0x10
description: >-
  folded text that is
  quite long
archc: 1
name: some
outputs: [
 # none but one
 x
]
input: {height: 1,
 width: 2, channels: 3} # inp
training: {optimizer: {adam}, epochs: 3, loss:   mean_squared_error}
# the end
  # deeper end
"""

EVEN = """\
# about the file

archc: 1
name: some
description: >-
  folded text that is quite long

params:
  - a: [1, 2]
  # between
  - b: not $ it  # bee
  - c: it's
  - d: say "hi"
  - e: "tab\\there"
  - f: "true"
  - g: "1.5"
  - h: a:b
  - i: "a: b"
  - j: "[x"
  - k: 0x10
input: {height: 1, width: 2, channels: 3}  # inp

# first section
layers:
  # first
  - conv:  # what
      # before filters
      filters: 10  # number
      kernel_size: 3
      # after the arguments
    # after the step
    name: stem  # handle
  # odd place
  - relu
  - add:     # end add
      a: []  # nothing
      # own line
      b:  # bb
        - conv: {filters: 10, kernel_size: 1, padding: same}
      # last
  - conv: {filters: "$max(1, 2)", kernel_size: "1"}
    name: x

  # further in, at the end

outputs:
  # none but one
  - x
training:
  loss: mean_squared_error
  optimizer: {adam: null}
  epochs: 3
# the end
# deeper end
"""


def test_comments_stay_beside_what_they_are_about() -> None:
    assert format_text(ODD) == EVEN
    assert format_text(EVEN) == EVEN


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: &x [1, 2]\nb: *x\n", "a: &x [1, 2]\nb: *x\n"),
        ("name: n\narchc: &v 1\nparams: [a: *v]\n", "name: n\narchc: &v 1\n\nparams: [a: *v]\n"),
        ("layers:\n- &c\n  conv: {filters: 1}\n- *c\n", "layers:\n  - &c\n    conv: {filters: 1}\n  - *c\n"),
        ("---\n# c\narchc: 1\n...\n", "# c\narchc: 1\n"),
        ("layers: [relu: , {relu: {}}, conv]", "layers:\n  - relu\n  - relu\n  - conv\n"),
        ("layers:\n- relu:\n  name: a\n", "layers:\n  - relu:\n    name: a\n"),
        ("? name\n: net\n", "name: net\n"),
        ("description: |\n  one\n  two\n", "description: |\n  one\n  two\n"),
        ('description: "one\\ntwo"\n', 'description: "one\\ntwo"\n'),
        ("description: some\n  more\n", "description: some more\n"),
        ("description: some\n\n  more\n", 'description: "some\\nmore"\n'),
        ("layers: []\n", "layers: []\n"),
        ("params: {a: 1, b: {}}\n", "params: {a: 1, b: {}}\n"),
        ("just text\n", "just text\n"),
        ("- a\n-   - b\n    - c\n", "- a\n- [b, c]\n"),
        ("name: 'null'\n", 'name: "null"\n'),
        ("name: \"ümlaut \U0001f600\"\n", "name: ümlaut \U0001f600\n"),
    ],
)  # fmt: skip
def test_small_things(text: str, expected: str) -> None:
    assert format_text(text) == expected
    assert format_text(expected) == expected


def test_long_arguments_go_below_their_op() -> None:
    args = ", ".join(f"argument_{n}: {n}" for n in range(6))
    assert format_text(f"layers:\n- conv: {{{args}}}\n") == f"layers:\n  - conv: {{{args}}}\n"
    args += ", another: 1"
    assert format_text(f"layers:\n- conv: {{{args}}}\n").count("\n") == 9


def test_keys_that_nobody_would_write() -> None:
    key = "long " * 300
    assert format_text(f"params: {{a: 1, {key}}}\n") == f"params:\n  a: 1\n  ? {key.strip()}\n  :\n"
    assert format_text(format_text(f"{key}\n: [1]\n".replace(key, f"? {key}"))) == f"? {key.strip()}\n: [1]\n"


def test_long_text_that_was_folded_stays_folded() -> None:
    text = "name: n\ndescription: " + "word " * 30 + "\n  and more\n"
    new = format_text(text)
    assert max(map(len, new.splitlines())) <= 100
    assert format_text(new) == new


@pytest.mark.parametrize("odd", ["---", "# no", "- x", "w" * 120])
def test_text_that_cannot_be_folded_again_stays_on_a_line(odd: str) -> None:
    text = "name: n\ndescription: " + "word " * 20 + f"'{odd}' {odd.replace('#', '')}\n  and more\n"
    new = format_text(text)
    assert format_text(new) == new


def test_line_ends_stay() -> None:
    assert format_text("name:   n\r\narchc: 1 # c\r\n") == "archc: 1  # c\r\nname: n\r\n"


def test_comments_in_lines_that_follow_each_other_line_up() -> None:
    text = "archc: 1 # one\nname: net # two\n"
    assert format_text(text) == "archc: 1   # one\nname: net  # two\n"


def test_what_is_not_yaml_raises() -> None:
    with pytest.raises(SpecError):
        format_text("a: {b\n")


# The command


def test_a_file_is_rewritten_in_place_and_keeps_its_permissions(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, link = tmp_path / "net.yaml", tmp_path / "link.yaml"
    path.write_bytes(b"\xef\xbb\xbfname:   n\narchc: 1\n")
    path.chmod(0o640)
    link.symlink_to(path)
    assert main(["fmt", "--check", str(link), str(ZOO[0])]) == 1
    assert capsys.readouterr().out == f"{link}\n"
    assert main(["fmt", str(link), str(ZOO[0])]) == 0
    assert capsys.readouterr() == ("", f"formatted {link}\n")
    assert path.read_bytes() == b"archc: 1\nname: n\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert link.is_symlink()
    assert main(["fmt", "--check", str(link)]) == 0
    assert capsys.readouterr() == ("", "")


def test_what_cannot_be_read_is_told_and_the_rest_is_done(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong, right = tmp_path / "wrong.yaml", tmp_path / "right.yaml"
    wrong.write_text("name: n\nname: m\n", encoding="utf-8")
    right.write_text("name:  n\n", encoding="utf-8")
    assert main(["fmt", str(wrong), str(tmp_path / "none.yaml"), str(right)]) == 2
    assert "error[E0105]" in capsys.readouterr().err
    assert wrong.read_text(encoding="utf-8") == "name: n\nname: m\n"
    assert right.read_text(encoding="utf-8") == "name: n\n"


def test_standard_input_goes_to_standard_output(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "in"
    path.write_text("name:  n\n", encoding="utf-8")
    for args, expected in ((["fmt", "-"], (0, "name: n\n")), (["fmt", "-", "--check"], (1, "standard input\n"))):
        with path.open(encoding="utf-8") as file:
            monkeypatch.setattr("sys.stdin", file)
            assert (main(args), capsys.readouterr().out) == expected
