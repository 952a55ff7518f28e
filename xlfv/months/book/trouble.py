"""What goes wrong with the book's file, in words: what is wrong, what is lost, and what to do."""

from __future__ import annotations

import contextlib
import errno
import json
import re
from collections.abc import Iterator
from pathlib import Path

import duckdb

from xlfv.tables import Fault, Refused
from xlfv.tables.paths import legible

_FULL = ("no space left", "disk full", "file too large", "quota exceeded", "out of disk", "not enough space")
_DENIED = ("permission denied", "read-only file system", "access is denied", "operation not permitted")
_GONE = ("no such file", "does not exist", "cannot find the path", "stale file handle", "cannot find the file")
_HELD = ("could not set lock", "conflicting lock", "being used by another process", "different configuration")
_LATER = ("but we can only read", "newer version of duckdb", "incompatible duckdb", "storage version")
_ALIEN = ("not a valid duckdb database file",)
_SPENT = ("out of memory", "failed to allocate", "could not allocate")
_DAMAGED = (
    "corrupt", "checksum", "could not read", "truncated", "failed to deserialize", "serialization", "invalidated",
    "internal error", "failure while replaying", "wal file", "encountered", "could not be read", "end of file", "unexpected",
)  # fmt: skip


def aside(path: Path, word: str) -> Path:
    """The name of a file beside the book that belongs to it."""
    return path.with_name(f"{path.stem}.{word}{path.suffix}")


def backups(path: str | Path, folder: str | Path | None = None) -> list[Path]:
    """Backups of a book, the latest first: by the number of the log's last line in their names."""
    book = Path(path)
    home = Path(folder) if folder is not None else book.parent
    form = re.compile(re.escape(f"{book.stem}.backup-") + r"([0-9]+)-([0-9a-f]{12})" + re.escape(book.suffix))
    try:
        found = [(int(match[1]), each) for each in home.iterdir() if (match := form.fullmatch(each.name))]
    except OSError:
        return []
    return [each for _, each in sorted(found, reverse=True)]


def head_in_name(backup: Path) -> tuple[int, str]:
    """The number of the last line that a backup holds, and the beginning of its hash."""
    match = re.search(r"\.backup-([0-9]+)-([0-9a-f]{12})", backup.name)
    return (int(match[1]), match[2]) if match else (0, "")


def restore_advice(path: Path) -> str:
    """What to do about a book that is damaged."""
    kept = backups(path)
    if not kept:
        return "no backup stands beside it: take one from elsewhere, or load the months again into a new book"
    number = head_in_name(kept[0])[0]
    return (
        f"restore the last backup, {kept[0].name}, which holds the log up to its line {number} (xlfv restore); what was"
        f" taken in after that is lost and must be loaded again; the damaged file is kept aside"
    )


def refusal(path: Path, problem: Exception) -> Refused:
    """The refusal that a fault of the database or of the file system is."""
    text = " ".join(str(problem).split())
    low = text.lower()
    name, where = legible(path.name), legible(str(path))
    number = problem.errno if isinstance(problem, OSError) else None

    def says(*words: str) -> bool:
        return any(word in low for word in words)

    if says(*_HELD):
        return Refused(
            Fault(f"the book {name} is in use: {holder(path, text)}", where, "wait until it is done, try again")
        )
    if number in (errno.ENOSPC, errno.EFBIG, errno.EDQUOT) or says(*_FULL):
        todo = "make room and do it again; nothing of it was taken in, and what the book held it still holds"
        return Refused(Fault(f"the disk of the book {name} is full", where, todo))
    if number in (errno.EACCES, errno.EROFS, errno.EPERM) or says(*_DENIED):
        todo = "check the rights of the folder and of the file, and whether the share is mounted for writing"
        return Refused(Fault(f"the book {name} cannot be written or opened here: {text[:200]}", where, todo))
    if number == errno.ENOENT or (says(*_GONE) and not path.exists()):
        return missing(path)
    if says(*_LATER):
        return Refused(Fault(f"the book {name} was written by a later version", where, "install the later xlfv"))
    if says(*_ALIEN):
        return not_a_book(path)
    if says(*_SPENT):
        return Refused(Fault("the memory does not suffice", where, "close other programs and do it again"))
    if says(*_DAMAGED) or isinstance(problem, (duckdb.InternalException, duckdb.FatalException)):
        what = f"the book {name} is damaged ({text[:160]}): not all that it holds can be read"
        return Refused(Fault(what, where, restore_advice(path)))
    if isinstance(problem, duckdb.CatalogException | duckdb.BinderException):
        what = f"the book {name} is not laid out as xlfv lays it out: {text[:160]}"
        return Refused(Fault(what, where, restore_advice(path)))
    what = f"the book {name} cannot be used: {type(problem).__name__}: {text[:200]}"
    return Refused(Fault(what, where, "check the file and its folder"))


def missing(path: Path) -> Refused:
    """There is no such file; what stands beside it may tell why."""
    where = legible(str(path))
    try:
        there = path.parent.is_dir()
    except OSError:
        there = False
    if not there:
        todo = "is the share connected? check the path"
        return Refused(Fault(f"there is no folder for the book {where}", where, todo), code="#N/A")
    kept = backups(path)
    todo = f"restore the last backup, {kept[0].name} (xlfv restore)" if kept else "check the path, or make a new book"
    return Refused(Fault(f"there is no book {where}", where, todo), code="#N/A")


def not_a_book(path: Path) -> Refused:
    """It is a file of another kind, or its beginning was written over."""
    what = f"{legible(path.name)} is not a book of months"
    return Refused(Fault(what, legible(str(path)), f"check the path; if it was one, {restore_advice(path)}"))


def sidecar(path: Path) -> Path:
    """Where a writer says who it is. It tells, it never locks: one left by a killed process means nothing."""
    return path.with_name(path.name + ".writer")


def holder(path: Path, text: str) -> str:
    """Who holds a book: as the database says, with the name and the time that the writer left beside it."""
    if "different configuration" in text.lower():
        return "another part of this very process has it open"
    match = re.search(r"PID (\d+)", text)
    by = re.search(r"by user (\w+)", text)
    told = f"process {match[1]} holds it" if match else "another process holds it"
    told += f" (user {by[1]})" if by else ""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        note = json.loads(sidecar(path).read_text("utf-8"))
        if match is None or int(match[1]) == int(note["pid"]):
            told += f": {legible(str(note['user'])) or 'somebody'} on {legible(str(note['host']))}, writing since {note['since']}"
    return told


@contextlib.contextmanager
def in_words(path: Path, *, files: bool = True) -> Iterator[None]:
    """Whatever the database raises becomes a refusal in words; what the file system raises too, unless it is another's."""
    try:
        yield
    except duckdb.Error as problem:
        raise refusal(path, problem) from problem
    except OSError as problem:
        if not files:
            raise
        raise refusal(path, problem) from problem
