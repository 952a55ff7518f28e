"""Opening and closing the book's file, and putting files in their places so that they last."""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from xlfv.months.book.layout import LAYOUT
from xlfv.months.book.trouble import holder, missing, not_a_book
from xlfv.tables import Fault, Refused
from xlfv.tables.paths import legible

CONFIG: dict[str, Any] = {
    "enable_external_access": False,  # no other file, no network: a statement reads the book and nothing else
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "python_enable_replacements": False,
    "pandas_analyze_sample": 0,  # objects are text; what they look like does not matter
    "memory_limit": "1GB",
    "lock_configuration": True,
}
_PAUSE = 0.05  # seconds between two tries


class _Doors:
    """Who of this process has which book open: one writer, or several readers."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._inside: dict[str, int] = {}  # readers; -1 is a writer

    @contextlib.contextmanager
    def through(self, path: Path, *, write: bool, until: float) -> Iterator[None]:
        """Wait for one's turn, and have it."""
        key = os.path.realpath(path)
        with self._changed:
            while (self._inside.get(key, 0) != 0) if write else (self._inside.get(key, 0) < 0):
                left = until - time.monotonic()
                if left <= 0:
                    what = f"the book {legible(path.name)} is in use: another part of this very process has it open"
                    raise Refused(Fault(what, legible(str(path)), "wait until it is done, try again"))
                self._changed.wait(left)
            self._inside[key] = -1 if write else self._inside.get(key, 0) + 1
        try:
            yield
        finally:
            with self._changed:
                self._inside[key] = 0 if write else self._inside[key] - 1
                if not self._inside[key]:
                    del self._inside[key]
                self._changed.notify_all()


DOORS = _Doors()


def check_name(path: Path) -> None:
    """Refuse the one name under which a book could not be opened: the database names a file's content for the file.

    Raises:
        Refused: it is ``book.duckdb`` or the like.
    """
    if path.stem.lower() == "book":
        what = f"a book of months cannot be named {legible(path.name)}: the database keeps that word for its own tables"
        raise Refused(Fault(what, legible(str(path)), "name it otherwise, like months.duckdb"))


def put(part: Path, path: Path) -> None:
    """Give a file its name, where nothing has that name; it lasts through a failure of power."""
    try:
        os.link(part, path)
    except FileExistsError:
        raise Refused(
            Fault(f"{legible(str(path))} stands there already", todo="open it, or give another name")
        ) from None
    except OSError:  # a file system without links
        if path.exists():
            raise
        os.rename(part, path)
    sync(path.parent)


def sync(path: Path) -> None:
    """Have the system write a file, or the list of a folder, to the disk."""
    if os.name == "nt" and path.is_dir():
        return
    handle = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def wal(path: Path) -> Path:
    """The file beside a book that holds what was committed last."""
    return path.with_name(path.name + ".wal")


def connect(path: Path, *, read_only: bool, until: float) -> Any:
    """A connection; waits while another process has the file."""
    check_name(path)
    while True:
        _check_there(path)
        try:
            return duckdb.connect(str(path), read_only=read_only, config=CONFIG)
        except duckdb.Error as problem:
            text = str(problem)
            held = ("lock" in text.lower() and ("PID" in text or "set lock" in text)) or "another process" in text
            if not held:
                raise
            if time.monotonic() >= until:
                what = f"the book {legible(path.name)} is in use: {holder(path, text)}"
                raise Refused(Fault(what, legible(str(path)), "wait until it is done, try again")) from None
        time.sleep(_PAUSE)


def _check_there(path: Path) -> None:
    """Refuse what is no file before the database makes one there."""
    try:
        found = path.stat()
    except FileNotFoundError:
        raise missing(path) from None
    if path.is_dir():
        raise Refused(Fault(f"{legible(str(path))} is a folder, not a book", todo="give the path of the book's file"))
    if not path.is_file() or not found.st_size:
        raise not_a_book(path)


def layout_of(connection: Any, path: Path) -> int:
    """The layout of the file.

    Raises:
        Refused: it is no book, or of a later layout.
    """
    try:
        row = connection.execute("SELECT max(layout) FROM book.layout").fetchone()
    except (duckdb.CatalogException, duckdb.BinderException):
        raise not_a_book(path) from None
    if row is None or row[0] is None:
        raise not_a_book(path)
    if row[0] > LAYOUT:
        what = f"the book {legible(path.name)} was written by a later xlfv (layout {row[0]}; this one knows {LAYOUT})"
        raise Refused(Fault(what, legible(str(path)), "install that xlfv; the book is left as it is"))
    return int(row[0])


def close(connection: Any) -> None:
    """Close a connection; what it could not write at the end stays in the file beside, for the next opening."""
    with contextlib.suppress(duckdb.Error):
        connection.close()


def copied(path: Path, part: Path, until: float) -> None:
    """Copy a book's file while nobody writes, with all that was committed in it."""
    while True:
        if wal(path).exists():  # what was committed last stands in the file beside: opened for writing, it is taken in
            close(connect(path, read_only=False, until=until))
        connection = connect(path, read_only=True, until=until)
        try:
            if wal(path).exists():
                continue
            # Closing the file ends what the database reserved of it, so nothing is read through it after the copy.
            shutil.copyfile(path, part)
            sync(part)
            return
        finally:
            close(connection)
