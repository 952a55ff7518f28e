"""The book's file: made, opened for reading by several or for writing by one, and closed again.

A book is open only as long as something is done with it, so that others can have it. Between processes the database itself keeps
the file for one writer or several readers; inside a process this module does.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import getpass
import json
import os
import platform
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb

from xlfv.months.book.layout import LAYOUT, OWN
from xlfv.months.book.log import next_line
from xlfv.months.book.migrate import migrate
from xlfv.months.book.opening import CONFIG, DOORS, check_name, close, connect, layout_of, put, sync, wal
from xlfv.months.book.read import Reader
from xlfv.months.book.trouble import in_words, missing, sidecar
from xlfv.months.book.write import Writer, add_line
from xlfv.tables import Fault, Refused
from xlfv.tables.paths import legible


def create(path: str | Path, user: str = "") -> None:
    """Make an empty book: whole under its name, or not at all.

    Raises:
        Refused: something stands there, or the folder cannot be written.
    """
    book = Path(path)
    check_name(book)
    with in_words(book):
        if os.path.lexists(book):
            what = f"{legible(str(book))} stands there already"
            raise Refused(Fault(what, todo="open it, or give another name"))
        if not book.parent.is_dir():
            raise missing(book)
        part = book.with_name(f"{book.name}.{os.getpid()}.{threading.get_ident()}.part")
        for leftover in (part, wal(part)):
            leftover.unlink(missing_ok=True)
        try:
            _fill(part, user or login())
            if wal(book).exists():  # of a book that is no more; it would be replayed into this one
                os.replace(wal(book), book.with_name(f"{book.name}.{time.time_ns()}.old.wal"))
            put(part, book)
        finally:
            for leftover in (part, wal(part)):
                leftover.unlink(missing_ok=True)


def _fill(part: Path, user: str) -> None:
    from xlfv import __version__

    connection = duckdb.connect(str(part), config=CONFIG)
    try:
        connection.begin()
        for statement in OWN:
            connection.execute(statement)
        line = next_line(None, user, "create", "", {"layout": LAYOUT, "xlfv": __version__})
        naive = line.at.replace(tzinfo=None)
        connection.execute("INSERT INTO book.layout VALUES (?, ?, ?)", [LAYOUT, naive, __version__])
        add_line(connection, line)
        connection.commit()
    finally:
        connection.close()
    sync(part)


def login() -> str:
    """Who is logged in."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"


@contextlib.contextmanager
def reading(path: str | Path, wait: float = 5.0) -> Iterator[Reader]:
    """The book, open for reading; several may read at once, while nobody writes.

    Args:
        path: its file.
        wait: seconds to wait for a writer to finish.

    Raises:
        Refused: there is none, it is held, damaged, or of another layout; in words, and what to do.
    """
    book = Path(path)
    until = time.monotonic() + wait
    with DOORS.through(book, write=False, until=until):
        with in_words(book):
            connection = connect(book, read_only=True, until=until)
        try:
            with in_words(book):
                found = layout_of(connection, book)
            if found < LAYOUT:
                what = f"the book {legible(book.name)} was written by an earlier xlfv (layout {found}, now {LAYOUT})"
                todo = "the first act that writes (xlfv load, sign, lock, unlock) migrates it and keeps the old file"
                raise Refused(Fault(what, legible(str(book)), todo))
            with in_words(book, files=False):
                yield Reader(connection, book)
        finally:
            close(connection)


@contextlib.contextmanager
def writing(path: str | Path, user: str = "", wait: float = 10.0) -> Iterator[Writer]:
    """The book, open for writing; nobody else has it meanwhile. A book of an earlier layout is migrated first.

    Args:
        path: its file.
        user: who writes; whoever is logged in where it is empty.
        wait: seconds to wait for others to finish.

    Raises:
        Refused: as of :func:`reading`; it is held (by whom, since when); the file or its folder cannot be written.
    """
    book = Path(path)
    who = user or login()
    until = time.monotonic() + wait
    with DOORS.through(book, write=True, until=until):
        with in_words(book):
            connection = connect(book, read_only=False, until=until)
        try:
            with in_words(book):
                if layout_of(connection, book) < LAYOUT:
                    connection = migrate(connection, book, who, until)
            _tell(book, who)
            with in_words(book, files=False):
                yield Writer(connection, book, who)
        finally:
            close(connection)
            with contextlib.suppress(OSError):
                sidecar(book).unlink(missing_ok=True)


def _tell(path: Path, user: str) -> None:
    """Say who writes, for those who wait; a folder that takes no more file does not matter."""
    since = dt.datetime.now().astimezone().strftime("%Y-%m-%d %H:%M:%S")
    note = {"pid": os.getpid(), "user": user, "host": platform.node(), "since": since}
    with contextlib.suppress(OSError):
        sidecar(path).write_text(json.dumps(note), "utf-8")
