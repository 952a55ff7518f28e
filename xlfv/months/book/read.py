"""What the book says: months, versions, tables, loads, the log, runs, signatures."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

from xlfv.months.book.log import FIRST
from xlfv.months.book.pieces import COMPANY, INDICES, Line, Load, Run, Signature, Version
from xlfv.months.book.rows import Content, select
from xlfv.tables import Fault, Refused, Table

_VERSION = 'v.id, v.trust, v.month, v."table", v.number, v.load, v.rows, v.digest, v.source, v.source_hash'


class Reader:
    """The book while it is open; :class:`xlfv.months.book.pieces.Known` and more.

    Attributes:
        path: its file.
    """

    def __init__(self, connection: Any, path: Path) -> None:
        self._connection = connection
        self.path = path

    def months(self) -> list[str]:
        """Months that hold anything, ascending."""
        return [month for (month,) in self._all("SELECT DISTINCT month FROM book.versions ORDER BY month")]

    def trusts(self, month: str) -> list[str]:
        """Trusts of a month, by name, without COMPANY and INDICES."""
        sql = "SELECT DISTINCT trust FROM book.versions WHERE month = ? AND trust NOT IN (?, ?) ORDER BY trust"
        return [trust for (trust,) in self._all(sql, month, COMPANY, INDICES)]

    def versions(self, month: str, *, at_load: int | None = None) -> list[Version]:
        """The latest version of each table of a month, by trust and table.

        Args:
            month: ``YYYY-MM``.
            at_load: as the book stood after that load; now where it is not given.
        """
        sql = (
            f"SELECT {_VERSION} FROM book.versions v WHERE month = ? AND load <= ?"
            ' QUALIFY number = max(number) OVER (PARTITION BY trust, "table") ORDER BY trust, "table"'
        )
        return self._versions(sql, month, 2**62 if at_load is None else at_load)

    def every_version(self, trust: str, month: str, table: str) -> list[Version]:
        """All versions of a table, the first first."""
        sql = f'SELECT {_VERSION} FROM book.versions v WHERE trust = ? AND month = ? AND "table" = ? ORDER BY number'
        return self._versions(sql, trust, month, table)

    def version(self, number: int) -> Version:
        """A version by its id.

        Raises:
            Refused: there is none; ``code`` is ``#N/A``.
        """
        found = self._versions(f"SELECT {_VERSION} FROM book.versions v WHERE id = ?", int(number))
        if not found:
            raise Refused(Fault(f"the book has no version {number}", str(self.path)), code="#N/A")
        return found[0]

    def taken(self, source_hash: str) -> list[Version]:
        """Versions that came from a file of that hash."""
        return self._versions(f"SELECT {_VERSION} FROM book.versions v WHERE source_hash = ? ORDER BY id", source_hash)

    def table(self, version: Version) -> Table:
        """The cells of a version."""
        label = f"{version.trust} {version.month} {version.table} v{version.number}"
        return self.content(version).as_table(label)

    def content(self, version: Version) -> Content:
        """The cells of a version as the book keeps them."""
        found = self._all("SELECT headers, extra, text FROM book.versions WHERE id = ?", version.id)
        headers, extra, text = found[0]
        return select(self._connection, version.id, version.table, headers, extra, text)

    def locked(self, month: str) -> bool:
        """True while the month is closed."""
        found = self._all("SELECT act FROM book.log WHERE month = ? AND act IN ('lock', 'unlock')"
                          " ORDER BY number DESC LIMIT 1", month)  # fmt: skip
        return bool(found) and found[0][0] == "lock"

    def loads(self, month: str = "") -> list[Load]:
        """Loads of a month, or of all, in their order."""
        sql = "SELECT id, month, utc, who, why, accepted FROM book.loads WHERE ? IN ('', month) ORDER BY id"
        return [Load(i, m, utc(at), who, why, json.loads(a)) for i, m, at, who, why, a in self._all(sql, month)]

    def lines(self, after: int = 0) -> list[Line]:
        """Lines of the log, after one of that number."""
        sql = "SELECT number, utc, who, act, month, detail, before, hash FROM book.log WHERE number > ? ORDER BY number, hash"
        return [Line(row[0], utc(row[1]), *row[2:]) for row in self._all(sql, after)]

    def last_line(self) -> Line | None:
        """The last line of the log."""
        number = self._all("SELECT max(number) FROM book.log")[0][0]
        found = self.lines(number - 1) if number is not None else []
        return found[-1] if found else None

    def head(self) -> str:
        """The hash of the last line, which vouches for all before it."""
        last = self.last_line()
        return last.hash if last else FIRST

    def signatures(self, month: str = "") -> list[Signature]:
        """Signatures of a month, or of all, in the order of time."""
        sql = (
            "SELECT month, trust, item, ours, theirs, who, utc, why FROM book.signatures"
            " WHERE ? IN ('', month) ORDER BY utc, trust, item"
        )
        return [
            Signature(m, trust, item, ours, theirs, who, utc(at), why)
            for m, trust, item, ours, theirs, who, at, why in self._all(sql, month)
        ]

    def runs(self, month: str = "") -> list[Run]:
        """Runs of a month, or of all, in their order, with their results."""
        return self._runs("? IN ('', month)", month)

    def run(self, number: int) -> Run:
        """A run by its id.

        Raises:
            Refused: there is none; ``code`` is ``#N/A``.
        """
        found = self._runs("id = ?", int(number))
        if not found:
            have = (
                ", ".join(str(i) for (i,) in self._all("SELECT id FROM book.runs ORDER BY id DESC LIMIT 5")) or "none"
            )
            raise Refused(Fault(f"the book has no run {number}", str(self.path), f"the last ones: {have}"), code="#N/A")
        return found[0]

    def last_run(self, month: str, kind: str = "") -> Run | None:
        """The last run of a month, of a kind where one is given; None where there is none."""
        sql = "SELECT max(id) FROM book.runs WHERE month = ? AND ? IN ('', kind)"
        number = self._all(sql, month, kind)[0][0]
        return None if number is None else self.run(number)

    def _runs(self, which: str, value: Any) -> list[Run]:
        sql = f"SELECT id, month, kind, utc, who, engine, options, inputs, hashes, digest FROM book.runs WHERE {which} ORDER BY id"
        found = self._all(sql, value)
        results: dict[int, dict[tuple[str, str, str], float]] = {row[0]: {} for row in found}
        sql = (
            "SELECT run, trust, item, measure, value FROM book.results"
            f" WHERE run IN (SELECT id FROM book.runs WHERE {which})"
        )
        for run, trust, item, measure, number in self._all(sql, value):
            results[run][trust, item, measure] = float("nan") if number is None else number
        return [
            Run(
                i, month, kind, utc(at), who, json.loads(engine), json.loads(options), tuple(inputs), results[i],
                json.loads(hashes), digest,
            )
            for i, month, kind, at, who, engine, options, inputs, hashes, digest in found
        ]  # fmt: skip

    def _versions(self, sql: str, *given: Any) -> list[Version]:
        return [Version(*row) for row in self._all(sql, *given)]

    def _all(self, sql: str, *given: Any) -> list[tuple]:
        return self._connection.execute(sql, list(given)).fetchall()


def utc(at: dt.datetime) -> dt.datetime:
    """A time as the file holds it, UTC without saying so."""
    return at.replace(tzinfo=dt.UTC)
