"""Entry points are found where distributions say so, as `importlib.metadata` finds them."""

from __future__ import annotations

import sys
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

from archc.entry_points import Point, entry_points

TEXT = """
[console_scripts]
other = some.where:main

# a comment
[archc.backends]
mine = archc_mine:backend
; another = no:thing
two = package.inner:Class.attribute [extra]

[other.group]
third = x:y
"""


def distribution(folder: Path, name: str, text: str = TEXT) -> None:
    place = folder / f"{name}-1.0.dist-info"
    place.mkdir(parents=True)
    (place / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", encoding="utf-8")
    (place / "entry_points.txt").write_text(text, encoding="utf-8")


@pytest.mark.parametrize("group", ["archc.backends", "console_scripts", "no.such.group"])
def test_what_is_installed_is_what_metadata_finds(group: str) -> None:
    found = {(point.name, point.value) for point in entry_points(group)}
    assert found == {(point.name, point.value) for point in metadata.entry_points(group=group)}


def test_sections_and_comments_are_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    distribution(tmp_path, "mine")
    monkeypatch.setattr(sys, "path", [str(tmp_path), str(tmp_path / "missing"), str(tmp_path)])
    assert entry_points("archc.backends") == [
        Point("mine", "archc_mine:backend"),
        Point("two", "package.inner:Class.attribute [extra]"),
    ]


def test_an_object_is_loaded_through_its_attributes() -> None:
    assert Point("x", "pathlib:Path.cwd [extra]").load() == Path.cwd
    assert Point("x", "json").load().__name__ == "json"
    with pytest.raises(AttributeError):
        Point("x", "json:nothing").load()


def test_a_zip_file_on_the_path_is_left_to_metadata(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = tmp_path / "packed.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("packed-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: packed\nVersion: 1.0\n")
        file.writestr("packed-1.0.dist-info/entry_points.txt", "[archc.backends]\npacked = archc_packed:backend\n")
    monkeypatch.setattr(sys, "path", [str(archive)])
    assert entry_points("archc.backends") == [Point("packed", "archc_packed:backend")]
