"""`archc report`: one page with everything that is known of a network."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from archc.__main__ import main

SPECS = Path(__file__).parent.parent / "specs"
HOSTILE = '<script>alert(1)</script> "&\u202e'
CSV = "epoch,loss,accuracy,test_loss,test_accuracy\n1,0.9,0.5,0.8,0.6\n2,0.4,0.8,nan,0.7\n"


class Tags(HTMLParser):
    """Gathers a page's elements and where they would fetch from."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.addresses: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href", "action", "data")]


def report(folder: Path, *more: str, spec: str = str(SPECS / "two_conv.yaml")) -> int:
    return main(["report", spec, "-o", str(folder / "page.html"), *more])


def test_the_page_has_picture_cost_and_both_sources(tmp_path: Path) -> None:
    assert report(tmp_path) == 0
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    tags = Tags(page)
    assert tags.names.count("svg") == 1
    assert tags.addresses == []
    assert tags.names.count("tr") == 6
    assert "596,520" in page
    plain = re.sub(r"<[^>]*>", "", page)
    for line in ("class TwoConv(nn.Module):", "def two_conv("):
        assert line in plain
    assert report(tmp_path) == 0
    assert (tmp_path / "page.html").read_text(encoding="utf-8") == page


def test_training_and_features_are_shown_and_may_run_nothing(tmp_path: Path) -> None:
    run, seen = tmp_path / "run", tmp_path / "seen"
    run.mkdir()
    seen.mkdir()
    (run / "metrics.csv").write_text(CSV, encoding="utf-8")
    (seen / "index.html").write_text('<p title="x">maps</p><script>alert(2)</script>', encoding="utf-8")
    spec = tmp_path / "net.yaml"
    text = (SPECS / "two_conv.yaml").read_text(encoding="utf-8")
    spec.write_text(re.sub(r"description: .*", f"description: '{HOSTILE}'", text), encoding="utf-8")
    assert report(tmp_path, "--run", str(run), "--features", str(seen), spec=str(spec)) == 0
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    tags = Tags(page)
    assert "script" not in tags.names
    assert tags.names.count("polyline") == 4
    assert tags.names.count("iframe") == 1
    assert "<iframe sandbox srcdoc=" in page
    assert "\u202e" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &quot;&amp;" in page
    assert "test accuracy 0.7" in page
    # The point that is no number is left out of its line.
    lines = re.findall(r'<polyline points="([^"]*)"', page)
    assert [len(line.split()) for line in lines] == [2, 1, 2, 2]


def test_what_a_backend_refuses_is_said_in_place_of_its_source(tmp_path: Path) -> None:
    spec = tmp_path / "net.yaml"
    spec.write_text(
        "archc: 1\nname: net\ninput: {height: 9, width: 9, channels: 1}\n"
        "layers:\n  - conv: {filters: 2, kernel_size: 3, stride: 2, dilation: 2}\n",
        encoding="utf-8",
    )
    assert report(tmp_path, spec=str(spec)) == 0
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "Keras has no convolution with both a stride and a dilation" in page
    assert page.count('<div class="source">') == 1


@pytest.mark.parametrize("option", ["--run", "--features"])
@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_folders_without_what_is_wanted_are_refused(
    option: str, content: bytes | None, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "other"
    folder.mkdir()
    if content is not None:
        for name in ("metrics.csv", "index.html"):
            (folder / name).write_bytes(content)
    assert report(tmp_path, option, str(folder)) == 1
    assert "error[E0726]" in capfd.readouterr().err
    assert not (tmp_path / "page.html").exists()


def test_one_backend_alone_is_not_verified(tmp_path: Path) -> None:
    assert report(tmp_path, "--verify", "--backends", "torch") == 2
    assert not (tmp_path / "page.html").exists()


def test_a_file_of_the_users_own_is_kept(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("mine", encoding="utf-8")
    assert report(tmp_path) == 1
    assert (tmp_path / "page.html").read_text(encoding="utf-8") == "mine"
    assert report(tmp_path, "--force") == 0


@pytest.mark.framework
def test_a_verification_is_told(tmp_path: Path) -> None:
    assert report(tmp_path, "--verify", spec=str(SPECS / "one_conv.yaml")) == 0
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "The backends compute the same." in page
    assert re.search(r"layers compared</th><td>[1-9]", page)
