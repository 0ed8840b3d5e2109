"""The networks that tests run over: the zoo with what is published of it, and the specs written to be hard."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from archc.compile import load, load_text
from archc.graph import Graph

ROOT = Path(__file__).parents[1]
SPECS = ROOT / "specs"
HARD = ROOT / "tests" / "specs"
GROWING = sorted((ROOT / "tests" / "growing").glob("*.yaml"))
"""Specs with a param `n`: how often something is repeated, or how deep a block calls itself."""


class Published(NamedTuple):
    """A network of the zoo: its file, its variant, and what its source says of it.

    `macs` is exact; `giga_macs` is rounded to the hundredth, as tables give it.
    """

    file: str
    variant: str | None
    parameters: int
    source: str
    macs: int | None = None
    giga_macs: float | None = None


TORCHVISION = "torchvision's table of classification weights: parameters, and GFLOPS, which are multiply-accumulates"
COUNTED = "the sum over its layers of kernel x kernel x channels x filters + filters"

PUBLISHED = [
    Published("one_conv", None, 20_383, COUNTED, macs=26 * 26 * 90 + 6760 * 3),
    Published("two_conv", None, 18_293, COUNTED, macs=596_520),
    Published("deep_conv", None, 18_293, COUNTED, macs=596_520),
    Published("deep_conv", "deep", 100 + 7 * 910 + 12 * 12 * 10 * 3 + 3, COUNTED),
    Published("deep_conv", "wide", 640 + 36_928 + 36_864 * 3 + 3, COUNTED),
    Published(
        "lenet5", None, 61_706, "LeCun et al. (1998), with C3 and the pools as today: 156+2,416+48,120+10,164+850"
    ),
    Published("alexnet", None, 61_100_840, TORCHVISION, giga_macs=0.71),
    Published("vgg", "vgg11", 132_863_336, TORCHVISION, giga_macs=7.61),
    Published("vgg", "vgg13", 133_047_848, TORCHVISION, giga_macs=11.31),
    Published("vgg", "vgg16", 138_357_544, TORCHVISION, giga_macs=15.47),
    Published("vgg", "vgg19", 143_667_240, TORCHVISION, giga_macs=19.63),
    Published("vgg", "vgg16_bn", 138_365_992, TORCHVISION, giga_macs=15.47),
    Published("resnet", "resnet18", 11_689_512, TORCHVISION, giga_macs=1.81),
    Published("resnet", "resnet34", 21_797_672, TORCHVISION, giga_macs=3.66),
    Published("resnet", "resnet50", 25_557_032, TORCHVISION, giga_macs=4.09),
    Published("resnet", "resnet101", 44_549_160, TORCHVISION, giga_macs=7.80),
    Published("resnet", "resnet152", 60_192_808, TORCHVISION, giga_macs=11.51),
    Published("squeezenet1_1", None, 1_235_496, TORCHVISION, giga_macs=0.35),
    Published("googlenet", None, 6_998_552, "Szegedy et al. (2014), table 1, with the biases", macs=1_582_671_872),
    Published(
        "lstm_classifier",
        None,
        10_240_000 + 6_295_552 + 30_750 + 62,
        "20,000 x 512, 4 x (512 + 1,024 + 1) x 1,024, and two dense layers",
        macs=400 * 4 * 1_536 * 1_024 + 30_720 + 60,
    ),
    Published("bigru_tagger", None, 1_000_000 + 2 * 3 * 300 * 402 + 17 * 601, "10,000 x 100, two GRUs of 300, 17 tags"),
    Published("unet", None, 31_031_745, "Ronneberger et al. (2015), figure 1, for 3 channels in and 1 out"),
    Published("unet", "thin", 7_760_097, "the same with half the channels"),
    Published("unet", "small", 482_033, "the same with a quarter of the channels, and three levels"),
]


class Network(NamedTuple):
    """A spec of the repository and one of its variants."""

    path: Path
    variant: str | None

    @property
    def name(self) -> str:
        return self.path.stem if self.variant is None else f"{self.path.stem}-{self.variant}"

    def graph(self) -> Graph:
        return load(str(self.path), self.variant)


def networks_of(folder: Path) -> list[Network]:
    """Return each spec of a folder, without a variant and with each of its own."""
    found = []
    for path in sorted(folder.glob("*.yaml")):
        variants = load(str(path)).spec.variants
        found += [Network(path, variant) for variant in (None, *variants)]
    return found


ZOO = networks_of(SPECS)
HARD_ONES = networks_of(HARD)
NETWORKS = [*ZOO, *HARD_ONES]


def shrunk(file: str, variant: str | None, changes: dict[str, str]) -> Graph:
    """Return a network of the zoo with some of its text replaced; each old text must be there."""
    text = (SPECS / f"{file}.yaml").read_text(encoding="utf-8")
    for old, new in changes.items():
        assert old in text, f"{old!r} is not in {file}.yaml"
        text = text.replace(old, new)
    return load_text(text, variant)
