"""Data: found, read, held against a network, and refused by name where they are bad."""

from __future__ import annotations

import gzip
import io
import struct
import sys
import tarfile
import types
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from archc.backend import MissingFramework
from archc.compile import load_text
from archc.datasets import Dataset, Split, Wanted, fetched, load
from archc.datasets.fit import Prepared, fit, images, wanted
from archc.datasets.saving import save
from archc.problems import Problem, SpecError
from archc.training.recipe import recipe

IMAGE = Wanted((4, 4, 3))
PNG = "image.png"


def network(layers: str, input: str = "{features: 3}", training: str = "{batch_size: 2}") -> str:
    return f"archc: 1\nname: net\ninput: {input}\nlayers:\n{layers}\ntraining: {training}\n"


SOFTMAX = network("  - dense: {units: 3, activation: softmax}")


def problems(call: Callable[[], Any]) -> list[Problem]:
    with pytest.raises(SpecError) as caught:
        call()
    return caught.value.problems


def refused(path: Path | str, code: str, text: str, want: Wanted = IMAGE) -> Problem:
    """Check that data are refused in one finding, and return it."""
    (problem,) = problems(lambda: load(str(path), want))
    assert problem.code == code
    assert text in f"{problem.message} {problem.help}", problem.message
    return problem


def fitted(spec: str, data: Dataset, *, skip: bool = False) -> Prepared:
    graph = load_text(spec)
    chosen = recipe(graph)
    return fit(graph, chosen, data, wanted(graph, chosen, skip=skip, tell=print))


def dataset(x: Any, y: Any, classes: tuple[str, ...] = ()) -> Dataset:
    split = Split({"x": np.asarray(x)}, {"y": np.asarray(y)})
    return Dataset("mine", split, split, classes)


# By name


def test_the_lesson_and_the_digits_have_their_sizes() -> None:
    lesson = load("lesson", Wanted())
    assert (lesson.train.size, lesson.test.size, len(lesson.classes)) == (3000, 600, 3)
    assert lesson.train.inputs["x"].shape == (3000, 28, 28, 1)
    digits = load("digits", Wanted())
    assert digits.train.size + digits.test.size == 1797
    assert digits.train.inputs["x"].max() == 1


def idx(values: Any, magic: int | None = None) -> bytes:
    array = np.asarray(values, np.uint8)
    sizes = struct.pack(f">{array.ndim}I", *array.shape)
    return struct.pack(">I", 0x800 + array.ndim if magic is None else magic) + sizes + array.tobytes()


@pytest.fixture
def idx_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(fetched.FOLDER, str(tmp_path))
    folder = tmp_path / "mnist"
    folder.mkdir()
    for number, (pixels, labels) in enumerate(fetched.IDX_FILES.values()):
        (folder / pixels).write_bytes(idx(np.full((5, 28, 28), number)))
        (folder / f"{labels}.gz").write_bytes(gzip.compress(idx(range(5))))
    return folder


@pytest.mark.usefixtures("idx_files")
def test_idx_files_are_found_where_they_lie_packed_or_not() -> None:
    found = load("mnist", Wanted())
    assert found.train.inputs["x"].shape == (5, 28, 28, 1)
    assert found.test.inputs["x"].max() == 1
    assert found.train.targets["y"].tolist() == [0, 1, 2, 3, 4]
    assert found.train.targets["y"].dtype == "int64"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", "too short"),
        (idx(np.zeros((5, 28, 28)))[:-1], "3,919 of 3,920 bytes"),
        (idx(np.zeros((5, 28, 28))) + b"\0", "1 bytes more"),
        (idx(np.zeros((5, 28, 28)), magic=0x801), "begins with 0x00000801"),
        (gzip.compress(idx(np.zeros((5, 28, 28))), mtime=0)[:-9], "cannot be unpacked"),
        (b"\x1f\x8b" + b"\0" * 40, "cannot be unpacked"),
        (idx(np.zeros((4, 28, 28))), "has 4 images"),
    ],
)
def test_bad_idx_files_are_refused_by_name(idx_files: Path, content: bytes, text: str) -> None:
    path = idx_files / fetched.IDX_FILES["train"][0]
    path.write_bytes(content)
    problem = refused("mnist", "E0711", text)
    assert "train-images-idx3-ubyte" in problem.message


