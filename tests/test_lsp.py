"""The language server, asked by a real client over standard input and output."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from archc.__main__ import main
from archc.compile import load
from archc.document import Mapping, Node, Scalar, Sequence
from archc.lsp.analysis import Analysis
from archc.lsp.cursor import cursor
from archc.lsp.hints import Steps, hint
from archc.lsp.rename import edited
from tests.lsp_client import Client, Failed

pytestmark = pytest.mark.thorough

pytest.importorskip("pygls", reason="the language server is not installed: `pip install 'archc[lsp]'`")

ROOT = Path(__file__).parent.parent
ZOO = sorted((ROOT / "specs").glob("*.yaml"))
REFUSED = -32803
"""The protocol's code for a request that was understood and cannot be done."""
NET = """\
archc: 1
name: net
params: [width: 4, depths: [2, 3]]
variants:
  wide: {width: 8}
input: {height: 8, width: 8, channels: 3}
blocks:
  unit:
    params: [filters, depth: 1]
    layers:
      - conv: {filters: $filters * depth, kernel_size: 1}
        name: grow
      - relu
      - add:
        from: [grow, relu]
layers:
  - conv: {filters: $width, kernel_size: 3, padding: same}
    name: stem
  - unit: {filters: $width}
    repeat: 2
  - concat:
    from: [stem, unit]
    name: joined
  - dropout: {rate: 0.5}
    when: $width > 100
  - global_avg_pool
outputs: [global_avg_pool, joined]
"""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with Client([sys.executable, "-m", "archc", "lsp"], tmp_path_factory.mktemp("specs")) as client:
        yield client


@pytest.fixture
def uri(tmp_path: Path, client: Client) -> Iterator[str]:
    """Return the URI of a text that exists in the editor alone."""
    uri = (tmp_path / "net.yaml").as_uri()
    yield uri
    if uri in client.versions:
        client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})


def place(text: str, piece: str, inside: str = "") -> tuple[int, int]:
    """Return where a piece of a text stands, from 0, or where something inside the piece does."""
    offset = text.index(piece) + (piece.index(inside) if inside else 0)
    before = text[:offset].split("\n")
    return len(before) - 1, len(before[-1])


def hints(client: Client, uri: str, text: str) -> dict[str, str]:
    """Return the hints by the text of their lines."""
    whole = {"start": {"line": 0, "character": 0}, "end": {"line": text.count("\n") + 1, "character": 0}}
    found = client.request("textDocument/inlayHint", {"textDocument": {"uri": uri}, "range": whole})
    lines = text.split("\n")
    assert all(hint["position"]["character"] == len(lines[hint["position"]["line"]]) for hint in found)
    return {lines[hint["position"]["line"]].strip(): hint["label"] for hint in found}


def labels(client: Client, uri: str, line: int, character: int) -> list[str]:
    return [item["label"] for item in client.at("completion", uri, line, character)["items"]]


def cut(text: str, place: dict[str, Any]) -> str:
    """Return the stretch of a text that a range of one line names."""
    start, end = place["start"], place["end"]
    assert start["line"] == end["line"]
    return str(text.split("\n")[start["line"]][start["character"] : end["character"]])


# Findings


def test_findings_follow_what_is_typed(client: Client, uri: str) -> None:
    assert client.open(uri, NET) == []
    wrong = NET.replace("- relu", "- relo")
    (found,) = client.change(uri, wrong)
    assert (found["code"], found["source"], found["severity"]) == ("E0204", "archc", 1)
    assert cut(wrong, found["range"]) == "relo"
    assert "did you mean `relu`?" in found["message"]
    assert client.change(uri, NET) == []


def test_findings_point_at_the_other_places_too(client: Client, uri: str) -> None:
    wrong = NET.replace("kernel_size: 1", "kernel_size: 3")
    (found,) = client.open(uri, wrong)
    assert found["code"].startswith("E03")
    assert {cut(wrong, related["location"]["range"]) for related in found["relatedInformation"]} >= {"conv"}


def test_columns_are_counted_as_editors_do(client: Client, uri: str) -> None:
    wrong = 'archc: 1\nname: net\ndescription: "\U0001f600 é"\ninput: {features: 2}\nlayers: ["\U0001f600", relo]\n'
    first, second = client.open(uri, wrong)
    assert first["range"] == {"start": {"line": 4, "character": 9}, "end": {"line": 4, "character": 13}}
    assert second["range"] == {"start": {"line": 4, "character": 15}, "end": {"line": 4, "character": 19}}
    assert "relo" in second["message"]


