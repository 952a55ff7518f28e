"""What goes into the book: a month whole or not at all, locks, signatures, runs; each with its line in the log, at once."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from xlfv.months.book import log
from xlfv.months.book.pieces import Line, Load, Piece, Run, Signature, Version
from xlfv.months.book.read import Reader
from xlfv.months.book.rows import content_of, insert, widen
from xlfv.tables import Fault, Refused, refuse_if

_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_TABLE = re.compile(r"[a-z][a-z0-9_]{0,62}")
Shape = tuple[list[str], list[str], bool]
"""Headers of a version, those that stand among the extra columns, and whether numbers are read from its text."""
_NOT_LOCKED = "unlock the month first, with a reason (xlfv unlock)"


class Writer(Reader):
    """The book while it is open for writing. Each act is one transaction: done with its line in the log, or not at all.

    Attributes:
        user: who writes.
    """

    def __init__(self, connection: Any, path: Path, user: str) -> None:
        super().__init__(connection, path)
        self.user = clean(user)

    def commit(
        self, month: str, pieces: Sequence[Piece], why: str = "", accepted: Mapping[str, str] | None = None
    ) -> Load:
        """Take in tables of a month, all or none.

        A table whose content equals its latest version makes no new one; where nothing is new and nothing was accepted the
        book stays as it is, and the load returned has the number 0.

        Args:
            month: ``YYYY-MM``.
            pieces: checked tables; of a trust, of :data:`COMPANY` or of :data:`INDICES`.
            why: the reason; required where a table changes that the month has already.
            accepted: warnings that a person accepted -> the reason given.

        Raises:
            Refused: the month is locked, a table changes and no reason is given, a table stands twice.
        """
        refuse_if(_piece_faults(month, pieces))
        why, accepted = clean(why), {clean(what): clean(reason) for what, reason in (accepted or {}).items()}
        with self._transaction():
            self._refuse_locked(month, "nothing can be taken into it")
            latest = {(one.trust, one.table): one for one in self.versions(month)}
            at = self._next()
            fresh: list[tuple[Version, Shape]] = []
            changed: list[Fault] = []
            for piece in pieces:
                before = latest.get((piece.trust, piece.table))
                content = content_of(piece.content, piece.table, widen(self._connection, piece.table))
                digest = content.digest()
                if before is not None and before.digest == digest:
                    continue
                if before is not None and not why:
                    what = (
                        f"{piece.table} of {piece.trust} is not what the book has for {month} (version {before.number})"
                    )
                    changed.append(Fault(what, clean(piece.source), "give the reason of the correction"))
                    continue
                number = before.number + 1 if before is not None else 1
                version = Version(
                    at["version"] + len(fresh), piece.trust, month, piece.table, number, at["load"], content.rows,
                    digest, clean(piece.source), clean(piece.source_hash),
                )  # fmt: skip
                insert(self._connection, version.id, content)
                fresh.append((version, (list(content.columns), content.extra, content.text)))
            refuse_if(changed)
            if not fresh and not accepted:
                return Load(0, month, log.utc_now(), self.user, why)
            load = Load(at["load"], month, log.utc_now(), self.user, why, accepted)
            return self._add_load(load, fresh)

    def lock(self, month: str, why: str = "") -> Line:
        """Close a month: nothing is taken into it, signed in it or valued in it any more.

        Raises:
            Refused: it is closed, or the book does not have it.
        """
        with self._transaction():
            self._known(month)
            self._refuse_locked(month, "it is closed already", "there is nothing to do")
            return self._turn(month, True, why)

    def unlock(self, month: str, why: str) -> Line:
        """Open a closed month again.

        Raises:
            Refused: no reason is given, or it is not closed.
        """
        if not clean(why).strip():
            raise Refused(Fault(f"no reason is given for unlocking {month}", todo="say why; it stays in the log"))
        with self._transaction():
            if not self.locked(month):
                raise Refused(Fault(f"the month {month} is not locked", todo="there is nothing to unlock"))
            return self._turn(month, False, why)

    def sign(self, signature: Signature) -> Signature:
        """Take responsibility for a difference; who and when are the book's to say.

        Raises:
            Refused: no reason is given, the month is locked, or a number is none.
        """
        faults = (
            [] if clean(signature.why).strip() else [Fault(f"no reason is given for {signature.item}", todo="say why")]
        )
        if not np.all(np.isfinite([signature.ours, signature.theirs])):
            faults.append(Fault(f"{signature.item} cannot be signed: a number is missing", todo="give both numbers"))
        refuse_if(faults)
        with self._transaction():
            self._known(signature.month)
            self._refuse_locked(signature.month, "nothing can be signed in it")
            one = replace(
                signature, item=clean(signature.item), why=clean(signature.why), user=self.user,
                ours=float(signature.ours), theirs=float(signature.theirs),
            )  # fmt: skip
            line = self._line("sign", one.month, log.of_signature(one))
            one = replace(one, at=line.at)
            row = [one.month, one.trust, one.item, one.ours, one.theirs, one.user, _naive(line), one.why]
            self._insert("book.signatures", row)
            return one

    def record(
        self, month: str, kind: str, engine: Mapping[str, str], options: Mapping[str, str], inputs: Iterable[int],
        results: Mapping[tuple[str, str, str], float], hashes: Mapping[str, str] | None = None,
    ) -> int:  # fmt: skip
        """Keep a run.

        Args:
            month, kind, engine, options, inputs, results, hashes: as of :class:`xlfv.months.book.pieces.Run`.

        Returns:
            its number.

        Raises:
            Refused: the month is locked, or an input is no version of the book.
        """
        hashes = _texts(hashes or {})
        results = {(clean(t), clean(i), clean(m)): float(value) for (t, i, m), value in results.items()}
        digest = log.results_digest(results, hashes)
        with self._transaction():
            self._refuse_locked(month, "no valuation can be recorded in it")
            own = tuple(sorted({int(one) for one in inputs}))
            self._check_inputs(own)
            run = Run(self._next()["run"], month, kind, log.utc_now(), self.user, _texts(engine), _texts(options), own,
                      results, hashes, digest)  # fmt: skip
            line = self._line("roll" if kind == "roll" else "run", month, log.of_run(run))
            texts = [log.written(each) for each in (run.engine, run.options)]
            row = [run.id, month, kind, _naive(line), self.user, *texts, list(own), log.written(hashes), digest]
            self._insert("book.runs(id, month, kind, utc, who, engine, options, inputs, hashes, digest)", row)
            self._add_results(run)
            return run.id

    def note(self, act: str, month: str, detail: Mapping[str, Any]) -> Line:
        """Write a line of the log of something that changes no table."""
        if act in ("create", "load", "lock", "unlock", "sign", "run", "roll", "migrate"):
            raise ValueError(f"a line of {act} comes with what it tells")
        with self._transaction():
            return self._line(act, month, detail)

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        """All that is done within, or nothing."""
        self._connection.begin()
        try:
            yield
            self._connection.commit()
        except BaseException:
            with contextlib.suppress(duckdb.Error):
                self._connection.rollback()
            raise

    def _line(self, act: str, month: str, detail: Mapping[str, Any]) -> Line:
        line = log.next_line(self.last_line(), self.user, act, month, detail)
        add_line(self._connection, line)
        return line

    def _insert(self, table: str, row: list[Any]) -> None:
        self._connection.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)

    def _next(self) -> dict[str, int]:
        """The next free ids."""
        names = {"load": "loads", "version": "versions", "run": "runs"}
        return {name: (self._all(f"SELECT max(id) FROM book.{table}")[0][0] or 0) + 1 for name, table in names.items()}

    def _refuse_locked(self, month: str, what: str, todo: str = _NOT_LOCKED) -> None:
        if self.locked(month):
            by = next(line for line in reversed(self.lines()) if line.act == "lock" and line.month == month)
            raise Refused(Fault(f"the month {month} is locked (by {by.user}, {by.at:%Y-%m-%d}): {what}", todo=todo))

    def _known(self, month: str) -> None:
        if month not in self.months():
            have = ", ".join(self.months()[-3:]) or "none"
            raise Refused(
                Fault(f"the book has no month {month}", str(self.path), f"the last ones: {have}"), code="#N/A"
            )

    def _turn(self, month: str, closed: bool, why: str) -> Line:
        line = self._line("lock" if closed else "unlock", month, {"why": clean(why)})
        self._insert("book.locks", [month, closed, _naive(line), self.user, clean(why)])
        return line

    def _add_load(self, load: Load, fresh: Sequence[tuple[Version, Shape]]) -> Load:
        headers = {one.id: shape for one, shape in fresh}
        line = self._line("load", load.month, log.of_load(load, [one for one, _ in fresh], headers))
        load = replace(load, at=line.at)
        row = [load.id, load.month, _naive(line), load.user, load.why, log.written(load.accepted)]
        self._insert("book.loads", row)
        for one, _ in fresh:
            row = [one.id, one.trust, one.month, one.table, one.number, one.load, one.rows, one.digest, one.source,
                   one.source_hash, *headers[one.id]]  # fmt: skip
            self._insert("book.versions", row)
        return load

    def _check_inputs(self, inputs: Sequence[int]) -> None:
        have = {number for (number,) in self._all("SELECT id FROM book.versions")}
        wrong = sorted(set(inputs) - have)
        if wrong:
            raise Refused(
                Fault(f"the run names versions that the book does not have: {wrong}", todo="value from the book")
            )

    def _add_results(self, run: Run) -> None:
        if not run.results:
            return
        keys = sorted(run.results)
        frame = {name: np.array([key[k] for key in keys], dtype=object) for k, name in enumerate(("t", "i", "m"))}
        frame["v"] = np.array([float(run.results[key]) for key in keys])
        self._connection.register("_incoming", frame)
        try:
            self._connection.execute(f"INSERT INTO book.results SELECT {run.id}, t, i, m, v FROM _incoming")
        finally:
            self._connection.unregister("_incoming")


def add_line(connection: Any, line: Line) -> None:
    """Write a line of the log."""
    row = [line.number, _naive(line), line.user, line.act, line.month, line.detail, line.before, line.hash]
    connection.execute("INSERT INTO book.log VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)


def clean(text: str) -> str:
    """A text as the file can hold it: what is no character of Unicode (in names of files of old systems) shows as ?."""
    return str(text).encode("utf-8", "replace").decode().replace("\0", "?")


def _naive(line: Line) -> Any:
    return line.at.replace(tzinfo=None)


def _texts(given: Mapping[str, str]) -> dict[str, str]:
    return {clean(name): clean(value) for name, value in given.items()}


def _piece_faults(month: str, pieces: Sequence[Piece]) -> list[Fault]:
    """What no commit takes: no month, nothing to take in, a table twice, a name that is none."""
    faults = (
        [] if _MONTH.fullmatch(month) else [Fault(f"'{clean(month)}' is not a month", todo="write it like 2009-12")]
    )
    if not pieces:
        faults.append(Fault(f"there is nothing to take in for {month}", todo="give tables"))
    seen: dict[tuple[str, str], str] = {}
    for piece in pieces:
        named = (piece.trust, piece.table)
        source = clean(piece.source)
        if named in seen:
            what = f"{piece.table} of {piece.trust} stands twice"
            faults.append(Fault(what, source, f"keep one; the other comes from {seen[named]}"))
        if not _TABLE.fullmatch(piece.table) or not piece.trust.strip():
            faults.append(Fault(f"'{clean(piece.trust)} {clean(piece.table)}' names no table of a trust", source))
        if any("\0" in header for header in piece.content.columns):
            faults.append(Fault(f"a header of {piece.table} holds a NUL", source, "mend the header"))
        seen.setdefault(named, source)
    return faults
