"""A month's files, read whole or refused whole.

One folder a trust a month::

    DATA/ICMB-2005-A/2009-12/loans.csv      (or .csv.gz, or .xlsx)
                             bonds.csv, waterfall.csv, curves.csv, yields.csv
                             costs.csv, terms.csv, triggers.csv, hedges.csv, reo.csv, schedules.csv, accounts.csv,
                             activity.csv
                             indices.csv    (where the trust has its own)
    DATA/indices/2009-12.csv                forward indices for all trusts

A table may also stand as a sheet of its name in any workbook of the folder.
"""

from __future__ import annotations

import calendar
import datetime as dt
import difflib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from xlfv.market.curves import Curves, read_curves
from xlfv.market.indices import NO_INDICES, Indices, read_indices
from xlfv.months.walk import entries, entry_faults, trust_folders
from xlfv.projection.projection import requirements
from xlfv.reporting.ledger import ACTUALS
from xlfv.tables import ErrorCell, Fault, Refused, Table, refuse_if
from xlfv.tables.cells import as_number, as_text
from xlfv.tables.files import SUFFIXES, is_file, open_workbook, read_file
from xlfv.tables.paths import legible
from xlfv.trust.trust import SCHEMAS, Trust, build_trust
from xlfv.valuation.yields import read_yields

REQUIRED = ("loans", "bonds", "waterfall", "curves", "yields")
TABLES = (*SCHEMAS, "curves", "yields", "indices", "activity")
Progress = Callable[[str], None]
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")


@dataclass(frozen=True)
class TrustMonth:
    """What one trust's folder of one month holds.

    Attributes:
        trust: the trust.
        curves, indices: what it is projected under.
        tables: every table as it came in.
        sources: the file of each table (with ``!sheet`` where it stands in a workbook).
        actuals: what happened in the month, by :data:`xlfv.reporting.ledger.ACTUALS`; empty where not given.
    """

    trust: Trust
    curves: Curves
    indices: Indices
    tables: dict[str, Table]
    sources: dict[str, str]
    actuals: dict[str, float]


@dataclass(frozen=True)
class Month:
    """All trusts of a month.

    Attributes:
        month: ``YYYY-MM``.
        as_of: its last day.
        data: the folder of all months.
        trusts: by name.
    """

    month: str
    as_of: dt.date
    data: Path
    trusts: dict[str, TrustMonth]


def month_end(month: str) -> dt.date:
    """The last day of ``YYYY-MM``.

    Raises:
        Refused: it is not a month.
    """
    match = _MONTH.fullmatch(month)
    if not match or not 1 <= int(match[2]) <= 12 or int(match[1]) < 1900:
        raise Refused(Fault(f"'{legible(month)}' is not a month", todo="write it like 2009-12"))
    year, number = int(match[1]), int(match[2])
    return dt.date(year, number, calendar.monthrange(year, number)[1])


def previous(month: str) -> str:
    """The month before ``YYYY-MM``."""
    first = month_end(month).replace(day=1)
    return (first - dt.timedelta(days=1)).strftime("%Y-%m")


def month_after(month: str) -> str:
    """The month after ``YYYY-MM``."""
    return (month_end(month) + dt.timedelta(days=1)).strftime("%Y-%m")


def months_of(data: Path) -> list[str]:
    """All months that any trust has a folder for, ascending."""
    found = {inner.name for trust in trust_folders(data) for inner in entries(trust) if inner.is_dir()}
    return sorted(name for name in found if _MONTH.fullmatch(name))


def read_month(data: Path, month: str, progress: Progress | None = None) -> Month:
    """Read and check every trust's files of a month.

    Args:
        data: the folder of all months.
        month: ``YYYY-MM``.
        progress: told the name of each trust before it is read.

    Raises:
        Refused: with every fault of every trust; nothing is half read.
    """
    as_of = month_end(month)
    folders = [(f.name, f / month) for f in trust_folders(data) if (f / month).is_dir()]
    if not folders:
        have = ", ".join(months_of(data)) or "none"
        raise Refused(Fault(f"no trust in {data} has a folder {month}", todo=f"months there: {have}"))
    faults: list[Fault] = []
    trusts = {}
    for name, folder in folders:
        if progress:
            progress(name)
        try:
            trusts[name] = _read_trust(name, as_of, folder, data)
        except Refused as refusal:
            faults.extend(replace(f, where=f"{name}/{month}: {f.where}".rstrip(": ")) for f in refusal.faults)
    refuse_if(faults)
    return Month(month, as_of, data, trusts)


def _read_trust(name: str, as_of: dt.date, folder: Path, data: Path) -> TrustMonth:
    refuse_if(entry_faults(folder, data))
    faults: list[Fault] = []
    sources = _find_tables(folder, data, as_of, faults)
    tables: dict[str, Table] = {}
    for table, source in sources.items():
        with _collecting(faults):
            tables[table] = read_file(source, table)
    for table in REQUIRED:
        if table not in sources:
            faults.append(Fault(f"the table {table} is missing", str(folder), f"add {table}.csv or {table}.xlsx"))
    return trust_month(name, as_of, tables, sources, faults)


