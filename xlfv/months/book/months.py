"""Months as the book has them, ready to be valued."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from xlfv.months.book.address import Address
from xlfv.months.book.file import reading
from xlfv.months.book.pieces import COMPANY, INDICES, Version
from xlfv.months.book.read import Reader
from xlfv.months.company import NO_COMPANY, CompanyMonth, company_month
from xlfv.months.folder import Month, Progress, TrustMonth, month_end, trust_month
from xlfv.tables import Fault, Refused, Table, refuse_if


class Book(Protocol):
    """What a month is read from: the book, or the book as it is to be; :class:`~xlfv.months.book.read.Reader` is one."""

    @property
    def path(self) -> Path:
        """Its file."""

    def months(self) -> list[str]:
        """Months that hold anything, ascending."""

    def trusts(self, month: str) -> list[str]:
        """Trusts of a month, by name."""

    def table(self, version: Version) -> Table:
        """The cells of a version."""


def months_of(path: Path) -> list[str]:
    """Months of which the book has any trust, ascending."""
    with reading(path) as book:
        return [month for month in book.months() if book.trusts(month)]


def read_month(path: Path, month: str, progress: Progress | None = None, load: int | None = None) -> Month:
    """A month as the book has it, or had it after a load.

    Args:
        path: the book.
        month: ``YYYY-MM``.
        progress: told the name of each trust before it is read.
        load: as of which load; None for the latest.

    Raises:
        Refused: the book has no such month, or what it holds cannot be valued any more.
    """
    with reading(path) as book:
        return month_of(book, month, book.versions(month, at_load=load), progress)


def month_of(book: Book, month: str, versions: list[Version], progress: Progress | None = None) -> Month:
    """A month from given versions of its tables.

    Raises:
        Refused: there is no trust among them, or the tables do not make a month.
    """
    as_of = month_end(month)
    by_trust: dict[str, dict[str, Version]] = {}
    for version in versions:
        by_trust.setdefault(version.trust, {})[version.table] = version
    names = sorted(by_trust.keys() - {COMPANY, INDICES})
    if not names:
        have = ", ".join(one for one in book.months() if book.trusts(one)) or "none"
        raise Refused(Fault(f"the book {book.path} has no trust of {month}", todo=f"months there: {have}"), code="#N/A")
    shared = by_trust.get(INDICES, {}).get("indices")
    rates = book.table(shared) if shared else None
    faults: list[Fault] = []
    trusts: dict[str, TrustMonth] = {}
    for name in names:
        if progress:
            progress(name)
        try:
            trusts[name] = _trust(book, month, name, by_trust[name], shared, rates)
        except Refused as refusal:
            faults.extend(replace(f, where=f"{name}/{month}: {f.where}".rstrip(": ")) for f in refusal.faults)
    company = NO_COMPANY
    try:
        company = _company(book, month, by_trust.get(COMPANY, {}), trusts, shared, rates)
    except Refused as refusal:
        faults.extend(replace(f, where=f"{COMPANY}/{month}: {f.where}".rstrip(": ")) for f in refusal.faults)
    refuse_if(faults)
    return Month(month, as_of, Path(book.path), trusts, company)


def trust_of(book: Reader, month: str, trust: str) -> TrustMonth:
    """One trust of a month as the book has it.

    Raises:
        Refused: the book does not have it (``#N/A``), or its tables do not make a trust.
    """
    held = book.versions(month)
    own = {one.table: one for one in held if one.trust.lower() == trust.strip().lower()}
    if not own:
        raise nothing_there(book, trust, month)
    shared = next((one for one in held if one.trust == INDICES), None)
    name = next(iter(own.values())).trust
    return _trust(book, month, name, own, shared, book.table(shared) if shared else None)


def nothing_there(book: Reader, trust: str, month: str) -> Refused:
    """The refusal of a trust's month that the book does not have."""
    names = ", ".join(book.trusts(month))
    todo = f"trusts of {month}: {names}" if names else f"months there: {', '.join(book.months()) or 'none'}"
    return Refused(Fault(f"the book has no {trust} of {month}", todo=todo), code="#N/A")


def _trust(
    book: Book, month: str, name: str, own: Mapping[str, Version], shared: Version | None, rates: Table | None
) -> TrustMonth:
    tables = {table: book.table(version) for table, version in own.items()}
    sources = {table: _address(book, version) for table, version in own.items()}
    if "indices" not in tables and shared is not None and rates is not None:
        tables["indices"], sources["indices"] = rates, _address(book, shared)
    return trust_month(name, month_end(month), tables, sources, [])


def _company(
    book: Book, month: str, own: Mapping[str, Version], trusts: Mapping[str, TrustMonth], shared: Version | None,
    rates: Table | None,
) -> CompanyMonth:  # fmt: skip
    if not own:
        return NO_COMPANY
    known = {name for one in book.months() for name in book.trusts(one)}
    sources = {table: _address(book, version) for table, version in own.items()}
    return company_month(
        {table: book.table(version) for table, version in own.items()},
        sources | ({"indices": _address(book, shared)} if shared else {}),
        month_end(month),
        {name: one.trust for name, one in trusts.items()},
        sorted(known),
        rates,
        [],
    )


def _address(book: Book, version: Version) -> str:
    """Where a table stands, as a cell names it; never the file that it came from once."""
    return str(Address(str(book.path), version.trust, version.month, version.table))