def test_imports_are_taken_from_the_editor_where_they_are_open(client: Client, uri: str, tmp_path: Path) -> None:
    parts, net = tmp_path / "parts.yaml", NET.replace("blocks:", "import: [parts.yaml]\nblocks:")
    net = net.replace("- relu\n", "- twice: {units: 3}\n").replace("relu]", "twice]")
    text = "archc: 1\nblocks:\n  twice:\n    params: [units]\n    layers:\n      - relu\n      - relu6\n"
    (missing,) = client.open(uri, net)
    assert cut(net, missing["range"]) == "parts.yaml"
    parts.write_text(text, encoding="utf-8")
    assert client.change(uri, net + "\n") == []
    # What is typed in the imported file, and not saved, is told where it is imported.
    assert client.open(parts.as_uri(), text) == client.findings(uri) == []
    other = text.replace("relu6", "relu7")
    client.edit(parts.as_uri(), [{"text": other}])
    found = {told["uri"]: told["diagnostics"] for told in (client.published.get(timeout=60) for _ in range(2))}
    assert cut(other, found[parts.as_uri()][0]["range"]) == "relu7"
    assert cut(net, found[uri][0]["range"]) == "parts.yaml"
    assert found[uri][0]["relatedInformation"][0]["location"]["uri"] == parts.as_uri()
    client.edit(parts.as_uri(), [{"text": text}])
    assert [client.published.get(timeout=60)["diagnostics"] for _ in range(2)] == [[], []]
    # Its steps show their first use, and names lead into it.
    assert hints(client, parts.as_uri(), text) == {"- relu": "8x8x4", "- relu6": "8x8x4"}
    found = client.at("definition", uri, *place(net, "twice: {", "twice"))
    assert (found["uri"], cut(text, found["range"])) == (parts.as_uri(), "twice")
    assert client.at("definition", uri, *place(net, "parts.yaml"))["uri"] == parts.as_uri()
    client.notify("textDocument/didClose", {"textDocument": {"uri": parts.as_uri()}})


def test_other_yaml_is_left_alone(client: Client, uri: str) -> None:
    assert client.open(uri, "services:\n  web: {image: nginx}\n") == []
    assert len(client.change(uri, "archc: 1\nservices:\n  web: {image: nginx}\n")) == 2


# Hints and hover


def test_hints_show_shapes_and_parameters(client: Client, uri: str) -> None:
    client.open(uri, NET)
    assert hints(client, uri, NET) == {
        "- conv: {filters: $width, kernel_size: 3, padding: same}": "8x8x4, 112 params",
        "- unit: {filters: $width}": "8x8x4, 40 params",
        "- conv: {filters: $filters * depth, kernel_size: 1}": "8x8x4, 20 params",
        "- relu": "8x8x4",
        "- add:": "8x8x4",
        "- concat:": "8x8x8",
        "- dropout: {rate: 0.5}": "left out",
        "- global_avg_pool": "8",
    }


def test_hints_show_what_is_known_above_an_error(client: Client, uri: str) -> None:
    wrong = NET.replace("- concat:", "- concut:")
    assert client.open(uri, wrong)
    shown = hints(client, uri, wrong)
    assert shown["- unit: {filters: $width}"] == "8x8x4, 40 params"
    assert "- concut:" not in shown


@pytest.mark.parametrize("path", ZOO, ids=lambda path: path.stem)
def test_the_hints_of_top_level_steps_sum_up(path: Path) -> None:
    analysis, graph = Analysis(str(path), path.read_text(encoding="utf-8"), {}), load(str(path))
    steps = Steps(analysis.run)
    assert analysis.run is not None
    counts = [steps.parameters(done) for done in analysis.run.chain.steps]
    assert sum(count or 0 for count in counts) == graph.summary().parameters
    labels = [hint(steps, 1, done) for done in analysis.run.chain.steps]
    assert all(labels)


