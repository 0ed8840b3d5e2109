"""The pictures in docs/ are those that `archc draw` makes today."""

from __future__ import annotations

import pytest

from archc.compile import load
from archc.picture.draw import Wishes, picture
from tests.zoo import ROOT, SPECS

PICTURES = {
    "two_conv": ("two_conv", None, Wishes()),
    "lenet5": ("lenet5", None, Wishes()),
    "googlenet": ("googlenet", None, Wishes(1)),
    "resnet50": ("resnet", "resnet50", Wishes()),
    "unet": ("unet", None, Wishes()),
}
FOLDER = ROOT / "docs" / "pictures"


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_as_drawn(name: str) -> None:
    """`archc draw` with the same options makes it again."""
    spec, variant, wishes = PICTURES[name]
    drawn = picture(load(str(SPECS / f"{spec}.yaml"), variant), "svg", wishes)
    assert (FOLDER / f"{name}.svg").read_text(encoding="utf-8") == drawn


def test_no_picture_is_left_over() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(PICTURES)


def test_the_readme_shows_them() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "docs/pictures/two_conv.svg" in readme
