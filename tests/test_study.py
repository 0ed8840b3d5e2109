"""`archc study`: grids, confidence bands, what the figures say, and a small study that is really trained."""

from __future__ import annotations

import csv
import json
import math
import re
import statistics
import sys
from pathlib import Path

import numpy as np
import pytest

from archc.__main__ import main
from archc.compile import load
from archc.problems import SpecError
from archc.study.grid import Axis, axes, points
from archc.study.outcome import Result, enough, percent, quantile, said, spreads
from archc.study.running import folder_name

SPECS = Path(__file__).parent.parent / "specs"
DEEP = load(str(SPECS / "deep_conv.yaml")).spec


def test_ranges_and_lists_make_a_grid_whose_last_axis_turns_fastest() -> None:
    found = axes(["depth=1..3", "data=100, 300", "training.batch_size=[16]", "filters=2..9:3"], DEEP)
    assert [axis.values for axis in found] == [(1, 2, 3), (100, 300), ([16],), (2, 5, 8)]
    assert found[0].numeric
    assert not found[2].numeric
    assert points(found[:2])[:3] == [{"depth": 1, "data": 100}, {"depth": 1, "data": 300}, {"depth": 2, "data": 100}]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("detph=1..3", "did you mean `depth`?"),
        ("depth", "NAME=VALUES"),
        ("depth=", "NAME=VALUES"),
        ("depth=3..1", "is no range"),
        ("depth=1..3:0", "is no range"),
        ("depth=1..99999", "is too long a range"),
        ("depth=1,1", "given twice"),
        ("data=0,10", "a number of images"),
        ("data=few", "a number of images"),
        ("depth=[", "E01"),
    ],
)
def test_wrong_grids_are_refused(text: str, said: str) -> None:
    with pytest.raises(SpecError) as error:
        axes([text], DEEP)
    (problem,) = error.value.problems
    assert said in f"{problem.code} {problem.message} {problem.help}"


def test_all_wrong_grids_are_told_at_once() -> None:
    with pytest.raises(SpecError) as error:
        axes(["detph=1..3", "depth=1", "depth=2", "data=0"], DEEP)
    assert len(error.value.problems) == 3
    with pytest.raises(SpecError, match=r"2,500 points"):
        axes(["depth=1..50", "data=1..50"], DEEP)


def results(values: dict[tuple[int, int], list[float]]) -> list[Result]:
    return [
        Result({"depth": depth, "data": data}, seed, value, 100 * depth, 1000 * depth, 2.0)
        for (depth, data), row in values.items()
        for seed, value in enumerate(row)
    ]


def test_the_band_is_students() -> None:
    scipy = pytest.importorskip("scipy.stats")
    for freedom in (1, 2, 3, 7, 20):
        assert quantile(freedom) == pytest.approx(scipy.t.ppf(0.975, freedom), abs=1e-3)
    values = [0.91, 0.93, 0.98]
    (spread,) = spreads(results({(1, 100): values}))
    assert spread.mean == pytest.approx(statistics.fmean(values))
    assert spread.half == pytest.approx(4.303 * statistics.stdev(values) / math.sqrt(3))
    assert percent(spread) == "94.0 ± 9.0 %"
    assert percent(spreads(results({(1, 100): [0.5]}))[0]) == "50.0 %"


def test_enough_is_the_least_that_is_not_clearly_worse_than_the_best() -> None:
    found = spreads(
        results(
            {
                (1, 100): [0.70, 0.71, 0.72], (2, 100): [0.80, 0.82, 0.84], (3, 100): [0.82, 0.83, 0.84],
                (1, 900): [0.80, 0.80, 0.80], (2, 900): [0.85, 0.86, 0.87], (3, 900): [0.95, 0.96, 0.97],
            }
        )
    )  # fmt: skip
    axis = Axis("depth", (1, 2, 3))
    answers = enough(found, axis)
    assert [(a.others["data"], a.least.point["depth"], a.best.point["depth"]) for a in answers] == [
        (100, 2, 3),
        (900, 3, 3),
    ]
    first, second, moved = said(found, axis, 3)
    assert first.startswith("With 100 training images, `depth` 2 is enough: 82.0 ± 5.0 %.")
    assert "1.5 times the multiply-accumulates" in first
    assert second.startswith("With 900 training images, `depth` 3 is enough, and best: 96.0 ± 2.5 %")
    assert "goes from 2 to 3, and accuracy rises by 14.0 points" in moved
    assert "use `--seeds 3`" in said(spreads(results({(1, 100): [0.5]})), Axis("depth", (1,)), 1)[-1]