@pytest.mark.parametrize(
    ("piece", "inside", "told"),
    [
        ("global_avg_pool\n", "", ["# global_avg_pool", "gives features 8"]),
        ("kernel_size: 3", "", ["`kernel_size`", "It must be given"]),
        ("rate: 0.5", "", ["from 0 to below 1"]),
        ("unit: {", "", ["**unit**", "`params: [filters, depth: 1]`", "40 parameters"]),
        ("$filters * depth", "depth", ["`depth`: a param", "`1`"]),
        ("[stem, unit]", "stem", ["`stem`: a `conv`", "channels 4"]),
        ("repeat: 2", "", ["times over"]),
        ("outputs", "", ["outputs"]),
        ("unit: {filters", "filters", ["must be given"]),
        ("$width > 100", "width", ["`width`: a param"]),
    ],
)
def test_hover(client: Client, uri: str, piece: str, inside: str, told: list[str]) -> None:
    client.open(uri, NET)
    line, character = place(NET, piece, inside)
    text = client.at("hover", uri, line, character + 1)["contents"]["value"]
    assert all(part in text for part in told), text


def test_hover_on_nothing(client: Client, uri: str) -> None:
    client.open(uri, NET)
    assert client.at("hover", uri, 0, 6) is None
    assert client.at("hover", uri, 999, 0) is None


# Definitions and renaming


@pytest.mark.parametrize(
    ("piece", "inside", "target", "within"),
    [
        ("[stem, unit]", "stem", "name: stem", "stem"),
        ("[stem, unit]", "unit", "- unit: {", "unit"),
        ("[grow, relu]", "relu", "- relu", "relu"),
        ("joined]", "joined", "name: joined", "joined"),
        ("unit: {", "unit", "  unit:\n", "unit"),
        ("$filters * depth", "filters", "[filters, depth", "filters"),
        ("unit: {filters", "filters", "[filters, depth", "filters"),
        ("wide: {width", "width", "[width: 4", "width"),
        ("filters: $width", "width", "[width: 4", "width"),
    ],
)
def test_definitions(client: Client, uri: str, piece: str, inside: str, target: str, within: str) -> None:
    client.open(uri, NET)
    line, character = place(NET, piece, inside)
    found = client.at("definition", uri, line, character + 1)
    assert found["uri"] == uri
    assert found["range"]["start"] == dict(zip(("line", "character"), place(NET, target, within), strict=True))
    assert cut(NET, found["range"]) == within


def applied(text: str, edits: list[dict[str, Any]]) -> str:
    lines = text.split("\n")
    for edit in sorted(edits, key=lambda e: (e["range"]["start"]["line"], -e["range"]["start"]["character"])):
        start, end = edit["range"]["start"], edit["range"]["end"]
        line = lines[start["line"]]
        lines[start["line"]] = line[: start["character"]] + edit["newText"] + line[end["character"] :]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("piece", "inside", "old", "changes"),
    [
        ("name: stem", "stem", "stem", [("name: stem", "name: new"), ("[stem,", "[new,")]),
        ("[stem, unit]", "stem", "stem", [("name: stem", "name: new"), ("[stem,", "[new,")]),
        ("joined]", "joined", "joined", [("name: joined", "name: new"), ("joined]", "new]")]),
        ("name: grow", "grow", "grow", [("name: grow", "name: new"), ("[grow,", "[new,")]),
        ("params: [width", "width", "width",
         [("[width: 4", "[new: 4"), ("{width: 8}", "{new: 8}"), ("$width", "$new")]),
        ("$width > 100", "width", "width",
         [("[width: 4", "[new: 4"), ("{width: 8}", "{new: 8}"), ("$width", "$new")]),
        ("[filters, depth", "filters", "filters",
         [("[filters, depth", "[new, depth"), ("$filters", "$new"), ("unit: {filters", "unit: {new")]),
        ("unit: {", "unit", "unit", [("  unit:\n", "  new:\n"), ("- unit: {", "- new: {")]),
    ],
)  # fmt: skip
def test_renaming(client: Client, uri: str, piece: str, inside: str, old: str, changes: list[tuple[str, str]]) -> None:
    text = NET.replace("[stem, unit]", "[stem, other]").replace("repeat: 2", "repeat: 2\n    name: other")
    piece = piece.replace("unit]", "other]")
    assert client.open(uri, text) == []
    line, character = place(text, piece, inside)
    assert client.at("prepareRename", uri, line, character)["placeholder"] == old
    edits = client.at("rename", uri, line, character, newName="new")["changes"][uri]
    expected = text
    for before, after in changes:
        assert before in expected
        expected = expected.replace(before, after)
    assert applied(text, edits) == expected
    assert client.change(uri, expected) == []


