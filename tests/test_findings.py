"""What findings say besides their message: notes of other places and of ways that lead there, and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from archc import load
from archc.compile import examine
from archc.compile import load_text as read_text
from archc.problems import Problem, Problems, SpecError
from tests import reading

ERRORS = Path(__file__).parent / "errors"
HEAD = "archc: 1\nname: net\ninput: {features: 8}\n"


def found(name: str) -> list[Problem]:
    problems = Problems()
    examine(str(ERRORS / f"{name}.yaml"), problems)
    return problems.found


def refused(text: str) -> list[Problem]:
    return reading.refused(HEAD + text)


def test_a_body_called_twice_names_both_callers() -> None:
    (problem,) = found("one_body_called_twice")
    assert [note.mark.line for note in problem.notes if note.mark] == [12, 14]


def test_a_runaway_recursion_is_told_in_few_notes() -> None:
    (problem,) = found("endless_block")
    assert len(problem.notes) <= 3
    assert problem.notes[-1].text == "... and 62 more calls"


def test_two_equal_names_are_shown_where_they_are_written() -> None:
    clash = found("taken_names")[-1]
    assert [note.mark.line for note in clash.notes if note.mark] == [clash.mark.line - 2]


def test_two_blocks_of_one_name_are_shown_in_their_files(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / f"{name}.yaml").write_text("archc: 1\nblocks: {b: {layers: [relu]}}\n", encoding="utf-8")
    path = tmp_path / "net.yaml"
    path.write_text(HEAD + "import: [one.yaml, other.yaml]\nlayers: [b]\n", encoding="utf-8")
    with pytest.raises(SpecError) as error:
        load(str(path))
    (problem,) = error.value.problems
    assert problem.code == "E0411"
    assert [Path(note.mark.file).name for note in problem.notes if note.mark] == ["one.yaml", "other.yaml"]
    assert "rename" in problem.help


def test_a_value_in_a_map_is_pointed_at() -> None:
    (problem,) = refused("layers:\n  - dense: {units: 8, activation: {leaky_relu: {alpha: 1}}}\n")
    assert (problem.mark.column, problem.mark.end_column) == (49, 54)


def test_defaults_of_an_activation_hold_where_it_is_fused() -> None:
    text = """params: [act: leaky_relu]
defaults: {leaky_relu: {slope: 0.3}}
blocks:
  b:
    params: [act]
    layers:
      - dense: {units: 8, activation: $act}
layers:
  - dense: {units: 8, activation: leaky_relu}
  - dense: {units: 8, activation: leaky_relu}
  - dense: {units: 8, activation: {leaky_relu: {slope: 0.2}}}
  - dense: {units: 8, activation: {leaky_relu: {}}}
  - dense: {units: 8, activation: relu}
  - dense: {units: 8, activation: $act}
  - b: {act: $act}
  - leaky_relu
"""
    ops = [layer.op for layer in read_text(HEAD + text).layers]
    filled, own = {"leaky_relu": {"slope": 0.3}}, {"leaky_relu": {"slope": 0.2}}
    assert [op.activation for op in ops[:-1]] == [filled, filled, own, filled, "relu", filled, filled]  # type: ignore[attr-defined]
    assert ops[-1].slope == 0.3  # type: ignore[attr-defined]


def test_defaults_of_an_activation_hold_for_a_default_activation() -> None:
    text = "defaults: {dense: {activation: elu}, elu: {alpha: 0.5}}\nlayers:\n  - dense: {units: 8}\n"
    (layer,) = read_text(HEAD + text).layers
    assert layer.op.activation == {"elu": {"alpha": 0.5}}  # type: ignore[attr-defined]
