"""How findings are shown: for people, for programs, and with nothing in them that a terminal would obey."""

from __future__ import annotations

import json
import unicodedata

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archc.diagnostics import FORMATS, harmless, render
from archc.document import Mark, Source
from archc.problems import Note, Problem, SpecError

NET = "\n" * 30 + "      - concat:\n" + "\n" * 6 + "      - conv: {}\n"


def at(line: int, column: int, end_line: int, end_column: int, file: str = "specs/net.yaml") -> Mark:
    return Mark(file, line, column, end_line, end_column)


def shown(text: str, mark: Mark) -> list[str]:
    """Return the quoted line and the carets below it, gutter cut off."""
    lines = render([Problem("E0101", "m", mark)], {mark.file: Source(mark.file, text)}).split("\n")
    return [line[5:] for line in lines[3:5]]


CONCAT = Problem(
    "E0304",
    "`concat` joins branches whose height and width differ",
    at(31, 9, 31, 15),
    "conv1x1 gives 28x28x64, conv5x5 gives 24x24x32",
    (
        Note("conv5x5 lost its border at line 38: `conv` pads nothing (`padding: valid`)"),
        Note("the branch is here", at(38, 9, 38, 13)),
    ),
    "add `padding: same` to the `conv` at line 38",
)
SMALL = Problem("E0203", "odd\nword", at(2, 1, 2, 1, "a,b:c.yaml"), severity="warning")


def test_text() -> None:
    assert render([CONCAT, SMALL], {"specs/net.yaml": Source("specs/net.yaml", NET)}) == (
        "warning[E0203]: odd\\nword\n"
        "  --> a,b:c.yaml:2:1\n"
        "\n"
        "error[E0304]: `concat` joins branches whose height and width differ\n"
        "  --> specs/net.yaml:31:9\n"
        "   |\n"
        "31 |       - concat:\n"
        "   |         ^^^^^^ conv1x1 gives 28x28x64, conv5x5 gives 24x24x32\n"
        "   |\n"
        "  note: conv5x5 lost its border at line 38: `conv` pads nothing (`padding: valid`)\n"
        "  note: the branch is here (specs/net.yaml:38)\n"
        "  help: add `padding: same` to the `conv` at line 38\n"
        "\n"
        "1 error, 1 warning in 2 files\n"
    )


def test_the_gutter_grows_with_the_line_number() -> None:
    text = render([Problem("E0101", "m", at(1000, 1, 1000, 2))], {"specs/net.yaml": Source("", "a\n" * 1000)})
    assert text.split("\n")[1:5] == ["    --> specs/net.yaml:1000:1", "     |", "1000 | a", "     | ^"]


def test_findings_are_sorted_and_told_once() -> None:
    places = [at(2, 1, 2, 2, "b"), at(10, 1, 10, 2, "a"), at(9, 5, 9, 6, "a"), at(9, 4, 9, 6, "a"), at(2, 1, 2, 2, "b")]
    problems = [Problem("E0101", "m", mark) for mark in places]
    found = json.loads(render(problems, {}, "json"))["problems"]
    assert [(each["file"], each["line"], each["column"]) for each in found] == [
        ("a", 9, 4),
        ("a", 9, 5),
        ("a", 10, 1),
        ("b", 2, 1),
    ]
    assert render(problems).endswith("4 errors in 2 files\n")


def test_an_error_brings_its_problems_and_sources() -> None:
    error = SpecError([CONCAT], {"specs/net.yaml": Source("specs/net.yaml", NET)})
    assert render(error) == render([CONCAT], error.sources)
    assert "- concat:" in render(error)


