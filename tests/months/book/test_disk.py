"""A disk that is full or takes no writing: said in words, and the book is as it was."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.months.book.small import MONTH, made, pieces
from xlfv.months.book.backup import backup, backups
from xlfv.months.book.file import create, reading, writing
from xlfv.months.book.verify import verify
from xlfv.tables import Refused

LIMITED = """
import resource, signal, sys
from pathlib import Path
from tests.months.book.small import pieces
from xlfv.months.book.backup import backup
from xlfv.months.book.file import writing
from xlfv.tables import Refused
path = Path(sys.argv[1])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
most = int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
try:
    if sys.argv[3] == "backup":
        backup(path)
    else:
        with writing(path, "ann") as book:
            book.commit("2010-01", pieces(5, rows=20000))
except Refused as refused:
    print(refused)
else:
    print("it was done")
"""


def limited(path: Path, most: int, act: str) -> str:
    """What a process says that may write no file beyond a size."""
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(path), str(most), act], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="NOT PROVED HERE: no limit of a file's size on this system")
@pytest.mark.parametrize("room", [0, 4096, 100_000, 1_000_000])
def test_no_room_for_a_month_leaves_the_book_as_it_was(tmp_path: Path, room: int) -> None:
    path = made(tmp_path / "b.duckdb")
    before = verify(path)
    said = limited(path, path.stat().st_size + room, "commit")
    assert "the disk of the book b.duckdb is full" in said, said
    assert "nothing of it was taken in" in said
    assert verify(path) == before
    with writing(path, "ann") as book:
        book.commit("2010-01", pieces(5, rows=20))
    assert not verify(path).faults


@pytest.mark.skipif(sys.platform == "win32", reason="NOT PROVED HERE: no limit of a file's size on this system")
def test_no_room_for_a_backup_leaves_no_half_of_one(tmp_path: Path) -> None:
    path = made(tmp_path / "b.duckdb")
    said = limited(path, path.stat().st_size // 2, "backup")
    assert "is full" in said, said
    assert backups(path) == []
    assert not list(tmp_path.glob("*.part*"))
    assert not verify(path).faults


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own, where this user may mount one."""
    point = tmp_path / "disk"
    point.mkdir()
    mount = shutil.which("mount")
    done = (
        subprocess.run(
            [mount or "mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(point)], capture_output=True, check=False
        )
        if mount
        else None
    )
    if done is None or done.returncode:
        pytest.skip("NOT PROVED HERE: no disk can be mounted (needs root and the right to mount)")
    yield point
    subprocess.run(["umount", str(point)], check=False)


def test_a_full_disk_leaves_the_book_as_it_was(mounted: Path) -> None:
    path = made(mounted / "b.duckdb")
    before = verify(path)
    with pytest.raises(Refused, match=r"disk of the book b\.duckdb is full"), writing(path, "ann") as book:
        book.commit("2010-01", pieces(5, rows=40000))
    assert verify(path) == before
    (mounted / "filler").write_bytes(bytes(_free(mounted)))
    with pytest.raises(Refused, match="full"):
        backup(path)
    with pytest.raises(Refused, match="full"):
        create(mounted / "second.duckdb")
    with pytest.raises(Refused, match="full"), writing(path, "ann") as book:
        book.commit("2010-01", pieces(5, rows=2000))
    with reading(path) as reader:
        assert reader.months() == [MONTH]
    assert sorted(one.name for one in mounted.iterdir() if one.suffix != ".wal") == ["b.duckdb", "filler"]
    (mounted / "filler").unlink()
    assert verify(path) == before
    with writing(path, "ann") as book:
        book.lock(MONTH)
    assert not verify(path).faults


def _free(folder: Path) -> int:
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


def test_a_read_only_share_can_be_read_and_says_that_it_cannot_be_written(mounted: Path) -> None:
    path = made(mounted / "b.duckdb")
    before = verify(path)
    subprocess.run(["mount", "-o", "remount,ro", str(mounted)], check=True)
    assert verify(path) == before
    with pytest.raises(Refused, match=r"cannot be written.*mounted for writing"), writing(path, wait=1):
        pass
    with pytest.raises(Refused, match="cannot be written"):
        create(mounted / "second.duckdb")
    with pytest.raises(Refused, match="cannot be written"):
        backup(path)
    elsewhere = mounted.parent / "elsewhere"
    elsewhere.mkdir()
    assert not verify(backup(path, elsewhere)).faults


def test_a_share_that_vanishes_is_said_to_have_gone(mounted: Path) -> None:
    path = made(mounted / "b.duckdb")
    subprocess.run(["umount", str(mounted)], check=True)
    for opened in (reading, writing):
        with pytest.raises(Refused, match="there is no book"), opened(path):
            pass
    assert not list(mounted.iterdir()), "nothing was made in its place"
    mounted.rmdir()
    with pytest.raises(Refused, match="is the share connected"), reading(path):
        pass
    mounted.mkdir()
