"""Which month files are of, by their names and the dates that stand in them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress

from xlfv.months.folder import month_after
from xlfv.months.intake.finding import ERROR, WARNING, Finding
from xlfv.months.intake.values import dates, texts
from xlfv.tables import Fault, Refused, Table
from xlfv.tables.cells import as_date

_AS_OF = (
    "as_of",
    "as_of_date",
    "asof",
    "asof_date",
    "cutoff_date",
    "cut_off_date",
    "period_end",
    "reporting_date",
    "report_date",
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_REST = ("uary", "ruary", "ch", "il", "", "e", "y", "ust", "t(?:ember)?", "ober", "ember", "ember")
_NAMES = "|".join(f"{name}(?:{rest})?" for name, rest in zip(_MONTHS, _REST, strict=True))
_YEAR = r"(?:19|20)\d\d"
_RECENT = 24  # months; a file named for one further off is named for its deal's vintage
_TOKENS = (
    re.compile(rf"(?<!\d)(?P<y>{_YEAR})[-_. ]?(?P<m>0[1-9]|1[0-2])(?:[-_. ]?(?:[0-2]\d|3[01]))?(?!\d)"),
    re.compile(rf"(?<!\d)(?P<m>0[1-9]|1[0-2])[-_. ]?(?:(?:[0-2]\d|3[01])[-_. ]?)?(?P<y>{_YEAR})(?!\d)"),
    re.compile(rf"(?<![a-z])(?P<n>{_NAMES})[-_. ]?(?P<y>{_YEAR})(?!\d)"),
    re.compile(rf"(?<!\d)(?P<y>{_YEAR})[-_. ]?(?P<n>{_NAMES})(?![a-z])"),
)


def months_named(name: str, trusts: Iterable[str] = ()) -> set[str]:
    """The months that a file's name speaks of; trusts' names in it count for nothing."""
    text = name.lower()
    for trust in sorted(trusts, key=len, reverse=True):
        text = text.replace(trust.lower(), " ")
    found = set()
    for token in _TOKENS:
        for match in token.finditer(text):
            parts = match.groupdict()
            number = _MONTHS.index(parts["n"][:3]) + 1 if parts.get("n") else int(parts["m"])
            found.add(f"{parts['y']}-{number:02d}")
    return found


def _count(month: str) -> int:
    return 12 * int(month[:4]) + int(month[5:])


def name_findings(files: Iterable[str], month: str, trusts: Iterable[str]) -> Iterator[Finding]:
    """Files whose names speak of other months only; of the month after, it may be the day on which it was sent."""
    for file in files:
        named = {one for one in months_named(file, trusts) if abs(_count(one) - _count(month)) <= _RECENT}
        if not named or month in named:
            continue
        level = WARNING if named == {month_after(month)} else ERROR
        todo = f"give the file of {month}" + (
            "; say so if it is the day on which it was sent" if level == WARNING else ""
        )
        yield Finding(level, Fault(f"{file} is named for {', '.join(sorted(named))}, not for {month}", file, todo))


def date_findings(stood: Iterable[tuple[object, str, str, str]], month: str) -> Iterator[Finding]:
    """As-of dates of files: all must lie in the month.

    Args:
        stood: each date with its place, the trust and the table.
        month: ``YYYY-MM``.
    """
    for day, where, trust, table in stood:
        if isinstance(day, dt.date) and f"{day:%Y-%m}" != month:
            todo = f"give the file of {month}; months are never mixed"
            yield Finding(ERROR, Fault(f"it is of {day:%Y-%m} ({day}), not of {month}", where, todo), trust, table)


def dates_in(table: Table, trust: str, month: str) -> list[tuple[object, str, str, str]]:
    """The as-of dates that a table of ours tells: of a column, of the terms, of a trustee's report."""
    found: dict[dt.date, str] = {}
    lead = f"{trust}/{month}: "
    for column in _AS_OF:
        for row, day in enumerate(dates(table, column)):
            if day is not None:
                found.setdefault(day, lead + table.where(row, column))
    for key, word, column in (("term", "cutoff_date", "value"), ("item", "period_end", "date")):
        if table.name not in ("terms", "remittance") or column not in table.columns:
            continue
        for row, name in enumerate(texts(table, key)):
            cell = table.columns[column][row]
            if name.lower() == word and cell is not None:
                with suppress(Refused):  # its own reader says so
                    found.setdefault(as_date(cell, text=table.text), f"{lead}{table.where(row, column)}, {key} {word}")
    return [(day, where, trust, table.name) for day, where in found.items()]


def later(table: Table, column: str) -> dt.date | None:
    """The latest date of a column; None where there is none."""
    return max((day for day in dates(table, column) if day is not None), default=None)
