"""What is said of a text that is wrong, and where."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archc import syntax
from tests.reading import good, reading, values

ERRORS = [
    ("\ta: 1", "E0103", 1, 1),
    ("a:\n  \tb: 1", "E0103", 2, 3),
    ("a:\n\t- b", "E0103", 2, 1),
    ("a:\n  - b\n\t- c", "E0103", 3, 1),
    ("a: b\x07", "E0102", 1, 5),
    ("a: '\x00'", "E0102", 1, 5),
    ("é: \ud800", "E0102", 1, 4),
    ("a: b\u2028c", "E0102", 1, 5),
    ("a: \ufeffb", "E0102", 1, 4),
    ("a: b: c", "E0104", 1, 5),
    ("a:\n  b: 1\n c: 2", "E0104", 3, 2),
    ("a: {b: 1\nc: 2\n", "E0104", 1, 4),
    ("a: {b: [", "E0104", 1, 8),
    ("a: {b: 1,\n\n", "E0104", 1, 4),
    ("a: !<x", "E0104", 1, 7),
    ("a: [1 2}", "E0104", 1, 8),
    ("a: 'x\nb: 1", "E0104", 1, 4),
    ('a: "\\q"', "E0104", 1, 5),
    ("a: @x", "E0104", 1, 4),
    ("a: - b", "E0104", 1, 4),
    ("a: 1\nabc\nd: 1", "E0104", 2, 1),
    ("{a: 1} b", "E0104", 1, 8),
    ("a: 1\n- b", "E0104", 2, 1),
    ("a: 'x' y", "E0104", 1, 8),
    ("a: 1\n: 2", "E0104", 2, 1),
    ("a: 1\nb: 2\na: 3\n", "E0105", 3, 1),
    ("a: !!str x", "E0106", 1, 4),
    ("a: !x {b: 1}", "E0106", 1, 4),
    ("a: ! b", "E0106", 1, 4),
    ("1: a", "E0107", 1, 1),
    ("{a: {true: b}}", "E0107", 1, 6),
    ("~: a", "E0107", 1, 1),
    ("{: a}", "E0104", 1, 2),
    ("[a]: b", "E0107", 1, 1),
    ("? {a: b}\n: c", "E0107", 1, 3),
    ("a: &a b\n*a : c", "E0107", 2, 1),
    ("a: 1e400", "E0108", 1, 4),
    ("a: -.inf", "E0108", 1, 4),
    ("a: .NaN", "E0108", 1, 4),
    ("a: " + "1" * 401, "E0109", 1, 4),
    ("a: 0x" + "1" * 400, "E0109", 1, 4),
    ("a: 1\n---\nb: 1", "E0110", 2, 1),
    ("---\n---\n", "E0110", 2, 1),
    ("a: 1\n...\n# c\n%YAML 1.2\n---\nb", "E0110", 4, 1),
    ("# c\n\n%YAML 1.2\n---\na: 1", "E0111", 3, 1),
    ("a: " + "[" * 64, "E0113", 1, 67),
    ("- " * 65, "E0113", 1, 129),
    ("a: *b", "E0116", 1, 4),
    ("a: &b [*b]", "E0117", 1, 8),
    ("a: &b {c: {d: *b}}", "E0117", 1, 15),
    ("", "E0118", 1, 1),
    ("---\n", "E0118", 1, 1),
    ("# nothing\n~\n", "E0118", 1, 1),
    ("a: {b: $max(1, 2)}", "E0119", 1, 8),
    ("a: {b: $max(1,\n  2), c: d}", "E0119", 1, 8),
    ("a: {b: $f((1, 1), 1, 1), c: 2}", "E0119", 1, 8),
    ("a: [$max(1, 2), 3]", "E0119", 1, 5),
    ("a: [$f(1e400, .nan), 3]", "E0119", 1, 5),
    ("a: {b: $d[0]}", "E0119", 1, 8),
    ("a: {b: 1, c: [$d[0] + 1, 2]}", "E0119", 1, 15),
    ("a: {b: $max(1, d[0])}", "E0119", 1, 8),
    ("a: {b: $max([1, 2])}", "E0119", 1, 8),
    ("a: {b: $d + {x: 1}}", "E0119", 1, 8),
]


@pytest.mark.parametrize(("text", "code", "line", "column"), ERRORS)
def test_errors_are_located(text: str, code: str, line: int, column: int) -> None:
    _, found = reading(text)
    assert [(problem.code, *problem.mark[1:3]) for problem in found] == [(code, line, column)]
    assert found[0].help


@pytest.mark.parametrize(("text", "code", "line", "column"), ERRORS)
def test_errors_without_libyaml(text: str, code: str, line: int, column: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(syntax, "events", syntax.events_in_python)
    _, found = reading(text)
    column += code == "E0104" and "\\q" in text  # PyYAML points at the letter, libyaml at the backslash
    assert [(problem.code, *problem.mark[1:3]) for problem in found] == [(code, line, column)]


def test_reading_goes_on_after_an_error() -> None:
    root, found = reading("a: !x 1\na: 2\n3: {b: 1e400}\nc: *d\ne: [$f(1, 2), 4]\ng: 5\n")
    assert [problem.code for problem in found] == ["E0106", "E0105", "E0107", "E0108", "E0116", "E0119"]
    assert values(root) == {"a": 1, "c": None, "e": ["$f(1, 2)", 4], "g": 5}


def test_a_duplicate_points_at_the_first() -> None:
    _, (problem,) = reading("a: 1\nb: 2\na: 3\n")
    assert problem.notes[0].mark == ("net.yaml", 1, 1, 1, 2)


@pytest.mark.parametrize(
    ("text", "help"),
    [
        ("a: {b: $max(1, 2)}", 'write `"$max(1, 2)"`'),
        ("a: {b: $f(1,\n   2)}", 'write `"$f(1, 2)"`'),
        ("""a: {b: $f("x", 'y'), c: 1}""", """write `'$f("x", ''y'')'`"""),
        ("a: [$d[0], 2]", 'write `"$d[0]"`'),
    ],
)
def test_the_quoted_expression_is_shown(text: str, help: str) -> None:
    _, (problem,) = reading(text)
    assert problem.help == help


def test_expressions_that_yaml_keeps_whole() -> None:
    text = 'a: {b: $max(1), c: "$max(1, 2)", e: $x}\nd: $max(1, e[0])\nf: [$(a), "$(", 1]\n'
    assert good(text) == {
        "a": {"b": "$max(1)", "c": "$max(1, 2)", "e": "$x"},
        "d": "$max(1, e[0])",
        "f": ["$(a)", "$(", 1],
    }
    # Brackets that never pair are for whoever reads expressions to report.
    assert good("[$max(1, 2]") == ["$max(1", 2]


def test_a_near_anchor_is_offered() -> None:
    assert reading("a: &stem 1\nb: *sten")[1][0].help == "did you mean `*stem`?"


def test_depth_counts_aliases() -> None:
    chain = "\n".join(["a0: &a0 []", *(f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 64))])
    assert [problem.code for problem in reading(chain)[1]] == ["E0113"]
    assert good("\n".join(chain.split("\n")[:63])).keys() >= {"a62"}
    assert good("- " * 64 + "a")


PIECES = st.sampled_from(
    [*"abc$ \n\t:-,?&*!|>'\"%@`{}[]()#\\.01eé中\x00", "\r\n", "  ", ": ", "- ", "---", "...", "&a ", "*a", "$f(", "<<"]
)


@settings(max_examples=400, deadline=None, database=None)
@given(st.lists(PIECES, max_size=30).map("".join))
def test_every_text_is_read_or_explained(text: str) -> None:
    root, found = reading(text)
    assert root is not None or found
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for problem in found:
        assert 1 <= problem.mark.line <= len(lines)
        assert 1 <= problem.mark.column <= len(lines[problem.mark.line - 1]) + 1
