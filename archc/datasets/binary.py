"""Readers of the binary files that data sets are published in; each says what is wrong with a file that is not one."""

from __future__ import annotations

import gzip
import math
import struct
import tarfile
import zlib
from typing import TYPE_CHECKING, Any

from archc.problems import SpecError, unusable

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

LARGEST = 2**33
"""No more bytes are unpacked from one file."""

CIFAR_RECORD = 1 + 3 * 32 * 32
CIFAR_PARTS = {"train": [f"data_batch_{n}.bin" for n in range(1, 6)], "test": ["test_batch.bin"]}
CIFAR_IMAGES = 10_000


def idx(path: str, rank: int) -> Array:
    """Read bytes in `rank` axes from an IDX file, packed with gzip or not.

    The format is LeCun's: two zero bytes, the type, the number of axes, each axis's size as four bytes, the values.
    Raises SpecError for a file that is none or not whole, and OSError.
    """
    import numpy as np

    content = _content(path)
    if len(content) < 4 + 4 * rank:
        raise _bad(path, f"is too short for an IDX file: {len(content)} bytes")
    magic = struct.unpack(">I", content[:4])[0]
    if magic != 0x800 + rank:
        raise _bad(path, f"is no IDX file of bytes in {rank} axes: it begins with 0x{magic:08x}")
    sizes = struct.unpack(f">{rank}I", content[4 : 4 + 4 * rank])
    wanted, there = math.prod(sizes), len(content) - 4 - 4 * rank
    if there < wanted:
        raise _bad(path, f"is cut off: {there:,} of {wanted:,} bytes are there")
    if there > wanted:
        raise _bad(path, f"has {there - wanted:,} bytes more than its {' x '.join(map(str, sizes))} values")
    return np.frombuffer(content, np.uint8, offset=4 + 4 * rank).reshape(sizes)


def _content(path: str) -> bytes:
    with open(path, "rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    try:
        with gzip.open(path) if packed else open(path, "rb") as file:
            content: bytes = file.read(LARGEST + 1)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise _bad(path, f"cannot be unpacked: {error}") from error
    if len(content) > LARGEST:
        raise _bad(path, f"unpacks to more than {LARGEST:,} bytes")
    return content


def cifar(path: str) -> list[tuple[Array, Array]]:
    """Read the images (channels last) and labels to train and to test with from CIFAR-10's binary archive."""
    import numpy as np

    found = []
    try:
        with tarfile.open(path) as archive:
            members = {member.name.rpartition("/")[2]: member for member in archive.getmembers() if member.isfile()}
            for names in CIFAR_PARTS.values():
                parts = [_records(archive, members.get(name), name, path) for name in names]
                records = np.concatenate(parts)
                images = records[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
                found.append((np.ascontiguousarray(images), records[:, 0].astype("int64")))
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise _bad(path, f"is no whole archive: {error}") from error
    return found


def _records(archive: tarfile.TarFile, member: tarfile.TarInfo | None, name: str, path: str) -> Array:
    import numpy as np

    if member is None:
        raise _bad(path, f"has no {name}")
    size = CIFAR_IMAGES * CIFAR_RECORD
    stream = archive.extractfile(member)
    assert stream is not None
    content = stream.read(size + 1)
    if len(content) != size:
        raise _bad(path, f"holds a {name} of {member.size:,} bytes, not {size:,}")
    records = np.frombuffer(content, np.uint8).reshape(CIFAR_IMAGES, CIFAR_RECORD)
    if records[:, 0].max() > 9:
        raise _bad(path, f"holds a {name} with labels above 9")
    return records


def _bad(path: str, what: str) -> SpecError:
    return unusable("E0711", f"{path} {what}", path, "get the file anew")
