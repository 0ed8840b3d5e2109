"""`archc features`: which layers are chosen, what excites a unit, and that both backends see the same."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from archc.__main__ import main
from archc.backend import ProbingBackend, find
from archc.compile import load, load_text
from archc.features.choosing import plan
from archc.graph import Graph
from archc.problems import SpecError
from archc.receptive_field import Field

SPECS = Path(__file__).parent.parent / "specs"
BRIGHT = """
archc: 1
name: bright
input: {height: 12, width: 10, channels: 1}
layers:
  - conv: {filters: 2, kernel_size: 3, activation: relu}
  - conv: {filters: 1, kernel_size: 3}
  - flatten
  - dense: {units: 2}
  - softmax
"""


def looks(graph: Graph, *names: str) -> list[tuple[str, str, int]]:
    return [(look.title, look.path, look.depth) for look in plan(graph, names).looks]


def test_an_early_an_intermediate_and_a_late_layer_are_chosen_with_what_belongs_to_them() -> None:
    assert looks(load(str(SPECS / "two_conv.yaml"))) == [("Early", "conv1", 1), ("Late", "conv2", 2)]
    chosen = looks(load(str(SPECS / "resnet.yaml"), "resnet18"))
    assert [title for title, _, _ in chosen] == ["Early", "Intermediate", "Late"]
    assert [depth for _, _, depth in chosen] == [1, 9, 17]
    assert chosen[0][1].endswith("relu")


def test_a_final_activation_is_no_layer_to_look_at() -> None:
    masks = """
archc: 1
name: masks
input: {height: any, width: any, channels: 1}
layers:
  - conv: {filters: 2, kernel_size: 3, padding: same, activation: relu}
  - conv: {filters: 1, kernel_size: 1, activation: sigmoid}