@pytest.mark.parametrize(
    ("text", "mark", "quoted", "carets"),
    [
        ("a: b", at(1, 4, 1, 5), "a: b", "   ^"),
        ("a: b", at(1, 4, 1, 4), "a: b", "   ^"),
        ("a: b", at(1, 5, 1, 5), "a: b", "    ^"),
        ("a: b", at(1, 9, 1, 12), "a: b", "    ^"),
        ("a: b  \n c", at(1, 4, 2, 2), "a: b", "   ^"),
        ("a: bcd\n c", at(1, 4, 2, 2), "a: bcd", "   ^^^"),
        ("\ta:\tb", at(1, 5, 1, 6), "    a:  b", "        ^"),
        ("a\t\tb", at(1, 2, 1, 4), "a       b", " ^^^^^^^"),
        ("中文: é", at(1, 1, 1, 3), "中文: é", "^^^^"),
        ("中文: é", at(1, 5, 1, 6), "中文: é", "      ^"),
        ("e\u0301: b", at(1, 4, 1, 5), "e\u0301: b", "  ^"),
        ("a\0\tb", at(1, 4, 1, 5), "a\\x00   b", "        ^"),
        ("a: \x1b[2J", at(1, 4, 1, 5), "a: \\x1b[2J", "   ^^^^"),
        ("a: \u202eb", at(1, 5, 1, 6), "a: \\u202eb", "         ^"),
        ("a: \ud800b", at(1, 5, 1, 6), "a: \\ud800b", "         ^"),
        ("a:\u00a0b", at(1, 3, 1, 4), "a:\\xa0b", "  ^^^^"),
    ],
)
def test_carets_stand_under_what_is_shown(text: str, mark: Mark, quoted: str, carets: str) -> None:
    assert shown(text, mark) == [quoted, carets]


def test_long_lines_are_cropped_around_the_caret() -> None:
    line = "".join(chr(ord("a") + place % 26) for place in range(1000))
    for column in (1, 30, 61, 62, 500, 900, 999, 1000):
        quoted, carets = shown(line, at(1, column, 1, column + 1))
        assert len(quoted) <= 162
        assert quoted[carets.index("^")] == line[column - 1]
        assert quoted.startswith("…") == (column > 61)
        assert quoted.endswith("…") == (column < 902)
    quoted, carets = shown(line, at(1, 500, 1, 1000))
    assert len(carets) <= len(quoted)
    assert shown("x" * 160, at(1, 1, 1, 2))[0] == "x" * 160


def test_what_is_not_there_is_not_quoted() -> None:
    assert render([Problem("E0118", "the file is empty", at(1, 1, 1, 1), help="h")]) == (
        "error[E0118]: the file is empty\n  --> specs/net.yaml\n  help: h\n\n1 error in 1 file\n"
    )


def test_nothing_found_is_nothing_said() -> None:
    assert render([]) == ""
    assert render([], {}, "github") == ""
    assert json.loads(render([], {}, "json")) == {"problems": []}
    assert json.loads(render([], {}, "sarif"))["runs"][0]["results"] == []


def test_colour_is_only_added() -> None:
    plain = render([CONCAT, SMALL], {"specs/net.yaml": Source("", NET)})
    coloured = render([CONCAT, SMALL], {"specs/net.yaml": Source("", NET)}, colour=True)
    assert "\x1b" not in plain
    assert "\x1b[1;31merror[E0304]\x1b[0m: " in coloured
    for code in ("1;31", "1;33", "1;36", "1;32", "1;34", "1", "0"):
        coloured = coloured.replace(f"\x1b[{code}m", "")
    assert coloured == plain


def test_json() -> None:
    assert json.loads(render([CONCAT], {}, "json")) == {
        "problems": [
            {
                "code": "E0304",
                "severity": "error",
                "message": CONCAT.message,
                "file": "specs/net.yaml",
                "line": 31,
                "column": 9,
                "end_line": 31,
                "end_column": 15,
                "notes": [CONCAT.notes[0].text, "the branch is here (specs/net.yaml:38)"],
                "help": CONCAT.help,
            }
        ]
    }


def test_github() -> None:
    hostile = Problem("E0201", "50% of\r\n::error::x", at(1, 2, 3, 4), help="see: a,b")
    assert render([SMALL, hostile], {}, "github") == (
        "::warning file=a%2Cb%3Ac.yaml,line=2,col=1,endLine=2,endColumn=1,title=E0203::odd\\nword\n"
        "::error file=specs/net.yaml,line=1,col=2,endLine=3,endColumn=4,title=E0201::"
        "50%25 of\\r\\n::error::x%0Ahelp: see: a,b\n"
    )


