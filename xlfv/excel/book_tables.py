"""Tables of the book of months as cells name them: ``months.duckdb!ICMB-2005-A/2009-12/loans``.

The book is open only while a table is read. What was read is kept by what its version holds, so that a workbook that reads the
same tables again and again opens the book once, and a large tape is not read again because something else was written.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from contextvars import ContextVar
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from xlfv.excel.kept_book import ask
from xlfv.months.book.address import Address
from xlfv.months.book.pieces import Version
from xlfv.tables import Fault, Refused, Table
from xlfv.tables.kept import kept
from xlfv.tables.paths import check_file, legible

if TYPE_CHECKING:
    from xlfv.months.book.ahead import Ahead
    from xlfv.months.book.read import Reader

_MOST_KEPT = 200  # tables
ANY_SIZE = 2**62  # bytes: a book is not read whole
_ahead: ContextVar[Ahead | None] = ContextVar("ahead", default=None)


@contextlib.contextmanager
def as_it_will_be(ahead: Ahead | None) -> Iterator[None]:
    """While it lasts, cells that are calculated here find a month of the book as it is to be; None changes nothing."""
    before = _ahead.set(ahead)
    try:
        yield
    finally:
        _ahead.reset(before)


def read_book_table(address: Address, name: str) -> Table:
    """A table of the book.

    Args:
        address: where it stands; the path of the book is whole.
        name: which argument it is.

    Raises:
        Refused: there is no such book, trust, month or table (``#N/A``), naming what is there; or it cannot be read.
    """
    ahead = _ahead.get()
    if ahead is not None and ahead.month == address.month and _same_file(ahead.path, Path(address.book)):
        found = ahead.find(address.trust, address.table)
        if found is None:
            raise _missing(address, [one.trust for one in ahead.versions], list(ahead.versions))
        return replace(found, name=name)
    check_file(Path(address.book), ANY_SIZE)
    versions = ask(Path(address.book), _versions, address.month)
    return replace(_table(address.book, _version(address, versions)), name=name)


def _same_file(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()


def _versions(book: Reader, month: str) -> tuple[Version, ...]:
    """The latest versions of a month's tables.

    Raises:
        Refused: the book does not have the month; ``code`` is ``#N/A``.
    """
    found = tuple(book.versions(month))
    if not found:
        raise _no_month(book.path, month, [one for one in book.months() if book.trusts(one)])
    return found


@kept(
    _MOST_KEPT,
    key=lambda book, version: (book, version.trust, version.month, version.table, version.number, version.digest),
)
def _table(book: str, version: Version) -> Table:
    """The cells of a version; what is written to the book later does not change them."""
    from xlfv.months.book.file import reading  # here, not above: a session without a book starts sooner

    with reading(book) as opened:
        return opened.table(version)


def _version(address: Address, versions: Sequence[Version]) -> Version:
    own = [one for one in versions if one.trust.lower() == address.trust.lower() and one.table == address.table]
    if not own:
        raise _missing(address, [one.trust for one in versions], versions)
    return own[0]


def _missing(address: Address, trusts: Sequence[str], versions: Sequence[Version]) -> Refused:
    """The refusal of a trust or table that a month of the book does not have."""
    book = legible(Path(address.book).name)
    own = sorted({one.table for one in versions if one.trust.lower() == address.trust.lower()})
    if own:
        what = f"{book} has no table {address.table} of {legible(address.trust)} for {address.month}"
        return Refused(Fault(what, todo=f"it has {', '.join(own)}"), code="#N/A")
    what = f"{book} has no {legible(address.trust)} of {address.month}"
    return Refused(Fault(what, todo=f"it has {', '.join(sorted(set(trusts))) or 'none'}"), code="#N/A")


def _no_month(book: Path, month: str, months: Sequence[str]) -> Refused:
    what = f"{legible(book.name)} has no month {month}"
    return Refused(Fault(what, todo=f"months there: {', '.join(months) or 'none'}"), code="#N/A")
