"""The proof of the book: the log from its first line to its last, and everything else in the book against the log."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from xlfv.months.book import log
from xlfv.months.book.layout import OWN
from xlfv.months.book.pieces import Line, Version
from xlfv.months.book.read import Reader
from xlfv.months.book.rows import select
from xlfv.months.book.trouble import backups, head_in_name, restore_advice
from xlfv.tables import Fault

_VIEWS = "SELECT view_name, sql FROM duckdb_views() WHERE NOT internal AND schema_name = 'book'"
_OF_VERSIONS = (
    "SELECT table_name FROM duckdb_columns() WHERE database_name = current_database() AND schema_name = 'main'"
    " AND column_name IN ('_version', '_row', '_extra') GROUP BY table_name HAVING count(*) = 3"
)
_ADVICE = "something other than xlfv changed the book"


@dataclass(frozen=True)
class Verified:
    """What was checked.

    Attributes:
        lines, versions, runs: how many of each.
        head: the hash of the last line: keep it elsewhere, and a log that was cut off or written anew is found out.
        faults: everything that does not hold; empty for a sound book.
    """

    lines: int
    versions: int
    runs: int
    head: str
    faults: tuple[Fault, ...]


def verify(path: str | Path, head: str = "") -> Verified:
    """Check a book from the first line of its log to the last, and all that it holds against the log.

    Args:
        path: its file.
        head: of an earlier verification or a backup, or the beginning of one: that line must still stand. The heads that
            backups beside the book carry in their names are checked too.

    Raises:
        Refused: it cannot be opened at all: missing, held, no book, damaged.
    """
    from xlfv.months.book.file import reading

    with reading(path) as reader:
        return verify_open(reader, head)


def verify_open(reader: Reader, head: str = "") -> Verified:
    """The same of a book that is open."""
    return _Check(reader).whole(head)


class _Check:
    """One verification."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.connection = reader._connection
        self.path = reader.path
        self.faults: list[Fault] = []
        self.lines: list[Line] = []
        self.told: dict[str, list[tuple[Line, dict[str, Any]]]] = {}

    def whole(self, head: str) -> Verified:
        """Check everything; a part that cannot be read is a fault, and the others are still checked."""
        versions = runs = 0
        self._part("the log", self._chain)
        self._part("the log", lambda: self._heads(head))
        versions = self._part("loads and versions", self._loads) or 0
        self._part("locks", self._locks)
        self._part("signatures", self._signatures)
        runs = self._part("runs", self._runs) or 0
        self._part("rows", self._strays)
        last = self.lines[-1].hash if self.lines else log.FIRST
        return Verified(len(self.lines), versions, runs, last, tuple(self.faults))

    def _part(self, what: str, check: Callable[[], Any]) -> Any:
        try:
            return check()
        except (duckdb.Error, ValueError, KeyError, TypeError, AttributeError) as problem:
            text = " ".join(str(problem).split())[:160]
            self._fault(f"{what} cannot be read: {type(problem).__name__} {text}", todo=restore_advice(self.path))
            return None

    def _fault(self, what: str, where: str = "", todo: str = _ADVICE) -> None:
        self.faults.append(Fault(what, where or self.path.name, todo))

    def _chain(self) -> None:
        """Every line: its number, its time, its hash, and the hash of the one before."""
        self.lines = self.reader.lines()
        before, at = log.FIRST, None
        for k, line in enumerate(self.lines, 1):
            where = f"line {k} of the log"
            if line.number != k:
                self._fault(f"line {k} is missing: line {line.number} stands in its place", where)
            if line.before != before:
                self._fault("it does not follow the line before", where)
            made = log.hash_of(line.number, line.at, line.user, line.act, line.month, line.detail, line.before)
            if made != line.hash:
                self._fault("the line is not what was written", where)
            if at is not None and line.at < at:
                self._fault(f"its time {line.at} lies before the line before", where)
            before, at = line.hash, line.at
            self.told.setdefault(line.act, []).append((line, json.loads(line.detail)))
        if not self.lines or self.lines[0].act != "create":
            self._fault("the log does not begin with the making of the book", "line 1 of the log")

    def _heads(self, head: str) -> None:
        """Heads that somebody kept still stand in the log."""
        if head and not any(line.hash.startswith(head) for line in self.lines):
            self._fault(
                f"the log does not hold the line {head[:12]} that was its last once: it was cut off or written anew"
            )
        restored = [detail["line"] for _, detail in self.told.get("restore", [])]
        for backup in backups(self.path):
            number, start = head_in_name(backup)
            if any(number > line for line in restored):
                continue  # of what was given up when an earlier backup was restored, as the log tells
            if not any(line.number == number and line.hash.startswith(start) for line in self.lines):
                what = f"the log does not hold its line {number} as the backup {backup.name} has it"
                self._fault(
                    what, todo="the book was cut off, written anew, or is older than that backup; compare the two"
                )

    def _loads(self) -> int:
        """Loads and versions are those that the log tells of, and rows have the digests that it holds."""
        loads = {load.id: load for load in self.reader.loads()}
        shapes = self._shapes()
        versions = self.reader._versions(
            'SELECT id, trust, month, "table", number, load, rows, digest, source, source_hash FROM book.versions ORDER BY id'
        )
        seen: set[int] = set()
        told: set[int] = set()
        for line, detail in self.told.get("load", []):
            where = f"load {detail['load']}, line {line.number} of the log"
            load = loads.get(detail["load"])
            if load is None:
                self._fault("the load is not in the book", where)
                continue
            seen.add(load.id)
            own = [one for one in versions if one.load == load.id]
            told |= {one.id for one in own}
            if (load.at, load.user, load.month) != (line.at, line.user, line.month) or not _same(
                detail, log.of_load(load, own, shapes)
            ):
                self._fault("the load and its versions are not what the log says", where)
        for load_id in loads.keys() - seen:
            self._fault(f"load {load_id} stands in the book, and nobody logged it")
        self._unlogged(versions, told, loads)
        for version in versions:
            self._rows(version, shapes[version.id])
        return len(versions)

    def _unlogged(self, versions: list[Version], told: set[int], loads: Mapping[int, Any]) -> None:
        for identity, times in Counter(one.id for one in versions).items():
            if times > 1:
                self._fault(f"version {identity} stands {times} times")
        counts: dict[tuple[str, str, str], int] = {}
        for one in versions:
            where = _named(one)
            if one.id not in told:
                self._fault("nobody logged this version", where)
            key = (one.trust, one.month, one.table)
            counts[key] = counts.get(key, 0) + 1
            if one.number != counts[key]:
                self._fault(f"version {counts[key]} of it is missing", where)
            if one.load in loads and loads[one.load].month != one.month:
                self._fault("it is of another month than its load", where)

    def _shapes(self) -> dict[int, tuple[list[str], list[str], bool]]:
        found = self.reader._all("SELECT id, headers, extra, text FROM book.versions")
        return {identity: (headers, extra, text) for identity, headers, extra, text in found}

    def _rows(self, version: Version, shape: tuple[list[str], list[str], bool]) -> None:
        def check() -> None:
            content = select(self.connection, version.id, version.table, *shape)
            if content.rows != version.rows:
                self._fault(f"it has {content.rows} rows, and {version.rows} were taken in", _named(version))
            elif content.digest() != version.digest:
                self._fault("its rows are not those that were taken in", _named(version), restore_advice(self.path))

        self._part(f"the rows of {_named(version)}", check)

    def _locks(self) -> None:
        sql = "SELECT month, closed, utc, who, why FROM book.locks"
        have = Counter((m, closed, at, who, why) for m, closed, at, who, why in self.reader._all(sql))
        said = Counter(
            (line.month, act == "lock", line.at.replace(tzinfo=None), line.user, detail["why"])
            for act in ("lock", "unlock")
            for line, detail in self.told.get(act, [])
        )
        for each in (have - said).elements():
            self._fault(f"a {'lock' if each[1] else 'unlocking'} of {each[0]} stands in the book, and nobody logged it")
        for each in (said - have).elements():
            self._fault(
                f"the {'lock' if each[1] else 'unlocking'} of {each[0]} that the log tells of is not in the book"
            )

    def _signatures(self) -> None:
        have = Counter(
            (one.month, one.at, one.user, log.written(log.of_signature(one))) for one in self.reader.signatures()
        )
        said = Counter(
            (line.month, line.at, line.user, log.written(_bare(detail))) for line, detail in self.told.get("sign", [])
        )
        for month, _, user, _ in (have - said).elements():
            self._fault(f"a signature of {user} for {month} stands in the book, and nobody logged it")
        for month, _, user, _ in (said - have).elements():
            self._fault(f"the signature of {user} for {month} that the log tells of is not in the book")

    def _runs(self) -> int:
        runs = {run.id: run for run in self.reader.runs()}
        seen = set()
        for act in ("run", "roll"):
            for line, detail in self.told.get(act, []):
                run, where = runs.get(detail["run"]), f"run {detail['run']}, line {line.number} of the log"
                if run is None:
                    self._fault("the run is not in the book", where)
                    continue
                seen.add(run.id)
                if (run.at, run.user, run.month) != (line.at, line.user, line.month) or not _same(
                    detail, log.of_run(run)
                ):
                    self._fault("the run is not what the log says", where)
                if log.results_digest(run.results, run.hashes) != run.digest:
                    self._fault("its results are not those that were recorded", where, restore_advice(self.path))
        for identity in runs.keys() - seen:
            self._fault(f"run {identity} stands in the book, and nobody logged it")
        doubled = self.reader._all(
            "SELECT run, count(*) - count(DISTINCT (trust, item, measure)) AS n FROM book.results GROUP BY run HAVING n > 0"
            " UNION ALL SELECT DISTINCT run, 0 FROM book.results WHERE run NOT IN (SELECT id FROM book.runs)"
        )
        for run_id, times in doubled:
            self._fault(
                f"{'results stand twice in' if times else 'results stand for a'} run {run_id}{'' if times else ' nobody logged'}"
            )
        return len(runs)

    def _strays(self) -> None:
        """Rows of no version, and tables and views that are not the book's."""
        of: dict[int, str] = dict(self.reader._all('SELECT id, "table" FROM book.versions'))
        kinds = set(of.values())
        ours = {name for (name,) in self.reader._all(_OF_VERSIONS)}
        own = {statement.split("book.")[1].split("(")[0].split()[0] for statement in OWN if "book." in statement}
        listed = self.reader._all(
            "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = current_database() UNION ALL"
            " SELECT schema_name, view_name FROM duckdb_views() WHERE NOT internal AND database_name = current_database()"
        )
        views = dict(self.reader._all(_VIEWS))
        for name, sql in _own_views().items():
            if views.get(name) != sql:
                self._fault(f"the view book.{name} does not say what it should")
        for (name,) in self.reader._all("SELECT DISTINCT function_name FROM duckdb_functions() WHERE NOT internal"):
            self._fault(f"the function {name} is none of the book's")
        for schema, name in listed:
            if schema == "book":
                if name not in own:
                    self._fault(f"the table book.{name} is none of the book's")
                continue
            if schema != "main" or name not in ours:
                self._fault(f"the table {schema}.{name} is none of the book's")
                continue
            quoted = '"' + name.replace('"', '""') + '"'
            for version, rows in self.reader._all(f"SELECT _version, count(*) FROM main.{quoted} GROUP BY ALL"):
                if of.get(version) != name:
                    self._fault(f"{rows} rows of {name} belong to version {version}, which nobody logged")
            kinds.discard(name)
        for (name,) in self.reader._all('SELECT DISTINCT "table" FROM book.versions WHERE rows > 0'):
            if name in kinds:
                self._fault(f"the table {name} is not in the book", todo=restore_advice(self.path))


@cache
def _own_views() -> dict[str, str]:
    """View -> what it says, as the database writes it."""
    with duckdb.connect(":memory:") as fresh:
        for statement in OWN:
            fresh.execute(statement)
        return dict(fresh.execute(_VIEWS).fetchall())


def _bare(detail: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in detail.items() if name != "clock_behind_seconds"}


def _same(told: Mapping[str, Any], have: Mapping[str, Any]) -> bool:
    """Whether what a line tells is so; an earlier layout told less of each version, never something else."""
    have = json.loads(log.written(have))
    told = _bare(told)
    if "versions" not in told:
        return told == have
    rest = {name: value for name, value in told.items() if name != "versions"}
    if rest != {name: value for name, value in have.items() if name != "versions"}:
        return False
    if len(told["versions"]) != len(have["versions"]):
        return False
    by_id = {one["id"]: one for one in have["versions"]}
    return all(
        "digest" in one and one == {name: by_id.get(one["id"], {}).get(name) for name in one}
        for one in told["versions"]
    )


def _named(version: Version) -> str:
    return f"{version.trust} {version.month} {version.table} v{version.number}"
