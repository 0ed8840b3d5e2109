"""The networks of the zoo made small enough to be verified in every run: fewer channels, layers and pixels."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import NamedTuple

from archc.compile import load
from archc.graph import Graph
from tests.zoo import SPECS

CHANNELS = re.compile(r"\b(filters|above|units|hidden|expansion|pool|stem|growth|c[135](?:_reduce)?): (\d+)")
IMAGE = {"height: 224, width: 224": "height: 40, width: 36"}
VIDEO = {"depth: 16, height: 112, width: 112": "depth: 9, height: 18, width: 16"}
SHALLOW = {"depth: 3": "depth: 1", "depth: 4": "depth: 2"}
PATCHES = {"patch: 16, channels: 768, depth: 12": "patch: 8, channels: 16, depth: 2"}
TRANSFORMER = {"params: [channels: 768, depth: 12, heads: 12]": "params: [channels: 16, depth: 2, heads: 4]"}


class Small(NamedTuple):
    """A network of the zoo, the changes to its text (each old text must be there), and by how much to thin it.

    `thin` divides the numbers of channels that stand in the file or in those that it imports.
    """

    file: str
    variant: str | None = None
    changes: dict[str, str] = {}  # noqa: RUF012
    thin: int = 1

    @property
    def name(self) -> str:
        return f"{self.file}-{self.variant}" if self.variant else self.file

    def graph(self) -> Graph:
        with tempfile.TemporaryDirectory() as folder:
            self._write(self.file, Path(folder), self.changes)
            return load(str(Path(folder) / f"{self.file}.yaml"), self.variant)

    def _write(self, file: str, folder: Path, changes: dict[str, str]) -> None:
        text = (SPECS / f"{file}.yaml").read_text(encoding="utf-8")
        for old, new in changes.items():
            assert old in text, f"{old!r} is not in {file}.yaml"
            text = text.replace(old, new)
        if self.thin > 1:
            text = CHANNELS.sub(self._thinner, text)
        path = folder / f"{file}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        for imported in re.findall(r"^import: \[(.*)\.yaml\]", text, re.MULTILINE):
            self._write(imported, folder, {})

    def _thinner(self, found: re.Match[str]) -> str:
        number = int(found[2])
        # Small numbers are outputs, or factors.
        return f"{found[1]}: {number if number < 8 else max(3, number // self.thin)}"


def cut(file: str, start: str, end: str) -> str:
    """Return the text of a file from the first `start` to the first `end`."""
    text = (SPECS / f"{file}.yaml").read_text(encoding="utf-8")
    return text[text.index(start) : text.index(end)]


LATER_CELLS = cut(
    "nasnet_mobile", "  - normal: {filters: $filters}\n    from: [normal1", "  - relu\n  - global_avg_pool"
)
"""All that comes after two reductions and a normal cell."""

SMALL = [
    Small("one_conv"),
    Small("two_conv"),
    Small("deep_conv"),
    Small("deep_conv", "deep"),
    Small("lenet5"),
    Small("alexnet", None, {"height: 224, width: 224": "height: 70, width: 63"}, thin=24),
    Small("vgg", "vgg11", IMAGE, thin=32),
    Small("vgg", "vgg16_bn", IMAGE, thin=32),
    Small("resnet", "resnet18", IMAGE, thin=16),
    Small(
        "resnet", "resnet50", {**IMAGE, "resnet50: {depths: [3, 4, 6, 3]": "resnet50: {depths: [1, 2, 1, 1]"}, thin=16
    ),
    Small(
        "resnext",
        "resnext50_32x4d",
        {**IMAGE, "x4d: {depths: [3, 4, 6, 3], groups: 32": "x4d: {depths: [1, 2, 1, 1], groups: 4"},
        thin=16,
    ),
    Small(
        "densenet",
        "densenet121",
        {**IMAGE, "densenet121: {depths: [6, 12, 24, 16]": "densenet121: {depths: [2, 1, 2, 1]"},
        thin=8,
    ),
    Small("squeezenet1_1", None, IMAGE, thin=4),
    Small("googlenet", None, {"height: 224, width: 224": "height: 40, width: 37"}, thin=8),
    Small(
        "inception_v3",
        None,
        {
            "height: 299, width: 299": "height: 75, width: 79",
            "[32, 64, 64]": "[4, 5, 5]",
            "[128, 160, 160, 192]": "[4, 5, 5, 6]",
            "repeat: 4": "repeat: 2",
        },
        thin=16,
    ),
    Small("xception", None, {"height: 299, width: 299": "height: 71, width: 76", "repeat: 8": "repeat: 2"}, thin=32),
    Small(
        "nasnet_mobile",
        None,
        {
            "height: 224, width: 224": "height: 35, width: 40",
            "filters: 44": "filters: 8",
            "filters: 32": "filters: 5",
            LATER_CELLS: "",
        },
    ),
    Small("mobilenet_v1", "quarter", {**IMAGE, "quarter: {width: 0.25}": "quarter: {width: 0.1}"}),
    Small("mobilenet_v2", "half", {**IMAGE, "half: {width: 0.5}": "half: {width: 0.25}", **SHALLOW}),
    Small("mobilenet_v3_large", None, {**IMAGE, "repeat: 2": "repeat: 1"}, thin=8),
    Small("mobilenet_v3_small", None, IMAGE, thin=8),
    Small(
        "shufflenet_v2",
        "x0_5",
        {**IMAGE, "x0_5: {filters: [48, 96, 192]": "x0_5: {filters: [8, 12, 16]", "depth: 8": "depth: 2"},
        thin=16,
    ),
    Small("mnasnet", "mnasnet0_5", {**IMAGE, "mnasnet0_5: {width: 0.5": "mnasnet0_5: {width: 0.25", **SHALLOW}),
    Small(
        "efficientnet",
        "b0",
        {
            "b0: {width: 1.0, depths: [1, 2, 2, 3, 3, 4, 1]": "b0: {width: 0.25, depths: [1, 1, 1, 2, 2, 2, 1]",
            "size: 224": "size: 37",
        },
    ),
    Small(
        "efficientnet_v2",
        "s",
        {
            "s: {size: 384": "s: {size: 36",
            "[24, 48, 64, 128, 160, 256]": "[4, 6, 6, 8, 8, 12]",
            "[2, 4, 4, 6, 9, 15]": "[1, 2, 1, 1, 2, 1]",
        },
        thin=16,
    ),
    Small(
        "regnet",
        "y_400mf",
        {**IMAGE, "[1, 3, 6, 6], widths: [48, 104, 208, 440]": "[1, 2, 1, 1], widths: [8, 8, 16, 16]"},
    ),
    Small(
        "lstm_classifier",
        None,
        {"20000, units: 512": "50, units: 9", "length: 400": "length: 7", "units: 1024": "units: 8"},
    ),
    Small(
        "siamese",
        None,
        {
            "units: 4096": "units: 9",
            "height: 105, width: 105": "height: 65, width: 70",
            "filters: 64": "filters: 8",
            "filters: 128": "filters: 6",
            "filters: 256": "filters: 5",
        },
    ),
    Small("tcn", None, {"length: 784": "length: 40", "levels: 8": "levels: 3", "filters: 25": "filters: 6"}),
    Small(
        "wavenet",
        None,
        {
            "length: 16000, levels: 256, residual: 64, skip: 256, depth: 30, cycle: 10": "length: 20, levels: 6, "
            "residual: 4, skip: 5, depth: 4, cycle: 3"
        },
    ),
    Small("bigru_tagger", None, {"10000, units: 300": "50, units: 9", "units: 100": "units: 8"}),
    Small("unet", "small", {"base: 16": "base: 4", "height: 256, width: 256": "height: 32, width: 24"}),
    Small(
        "unet_original",
        None,
        {"base: 64, depth: 4, size: 572, cropping: 88": "base: 4, depth: 2, size: 44, cropping: 16"},
    ),
    Small(
        "unet3d",
        None,
        {
            "base: 32, depth: 3, cropping: 40": "base: 3, depth: 1, cropping: 4",
            "depth: 116, height: 132, width: 132": "depth: 24, height: 24, width: 24",
        },
    ),
    Small(
        "fcn_resnet50",
        None,
        {"height: 520, width: 520": "height: 40, width: 32", "depths: [3, 4, 6, 3]": "depths: [1, 1, 2, 1]"},
        thin=16,
    ),
    Small("segnet", None, {"height: 360, width: 480": "height: 45, width: 38"}, thin=32),
    Small("fcn", None, {"height: 224, width: 224": "height: 32, width: 64"}, thin=32),
    Small("c3d", None, {"height: 112, width: 112": "height: 33, width: 32"}, thin=32),
    Small(
        "lrcn",
        None,
        {"depth: 16, height: 224, width: 224": "depth: 3, height: 63, width: 66", "units: 256": "units: 8"},
        thin=32,
    ),
    Small("video_resnet", "mc3_18", VIDEO, thin=16),
    Small("r2plus1d_18", None, VIDEO, thin=16),
    Small("autoencoder"),
    Small("dcgan_generator", None, thin=8),
    Small("dcgan_discriminator", None, thin=8),
    Small("mtcnn_pnet"),
    Small("mtcnn_rnet"),
    Small("mtcnn_onet"),
    Small("vit", None, {**IMAGE, **PATCHES, "heads: 12, classes": "heads: 4, classes"}),
    Small("mlp_mixer", None, {**IMAGE, **PATCHES, "384, channel_units: 3072": "10, channel_units: 12"}),
    Small(
        "convnext",
        "convnext_tiny",
        {**IMAGE, "tiny: {depths: [3, 3, 9, 3], filters: 96": "tiny: {depths: [2, 1, 2, 1], filters: 6"}
        | {"initial: 1.0e-6": "initial: 0.7"},
    ),
    Small(
        "swin",
        "swin_t",
        {"height: 224, width: 224": "height: 64, width: 128", "window: 7": "window: 2", "% 2 * 3": "% 2"}
        | {"swin_t: {depths: [2, 2, 6, 2], channels: 96": "swin_t: {depths: [2, 1, 2, 1], channels: 6"},
    ),
    Small("bert", None, {"length: 512": "length: 6", "30522": "40", **TRANSFORMER}),
    Small("gpt2", None, {"length: 1024": "length: 9", "50257": "40", **TRANSFORMER}),
]
