"""The networks that tests run over: the zoo, and the specs written to be hard."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from archc.compile import load
from archc.graph import Graph

ROOT = Path(__file__).parents[1]
SPECS = ROOT / "specs"
HARD = ROOT / "tests" / "specs"
GROWING = sorted((ROOT / "tests" / "growing").glob("*.yaml"))
"""Specs with a param `n`: how often something is repeated, or how deep a block calls itself."""


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
UNLIKE = ("deep", "small", "resnet18", "vgg16_bn", "y_400mf")
"""The variants that have other layers than their file has without a variant, not only other numbers."""

FAMILIES = [network for network in ZOO if network.variant in (None, *UNLIKE)]
HARD_ONES = networks_of(HARD)
NETWORKS = [*FAMILIES, *HARD_ONES]
