"""Figures as in a textbook: as many maps as there are, sizes that show, and nothing on anything else."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from archc.__main__ import main
from archc.compile import load, load_text
from archc.picture.draw import Undrawable, Wishes, picture
from archc.picture.lesson import MOST_MAPS, Figure, Lesson, Piece, figure, lesson_of
from tests.zoo import SPECS

SHOWN = [("one_conv", None), ("two_conv", None), ("deep_conv", "deep"), ("deep_conv", "wide"), ("lenet5", None)]
HEAD = "archc: 1\nname: net\ninput: {height: 12, width: 9, channels: 2}\nlayers:\n"


def lesson(name: str, variant: str | None = None) -> Lesson:
    found = lesson_of(load(str(SPECS / f"{name}.yaml"), variant))
    assert found is not None
    return found


def classes(svg: str, tag: str) -> list[str]:
    root = ElementTree.fromstring(svg)
    return [
        element.attrib["class"]
        for element in root.iter()
        if element.tag.endswith("}" + tag) and "class" in element.attrib
    ]


def test_two_conv_is_drawn_as_it_is() -> None:
    shown = lesson("two_conv")
    assert [(stage.form, str(stage.shape)) for stage in shown.stages] == [
        ("maps", "28x28x1"), ("maps", "26x26x10"), ("maps", "24x24x10"), ("column", "5760"), ("units", "3"),
    ]  # fmt: skip
    assert [["".join(text for text, _ in line) for line in arrow.lines] for arrow in shown.arrows] == [
        ["conv 3×3", "relu"], ["conv 3×3", "relu"], ["flatten"], ["dense", "softmax"],
    ]  # fmt: skip
    svg = str(picture(load(str(SPECS / "two_conv.yaml")), "svg", Wishes()))
    assert classes(svg, "rect").count("archc-convolutions") == 20
    assert classes(svg, "circle").count("archc-linear") == 3
    assert ">classes</tspan>" in svg
    assert ">10 feature maps</tspan>" in svg


def test_strides_and_many_maps() -> None:
    text = HEAD + "  - conv: {filters: 40, kernel_size: [3, 2], stride: 2}\n  - batch_norm\n  - dropout: {rate: 0.5}\n"
    graph = load_text(text)
    found = lesson_of(graph)
    assert found is not None
    said = ["".join(text for text, _ in line) for line in found.arrows[0].lines]
    assert said == ["conv 3×2", "stride 2", "batch_norm", "dropout"]
    assert classes(str(picture(graph, "svg", Wishes())), "rect").count("archc-convolutions") == MOST_MAPS


def pieces(shown: Figure) -> list[Piece]:
    return [*shown.stages, *(text for texts in (*shown.above, *shown.below) for text in texts)]


@pytest.mark.parametrize(("name", "variant"), SHOWN)
def test_nothing_is_on_anything_else(name: str, variant: str | None) -> None:
    shown = figure(lesson(name, variant))
    found = pieces(shown)
    for index, one in enumerate(found):
        assert one.x >= -0.01
        assert one.x + one.width <= shown.width + 0.01
        assert one.y >= 0
        assert one.y + one.height <= shown.height
        for other in found[index + 1 :]:
            apart = one.x + one.width <= other.x + 0.01 or other.x + other.width <= one.x + 0.01
            above = one.y + one.height <= other.y + 0.01 or other.y + other.height <= one.y + 0.01
            assert apart or above
    for left, right, height in shown.arrows:
        assert left < right
        assert all(not (p.x < right and left < p.x + p.width and p.y < height < p.y + p.height) for p in found)


def test_a_transposed_convolution_has_its_window_on_what_comes_out() -> None:
    graph = load_text(HEAD + "  - conv_transpose: {filters: 2, kernel_size: 2, stride: 2}\n")
    found = lesson_of(graph)
    assert found is not None
    assert found.arrows[0].spreads
    after = figure(found).fronts[1]
    svg = str(picture(graph, "svg", Wishes()))
    patches = [e.attrib for e in ElementTree.fromstring(svg).iter() if e.attrib.get("class") == "archc-patch"]
    window = max(patches, key=lambda patch: float(patch["width"]))
    left = [e.attrib for e in ElementTree.fromstring(svg).iter() if e.attrib.get("class") == "archc-convolutions"]
    assert float(window["width"]) < after.width
    assert min(float(rect["x"]) for rect in left) <= float(window["x"])


def test_larger_maps_are_drawn_larger() -> None:
    shown = figure(lesson("lenet5"))
    sides = [
        front.width for stage, front in zip(shown.lesson.stages, shown.fronts, strict=True) if stage.form == "maps"
    ]
    assert sides == sorted(sides, reverse=True)
    assert sides[0] > 2 * sides[-1]


@pytest.mark.parametrize(
    "layers",
    [
        "  - add:\n      a: []\n      b: [relu]\n",
        "  - conv: {filters: 2, kernel_size: 1}\n    repeat: 20\n",
        "  - relu\n",
        "  - mean: {axis: height}\n",
    ],
)
def test_other_networks_are_no_lesson(layers: str) -> None:
    graph = load_text(HEAD + layers)
    assert lesson_of(graph) is None
    assert 'archc-patch"' not in str(picture(graph, "svg", Wishes()))
    with pytest.raises(Undrawable, match="a lesson shows chains"):
        picture(graph, "svg", Wishes(style="lesson"))


def test_the_style_can_be_chosen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = str(SPECS / "two_conv.yaml")
    assert main(["draw", spec, "--style", "graph"]) == 0
    assert "archc-tip" in (svg := capsys.readouterr().out)
    assert 'class="archc-patch"' not in svg
    assert main(["draw", str(SPECS / "googlenet.yaml"), "--style", "lesson", "-o", str(tmp_path / "x.svg")]) == 2
    assert "a lesson shows chains" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