"""
    assert looks(load_text(masks)) == [("Early", "conv1", 1), ("Late", "conv2", 2)]


def test_layers_are_taken_by_name_and_wrong_names_are_told_all_at_once() -> None:
    graph = load(str(SPECS / "two_conv.yaml"))
    assert looks(graph, "conv2") == [("", "conv2", 2)]
    with pytest.raises(SpecError) as error:
        plan(graph, ["conv3", "dense"])
    assert [(p.code, p.mark.file, p.help[:24]) for p in error.value.problems] == [
        ("E0721", "--layers conv3", "did you mean `conv2`?"),
        ("E0721", "--layers dense", "layers with feature maps"),
    ]


@pytest.mark.parametrize(
    ("shape", "layers"),
    [
        ("{features: 4}", "dense: {units: 2}"),
        ("{height: 4, width: 4, channels: 2}", "conv: {filters: 2, kernel_size: 1}"),
        ("{height: 4, width: 4, channels: 3}", "global_avg_pool"),
    ],
)
def test_networks_without_pictures_or_maps_are_refused_at_their_input(shape: str, layers: str) -> None:
    graph = load_text(f"archc: 1\nname: net\ninput: {shape}\nlayers:\n  - {layers}\n")
    with pytest.raises(SpecError) as error:
        plan(graph)
    assert [(p.code, p.mark.line) for p in error.value.problems] == [("E0720", 3)]


def test_what_a_place_sees_ends_at_the_border() -> None:
    np = pytest.importorskip("numpy")
    from archc.features.looking import span

    assert span(Field("height", 2, -3, 7), 0, 28) == (0, 4)
    assert span(Field("height", 2, -3, 7), 5, 28) == (7, 14)
    assert span(Field("height", 2, -3, 7), 13, 28) == (23, 28)
    assert span(Field("", 0, 0, None), 3, 28) == (0, 28)
    assert np.__version__


def weights(graph: Graph) -> dict[str, Any]:
    random = np.random.default_rng(3)
    shapes = {name: [int(str(size)) for size in weight.shape] for name, weight in graph.weights().items()}
    return {name: random.normal(0, 0.3, shape).astype("float32") for name, shape in shapes.items()}


@pytest.mark.framework
def test_both_backends_see_the_same_and_what_excites_a_unit_is_found() -> None:
    from archc.features.gathering import Features, Material, Task, features

    graph = load_text(BRIGHT)
    given = weights(graph)
    given["conv1.weight"] = np.zeros_like(given["conv1.weight"])
    given["conv1.weight"][0, 0, 1, 1] = 1  # a unit for brightness, at the middle of what it sees
    given["conv1.bias"] = np.zeros_like(given["conv1.bias"])
    images = np.zeros((40, 12, 10, 1), "float32")
    for place in range(40):
        images[place, 1 + place % 10, 1 + place % 8, 0] = (place + 1) / 40
    found: list[Features] = []
    for name in ("torch", "keras"):
        backend = find(name)
        assert isinstance(backend, ProbingBackend)
        found.append(features(graph, backend, given, Material(images[-2:], images), task=Task(steps=12)))
    torch, keras = found
    (unit,) = torch.layers[0].units  # the other one never responds
    assert [(hit.image, round(hit.value, 6)) for hit in unit.hits] == [(39 - n, (40 - n) / 40) for n in range(6)]
    row, column = 1 + 39 % 10, 1 + 39 % 8
    assert unit.hits[0].box == (row - 1, column - 1, row + 2, column + 2)
    assert torch.layers[0].dreams[0].mean() > 0.9  # all bright
    assert torch.layers[0].kernels is not None
    assert torch.layers[1].kernels is None
    for one, other in zip(torch.layers, keras.layers, strict=True):
        assert np.abs(one.maps - other.maps).max() < 1e-5
        assert [unit.channel for unit in one.units] == [unit.channel for unit in other.units]
        assert np.abs(one.dreams - other.dreams).max() < 1e-3
    for mine, yours in zip(torch.decisions, keras.decisions, strict=True):
        assert mine.chosen == yours.chosen
        assert mine.share == pytest.approx(yours.share, abs=1e-6)
        assert np.abs(mine.places - yours.places).max() < 1e-5


@pytest.mark.framework
def test_a_decision_is_the_sum_of_maps_weighed_by_their_mean_slope() -> None:
    from archc.features.choosing import plan
    from archc.features.deciding import decide

    graph = load_text(BRIGHT)
    given = weights(graph)
    backend = find("torch")
    assert isinstance(backend, ProbingBackend)
    chosen = plan(graph)
    probe = backend.probe(graph, given, chosen.paths)
    image = np.random.default_rng(1).random((1, 12, 10, 1)).astype("float32")
    (decision,) = decide(probe, chosen, image)
    maps = probe.values({"input": image})["conv2"][0, :, :, 0]
    # The dense layer's row for the class, in the order of flattening, is the slope of its logit by the only map.
    slope = given["dense.weight"][decision.chosen].mean()
    expected = np.maximum(slope * maps, 0)
    assert np.abs(decision.places * max(expected.max(), 1e-30) - expected).max() < 1e-5


@pytest.fixture
def trained(tmp_path: Path) -> tuple[str, str]:
    from safetensors.numpy import save_file

    (tmp_path / "bright.yaml").write_text(BRIGHT.replace("name: bright", "name: bright\ndescription: <script>&"))
    save_file(weights(load_text(BRIGHT)), tmp_path / "bright.safetensors")
    return str(tmp_path / "bright.yaml"), str(tmp_path / "bright.safetensors")


def picture(path: Path) -> str:
    from PIL import Image

    pixels = np.random.default_rng(2).integers(0, 255, (30, 50, 3), "uint8")
    Image.fromarray(pixels).save(path)
    return str(path)


def test_a_picture_is_turned_as_its_camera_says(tmp_path: Path) -> None:
    from PIL import Image

    from archc.datasets.pictures import pictures

    with Image.open(picture(tmp_path / "one.png")) as one:
        exif = one.getexif()
        exif[0x0112] = 6  # to be turned clockwise
        one.transpose(Image.Transpose.ROTATE_90).save(tmp_path / "lying.png", exif=exif)
    upright, lying = (pictures([str(tmp_path / f"{name}.png")], (12, 10, 3)) for name in ("one", "lying"))
    assert np.array_equal(upright, lying)


@pytest.mark.framework
def test_the_page_is_whole_in_itself_and_the_same_each_time(trained: tuple[str, str], tmp_path: Path) -> None:
    spec, file = trained
    image = picture(tmp_path / "one.png")
    pages = []
    for _ in range(2):
        args = ["features", spec, "--weights", file, "--image", image, "--steps", "3", "-o", str(tmp_path / "seen")]
        assert main(args) == 0
        pages.append((tmp_path / "seen" / "index.html").read_text(encoding="utf-8"))
    assert pages[0] == pages[1]
    assert "<script" not in pages[0]
    assert "&lt;script&gt;&amp;" in pages[0]
    assert set(re.findall(r'(?:src|href)="(.{0,5})', pages[0])) == {"data:"}
    assert pages[0].count("Early") == 1
    told = json.loads((tmp_path / "seen" / "features.json").read_text(encoding="utf-8"))
    assert [layer["map_shape"] for layer in told["layers"]] == [[10, 8, 2], [8, 6, 1]]


@pytest.mark.framework
def test_data_of_ones_own_are_searched(trained: tuple[str, str], tmp_path: Path) -> None:
    spec, file = trained
    x = np.random.default_rng(4).integers(0, 255, (20, 12, 10), "uint8")
    args = ["features", spec, "--weights", file, "--steps", "1", "-o", str(tmp_path / "seen"), "--data"]
    for name, y in (("ids", np.full(20, 7)), ("sizes", np.full(20, 7.5))):
        np.savez(tmp_path / f"{name}.npz", allow_pickle=True, y=y, x=x)
        assert main([*args, str(tmp_path / f"{name}.npz")]) == 0
        page = (tmp_path / "seen" / "index.html").read_text(encoding="utf-8")
        assert "2 images were searched" in page
        assert ("2 class 7" in page) == (name == "ids")


@pytest.mark.framework
def test_wrong_pictures_are_named_all_at_once_and_nothing_is_written(
    trained: tuple[str, str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    spec, file = trained
    whole = Path(picture(tmp_path / "whole.png")).read_bytes()
    (tmp_path / "cut.png").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "empty.png").write_bytes(b"")
    names = ["cut.png", "empty.png", "missing.png", "bright.yaml"]
    images = [word for name in names for word in ("--image", str(tmp_path / name))]
    assert main(["features", spec, "--weights", file, *images, "-o", str(tmp_path / "seen")]) == 1
    said = capfd.readouterr().err
    assert said.count("error[E0722]") == 4
    assert not (tmp_path / "seen").exists()


@pytest.mark.framework
def test_weights_of_another_network_and_a_folder_with_other_files_are_refused(
    trained: tuple[str, str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    spec, file = trained
    image = picture(tmp_path / "one.png")
    other = [
        "features",
        str(SPECS / "two_conv.yaml"),
        "--weights",
        file,
        "--image",
        image,
        "-o",
        str(tmp_path / "seen"),
    ]
    assert main(other) == 1
    assert "E0705" in capfd.readouterr().err
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    args = ["features", spec, "--weights", file, "--image", image, "--steps", "1", "-o"]
    assert main([*args, str(tmp_path / "file")]) == 2
    assert main([*args, str(tmp_path / "new"), "--backend", "onnx"]) == 2
    assert not (tmp_path / "new").exists()
    seen = tmp_path / "seen"
    seen.mkdir()
    (seen / "index.html").write_text("mine", encoding="utf-8")
    args.append(str(seen))
    assert main(args) == 1
    assert (seen / "index.html").read_text(encoding="utf-8") == "mine"
    assert not (seen / "features.json").exists()
    assert main([*args, "--force"]) == 0
