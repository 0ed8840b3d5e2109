"""Writing files: whole or not at all, and only over what archc wrote itself."""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

MARKERS = (b"Compiled by archc ", b"Drawn by archc ")
"""What stands near the head of every file that archc writes, and of no other."""
HEAD = 4096
DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])\Z")
"""What Windows takes for a device, whatever the suffix."""


class NotOurs(Exception):
    """There is a file of this name that archc did not write. `path` is its name."""

    def __init__(self, path: str, what: str = "is there already, and is nothing that archc wrote") -> None:
        super().__init__(path)
        self.path = path
        self.what = what


def make_folder(path: str) -> None:
    """Make a folder, and those around it, where it is not there yet. Raises OSError."""
    try:
        os.makedirs(path, exist_ok=True)
    except FileExistsError:
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), path) from None


def destination(output: str, name: str, suffix: str) -> str:
    """Return the file that `-o OUTPUT` means: in a folder, one called after the network. `OUTPUT/` is made."""
    if output.endswith(os.sep):
        make_folder(output)
    if output.endswith(os.sep) or os.path.isdir(output):
        return os.path.join(output, f"{name}_{suffix}" if DEVICE.match(name) else name + suffix)
    return output


def ours(path: str) -> bool:
    """Tell whether archc wrote this file. A link is never taken for one: what is behind it may be anybody's."""
    if os.path.islink(path):
        return False
    with open(path, "rb") as file:
        head = file.read(HEAD)
    return any(marker in head for marker in MARKERS)


def room(path: str, *, force: bool = False) -> None:
    """Make sure that `write` may write to `path`: asked first, where what is to be written takes long.

    Raises NotOurs unless what is there is archc's own, or `force`; and OSError.
    """
    if os.path.isdir(path):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    if not force and os.path.lexists(path) and not _device(path) and not ours(path):
        raise NotOurs(path)


def write(path: str, content: str | bytes, *, force: bool = False) -> None:
    """Write text, as UTF-8, or bytes to `path` at once.

    Raises NotOurs unless what is there is archc's own, or `force`; and OSError.
    """
    if isinstance(content, str):
        content = content.encode()
    room(path, force=force)
    with open(path, "wb") if _device(path) else replacing(path) as file:
        file.write(content)


def write_bytes(path: str, content: bytes, *, force: bool = False) -> None:
    """Write `content` to `path` at once. Raises NotOurs where something is there already, unless `force`; OSError."""
    room(path, force=True)
    if os.path.lexists(path) and not force:
        raise NotOurs(path, "is there already")
    with replacing(path) as file:
        file.write(content)


def _device(path: str) -> bool:
    """Tell whether this is a device or a pipe, as in `-o /dev/stdout`: it is written to, and not replaced."""
    return os.path.exists(path) and not os.path.isfile(path)


@contextmanager
def replacing(path: str, *, through_links: bool = True) -> Iterator[BinaryIO]:
    """Open a file beside `path`, and move it over `path`, whose permissions it has, once everything is on the disk.

    What a link leads to is written, and the link stays; or the link is replaced. Raises OSError.
    """
    target = os.path.realpath(path) if through_links else path
    beside = os.path.join(os.path.dirname(target), f".archc-{os.urandom(6).hex()}.tmp")
    try:
        mode = stat.S_IMODE(os.stat(target).st_mode) if os.path.exists(target) else None
        # Opened like this, and not by `tempfile`, a new file gets the permissions that the user's umask says.
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "wb") as file:
            if mode is not None:
                os.chmod(beside, mode)
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, target)
    except BaseException as error:
        if os.path.lexists(beside):
            os.unlink(beside)
        if isinstance(error, OSError):
            # The user knows the file by the name that was asked for.
            error.filename, error.filename2 = path, None
        raise


__all__ = ["NotOurs", "destination", "make_folder", "ours", "replacing", "room", "write", "write_bytes"]
