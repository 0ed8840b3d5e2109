"""A thousand spoilt specs; `python -m tests.mutants --count 20000` judges more."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from tests.mutants import Field, Mutant, mutants, sweep
from tests.mutations import OPERATORS


@pytest.mark.thorough
def test_each_is_compiled_or_refused_in_its_place() -> None:
    ends, far, wrong = sweep(1_000, seed=1)
    assert wrong == []
    assert sum(ends.values()) == 1_000
    assert ends["accepted"] > 50
    assert len(ends) > 25
    assert far <= 10  # a wrong param, say, is reported where it is used, which may stand further up


@pytest.mark.slow
def test_many_more() -> None:
    assert sweep(20_000, seed=2)[2] == []


def test_the_same_seed_gives_the_same() -> None:
    assert mutants(50, 3) == mutants(50, 3)
    assert mutants(50, 3) != mutants(50, 4)


def test_every_operator_finds_something_to_spoil() -> None:
    assert len(OPERATORS) >= 25
    used = {name for mutant in mutants(1_000, 1) for name in mutant.operators}
    assert used == set(OPERATORS)


def test_a_wrong_answer_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    good = Mutant("specs/two_conv.yaml", (), "archc: 1\nname: net\ninput: {features: 2}\nlayers: [relu]\n", 1)
    with tempfile.TemporaryDirectory() as folder:
        field = Field(folder)
        assert field.judge(good) == "accepted"
        assert field.judge(good._replace(text="archc: 1\nlayers: [relux]\n")) == "E0202"
        monkeypatch.setattr("tests.mutants.summed_up", lambda _: Path(folder, "touched").touch())
        with pytest.raises(AssertionError, match="touched"):
            field.judge(good)
        monkeypatch.setattr("tests.mutants.SLOWEST", 0.0)
        with pytest.raises(AssertionError, match="took"):
            field.judge(good)
