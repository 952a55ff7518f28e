"""Copies of the book that can be trusted, and the way back to one."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from xlfv.months.book import log
from xlfv.months.book.file import login, reading, writing
from xlfv.months.book.opening import DOORS, close, connect, copied, sync, wal
from xlfv.months.book.pieces import Line
from xlfv.months.book.read import Reader
from xlfv.months.book.trouble import aside, backups, head_in_name, in_words, missing, restore_advice
from xlfv.months.book.verify import Verified, verify
from xlfv.tables import Fault, Refused, refuse_if
from xlfv.tables.paths import legible

_OLD = 3600.0  # seconds after which a part of a copy is a leftover of a process that was killed


@dataclass(frozen=True)
class Restored:
    """What a restoration did.

    Attributes:
        path: the book.
        backup: what it was restored from.
        line: the number of the last line of the log that the backup held.
        aside: the file that stood there before; None where there was none.
        lost: lines of the log after that one, as far as the damaged file could still be read.
        readable: False where the damaged file did not even tell what is lost.
    """

    path: Path
    backup: Path
    line: int
    aside: Path | None
    lost: tuple[Line, ...]
    readable: bool

    def __str__(self) -> str:
        """What was done, for a person."""
        kept = f"; what stood there is kept as {self.aside.name}" if self.aside else ""
        return (
            f"{self.path.name} is again what {self.backup.name} holds (line {self.line} of the log): {self.words}{kept}"
        )

    @property
    def words(self) -> str:
        """What is lost, in a sentence."""
        if not self.readable:
            return (
                f"whatever was done after line {self.line} of the log is lost; the damaged file cannot say what it was"
            )
        months = sorted({line.month for line in self.lost if line.month})
        loads = sum(line.act == "load" for line in self.lost)
        if not self.lost:
            return "nothing is lost"
        return f"{len(self.lost)} lines of the log are lost, {loads} loads among them, of the months {', '.join(months) or 'none'}"


def backup(path: str | Path, folder: str | Path | None = None, wait: float = 10.0) -> Path:
    """A verified copy of the book, named for the last line of its log.

    Args:
        path: the book.
        folder: where the copy goes; beside the book where it is not given.
        wait: seconds to wait for who has the book.

    Raises:
        Refused: the book is missing, held or not sound (a backup of a damaged book would stand for a good one), or there is
            no room.
    """
    book = Path(path)
    home = Path(folder) if folder is not None else book.parent
    until = time.monotonic() + wait
    with in_words(home / book.name):
        if not home.is_dir():
            raise Refused(Fault(f"there is no folder {legible(str(home))}", todo="make it, or give another"))
        _sweep(home, book)
        part = home / f"{book.name}.{os.getpid()}.{time.time_ns()}.part"
        try:
            with DOORS.through(book, write=True, until=until):
                copied(book, part, until)
            found = _proved(part, book)
            whole = home / aside(book, f"backup-{found.lines:06d}-{found.head[:12]}").name
            os.replace(part, whole)
            sync(home)
            return whole
        finally:
            _drop(part)


def _proved(part: Path, book: Path) -> Verified:
    """The copy verified; what is wrong with it is wrong with the book, and said of it."""
    try:
        found = verify(part)
        refuse_if(list(found.faults))
    except Refused as refused:
        named = [(f.what.replace(part.name, book.name), f.where.replace(part.name, book.name)) for f in refused.faults]
        raise Refused([Fault(what, where, restore_advice(book)) for what, where in named]) from refused
    return found


def _sweep(home: Path, book: Path) -> None:
    """Take away parts of copies that a killed process left."""
    for leftover in home.glob(f"{_literal(book.name)}.*.part*"):
        with contextlib.suppress(OSError):
            if time.time() - leftover.stat().st_mtime > _OLD:
                leftover.unlink()


def _literal(name: str) -> str:
    return "".join(f"[{c}]" if c in "*?[" else c for c in name)


def _drop(part: Path) -> None:
    for each in (part, wal(part)):
        with contextlib.suppress(OSError):
            each.unlink(missing_ok=True)


def restore(path: str | Path, backup: str | Path | None = None, user: str = "", wait: float = 10.0) -> Restored:
    """Put a backup in the place of the book; what stood there is kept under another name.

    Args:
        path: the book, damaged, missing or sound.
        backup: the copy; the latest beside the book where it is not given.
        user: who does it.
        wait: seconds to wait for who has the book.

    Raises:
        Refused: there is no backup, it is not sound itself, or somebody has the book.
    """
    book = Path(path)
    kept = backups(book)
    if backup is None and not kept:
        raise Refused(Fault(f"no backup of {legible(book.name)} stands beside it", todo="name one"), code="#N/A")
    chosen = Path(backup) if backup is not None else kept[0]
    until = time.monotonic() + wait
    with in_words(book):
        if not chosen.exists():
            raise missing(chosen)
        with reading(chosen) as reader:
            number = len(reader.lines())
        found = verify(chosen)
        refuse_if([Fault(f"the backup is not sound: {f.what}", f.where, "take an earlier one") for f in found.faults])
        with DOORS.through(book, write=True, until=until):
            lost, readable = _lost(book, number, found.head, until)
            part = book.with_name(f"{book.name}.{os.getpid()}.{time.time_ns()}.part")
            try:
                shutil.copyfile(chosen, part)
                with writing(part, user or login()) as writer:
                    writer.note(
                        "restore", "", {"backup": chosen.name, "line": number, "lost": len(lost), "readable": readable}
                    )
                sync(part)
                return Restored(book, chosen, number, _exchange(part, book), lost, readable)
            finally:
                _drop(part)


def _lost(book: Path, number: int, head: str, until: float) -> tuple[tuple[Line, ...], bool]:
    """Lines of the log that the file holds and the backup does not; whether the file could tell.

    Raises:
        Refused: somebody has the file.
    """
    if not book.exists():
        return (), False
    try:
        connection = connect(book, read_only=True, until=until)
    except Refused as refused:
        if "in use" in str(refused):
            raise
        return (), False
    except Exception:  # whatever a damaged file makes the database say
        return (), False
    try:
        lines = Reader(connection, book).lines()
    except Exception:
        return (), False
    finally:
        close(connection)
    sound = len(lines) >= number and (number == 0 or lines[number - 1].hash == head)
    whole = all(a.hash == b.before for a, b in itertools.pairwise(lines))
    if not sound or not whole or (lines and lines[0].before != log.FIRST):
        return (), False
    return tuple(lines[number:]), True


def _exchange(part: Path, book: Path) -> Path | None:
    """Put a file in the book's place; there is a whole file under the book's name at every moment."""
    old: Path | None = None
    if book.exists():
        old = aside(book, f"replaced-{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}-{time.time_ns() % 1_000_000:06d}")
        try:
            os.link(book, old)
        except OSError:  # a file system without links
            os.rename(book, old)
    if wal(book).exists():  # of the file that stood there: it must never be taken into the restored one
        os.replace(wal(book), wal(old) if old is not None else book.with_name(f"{book.name}.{time.time_ns()}.old.wal"))
    os.replace(part, book)
    sync(book.parent)
    return old


__all__ = ["Restored", "backup", "backups", "head_in_name", "restore"]
