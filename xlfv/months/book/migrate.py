"""Books of earlier layouts brought to the present one, step by step; the old file is kept."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from xlfv.months.book import log
from xlfv.months.book.layout import LAYOUT
from xlfv.months.book.opening import close, connect, copied, layout_of, sync
from xlfv.months.book.read import Reader
from xlfv.months.book.trouble import aside
from xlfv.months.book.verify import verify_open
from xlfv.months.book.write import add_line
from xlfv.tables import refuse_if


def _from_1(connection: Any) -> None:
    """Layout 1 had no columns beyond the schemas', read every table from numbers, knew no signatures and no hashes of runs."""
    connection.execute("ALTER TABLE book.versions ADD COLUMN extra VARCHAR[] DEFAULT []")
    connection.execute("ALTER TABLE book.versions ADD COLUMN text BOOLEAN DEFAULT false")
    connection.execute(
        "CREATE TABLE book.signatures(month VARCHAR, trust VARCHAR, item VARCHAR, ours DOUBLE, theirs DOUBLE, who VARCHAR,"
        " utc TIMESTAMP, why VARCHAR)"
    )
    connection.execute("ALTER TABLE book.runs ADD COLUMN hashes VARCHAR DEFAULT '{}'")
    connection.execute(
        "CREATE OR REPLACE VIEW book.latest AS SELECT * FROM book.versions"
        ' QUALIFY number = max(number) OVER (PARTITION BY trust, month, "table")'
    )


STEPS: dict[int, Callable[[Any], None]] = {1: _from_1}
"""Layout -> the step to the next one. A step is never changed once a release had it."""


def migrate(connection: Any, path: Path, user: str, until: float) -> Any:
    """Bring an open book of an earlier layout to this one, in one transaction: killed in the middle it is the old one, whole.

    Args:
        connection: to the book, for writing; closed here.
        path: its file.
        user: who does it.
        until: on the monotonic clock, how long to wait for others.

    Returns:
        a new connection, for writing.

    Raises:
        Refused: the book is not sound once migrated, or there is no room for the copy; it is then as it was.
    """
    while True:
        found = layout_of(connection, path)
        if found == LAYOUT:  # another process did it meanwhile
            return connection
        head = Reader(connection, path).head()
        close(connection)
        _keep(path, aside(path, f"layout-{found}"), until)
        connection = connect(path, read_only=False, until=until)
        if Reader(connection, path).head() == head and layout_of(connection, path) == found:
            break
    try:
        _steps(connection, path, found, user)
    except BaseException:
        close(connection)
        raise
    return connection


def _steps(connection: Any, path: Path, found: int, user: str) -> None:
    from xlfv import __version__

    connection.begin()
    try:
        for layout in range(found, LAYOUT):
            STEPS[layout](connection)
        detail = {"from": found, "to": LAYOUT, "xlfv": __version__, "kept": aside(path, f"layout-{found}").name}
        line = log.next_line(Reader(connection, path).last_line(), user, "migrate", "", detail)
        connection.execute(
            "INSERT INTO book.layout VALUES (?, ?, ?)", [LAYOUT, line.at.replace(tzinfo=None), __version__]
        )
        add_line(connection, line)
        refuse_if(list(verify_open(Reader(connection, path)).faults))
        connection.commit()
    except BaseException:
        with contextlib.suppress(duckdb.Error):
            connection.rollback()
        raise


def _keep(path: Path, kept: Path, until: float) -> None:
    """Copy the file as it is, under a name that says its layout; one that is there from a try before is replaced."""
    part = kept.with_name(f"{kept.name}.{os.getpid()}.part")
    try:
        copied(path, part, until)
        os.replace(part, kept)
        sync(kept.parent)
    finally:
        part.unlink(missing_ok=True)