# The parts of the SARIF 2.1.0 schema that concern what is written here.
PLACE = {
    "type": "object",
    "required": ["physicalLocation"],
    "properties": {
        "physicalLocation": {
            "type": "object",
            "required": ["artifactLocation", "region"],
            "properties": {
                "artifactLocation": {"properties": {"uri": {"type": "string", "pattern": "^[!-~]*$"}}},
                "region": {"additionalProperties": {"type": "integer", "minimum": 1}},
            },
        }
    },
}
SARIF = {
    "type": "object",
    "required": ["version", "runs"],
    "properties": {
        "version": {"const": "2.1.0"},
        "runs": {
            "items": {
                "required": ["tool", "results"],
                "properties": {
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "results": {
                        "items": {
                            "required": ["message", "ruleId", "locations"],
                            "properties": {
                                "level": {"enum": ["none", "note", "warning", "error"]},
                                "locations": {"items": PLACE, "minItems": 1},
                                "relatedLocations": {"items": PLACE},
                            },
                        }
                    },
                },
            }
        },
    },
}


def test_sarif() -> None:
    odd = SMALL._replace(mark=at(1, 1, 1, 1, "é <b>%.yaml"))
    report = json.loads(render([CONCAT, odd], {}, "sarif"))
    jsonschema.validate(report, SARIF)
    (run,) = report["runs"]
    first, second = run["results"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["E0203", "E0304"]
    assert (first["ruleIndex"], first["level"], second["ruleIndex"], second["level"]) == (1, "error", 0, "warning")
    place = first["locations"][0]["physicalLocation"]
    assert place["region"] == {"startLine": 31, "startColumn": 9, "endLine": 31, "endColumn": 15}
    assert first["relatedLocations"][0]["message"]["text"] == "the branch is here"
    assert first["message"]["text"].endswith("help: add `padding: same` to the `conv` at line 38")
    assert second["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "%C3%A9%20%3Cb%3E%25.yaml"


def test_a_format_that_is_none() -> None:
    with pytest.raises(ValueError, match="there are text, json"):
        render([CONCAT], {}, "xml")


def test_long_messages_are_cropped() -> None:
    assert len(render([Problem("E0101", "x" * 10**6, at(1, 1, 1, 1))])) < 3000


def obeyed(text: str) -> list[str]:
    """Return the characters of `text` that a terminal obeys or that do not show."""
    return [each for each in text if each != "\n" and unicodedata.category(each) in ("Cc", "Cf", "Cs", "Zl", "Zp")]


HOSTILE = "a\x00\x07\x1b]0;x\x07\x1b[31m\x9b2J\r\u202e\u2066\u200b\u200d\ufeff\u2028\u00ad\u061c\ud800\U000e0041\x7fz"


@pytest.mark.parametrize("form", FORMATS)
def test_hostile_text_is_harmless(form: str) -> None:
    problem = Problem(
        "E0101", HOSTILE, at(1, 2, 1, 9, HOSTILE), HOSTILE, (Note(HOSTILE, at(1, 1, 1, 1, HOSTILE)),), HOSTILE
    )
    text = render([problem], {HOSTILE: Source(HOSTILE, HOSTILE)}, form)
    assert obeyed(text) == []
    text.encode()


@settings(max_examples=200, deadline=None, database=None)
@given(st.text(max_size=40), st.integers(1, 50), st.integers(1, 50))
def test_every_text_can_be_shown(text: str, column: int, end: int) -> None:
    mark = at(1, column, 1, end, text)
    for form in FORMATS:
        problem = Problem("E0101", text, mark, text, (Note(text, mark),), text)
        assert obeyed(render([problem], {text: Source(text, text)}, form)) == []
    assert "\n" not in harmless(text)


def test_ordinary_text_is_left_alone() -> None:
    for text in ("plain ~", "naïve café", "中文、か\u3000な", "Ω≈ç√", "😀"):
        assert harmless(text) == text