def test_folders_have_names_that_are_names_everywhere() -> None:
    names = [folder_name({"kind": value}, 0) for value in ("../../x", "a/b", "a\nb", "a" * 300, "", "ü", None)]
    assert len(set(names)) == len(names)
    assert all(name.isascii() and "/" not in name and ".." not in name and len(name) < 100 for name in names)


@pytest.mark.framework
def test_the_same_share_of_each_class_is_drawn() -> None:
    from archc.study.subsets import Labelled, drawn

    labels = np.array([0] * 50 + [1] * 30 + [2] * 4)
    data = Labelled(np.arange(84)[:, None], labels, np.zeros((1, 1)), np.zeros(1, "int64"))
    part = drawn(data, 30, 1)
    assert np.bincount(part.y_train).tolist() == [13, 13, 4]
    assert (labels[part.x_train[:, 0]] == part.y_train).all()
    assert len(np.unique(part.x_train)) == 30
    assert not np.array_equal(part.x_train, drawn(data, 30, 2).x_train)
    with pytest.raises(SpecError, match="84 examples"):
        drawn(data, 85, 0)


def study(folder: Path, *more: str) -> int:
    spec = str(SPECS / "deep_conv.yaml")
    base = ["study", spec, "--data", "lesson", "--set", "filters=2", "-o", str(folder), "--updates", "4"]
    return main([*base, *more])