def cifar(folder: Path, *, label: int = 3, cut: int = 0, members: int = 6) -> None:
    names = [*(f"data_batch_{n}.bin" for n in range(1, 6)), "test_batch.bin"]
    record = bytes([label]) + bytes(range(256)) * 12
    (folder / "cifar10").mkdir()
    with tarfile.open(folder / "cifar10" / fetched.CIFAR_FILE, "w:gz", compresslevel=1) as archive:
        for name in names[:members]:
            content = (record * 10_000)[: -cut or None]
            info = tarfile.TarInfo(f"cifar-10-batches-bin/{name}")
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))


@pytest.mark.thorough
def test_cifar_archives_are_read_and_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number, (settings, text) in enumerate(
        [
            ({}, ""),
            ({"label": 10}, "labels above 9"),
            ({"cut": 1}, "30,729,999 bytes"),
            ({"members": 5}, "no test_batch"),
        ]
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        monkeypatch.setenv(fetched.FOLDER, str(folder))
        cifar(folder, **settings)
        if text:
            refused("cifar10", "E0711", text)
            continue
        found = load("cifar10", Wanted())
        assert found.train.inputs["x"].shape == (50_000, 32, 32, 3)
        assert found.train.inputs["x"][0, 0, :3].tolist() == [[0, 0, 0], [1, 1, 1], [2, 2, 2]]
        assert set(found.test.targets["y"]) == {3}


def test_what_is_fetched_is_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "train-images-idx3-ubyte.gz"
    monkeypatch.setenv(fetched.FOLDER, str(tmp_path / "own"))
    monkeypatch.setattr(fetched, "SYSTEM", str(tmp_path))

    def retrieve(_url: str, known_hash: str, **_: str) -> str:
        if known_hash.startswith("md5:"):
            raise ValueError("MD5 hash of downloaded file does not match the known hash")
        raise OSError(113, "No route to host")

    pooch = pytest.importorskip("pooch")
    monkeypatch.setattr(pooch, "retrieve", retrieve)
    refused("mnist", "E0711", "its checksum differs")
    monkeypatch.setitem(fetched.SOURCES["mnist"][1], name, "sha256:0")
    with pytest.raises(OSError, match=r"put train-images-idx3-ubyte\.gz into a folder mnist"):
        load("mnist", Wanted())


def test_a_missing_package_is_told_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(MissingFramework, match=r"archc\[data\]"):
        load("digits", Wanted())


@pytest.mark.parametrize(
    ("source", "text"),
    [("lessen", "did you mean `lesson`?"), ("no/such/file", "data sets: lesson, "), ("Makefile", "no file of data")],
)
def test_what_is_no_data_is_refused(source: str, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(__file__).parent.parent)
    refused(source, "E0709", text)


# Arrays


def npz(path: Path, **arrays: Any) -> Path:
    np.savez(path, allow_pickle=True, **{name: np.asarray(array) for name, array in arrays.items()})
    return path


def test_arrays_are_read_with_and_without_a_part_to_test(tmp_path: Path) -> None:
    x, y = np.arange(60.0).reshape(20, 3), np.arange(20) % 3
    one = load(str(npz(tmp_path / "one.npz", x=x, y=y)), Wanted())
    assert (one.train.size, one.test.size) == (18, 2)
    rows = np.concatenate([one.train.inputs["x"], one.test.inputs["x"]])
    assert sorted(rows[:, 0]) == sorted(x[:, 0])
    two = load(str(npz(tmp_path / "two.npz", x_train=x, y_train=y, x_test=x[:4], y_test=y[:4])), Wanted())
    assert (two.train.size, two.test.size) == (20, 4)
    for data in (one, two):
        assert [(list(part.inputs), list(part.targets)) for part in (data.train, data.test)] == [(["x"], ["y"])] * 2


@pytest.mark.parametrize(
    ("arrays", "text"),
    [
        ({"x": [[1.0]], "y": ["a"]}, "`y` in"),
        ({"x": [[1.0]] * 4, "y": [1] * 3}, "not equally long: `x` 4, `y` 3"),
        ({"x": np.zeros((0, 3)), "y": []}, "to train with are empty"),
        ({"x": [[1.0]], "y": [1]}, "one example"),
        ({"x_test": [[1.0]]}, "no array to train"),
        ({"x_train": [[1.0]], "y_train": [1], "x_test": [[1.0]]}, "`y` in one of the parts"),
        ({"x": 3.0}, "a single value"),
    ],
)
def test_odd_arrays_are_refused(tmp_path: Path, arrays: dict[str, Any], text: str) -> None:
    refused(npz(tmp_path / "a.npz", **arrays), "E0711", text)


def test_broken_and_pickled_arrays_are_refused(tmp_path: Path) -> None:
    path = npz(tmp_path / "a.npz", x=np.zeros((9, 3)))
    whole = path.read_bytes()
    for content in (b"", whole[:40], whole[:-30], whole.replace(b"NUMPY", b"LUMPY")):
        path.write_bytes(content)
        refused(path, "E0711", "no whole `.npz`")
    np.savez(path, x=np.array([object()], dtype=object))
    refused(path, "E0711", "no whole `.npz`")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x.npy", "text")
    refused(path, "E0711", "no whole `.npz`")


# Tables


def test_a_table_has_its_classes_or_its_numbers(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("kind,a,label\n" + "".join(f"{n},2.5,{'ba'[n % 2]}\n" for n in range(10)))
    classes = load(str(path), Wanted())
    assert classes.classes == ("a", "b")
    assert classes.train.inputs["x"].shape == (9, 2)
    values = dict(zip(classes.train.inputs["x"][:, 0], classes.train.targets["y"], strict=True))
    assert all(label == (value + 1) % 2 for value, label in values.items())
    path.write_text("".join(f"{n},{n}.5\n" for n in range(10)))
    numbers = load(str(path), Wanted(classes=False))
    assert numbers.train.targets["y"].shape == (9, 1)
    assert np.array_equal(numbers.train.targets["y"], numbers.train.inputs["x"] + 0.5)


def test_bad_lines_are_named_and_may_be_skipped(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b,y\n1,2,x\n1,nan,x\n1,x\n3,4,z\n5,six,z\n7,8,\n9,10,z\n")
    found = problems(lambda: load(str(path), Wanted()))
    assert [(p.mark.line, p.code) for p in found] == [(n, "E0711") for n in (3, 4, 6, 7)]
    assert "`nan` is no finite number" in found[0].message
    assert "2 columns, the first has 3" in found[1].message
    told: list[str] = []
    data = load(str(path), Wanted(skip=True, tell=told.append))
    assert data.train.size + data.test.size == 3
    assert len(told) == 4
    assert "t.csv:3: `nan`" in told[0] or "t.csv:3: `nan`" in "".join(told)


@pytest.mark.parametrize(
    ("content", "text"),
    [(b"", "no rows"), (b"a,b\n", "no rows after"), (b"a;b\n1;2\n", "have `;`"), (b"1,2\n", "too few"),
     (b"\xff\xfe\x00", "no CSV text"), (b'1,"2\n3', "no CSV text")],
)  # fmt: skip
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes, text: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    refused(path, "E0711", text)


# Folders of images


def picture(path: Path, colour: int, size: tuple[int, int] = (8, 6)) -> None:
    from PIL import Image

    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, (colour, 0, 0)).save(path)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    for number in range(6):
        for label, kind in enumerate(("cat", "dog")):
            picture(tmp_path / "photos" / kind / f"{number}.png", 10 * number + label)
    return tmp_path / "photos"


def test_a_folder_of_images_is_scaled_to_the_input(photos: Path) -> None:
    found = load(str(photos), IMAGE)
    assert found.classes == ("cat", "dog")
    x = np.concatenate([found.train.inputs["x"], found.test.inputs["x"]])
    y = np.concatenate([found.train.targets["y"], found.test.targets["y"]])
    assert x.shape == (12, 4, 4, 3)
    assert (x[:, 0, 0, 0] % 10 == y).all()
    picture(photos / "train" / "cat" / "a.png", 1)
    picture(photos / "train" / "cat" / "b.png", 2)
    picture(photos / "val" / "cat" / "a.png", 3)
    picture(photos / "val" / "cat" / "b.png", 4)
    parted = load(str(photos), IMAGE._replace(image=(4, 4, 1)))
    assert (parted.train.size, parted.test.size) == (2, 2)
    assert parted.train.inputs["x"].shape == (2, 4, 4, 1)


def test_bad_images_are_named_and_may_be_skipped(photos: Path) -> None:
    from PIL import Image

    whole = (photos / "cat" / "0.png").read_bytes()
    (photos / "cat" / "1.png").write_bytes(b"")
    (photos / "cat" / "2.png").write_bytes(b"text, and no image")
    noise = io.BytesIO()
    Image.effect_noise((64, 64), 50).save(noise, "png")
    (photos / "dog" / "3.png").write_bytes(noise.getvalue()[:2000])
    bomb = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)

    chunk = b"IHDR" + bomb
    (photos / "dog" / "4.png").write_bytes(
        whole[:8] + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk)) + whole[33:]
    )
    found = problems(lambda: load(str(photos), IMAGE))
    said = {Path(p.mark.file).name: p.message for p in found}
    assert list(said) == ["1.png", "2.png", "3.png", "4.png"]
    assert said["1.png"] == "the image is empty"
    assert "is no image" in said["2.png"]
    assert "broken image" in said["3.png"]
    assert "more than 67,108,864 pixels" in said["4.png"]
    told: list[str] = []
    data = load(str(photos), IMAGE._replace(skip=True, tell=told.append))
    assert data.train.size + data.test.size == 8
    assert sum("skipped" in line for line in told) == 4


