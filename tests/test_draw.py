"""Pictures: nothing stands in anything's way, lines join what the network joins, and text stays text."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from archc.compile import load, load_text
from archc.picture.draw import Wishes, picture
from archc.picture.parts import MOST_BOXES, boxes, fitting_depth, parts_of
from archc.picture.text import cropped, width
from archc.testing.random_specs import random_spec
from tests.scenes import faults, fed, joined, scene_of
from tests.zoo import GROWING, NETWORKS, ROOT, SPECS, ZOO, Network

GRAPH = Wishes(style="graph")
DEPTHS = (0, 1, 2, 64)
HOSTILE = "</title><script>alert(1)</script>]]>\"'&amp;<!-- --> \u202e \\u001b[31m"

NAS = """archc: 1
name: cell
input: {height: 8, width: 8, channels: 4}
layers:
  - conv: {filters: 4, kernel_size: 1}
    name: left
  - conv: {filters: 4, kernel_size: 1}
    name: right
    from: input
  - add:
    name: both
    from: [left, right]
  - multiply:
    name: again
    from: [left, both]
  - maximum:
    name: top
    from: [right, both]
  - concat:
    name: all
    from: [again, top, left]
"""
"""A network that no cut takes apart: every box has two ways out."""


def drawn(text: str, wishes: Wishes = GRAPH) -> str:
    return str(picture(load_text(text), "svg", wishes))


# The layout


@pytest.mark.thorough
@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.name)
def test_nothing_stands_in_the_way(network: Network) -> None:
    graph = network.graph()
    for depth in DEPTHS:
        body, scene = scene_of(graph, depth)
        assert faults(scene) == []
        assert joined(scene) == fed(body)


@pytest.mark.parametrize("path", [*GROWING, *sorted((ROOT / "tests" / "by_hand").glob("*.yaml"))], ids=lambda p: p.stem)
def test_nothing_stands_in_the_way_of_small_ones(path: Path) -> None:
    body, scene = scene_of(load(str(path)), 64)
    assert faults(scene) == []
    assert joined(scene) == fed(body)


def test_random_networks_are_drawn_as_they_are() -> None:
    curved = 0
    for seed in range(80):
        body, scene = scene_of(load_text(random_spec(seed)), 64)
        assert faults(scene) == []
        assert joined(scene) == fed(body)
        curved += any(line.curved for line in scene.lines)
    assert curved, "some of them cannot be taken apart"


def test_what_cannot_be_taken_apart_is_drawn_in_ranks() -> None:
    body, scene = scene_of(load_text(NAS), 0)
    assert faults(scene) == []
    assert joined(scene) == fed(body)
    at = {placed.part.title: placed for placed in scene.boxes}
    assert at["left"].y == at["right"].y < at["both"].y < at["again"].y == at["top"].y < at["all"].y


def test_a_fault_is_found() -> None:
    """The checks above see a box that is moved onto another, and a line that is lost."""
    body, scene = scene_of(load(str(SPECS / "googlenet.yaml")), 1)
    moved = scene.boxes[5]._replace(y=scene.boxes[4].y)
    assert faults(scene) == []
    scene.boxes[5] = moved
    assert faults(scene) != []
    body, scene = scene_of(load(str(SPECS / "googlenet.yaml")), 1)
    del scene.lines[len(scene.lines) // 2]
    assert joined(scene) != fed(body)


def test_branches_stand_side_by_side_as_written() -> None:
    _, scene = scene_of(load(str(SPECS / "googlenet.yaml")), 1)
    inside = [p for p in scene.boxes if p.part.path.startswith("inception_3a.") and p.part.path.count(".") == 1]
    tops = sorted(p.y for p in inside)[:4]
    first = [p.part.path for p in sorted(inside, key=lambda p: p.x) if p.y == tops[0]]
    assert first == [
        f"inception_3a.{name}" for name in ("conv1x1", "conv3x3_reduce", "conv5x5_reduce", "pooled_max_pool")
    ]


def test_repeats_are_drawn_once() -> None:
    _, scene = scene_of(load(str(SPECS / "resnet.yaml"), "resnet152"), 1)
    times = {placed.part.path: placed.part.times for placed in scene.boxes if placed.part.times > 1}
    assert times == {f"stage{n}.bottleneck.1": count for n, count in ((1, 2), (2, 7), (3, 35), (4, 2))}
    svg = str(picture(load(str(SPECS / "resnet.yaml"), "resnet152"), "svg", Wishes(1)))
    assert "> ×35</tspan>" in svg


def test_in_a_network_of_very_many_boxes_turns_may_differ_in_size() -> None:
    parts = parts_of(load(str(SPECS / "densenet.yaml")), 0).parts
    assert [part.times for part in parts if part.times > 1] == [6, 12, 24, 16]
    assert len(parts) < MOST_BOXES


def test_turns_that_differ_are_not_one() -> None:
    text = "archc: 1\nname: net\ninput: {features: 4}\nlayers:\n  - dense: {units: $4 + index // 3}\n    repeat: 5\n"
    counts = [part.times for part in parts_of(load_text(text)).parts]
    assert counts == [1, 3, 1, 1]


def test_blocks_open_as_far_as_fits() -> None:
    for network in ZOO:
        if network.variant is not None:
            continue
        graph = network.graph()
        depth = fitting_depth(graph)
        count, folded = boxes(parts_of(graph, depth))
        assert count <= MOST_BOXES
        assert not folded or boxes(parts_of(graph, depth + 1))[0] > MOST_BOXES


def test_blocks_that_give_what_they_are_given_are_not_drawn() -> None:
    text = (
        "archc: 1\nname: net\ninput: {features: 4}\nblocks:\n  maybe:\n    params: [on]\n    layers:\n"
        "      - relu: {}\n        when: $on\nlayers:\n  - maybe: {on: false}\n  - maybe: {on: true}\n"
        "  - dense: {units: 2}\n"
    )
    assert [part.path for part in parts_of(load_text(text)).parts] == ["input", "maybe2", "dense"]


# The files


@pytest.mark.parametrize("theme", ["auto", "light", "dark"])
def test_svg_is_well_formed_and_follows_the_theme(theme: str) -> None:
    svg = drawn((SPECS / "googlenet.yaml").read_text(encoding="utf-8"), Wishes(1, theme))
    root = ElementTree.fromstring(svg)
    assert root.tag.endswith("svg")
    assert ("prefers-color-scheme" in svg) == (theme == "auto")
    assert ("#14181f" in svg) == (theme != "light")


def test_svg_draws_every_box_once() -> None:
    graph = load(str(SPECS / "unet.yaml"))
    svg = str(picture(graph, "svg", Wishes(64)))
    paths = [e.attrib["data-path"] for e in ElementTree.fromstring(svg).iter() if "data-path" in e.attrib]
    circles = svg.count("<circle")
    assert len(paths) + circles == boxes(parts_of(graph, 64))[0]
    assert len(set(paths)) == len(paths)


def test_the_same_bytes_in_every_process() -> None:
    code = (
        "from archc.compile import load, load_text; from archc.picture.draw import *; import hashlib; "
        "from tests.test_draw import NAS; from tests.zoo import SPECS\n"
        "from archc.testing.random_specs import random_spec\n"
        "texts = [NAS, *map(random_spec, range(0, 200, 20))]\n"
        "graphs = [load(str(SPECS / 'googlenet.yaml')), *map(load_text, texts)]\n"
        "drawn = [str(picture(g, f, Wishes(2))) for g in graphs for f in ('svg', 'html', 'mmd', 'dot')]\n"
        "print(hashlib.sha256(''.join(drawn).encode()).hexdigest())"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": f"{ROOT}"},
            text=True, capture_output=True, check=True, cwd=ROOT,
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(said) == 1


def hostile_spec() -> str:
    """Return a spec with hostile text wherever a picture might show it."""
    quoted = HOSTILE.replace("'", "''")
    return (
        f"archc: 1\nname: net\ndescription: '{quoted}'\nparams: [word: '{quoted[:40]}']\ninput: {{features: 4}}\n"
        "blocks:\n  odd:\n    params: [say]\n    layers:\n      - relu\nlayers:\n  - odd: {say: $word}\n"
        "  - dense: {units: 2}\n"
    )


def test_hostile_text_is_only_text() -> None:
    svg = drawn(hostile_spec())
    root = ElementTree.fromstring(svg)
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert tags <= {"svg", "title", "desc", "style", "rect", "path", "text", "tspan", "circle"}
    assert "<script" not in svg
    described = next(element.text for element in root.iter() if element.tag.endswith("desc"))
    assert described is not None
    assert described.startswith("</title><script>")
    assert "\u202e" not in svg


# Text


def test_widths_are_never_narrower_than_a_usual_font_shows() -> None:
    """Liberation Sans, as wide as Arial: i is 222 thousandths, W 944, and a bold W the same."""
    assert width("i", 1000) >= 222
    assert width("W", 1000) >= 944
    assert width("W", 1000, bold=True) >= 944
    assert width("網", 10) >= 10
    assert width("", 10) == 0


def test_long_text_is_cropped_to_one_line() -> None:
    assert cropped("a\nb\u202e", 10) == "a b "
    assert cropped("abcdef", 4) == "abc…"
