"""Writing files: whole or not at all, and nothing that is not archc's own is lost."""

from __future__ import annotations

import errno
import os
import random
import resource
import shutil
import signal
import stat
import subprocess
import time
from pathlib import Path

import pytest

from archc.write import NotOurs, destination, make_folder, ours, replacing, room, write, write_bytes

SOURCE = '"""net: a network.\n\nCompiled by archc 0.1.0 from net.yaml for PyTorch.\n"""\n'


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_file_has_the_permissions_of_the_umask(tmp_path: Path) -> None:
    path = tmp_path / "net.py"
    before = os.umask(0o027)
    try:
        write(str(path), SOURCE)
    finally:
        os.umask(before)
    assert path.read_text(encoding="utf-8") == SOURCE
    assert mode(path) == 0o640
    assert os.listdir(tmp_path) == ["net.py"]


def test_what_archc_wrote_is_replaced_and_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "net.py"
    write(str(path), SOURCE)
    path.chmod(0o600)
    write(str(path), SOURCE + "x = 1\n")
    assert path.read_text(encoding="utf-8").endswith("x = 1\n")
    assert mode(path) == 0o600


@pytest.mark.parametrize("content", ["", "print('mine')\n", "x" * 5000 + "Compiled by archc 0.1.0"])
def test_other_files_are_kept_unless_forced(tmp_path: Path, content: str) -> None:
    path = tmp_path / "mine.py"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(NotOurs) as refusal:
        write(str(path), SOURCE)
    assert refusal.value.path == str(path)
    assert path.read_text(encoding="utf-8") == content
    write(str(path), SOURCE, force=True)
    assert path.read_text(encoding="utf-8") == SOURCE


def test_bytes_replace_nothing_unless_forced(tmp_path: Path) -> None:
    path = tmp_path / "weights"
    write_bytes(str(path), b"\x00\xff")
    with pytest.raises(NotOurs):
        write_bytes(str(path), b"other")
    assert path.read_bytes() == b"\x00\xff"
    write_bytes(str(path), b"other", force=True)
    assert path.read_bytes() == b"other"


def test_a_link_is_followed_only_where_it_is_forced_and_stays(tmp_path: Path) -> None:
    behind, link = tmp_path / "behind.py", tmp_path / "link.py"
    behind.write_text(SOURCE, encoding="utf-8")
    link.symlink_to(behind)
    assert not ours(str(link))
    with pytest.raises(NotOurs):
        write(str(link), "new")
    write(str(link), "new", force=True)
    assert behind.read_text(encoding="utf-8") == "new"
    assert link.is_symlink()


def test_bytes_are_written_through_a_link_and_to_no_folder(tmp_path: Path) -> None:
    behind, link = tmp_path / "behind", tmp_path / "link"
    behind.write_bytes(b"old")
    link.symlink_to(behind)
    write_bytes(str(link), b"new", force=True)
    assert link.is_symlink()
    assert behind.read_bytes() == b"new"
    with pytest.raises(IsADirectoryError):
        write_bytes(str(tmp_path), b"new", force=True)
    with pytest.raises(NotOurs) as refusal:
        write_bytes(str(behind), b"other")
    assert refusal.value.what == "is there already"


def test_a_link_to_nothing_is_not_followed_either(tmp_path: Path) -> None:
    link = tmp_path / "link.py"
    link.symlink_to(tmp_path / "nowhere.py")
    with pytest.raises(NotOurs):
        write(str(link), SOURCE)
    assert not (tmp_path / "nowhere.py").exists()


def test_a_link_itself_may_be_replaced(tmp_path: Path) -> None:
    mine, link = tmp_path / "mine.npy", tmp_path / "link.npy"
    mine.write_bytes(b"mine")
    link.symlink_to(mine)
    with replacing(str(link), through_links=False) as file:
        file.write(b"new")
    assert (mine.read_bytes(), link.read_bytes(), link.is_symlink()) == (b"mine", b"new", False)


def test_room_is_asked_for_before_the_work(tmp_path: Path) -> None:
    path = tmp_path / "net.py"
    room(str(path))
    room(os.devnull)
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(NotOurs):
        room(str(path))
    room(str(path), force=True)
    with pytest.raises(IsADirectoryError):
        room(str(tmp_path), force=True)
    with pytest.raises(NotADirectoryError) as failure:
        make_folder(str(path))
    assert failure.value.filename == str(path)