def test_a_folder_without_classes_or_for_another_network_is_refused(tmp_path: Path, photos: Path) -> None:
    (tmp_path / "empty").mkdir()
    refused(tmp_path / "empty", "E0711", "has no folders")
    refused(photos, "E0710", "takes no image", Wanted())
    refused(photos, "E0710", "2 channels", Wanted((4, 4, 2)))


# The hub


def test_a_data_set_of_the_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    from PIL import Image as Pillow

    rows = [{"img": Pillow.new("RGB", (5, 5), (n, 0, 0)), "kind": n % 2} for n in range(6)]

    class Rows(list[Any]):
        features: ClassVar = {"img": type("Image", (), {})(), "kind": type("ClassLabel", (), {"names": ["a", "b"]})()}

    def load_dataset(name: str) -> dict[str, Rows]:
        if name != "one/two":
            raise FileNotFoundError(name)
        return {"train": Rows([*rows, {"img": None, "kind": 1}]), "test": Rows(rows[:2])}

    monkeypatch.setitem(sys.modules, "datasets", types.SimpleNamespace(load_dataset=load_dataset))
    refused("datasets:nothing", "E0709", "no data set `nothing`")
    refused("datasets:one/two", "E0711", "no image or no class")
    found = load("datasets:one/two", IMAGE._replace(skip=True))
    assert found.classes == ("a", "b")
    assert found.train.inputs["x"].shape == (6, 4, 4, 3)
    monkeypatch.setitem(sys.modules, "datasets", None)
    with pytest.raises(MissingFramework, match="wants the package datasets"):
        load("datasets:one/two", IMAGE)


