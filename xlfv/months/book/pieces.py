"""What the book holds, as records: pieces taken in, versions kept, loads, signatures, lines of the log."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from xlfv.months.walk import COMPANY, INDICES  # in the place of a trust's name for tables that belong to none
from xlfv.tables import Table

__all__ = ["COMPANY", "INDICES", "Known", "Line", "Load", "Nothing", "Piece", "Run", "Signature", "Version", "state_of"]


@dataclass(frozen=True)
class Piece:
    """One table of one trust and month, checked and ready to be taken in.

    Attributes:
        trust: its name, or :data:`COMPANY` or :data:`INDICES`.
        table: which one (``loans``, ``bonds``, ``yields``, ``remittance`` ...).
        content: its cells.
        source: the file (with ``!sheet``), or the cells of a workbook, that it came from.
        source_hash: SHA-256 of that file's bytes (of the cells, where they were keyed in), in hex.
    """

    trust: str
    table: str
    content: Table
    source: str
    source_hash: str


@dataclass(frozen=True)
class Version:
    """One table of one trust and month as the book holds it.

    Attributes:
        id: its number in the book.
        trust, table: as of a piece.
        month: ``YYYY-MM``.
        number: 1 for the first of that trust, month and table; corrections count on.
        load: the load that brought it.
        rows: how many.
        digest: SHA-256 of its content, in hex; equal content has equal digests, whatever file it came from.
        source, source_hash: as of a piece.
    """

    id: int
    trust: str
    month: str
    table: str
    number: int
    load: int
    rows: int
    digest: str
    source: str
    source_hash: str


def state_of(versions: Iterable[Version]) -> str:
    """A hash of what a month holds, table by table; the same as long as nothing in it changes."""
    parts = sorted((one.trust, one.table, one.digest) for one in versions)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Load:
    """One commit of a month: all of its pieces, or none.

    Attributes:
        id: its number in the book.
        month: ``YYYY-MM``.
        at: when, UTC; never before what the book holds already.
        user: who.
        why: the reason given; required for corrections.
        accepted: what was found and accepted by a person: the warning in words -> the reason given.
    """

    id: int
    month: str
    at: dt.datetime
    user: str
    why: str = ""
    accepted: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Signature:
    """A difference that a person took responsibility for.

    Attributes:
        month, trust: where.
        item: of the tie-out, as it names it.
        ours, theirs: the two numbers that were signed for; other numbers later need another signature.
        user, at, why: who, when, and the reason.
    """

    month: str
    trust: str
    item: str
    ours: float
    theirs: float
    user: str
    at: dt.datetime
    why: str


@dataclass(frozen=True)
class Line:
    """One line of the log.

    Attributes:
        number: from 1, without gaps.
        at: UTC; never earlier than the line before.
        user: who.
        act: ``create``, ``load``, ``lock``, ``unlock``, ``sign``, ``run``, ``roll``, ``backup``, ``migrate`` ...
        month: ``YYYY-MM``, or empty.
        detail: what was done, as JSON with sorted keys: numbers, digests, reasons.
        before: the hash of the line before; 64 zeros for the first.
        hash: SHA-256 over all of the above.
    """

    number: int
    at: dt.datetime
    user: str
    act: str
    month: str
    detail: str
    before: str
    hash: str


@dataclass(frozen=True)
class Run:
    """A valuation and what it was made of.

    Attributes:
        id: its number in the book.
        month: ``YYYY-MM``.
        kind: ``value`` or ``roll``.
        at, user: when (UTC) and who.
        engine: version of xlfv, hash of the model, versions of numpy, numba and Python, by name.
        options: by name.
        inputs: ids of the versions that it read, ascending.
        results: number by (trust, item, measure); a trust is ``""`` for totals.
        hashes: of what was made on the way, by name: each trust's projection and its cash, in hex.
        digest: SHA-256 over the results and hashes, in hex.
    """

    id: int
    month: str
    kind: str
    at: dt.datetime
    user: str
    engine: Mapping[str, str]
    options: Mapping[str, str]
    inputs: tuple[int, ...]
    results: Mapping[tuple[str, str, str], float] = field(repr=False)
    hashes: Mapping[str, str] = field(default_factory=dict, repr=False)
    digest: str = ""


class Known(Protocol):
    """What the book says when a month is staged against it; :class:`xlfv.months.book.read.Reader` is one."""

    def months(self) -> list[str]:
        """Months that hold anything, ascending."""

    def trusts(self, month: str) -> list[str]:
        """Trusts of a month, by name, without COMPANY and INDICES."""

    def versions(self, month: str) -> list[Version]:
        """The latest version of each table of a month."""

    def table(self, version: Version) -> Table:
        """The cells of a version."""

    def taken(self, source_hash: str) -> list[Version]:
        """Versions that came from a file of that hash."""

    def loads(self, month: str = "") -> list[Load]:
        """Loads of a month, or of all, in their order."""

    def locked(self, month: str) -> bool:
        """True while the month is closed."""


class Nothing:
    """An empty book."""

    def months(self) -> list[str]:
        """None."""
        return []

    def trusts(self, month: str) -> list[str]:
        """None."""
        return []

    def versions(self, month: str) -> list[Version]:
        """None."""
        return []

    def table(self, version: Version) -> Any:
        """Never asked."""
        raise KeyError(version)

    def taken(self, source_hash: str) -> list[Version]:
        """None."""
        return []

    def loads(self, month: str = "") -> list[Load]:
        """None."""
        return []

    def locked(self, month: str) -> bool:
        """Never."""
        return False
