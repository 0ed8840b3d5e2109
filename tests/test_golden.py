"""The emitted source of the zoo and of the hard specs, byte for byte as it stands in `tests/golden`.

A change that is meant to alter it runs `python -m pytest tests/test_golden.py --write-golden` and commits what differs.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from archc.backend import find
from archc.compile import compile_graph
from tests.zoo import NETWORKS, Network

GOLDEN = Path(__file__).parent / "golden"
BACKENDS = ("torch", "keras")
KEPT = NETWORKS
STRICT = [n for n in KEPT if n.name in ("resnet-resnet18", "sequences", "volumes")]


def golden(backend: str, network: Network, strict: bool = False) -> Path:
    return GOLDEN / backend / f"{network.name}{'-strict' if strict else ''}{find(backend).suffix}"


def written(backend: str, network: Network, strict: bool = False) -> bytes:
    emitted = compile_graph(network.graph(), find(backend), origin=network.path.name, strict=strict)
    return emitted.source.encode()


ROWS = [(network, strict) for strict, networks in ((False, KEPT), (True, STRICT)) for network in networks]


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(("network", "strict"), ROWS, ids=[f"{n.name}{'-strict' * s}" for n, s in ROWS])
def test_source_is_as_it_was(network: Network, strict: bool, backend: str, request: pytest.FixtureRequest) -> None:
    path, source = golden(backend, network, strict), written(backend, network, strict)
    if request.config.getoption("--write-golden"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(source)
    assert source.decode() == path.read_bytes().decode()


def test_no_golden_file_is_left_over() -> None:
    wanted = {golden(backend, network, strict) for backend in BACKENDS for network, strict in ROWS}
    assert set(GOLDEN.glob("*/*")) == wanted