@pytest.mark.parametrize(
    ("piece", "inside", "name", "why"),
    [
        ("name: stem", "stem", "joined", "two steps of this chain are called `joined`"),
        ("name: stem", "stem", "Stem", "is not a name"),
        ("name: stem", "stem", "forward", "nn.Module"),
        ("name: grow", "grow", "relu", "two steps"),
        ("[width: 4", "width", "depths", "two params"),
        ("[width: 4", "width", "max", "a word of expressions"),
        ("unit: {", "unit", "conv", "cannot be taken"),
        ("[grow, relu]", "relu", "new", "has no name of its own"),
        ("kernel_size: 3", "", "new", "can be renamed"),
        ("archc: 1", "", "new", "can be renamed"),
    ],
)
def test_what_is_not_renamed_says_why(client: Client, uri: str, piece: str, inside: str, name: str, why: str) -> None:
    client.open(uri, NET)
    with pytest.raises(Failed, match=why):
        client.at("rename", uri, *place(NET, piece, inside), newName=name)


def test_a_name_that_would_mean_another_step_is_refused(client: Client, uri: str) -> None:
    text = (
        "archc: 1\nname: net\ninput: {features: 2}\nlayers:\n  - relu:\n    name: a\n  - add:\n      x:\n"
        "        - tanh:\n          name: b\n        - add:\n          from: [a, b]\n      y: []\n"
    )
    assert client.open(uri, text) == []
    with pytest.raises(Failed, match="another step"):
        client.at("rename", uri, *place(text, "name: b", "b"), newName="a")


def test_edits_within_one_line_do_not_disturb_each_other() -> None:
    analysis = Analysis("net.yaml", NET, {})
    assert edited(NET, []) == NET
    assert analysis.findings == []


# Completion


def typed(client: Client, uri: str, text: str, mark: str = "|") -> list[str]:
    """Return what is offered where `|` stands, after a text that could be read."""
    client.open(uri, NET)
    line, character = place(text, mark)
    client.change(uri, text.replace(mark, ""))
    return labels(client, uri, line, character)


@pytest.mark.parametrize(
    ("before", "after", "offered", "not_offered"),
    [
        ("- relu\n", "- re|\n", {"relu", "reshape", "unit", "conv", "chain"}, {"filters"}),
        ("- global_avg_pool\n", "- conv: {fil|\n", {"filters", "kernel_size"}, {"rate", "name"}),
        ("- global_avg_pool\n", "- conv: {filters: 3, |\n", {"kernel_size"}, {"filters"}),
        ("- global_avg_pool\n", "- conv:\n      |\n", {"filters", "kernel_size"}, {"name"}),
        ("- global_avg_pool\n", "- conv: {filters: 3}\n    |\n", {"name", "from", "repeat", "when"}, {"filters"}),
        ("- global_avg_pool\n", "- conv: {padding: |\n", {"valid", "same", "$width"}, {"relu"}),
        ("- global_avg_pool\n", "- conv: {activation: |\n", {"relu", "none", "tanh"}, {"softplus_"}),
        ("- global_avg_pool\n", "- conv: {activation: {|\n", {"leaky_relu", "elu"}, {"relu"}),
        ("- global_avg_pool\n", "- conv: {activation: {leaky_relu: {|\n", {"slope"}, {"filters"}),
        ("- global_avg_pool\n", "- conv: {bias: |\n", {"true", "false"}, {"valid"}),
        ("- global_avg_pool\n", "- unit: {|\n", {"filters", "depth"}, {"width"}),
        ("- global_avg_pool\n", "- dense: {units: $wi|\n", {"width", "depths", "max", "input", "index"}, {"filters"}),
        ("- global_avg_pool\n", "- dense: {units: $max(1, input.|\n", {"channels", "height"}, {"width_"}),
        ("- global_avg_pool\n", "- add:\n    from: [|\n", {"stem", "unit", "joined", "input"}, {"grow", "add"}),
        ("- global_avg_pool\n", "- relu:\n    from: |\n", {"stem", "unit", "joined"}, {"grow"}),
        ("outputs: [global", "outputs: [|, global", {"stem", "joined"}, {"grow", "input"}),
        ("$filters * depth", "$|", {"filters", "depth"}, {"width"}),
        ("variants:\n", "variants:\n  other: {|}\n", {"width", "depths"}, {"filters"}),
        ("variants:\n", "defaults:\n  conv: {|}\nvariants:\n", {"padding", "bias"}, {"rate"}),
        ("outputs:", "training:\n  |\noutputs:", {"loss", "optimizer", "seed"}, {"conv"}),
        ("outputs:", "training:\n  loss: |\noutputs:", {"cross_entropy"}, {"adam"}),
        ("outputs:", "training:\n  optimizer: {|\noutputs:", {"adam", "sgd"}, {"loss"}),
        ("outputs:", "tr|\noutputs:", {"training", "layers", "import"}, {"conv"}),
        ("input: {height: 8", "input: {height: 8, |", {"width", "depth"}, {"height"}),
        ("blocks:\n", "blocks:\n  other:\n    |\n", {"params", "layers"}, {"conv"}),
        ("- relu\n", "- add:\n          main:\n            - |\n      - relu\n", {"conv", "unit"}, {"filters"}),
        ("- relu\n", "- relu # a re|\n", set(), {"relu"}),
        ("name: net", "name: n|", set(), {"net"}),
    ],
)  # fmt: skip
def test_completion(
    client: Client, uri: str, before: str, after: str, offered: set[str], not_offered: set[str]
) -> None:
    found = typed(client, uri, NET.replace(before, after, 1))
    assert offered <= set(found)
    assert not not_offered & set(found)
    assert offered or not found


