"""The page in a real browser: it stands where the picture stands, folds and unfolds, tells, and runs nobody's text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archc.compile import load, load_text
from archc.graph import Graph
from archc.picture.draw import Wishes, picture
from archc.testing.random_specs import random_spec
from tests.chromium import Browser, installed
from tests.scenes import scene_of
from tests.test_draw import HOSTILE, NAS, hostile_spec
from tests.zoo import HARD, SPECS

pytestmark = pytest.mark.thorough

BOXES = "JSON.stringify(place().boxes.map((p) => [p.box.path, p.x, p.y, p.width, p.height, p.axis]))"
LINES = "JSON.stringify(place().lines.map((line) => [line.points, Boolean(line.curved)]))"
TEXTS = """JSON.stringify([...world.querySelectorAll(".box")].map((box) => {
  const shape = box.querySelector("rect, circle").getBBox();
  return [...box.querySelectorAll("text")].map((text) => {
    const place = text.getBBox();
    return place.x >= shape.x && place.x + place.width <= shape.x + shape.width
      && place.y >= shape.y - 1 && place.y + place.height <= shape.y + shape.height + 1;
  });
}).flat())"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    path = installed()
    if path is None:
        pytest.skip("no Chromium is installed")
    with Browser(path, tmp_path_factory.mktemp("profile")) as browser:
        yield browser


def opened(browser: Browser, graph: Graph, folder: Path, depth: int = 1) -> str:
    """Open a network's page; return its text."""
    text = str(picture(graph, "html", Wishes(depth)))
    path = folder / "net.html"
    path.write_text(text, encoding="utf-8")
    browser.troubles.clear()
    browser.open(path)
    return text


def read(browser: Browser, expression: str) -> Any:
    return json.loads(browser.evaluate(expression))


def assert_same(browser: Browser, graph: Graph, depth: int) -> None:
    _, scene = scene_of(graph, depth)
    boxes = read(browser, BOXES)
    assert [box[0] for box in boxes] == [placed.part.path for placed in scene.boxes]
    for box, placed in zip(boxes, scene.boxes, strict=True):
        expected = (placed.x, placed.y, placed.size.width, placed.size.height, placed.size.axis)
        assert box[1:] == pytest.approx(expected, abs=0.01)
    lines = read(browser, LINES)
    assert sum(curved for _, curved in lines) == sum(line.curved for line in scene.lines)
    found = sorted(number for points, _ in lines for point in points for number in point)
    expected_numbers = sorted(number for line in scene.lines for point in line.points for number in point)
    assert found == pytest.approx(expected_numbers, abs=0.01)


@pytest.mark.parametrize("name", ["googlenet", "resnet", "unet", "two_conv", "several", "cell", "random"])
def test_the_page_lays_out_as_the_picture_does(name: str, browser: Browser, tmp_path: Path) -> None:
    made = {"cell": NAS, "random": random_spec(7), "several": (HARD / "several.yaml").read_text(encoding="utf-8")}
    graph = load_text(made[name]) if name in made else load(str(SPECS / f"{name}.yaml"))
    opened(browser, graph, tmp_path)
    assert_same(browser, graph, 1)
    assert all(read(browser, TEXTS)), "text is within its box in the browser's own fonts"
    browser.evaluate("document.getElementById('unfold').click()")
    assert_same(browser, graph, 64)
    assert all(read(browser, TEXTS))
    browser.evaluate("document.getElementById('fold').click()")
    assert_same(browser, graph, 0)
    assert browser.troubles == []
    assert browser.evaluate("performance.getEntriesByType('resource').length") == 0


def centre(browser: Browser, path: str) -> tuple[float, float]:
    found = read(
        browser,
        f"""(() => {{ const box = document.querySelector('[data-path="{path}"] rect').getBoundingClientRect();
        return JSON.stringify([box.x + 30, box.y + 8]); }})()""",
    )
    return found[0], found[1]


def test_a_block_folds_and_unfolds(browser: Browser, tmp_path: Path) -> None:
    graph = load(str(SPECS / "googlenet.yaml"))
    opened(browser, graph, tmp_path, 0)
    expanded = "document.querySelector('[data-path=\"inception_3a\"]').getAttribute('aria-expanded')"
    assert browser.evaluate(expanded) == "false"
    before = centre(browser, "inception_3a")
    browser.click(*before)
    assert browser.evaluate(expanded) == "true"
    assert browser.evaluate("Boolean(document.querySelector('[data-path=\"inception_3a.concat\"]'))")
    assert centre(browser, "inception_3a")[1] == pytest.approx(before[1], abs=1), "what is clicked stays in its place"
    x, y = centre(browser, "inception_3a")
    browser.click(x, y + 60)
    assert browser.evaluate(expanded) == "true", "an open block is folded by its head"
    browser.click(x, y)
    assert browser.evaluate(expanded) == "false"
    browser.evaluate("document.querySelector('[data-path=\"inception_3b\"]').focus()")
    browser.call("Input.dispatchKeyEvent", type="keyDown", key="Enter", code="Enter", text="\r")
    assert browser.evaluate(expanded.replace("3a", "3b")) == "true"
    assert browser.troubles == []


def test_dragging_moves_and_the_wheel_zooms(browser: Browser, tmp_path: Path) -> None:
    opened(browser, load(str(SPECS / "googlenet.yaml")), tmp_path, 0)
    before = browser.evaluate("JSON.stringify(view)")
    x, y = centre(browser, "inception_3a")
    browser.mouse("mousePressed", x, y, button="left", clickCount=1)
    browser.mouse("mouseMoved", x + 50, y + 20, button="left", buttons=1)
    browser.mouse("mouseReleased", x + 50, y + 20, button="left", clickCount=1)
    assert browser.evaluate("JSON.stringify(view)") != before
    assert centre(browser, "inception_3a") == pytest.approx((x + 50, y + 20), abs=1)
    assert browser.evaluate("isOpen(scene.boxes.find((p) => p.box.path === 'inception_3a').box)") is False
    scale = browser.evaluate("view.scale")
    browser.mouse("mouseWheel", 300, 300, deltaX=0, deltaY=-200)
    assert browser.evaluate("view.scale") > scale


def test_hovering_tells_shape_and_cost(browser: Browser, tmp_path: Path) -> None:
    opened(browser, load(str(SPECS / "googlenet.yaml")), tmp_path, 0)
    browser.mouse("mouseMoved", *centre(browser, "inception_3a"))
    told = browser.evaluate("document.getElementById('tip').innerText")
    for said in ("inception_3a", "height 28, width 28, channels 256", "163,696", "128,049,152", "59×59"):
        assert said in told
    browser.mouse("mouseMoved", 2, 890)
    assert browser.evaluate("document.getElementById('tip').hidden") is True


def test_hostile_text_runs_nowhere(browser: Browser, tmp_path: Path) -> None:
    text = opened(browser, load_text(hostile_spec()), tmp_path)
    assert text.count("<script") == 2
    assert text.count("</script>") == 2
    assert "alert" in browser.evaluate("document.body.innerText")
    assert browser.evaluate("document.querySelectorAll('script').length") == 2
    assert browser.troubles == []
    assert HOSTILE[:20] not in text


def test_the_page_names_nothing_elsewhere() -> None:
    text = str(picture(load(str(SPECS / "unet.yaml")), "html", Wishes()))
    addresses = set(re.findall(r"https?://[^\s\"']+", text))
    assert addresses == {"http://www.w3.org/2000/svg"}, "the namespace alone, which nobody fetches"
    assert "src=" not in text
    assert "href=" not in text