def test_devices_are_written_to_and_stay(tmp_path: Path) -> None:
    write(os.devnull, SOURCE)
    assert not Path(os.devnull).is_file()
    assert os.listdir(tmp_path) == []


def test_a_failure_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "net.py"
    write(str(path), SOURCE)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left") as failure:
        write(str(path), "new")
    assert failure.value.filename == str(path)
    assert path.read_text(encoding="utf-8") == SOURCE
    assert os.listdir(tmp_path) == ["net.py"]


def test_text_that_is_no_utf8_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(UnicodeEncodeError):
        write(str(tmp_path / "net.py"), "\ud800")
    assert os.listdir(tmp_path) == []


def test_a_folder_gets_a_file_named_after_the_network(tmp_path: Path) -> None:
    assert destination(str(tmp_path), "net", ".py") == str(tmp_path / "net.py")
    assert destination(str(tmp_path / "a.txt"), "net", ".py") == str(tmp_path / "a.txt")
    assert destination(f"{tmp_path}/new/", "net", ".py") == f"{tmp_path}/new/net.py"
    assert (tmp_path / "new").is_dir()


def test_a_missing_folder_is_told_by_the_name_that_was_asked_for(tmp_path: Path) -> None:
    path = str(tmp_path / "missing" / "net.py")
    with pytest.raises(FileNotFoundError) as failure:
        write(path, SOURCE)
    assert failure.value.filename == path


@pytest.mark.parametrize("fault", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO, errno.EDQUOT])
@pytest.mark.parametrize("call", ["open", "fsync", "replace", "chmod"])
def test_every_refusal_of_the_system_leaves_things_as_they_were(
    fault: int, call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "net.py"
    write(str(path), SOURCE)

    def refuse(*_: object) -> None:
        raise OSError(fault, os.strerror(fault))

    monkeypatch.setattr(os, call, refuse)
    with pytest.raises(OSError, match=os.strerror(fault)) as failure:
        write(str(path), SOURCE + "new")
    assert failure.value.filename == str(path)
    monkeypatch.undo()
    assert path.read_text(encoding="utf-8") == SOURCE
    assert os.listdir(tmp_path) == ["net.py"]


def test_a_file_that_grows_too_large_for_its_user_is_not_left_in_pieces(tmp_path: Path) -> None:
    path = tmp_path / "net.py"
    write(str(path), SOURCE)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, limits[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            write(str(path), SOURCE * 1_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert path.read_text(encoding="utf-8") == SOURCE
    assert os.listdir(tmp_path) == ["net.py"]


def test_a_full_disk_keeps_the_old_file(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = shutil.which("mount")
    if not mount or subprocess.run([mount, "-t", "tmpfs", "-o", "size=64k", "none", str(disk)], check=False).returncode:
        pytest.skip("only some users may mount a small disk")
    try:
        path = disk / "net.py"
        write(str(path), SOURCE)
        with pytest.raises(OSError, match="No space left"):
            write(str(path), SOURCE * 2_000)
        assert path.read_text(encoding="utf-8") == SOURCE
        assert os.listdir(disk) == ["net.py"]
        subprocess.run([mount, "-o", "remount,ro", str(disk)], check=True)
        with pytest.raises(OSError, match="Read-only file system"):
            write(str(path), SOURCE + "new")
        assert path.read_text(encoding="utf-8") == SOURCE
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_a_hundred_kills_leave_old_or_new(tmp_path: Path) -> None:
    path = tmp_path / "net.py"
    wait = random.Random(0)
    whole = [f"Compiled by archc {letter}\n" + letter * 300_000 for letter in "ab"]
    write(str(path), whole[0])
    killed = 0
    for _ in range(100):
        writer = os.fork()
        if not writer:
            try:
                while True:
                    for text in whole:
                        write(str(path), text)
            finally:
                os._exit(1)
        time.sleep(wait.random() * 0.02)
        os.kill(writer, signal.SIGKILL)
        killed += os.WTERMSIG(os.waitpid(writer, 0)[1]) == signal.SIGKILL
        assert path.read_text(encoding="utf-8") in whole
    assert killed == 100
    # What a killed process cannot take away is hidden, and in nobody's way.
    left = [name for name in os.listdir(tmp_path) if name != "net.py"]
    assert all(name.startswith(".archc-") and name.endswith(".tmp") for name in left)
    write(str(path), SOURCE)
    assert path.read_text(encoding="utf-8") == SOURCE