# Held against a network


def test_data_that_fit_get_the_names_and_kinds_of_the_network(tmp_path: Path) -> None:
    data = fitted(SOFTMAX, dataset(np.zeros((4, 3)), np.array([0, 1, 2, 0], np.int8), ("a", "b", "c")))
    assert data.inputs == {"input": "floats"}
    assert data.targets == {"dense": "ids"}
    assert data.train.inputs["input"].dtype == "float32"
    assert data.train.targets["dense"].dtype == "int64"
    save(data, str(tmp_path / "data"))
    assert sorted(path.name for path in (tmp_path / "data").iterdir()) == [
        "x_test.npy", "x_train.npy", "y_test.npy", "y_train.npy",
    ]  # fmt: skip
    assert np.load(tmp_path / "data" / "y_train.npy", mmap_mode="r").tolist() == [0, 1, 2, 0]


IMAGES = network("  - flatten\n  - dense: {units: 2}", "{height: 2, width: 5, channels: 3}")


@pytest.mark.parametrize(
    ("spec", "x", "y", "line", "text"),
    [
        (SOFTMAX, np.zeros((4, 5)), [0, 1, 2, 0], 3, "the data are 5, and the network takes 3"),
        (SOFTMAX, np.zeros((4, 3)), [0, 1, 3, 0], 5, "the data have the id 3, and the units are 0 to 2"),
        (SOFTMAX, np.zeros((4, 3)), [0, -1, 2, 0], 5, "the id -1"),
        (SOFTMAX, np.zeros((1, 3)), [0], 6, "a batch has 2 examples, and there are 1"),
        (SOFTMAX, np.zeros((4, 3)), [0.0, 1.0, 2.0, 0.0], 5, "targets of single values"),
        (SOFTMAX, np.zeros((4, 3)), [[2.0, 0.0, 0.0]] * 4, 5, "wants targets from 0 to 1"),
        (IMAGES, np.zeros((4, 3, 2, 5)), np.zeros((4, 2)), 3, "channels last"),
        (IMAGES, np.zeros((4, 2, 5, 3)), [0, 1, 0, 1], 6, "say `loss: cross_entropy`"),
    ],
)
def test_data_that_do_not_fit_are_refused_at_the_line_of_the_spec(
    spec: str, x: Any, y: Any, line: int, text: str
) -> None:
    (problem,) = problems(lambda: fitted(spec, dataset(x, y)))
    assert (problem.code, problem.mark.line) == ("E0710", line)
    assert text in f"{problem.message} {problem.help}"