def test_a_completion_replaces_what_is_typed_of_it(client: Client, uri: str) -> None:
    text = NET.replace("- global_avg_pool\n", "- glo\n", 1)
    client.open(uri, text)
    line, character = place(text, "- glo\n")
    items = client.at("completion", uri, line, character + 5)["items"]
    (item,) = [item for item in items if item["label"] == "global_avg_pool"]
    assert item["textEdit"]["range"]["start"] == {"line": line, "character": character + 2}
    assert item["textEdit"]["range"]["end"] == {"line": line, "character": character + 5}
    (item,) = [item for item in items if item["label"] == "conv"]
    assert item["textEdit"]["newText"] == "conv: {filters: $1, kernel_size: $2}"
    assert item["insertTextFormat"] == 2


def test_where_one_types_is_told_for_every_place_of_the_zoo() -> None:
    for path in ZOO:
        lines = path.read_text(encoding="utf-8").split("\n")
        for row, line in enumerate(lines):
            for column in range(len(line) + 1):
                cursor(lines, row, column)


# Outline and layout


def test_outline(client: Client, uri: str) -> None:
    client.open(uri, NET)
    found = client.request("textDocument/documentSymbol", {"textDocument": {"uri": uri}})
    names = {symbol["name"]: [child["name"] for child in symbol.get("children", ())] for symbol in found}
    assert names == {
        "params": ["width", "depths"],
        "input": [],
        "blocks": ["unit"],
        "layers": ["stem", "unit", "joined", "dropout", "global_avg_pool"],
    }
    (unit,) = found[2]["children"]
    assert [child["name"] for child in unit["children"]] == ["filters", "depth", "grow", "relu", "add"]


def test_formatting(client: Client, uri: str) -> None:
    client.open(uri, "archc:   1\nname: net\n")
    asked = {"textDocument": {"uri": uri}, "options": {"tabSize": 2, "insertSpaces": True}}
    (edit,) = client.request("textDocument/formatting", asked)
    assert edit["newText"] == "archc: 1\nname: net\n"
    client.change(uri, "archc: {\n")
    assert client.request("textDocument/formatting", asked) is None


# Robustness and speed


