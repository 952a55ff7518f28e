"""The book as it is to be: a month with tables that are staged and not yet in it, read as if they were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from xlfv.months.book.layout import kinds_of
from xlfv.months.book.pieces import COMPANY, INDICES, Known, Piece, Version
from xlfv.months.book.rows import content_of
from xlfv.tables import Table


@dataclass(frozen=True)
class Ahead:
    """A month as the book will hold it.

    Attributes:
        path: the book.
        month: ``YYYY-MM``.
        fresh: tables that are not what the book holds, by trust and name.
        versions: of every table of the month; of those in ``fresh`` with ids below zero.
        tables: the cells of each, by its id; as the book gives them, not as a file or a sheet did.
        known: trusts by month, of all months.
    """

    path: Path
    month: str
    fresh: tuple[tuple[str, str], ...]
    versions: tuple[Version, ...]
    tables: Mapping[int, Table] = field(repr=False)
    known: Mapping[str, list[str]] = field(repr=False)

    def months(self) -> list[str]:
        """Months that hold anything, ascending."""
        return sorted(self.known)

    def trusts(self, month: str) -> list[str]:
        """Trusts of a month, by name."""
        return self.known.get(month, [])

    def table(self, version: Version) -> Table:
        """The cells of a version of the month."""
        return self.tables[version.id]

    def find(self, trust: str, table: str) -> Table | None:
        """The cells of a table of the month; capitals of the trust do not matter."""
        found = [one for one in self.versions if one.trust.lower() == trust.lower() and one.table == table]
        return self.tables[found[0].id] if found else None


def look_ahead(path: Path, known: Known, month: str, pieces: Sequence[Piece]) -> Ahead:
    """The month as it will be once pieces are in.

    Args:
        path: the book.
        known: what it holds.
        month: ``YYYY-MM``.
        pieces: tables that would be taken in.
    """
    held = {(one.trust, one.table): one for one in known.versions(month)}
    tables: dict[int, Table] = {}
    fresh: list[tuple[str, str]] = []
    for k, piece in enumerate(pieces, 1):
        key = piece.trust, piece.table
        before = held.get(key)
        content = content_of(piece.content, piece.table, kinds_of(piece.table))
        if before is not None and before.digest == content.digest():
            continue
        number = before.number + 1 if before else 1
        held[key] = Version(
            -k, piece.trust, month, piece.table, number, 0, content.rows, content.digest(), piece.source,
            piece.source_hash,
        )  # fmt: skip
        tables[-k] = content.as_table(f"{piece.trust} {month} {piece.table} v{number}")
        fresh.append(key)
    tables |= {one.id: known.table(one) for one in held.values() if one.id not in tables}
    trusts = {one: known.trusts(one) for one in known.months()}
    trusts[month] = sorted({trust for trust, _ in held} - {COMPANY, INDICES})
    return Ahead(path, month, tuple(fresh), tuple(held[key] for key in sorted(held)), tables, trusts)