def test_classes_are_as_many_as_units() -> None:
    (problem,) = problems(lambda: fitted(SOFTMAX, dataset(np.zeros((4, 3)), [0, 1, 0, 1], ("a", "b"))))
    assert problem.message == "the data have 2 classes, and the output `dense` has 3 units"


def test_numbers_that_are_not_finite_are_refused_or_skipped() -> None:
    x = np.zeros((5, 3))
    x[1, 2] = np.nan
    found = problems(lambda: fitted(SOFTMAX, dataset(x, [0, 1, 2, 0, 1])))
    assert {"example 1 to train" in p.message or "example 1 to test" in p.message for p in found} == {True}
    data = fitted(SOFTMAX, dataset(x, [0, 1, 2, 0, 1]), skip=True)
    assert data.train.targets["dense"].tolist() == [0, 2, 0, 1]


def test_examples_that_are_not_finite_are_told_by_their_places_in_the_file(tmp_path: Path) -> None:
    x = np.zeros((40, 3))
    x[[3, 29]] = np.inf
    data = load(str(npz(tmp_path / "a.npz", x=x, y=np.arange(40) % 3)), Wanted())
    told = sorted(p.message for p in problems(lambda: fitted(SOFTMAX, data)))
    assert told == ["`x` of example 29 is not finite", "`x` of example 3 is not finite"]


def test_what_is_wrong_with_classes_is_said() -> None:
    (problem,) = problems(lambda: fitted(SOFTMAX, dataset(np.zeros((4, 3)), np.array([0.0, 1.0, 2.0, 0.0]))))
    assert problem.help == "ids of classes are whole numbers: save them as int64"
    spec = network("  - dense: {units: 1, activation: sigmoid}")
    (problem,) = problems(lambda: fitted(spec, dataset(np.zeros((4, 3)), [0, 1, 2, 0], ("a", "b", "c"))))
    assert problem.message == "the data have 3 classes, and the output `dense` tells two apart"


def test_images_to_look_at_are_held_against_the_network_too() -> None:
    graph = load_text(network("  - conv: {filters: 2, kernel_size: 1}", "{height: 2, width: any, channels: 1}"))
    data = dataset(np.full((4, 2, 5), 255, np.uint8), np.zeros(4))
    assert np.array_equal(images(graph, data, 3), np.ones((3, 2, 5, 1), np.float32))
    (problem,) = problems(lambda: images(graph, dataset(np.zeros((4, 3, 5)), np.zeros(4)), 3))
    assert (problem.code, problem.mark.line) == ("E0710", 3)
    assert problem.message == "the data are 3x5x1, and the network takes 2xanyx1"
    (problem,) = problems(lambda: images(graph, dataset(np.full((4, 2, 5), np.inf), np.zeros(4)), 3))
    assert "not finite" in problem.message
    split = Split({"pictures": np.zeros((4, 2, 5))}, {})
    (problem,) = problems(lambda: images(graph, Dataset("mine", split, split), 3))
    assert (problem.message, problem.help) == ("the data have no array `x`", "they have pictures")


def test_arrays_that_nothing_takes_are_named() -> None:
    split = Split({"x": np.zeros((4, 3)), "z": np.zeros(4)}, {})
    found = problems(lambda: fitted(SOFTMAX, Dataset("mine", split, split)))
    assert {p.message.split(",")[0] for p in found} == {"the data have no array `y`", "the data have an array `z`"}