def trust_month(
    name: str, as_of: dt.date, tables: dict[str, Table], sources: dict[str, str], faults: list[Fault]
) -> TrustMonth:
    """A trust's month from its tables, wherever they were read from.

    Args:
        name, as_of: the trust and its date.
        tables: by name, as they came in.
        sources: where each came from.
        faults: those found before; more are added.

    Raises:
        Refused: with every fault, those found before included.
    """
    trust, curves, indices = None, None, NO_INDICES
    actuals: dict[str, float] = {}
    if {"loans", "bonds", "waterfall"} <= set(tables):
        with _collecting(faults):
            trust = build_trust(name, as_of, {key: tables.get(key) for key in SCHEMAS})
    if "curves" in tables:
        with _collecting(faults):
            curves = read_curves(tables["curves"])
    if "indices" in tables:
        with _collecting(faults):
            indices = read_indices(tables["indices"])
    if "activity" in tables:
        actuals = _read_actuals(tables["activity"], faults)
    if trust is not None and curves is not None:
        faults.extend(requirements(trust, curves, indices))
    if trust is not None and "yields" in tables:
        with _collecting(faults):
            read_yields(tables["yields"], trust)
    refuse_if(faults)
    assert trust is not None
    assert curves is not None
    return TrustMonth(trust, curves, indices, tables, sources, actuals)


class _collecting:  # noqa: N801 - reads as a phrase
    """Collects the faults of a refusal instead of passing it on."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, problem: BaseException | None, trace: object) -> bool:
        if isinstance(problem, Refused):
            self.faults.extend(problem.faults)
            return True
        return False


def _find_tables(folder: Path, data: Path, as_of: dt.date, faults: list[Fault]) -> dict[str, str]:
    """Where each table of a trust's month stands; a table that stands twice is a fault."""
    found: dict[str, str] = {}
    for table, source in _candidates(folder, data, faults):
        if table in found:
            faults.append(Fault(f"the table {table} stands twice", f"{found[table]} and {source}", "keep one"))
        found.setdefault(table, source)
    if "indices" not in found:
        shared = [data / "indices" / f"{as_of:%Y-%m}{suffix}" for suffix in SUFFIXES]
        file = next((file for file in shared if is_file(file) or file.is_symlink()), None)
        if file is not None and not _put_aside(file, data, faults):
            found["indices"] = str(file)
    return found


def _candidates(folder: Path, data: Path, faults: list[Fault]) -> Iterator[tuple[str, str]]:
    """Every table of a folder with its source: files named for a table, and sheets named for one in other workbooks."""
    for file in entries(folder):
        lower = file.name.lower()
        suffix = next((s for s in SUFFIXES if lower.endswith(s)), None)
        if suffix is None or lower.startswith(("~$", ".")):
            continue
        stem = lower.removesuffix(suffix)
        near = difflib.get_close_matches(stem, TABLES, 1, 0.8)
        if stem not in TABLES and near:
            hint = f"did you mean {near[0]}{suffix}?"
            faults.append(Fault(f"{legible(file.name)} is not the name of a table", legible(str(file)), hint))
        elif _put_aside(file, data, faults):
            continue
        elif stem in TABLES:
            yield stem, str(file)
        elif suffix == ".xlsx":
            with open_workbook(file) as book:
                sheets = list(book.sheetnames)
            yield from ((s.strip().lower(), f"{file}!{s}") for s in sheets if s.strip().lower() in TABLES)


def _put_aside(file: Path, data: Path, faults: list[Fault]) -> bool:
    """True for a file that may not be opened; its fault is added."""
    found = entry_faults(file, data)
    faults.extend(found)
    return bool(found)


def _read_actuals(table: Table, faults: list[Fault]) -> dict[str, float]:
    """The month's actual figures: columns item and amount."""
    if not {"item", "amount"} <= set(table.columns):
        faults.append(Fault("the activity has no columns item and amount", table.place.label, "add them"))
        return {}
    actuals: dict[str, float] = {}
    for row, (item, amount) in enumerate(zip(table.columns["item"], table.columns["amount"], strict=True)):
        name = as_text(item).lower() if item is not None else ""
        if name not in ACTUALS:
            todo = f"one of: {', '.join(ACTUALS)}"
            faults.append(Fault(f"the item '{name}' is not known", table.where(row, "item"), todo))
        elif name in actuals:
            faults.append(Fault(f"the item {name} stands twice", table.where(row, "item"), "keep one"))
        elif isinstance(amount, ErrorCell) or amount is None:
            faults.append(Fault(f"{name} has no amount", table.where(row, "amount"), "write the dollars"))
        else:
            try:
                actuals[name] = as_number(amount, text=table.text)
            except Refused as refusal:
                fault = refusal.faults[0]
                faults.append(Fault(f"{name}: {fault.what}", table.where(row, "amount"), fault.todo))
    return actuals
