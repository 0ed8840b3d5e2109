"""The functions of training scripts that both frameworks share: learning rates, windows of images, when to stop."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from archc.compile import load_text
from archc.training import script
from archc.training.plan import Plan
from archc.training.recipe import recipe
from archc.training.run import prepare
from tests.recipes import data, spec


def defined(lines: list[str], **given: Any) -> dict[str, Any]:
    """Return what emitted lines define."""
    names: dict[str, Any] = {"math": math, "np": np, **given}
    exec("\n".join(lines), names)
    return names


def rates(schedule: str, epochs: int, steps: int) -> list[float]:
    text = spec("plain").replace("epochs: 2", f"epochs: {epochs}, schedule: {schedule}")
    lines = script.rate(recipe(load_text(text)))
    rate = defined(lines, LEARNING_RATE=2.0, EPOCHS=epochs)["rate"]
    return [rate(step, steps) for step in range(epochs * steps)]


def test_a_constant_rate_needs_no_function() -> None:
    assert script.rate(recipe(load_text(spec("plain")))) == []


def test_a_warm_up_is_linear_and_ends_at_the_rate() -> None:
    assert rates("{constant: {warmup: 2}}", 3, 4) == pytest.approx([0.25 * n for n in range(1, 9)] + [2.0] * 4)


def test_a_cosine_goes_from_the_rate_to_its_share() -> None:
    found = rates("cosine", 2, 4)
    assert found == pytest.approx([2 * math.cos(math.pi * n / 16) ** 2 for n in range(8)])
    found = rates("{cosine: {warmup: 1, final: 0.5}}", 3, 2)
    assert found[:2] == pytest.approx([1.0, 2.0])
    assert found[2:] == pytest.approx([1 + math.cos(math.pi * n / 8) ** 2 for n in range(4)])


def test_steps_multiply_the_rate() -> None:
    assert rates("{step: {every: 2, factor: 0.5}}", 5, 2) == pytest.approx([2.0] * 4 + [1.0] * 4 + [0.5] * 2)


def plan(name: str, tmp_path: Path) -> Plan:
    return prepare(load_text(spec(name)), "torch", str(data(name, tmp_path / "d.npz")), str(tmp_path / "out"))


@pytest.mark.parametrize(("name", "shift", "side"), [("stepped", 1, 6), ("constant", 0, 6), ("cropped", 0, 4)])
def test_windows_lie_within_the_padded_image_and_half_are_mirrored(
    tmp_path: Path, name: str, shift: int, side: int
) -> None:
    lines = script.windows(plan(name, tmp_path))
    windows = defined(lines, SEED=3, SHIFT=shift)["windows"]
    rows, columns = windows(1000, 5)
    assert rows.shape == columns.shape == (1000, side)
    assert (np.diff(rows) == 1).all()
    assert set(rows[:, 0]) == set(range(6 + 2 * shift - side + 1))
    assert (rows.min(), rows.max()) == (0, 5 + 2 * shift)
    assert (columns.min(), columns.max()) == (0, 5 + 2 * shift)
    mirrored = (np.diff(columns) == -1).all(axis=1)
    assert ((np.diff(columns) == 1).all(axis=1) != mirrored).all()
    assert mirrored.mean() == pytest.approx(0.0 if name == "cropped" else 0.5, abs=0.05)
    again, others = windows(1000, 5), windows(1000, 6)
    assert np.array_equal(again[0], rows)
    assert name == "constant" or not np.array_equal(others[0], rows)
    assert not np.array_equal(others[1], columns)


def test_training_stops_when_the_loss_has_not_become_smaller() -> None:
    text = spec("stepped").replace("patience: 2", "patience: 2, delta: 0.25")
    lines = script.stopping(recipe(load_text(text)))
    finished = defined(lines, PATIENCE=2)["finished"]

    def after(*losses: float) -> Any:
        return finished([{"test_loss": loss} for loss in losses])

    assert not after()
    assert not after(3, 2)
    assert not after(3, 3, 2.5)
    assert after(3, 3, 2.8)
    assert not after(3, 3, 2.5, 2.5)
    assert after(3, 3, 2.5, 2.5, 2.5)


def test_the_middle_is_what_is_tested_with(tmp_path: Path) -> None:
    assert script.middle(plan("cropped", tmp_path)) == (slice(1, 5), slice(1, 5))