@pytest.mark.framework
def test_a_small_study_is_trained_once_and_reported(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    grid = ["--vary", "depth=1..2", "--vary", "data=30", "--seeds", "1"]
    assert study(tmp_path, *grid) == 0
    rows = list(csv.DictReader((tmp_path / "results.csv").read_text(encoding="utf-8").splitlines()))
    assert [(row["depth"], row["data"], row["seed"]) for row in rows] == [("1", "30", "0"), ("2", "30", "0")]
    assert all(0.2 < float(row["test_accuracy"]) <= 1 for row in rows)
    assert [int(row["parameters"]) for row in rows] == [20 + 1352 * 3 + 3, 20 + 38 + 1152 * 3 + 3]
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert page.count("<svg") == 2
    assert not re.search(r'(?:src|href)="(?!#)', page)
    assert (tmp_path / "accuracy_by_depth.svg").exists()
    first = {path.name: path.read_bytes() for path in tmp_path.glob("*.*")}
    capfd.readouterr()
    # Nothing is trained again, unless its result is gone.
    assert study(tmp_path, *grid) == 0
    assert "of 2 runs" not in capfd.readouterr().err
    assert {path.name: path.read_bytes() for path in tmp_path.glob("*.*")} == first
    next(tmp_path.glob("runs/*/result.json")).unlink()
    assert study(tmp_path, *grid) == 0
    assert "2 of 2 runs" in capfd.readouterr().err


@pytest.mark.framework
def test_arrays_of_ones_own_can_be_studied(tmp_path: Path) -> None:
    from archc.datasets import Wanted, load
    from archc.study.subsets import labelled

    x, y = np.zeros((40, 3)), np.arange(40) % 4
    np.savez(tmp_path / "a.npz", allow_pickle=True, y_train=y, x_train=x, x_test=x[:8], y_test=y[:8])
    data = labelled(load(str(tmp_path / "a.npz"), Wanted()), "a.npz", [3, 1])
    assert (np.bincount(data.y_train).tolist(), data.y_test.tolist()) == ([10, 10], [1, 0, 1, 0])


@pytest.mark.framework
def test_another_spec_recipe_or_data_is_another_run() -> None:
    from archc.study.command import _key
    from archc.study.subsets import Labelled, digest

    x, y = np.zeros((4, 3)), np.arange(4)
    data = Labelled(x, y, x, y)
    digests = [digest(found) for found in (
        data, data._replace(y_test=y[::-1]), data._replace(x_train=x.astype("float32")),
        data._replace(x_train=x.reshape(4, 3, 1)),
    )]  # fmt: skip
    keys = [
        *(_key("source", {"epochs": 3}, {"seed": 0}, {"depth": 1}, found, "torch") for found in digests),
        _key("sauce", {"epochs": 3}, {"seed": 0}, {"depth": 1}, digests[0], "torch"),
        _key("source", {"epochs": 4}, {"seed": 0}, {"depth": 1}, digests[0], "torch"),
        _key("source", {"epochs": 3}, {"seed": 1}, {"depth": 1}, digests[0], "torch"),
        _key("source", {"epochs": 3}, {"seed": 0}, {"depth": 2}, digests[0], "torch"),
        _key("source", {"epochs": 3}, {"seed": 0}, {"depth": 1}, digests[0], "keras"),
    ]
    assert len(set(keys)) == len(keys)
    same = data._replace(x_train=x.copy())
    assert _key("source", {"epochs": 3}, {"seed": 0}, {"depth": 1}, digest(same), "torch") == keys[0]


@pytest.mark.framework
def test_what_is_wrong_at_any_point_is_told_before_anything_is_trained(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert study(tmp_path / "out", "--vary", "depth=12..15", "--vary", "data=30") == 1
    assert "error[E0302]" in capfd.readouterr().err
    assert study(tmp_path / "out", "--vary", "data=99999") == 1
    assert "error[E0725]" in capfd.readouterr().err
    assert study(tmp_path / "out", "--vary", "depth=1", "--classes", "0,7") == 1
    assert "no class 7" in capfd.readouterr().err
    np.savez(tmp_path / "small.npz", allow_pickle=True, y=np.arange(40) % 3, x=np.zeros((40, 6, 6)))
    assert study(tmp_path / "out", "--vary", "depth=1..2", "--data", str(tmp_path / "small.npz")) == 1
    said = capfd.readouterr().err
    assert said.count("error[E0710]: the data are 6x6x1, and the network takes 28x28x1") == 1
    assert "small.npz" in said
    assert study(tmp_path / "out", "--vary", "depth=1", "--backend", "onnx") == 2
    assert study(tmp_path / "out", "--vary", "depth=1", "--classes", "0,1,0") == 2
    assert not (tmp_path / "out").exists()


@pytest.mark.framework
def test_a_spec_on_standard_input_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open(SPECS / "deep_conv.yaml", encoding="utf-8") as file:
        monkeypatch.setattr(sys, "stdin", file)
        args = ["--vary", "depth=1", "--vary", "data=30", "--seeds", "1", "--updates", "2", "--data", "lesson"]
        assert main(["study", "-", *args, "--set", "filters=2", "-o", str(tmp_path / "out")]) == 0
    assert (tmp_path / "out" / "index.html").exists()


@pytest.mark.framework
def test_a_run_that_fails_is_named_and_the_others_are_kept(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    rates = ["--vary", "training.optimizer={sgd: {learning_rate: 0.01}},{sgd: {learning_rate: 1.0e30}}"]
    assert study(tmp_path, *rates, "--seeds", "1", "--vary", "data=30") == 1
    assert "ended with exit code 1" in capfd.readouterr().err
    assert len(list(tmp_path.glob("runs/*/result.json"))) == 1
    assert not (tmp_path / "index.html").exists()


@pytest.mark.slow
def test_a_ray_cluster_trains_too(tmp_path: Path) -> None:
    pytest.importorskip("ray")
    assert (
        study(tmp_path, "--vary", "depth=1", "--vary", "data=30", "--seeds", "1", "--engine", "ray", "--jobs", "1") == 0
    )
    told = json.loads(next(tmp_path.glob("runs/*/result.json")).read_text(encoding="utf-8"))
    assert 0.2 < told["accuracy"] <= 1