def test_nothing_that_is_typed_ends_the_server(client: Client, uri: str) -> None:
    random = Random(7)
    texts = [path.read_text(encoding="utf-8") for path in ZOO] + [NET]
    errors = sorted((ROOT / "tests" / "errors").glob("*.yaml"))
    texts += [path.read_bytes().decode("utf-8", "replace") for path in errors]
    client.open(uri, NET)
    codes = {REFUSED}
    for _ in range(150):
        text = random.choice(texts)
        begin = random.randrange(len(text) + 1)
        junk = "".join(
            random.choice("{}[]:,-#'\"$&*|>%@!\t \n\r\u2028\U0001f600é0aé.") for _ in range(random.randint(0, 6))
        )
        text = text[:begin] + junk + text[begin + random.randrange(40) :]
        client.edit(uri, [{"text": text}])
        line = random.randrange(text.count("\n") + 2)
        character = random.randrange(60)
        for method in ("hover", "definition", "completion"):
            client.at(method, uri, line, character)
        client.request("textDocument/documentSymbol", {"textDocument": {"uri": uri}})
        whole = {"start": {"line": 0, "character": 0}, "end": {"line": 999, "character": 0}}
        client.request("textDocument/inlayHint", {"textDocument": {"uri": uri}, "range": whole})
        try:
            client.at("rename", uri, line, character, newName="new")
        except Failed as refusal:
            codes.add(refusal.code)
    assert codes == {REFUSED}
    while not client.published.empty():
        client.published.get()
    client.edit(uri, [{"text": NET}])
    assert client.findings(uri) == []
    assert [message for message in client.logged if message["method"] == "window/logMessage"] == []


def dump(node: Node | None) -> Any:
    """Return a tree with all its marks."""
    if isinstance(node, Mapping):
        return node.mark, node.flow, [(key, where.mark, dump(value)) for key, where, value in node.items()]
    if isinstance(node, Sequence):
        return node.mark, node.flow, [dump(item) for item in node.items]
    return (node.mark, node.value, node.text, node.plain) if isinstance(node, Scalar) else None


def long_text() -> str:
    """Return a spec with steps of every form, long enough to be read in parts."""
    steps = NET.split("layers:\n  - conv")[1].split("outputs")[0]
    more = "".join(
        f"  # step {n}\n  - add:  # {{\n      a:\n        - conv: {{filters: 3,\n            kernel_size: 1}}\n"
        f"        - relu\n      b: []\n\n  - dense: {{units: {n}}}\n    when: $width > {n}\n  - relu\n"
        for n in range(40)
    )
    return NET.replace(steps, steps + more)


def test_reading_a_step_again_gives_what_reading_all_gives() -> None:
    random = Random(7)
    text = long_text()
    analysis, taken_over = Analysis("net.yaml", text, {}), 0
    for _ in range(150):
        place = random.randrange(len(text))
        junk = random.choice(
            ["", "", "1", "2", "x", "y", " ", " ", "$", "'", "{", ", a: 1", ": ", "- ", "#", "|", "a: "]
        )
        other = text[:place] + junk + text[place + random.choice([0, 0, 1, 3]) :]
        before = analysis.root
        analysis = Analysis("net.yaml", other, {}, analysis)
        taken_over += analysis.root is before is not None
        fresh = Analysis("net.yaml", other, {})
        assert dump(analysis.root) == dump(fresh.root)
        assert analysis.findings == fresh.findings
        if fresh.sound:
            text = other
        else:
            analysis = Analysis("net.yaml", text, {})  # what is half typed is mended soon
    assert taken_over > 20


def test_an_edit_in_two_thousand_steps_is_answered_at_once(client: Client, uri: str) -> None:
    steps = "".join(f"  - conv: {{filters: {8 + n % 3}, kernel_size: 3, padding: same}}\n" for n in range(2000))
    text = f"archc: 1\nname: big\ninput: {{height: 32, width: 32, channels: 3}}\nlayers:\n{steps}"
    assert client.open(uri, text) == []
    times = []
    for number in range(5):
        line = 300 * number + 40
        digit = {"start": {"line": line, "character": len("  - conv: {filters: ")}}
        digit["end"] = {**digit["start"], "character": digit["start"]["character"]}
        begun = time.perf_counter()
        client.edit(uri, [{"range": digit, "text": "1"}])
        near = {"start": {"line": line - 30, "character": 0}, "end": {"line": line + 30, "character": 0}}
        found = client.request("textDocument/inlayHint", {"textDocument": {"uri": uri}, "range": near})
        assert client.findings(uri) == []
        times.append(time.perf_counter() - begun)
        assert len(found) == 61
    # A busy machine makes single answers slow; the best shows what the server takes.
    assert min(times) < 0.2, times


# The command


def test_without_the_extra_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "pygls.lsp.server", None)
    assert main(["lsp"]) == 3
    assert "pip install 'archc[lsp]'" in capsys.readouterr().err


def test_the_end_of_input_ends_the_server() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "archc", "lsp"], stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=60
    )
    assert done.returncode == 0
    assert done.stdout == b""
