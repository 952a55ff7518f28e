"""A month's files, read whole or refused whole.

One folder a trust a month::

    DATA/ICMB-2005-A/2009-12/loans.csv      (or .csv.gz, or .xlsx)
                             bonds.csv, waterfall.csv, curves.csv, yields.csv
                             costs.csv, terms.csv, triggers.csv, hedges.csv, reo.csv, schedules.csv, accounts.csv,
                             activity.csv (item, amount) or ledger.csv (postings by date), sales.csv, quotes.csv,
                             remittance.csv (what the trustee reports)
                             indices.csv    (where the trust has its own)
    DATA/indices/2009-12.csv                forward indices for all trusts
    DATA/company/2009-12/ranges.csv ...     see :mod:`xlfv.months.company`

A table may also stand as a sheet of its name in any workbook of the folder.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from xlfv.market.curves import Curves, read_curves
from xlfv.market.indices import NO_INDICES, Indices, read_indices
from xlfv.months.company import BELONG_TO_COMPANY, NO_COMPANY, CompanyMonth, read_company
from xlfv.months.found import collecting, find_tables, read_found, shared_indices
from xlfv.months.walk import COMPANY, entries, entry_faults, trust_folders
from xlfv.projection.projection import requirements
from xlfv.reporting.ledger import Ledger, read_ledger
from xlfv.review.remittance import read_remittance
from xlfv.tables import Fault, Refused, Table, refuse_if
from xlfv.tables.paths import legible
from xlfv.trust.trust import SCHEMAS, Trust, build_trust
from xlfv.valuation.quotes import Quote, read_quotes
from xlfv.valuation.reo import Sale, read_sales
from xlfv.valuation.yields import Chosen, read_yields

REQUIRED = ("loans", "bonds", "waterfall", "curves", "yields")
TABLES = (*SCHEMAS, "curves", "yields", "indices", "activity", "ledger", "sales", "quotes", "remittance")
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
        yields: chosen, by item.
        quotes: gathered for the trust.
        sales: properties sold in the month, by loan.
        ledger: the month's postings, of ``ledger`` or ``activity``; without any where neither is given.
    """

    trust: Trust
    curves: Curves
    indices: Indices
    tables: dict[str, Table]
    sources: dict[str, str]
    ledger: Ledger
    yields: dict[str, Chosen] = field(default_factory=dict)
    quotes: tuple[Quote, ...] = ()
    sales: dict[str, Sale] = field(default_factory=dict)

    @property
    def actuals(self) -> Mapping[str, float]:
        """What was posted in the month, by :data:`xlfv.reporting.ledger.WORDS`; empty where not given."""
        return self.ledger.amounts


@dataclass(frozen=True)
class Month:
    """All trusts of a month.

    Attributes:
        month: ``YYYY-MM``.
        as_of: its last day.
        data: the folder of all months.
        trusts: by name.
        company: what the company records itself; empty where it has no folder of the month.
    """

    month: str
    as_of: dt.date
    data: Path
    trusts: dict[str, TrustMonth]
    company: CompanyMonth = NO_COMPANY


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
    """Read and check every trust's files of a month, and the company's.

    Args:
        data: the folder of all months.
        month: ``YYYY-MM``.
        progress: told the name of each trust before it is read.

    Raises:
        Refused: with every fault of every trust; nothing is half read.
    """
    as_of = month_end(month)
    known = trust_folders(data)
    folders = [(f.name, f / month) for f in known if (f / month).is_dir()]
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
    company = NO_COMPANY
    read = {name: one.trust for name, one in trusts.items()}
    try:
        company = read_company(data, month, as_of, read, [f.name for f in known])
    except Refused as refusal:
        faults.extend(replace(f, where=f"{COMPANY}/{month}: {f.where}".rstrip(": ")) for f in refusal.faults)
    refuse_if(faults)
    return Month(month, as_of, data, trusts, company)


def _read_trust(name: str, as_of: dt.date, folder: Path, data: Path) -> TrustMonth:
    refuse_if(entry_faults(folder, data))
    faults: list[Fault] = []
    sources = find_tables(folder, data, TABLES, BELONG_TO_COMPANY, faults)
    shared = "" if "indices" in sources else shared_indices(data, f"{as_of:%Y-%m}", faults)
    sources |= {"indices": shared} if shared else {}
    tables = read_found(sources, faults)
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
    yields: dict[str, Chosen] = {}
    quotes: list[Quote] = []
    if {"loans", "bonds", "waterfall"} <= set(tables):
        with collecting(faults):
            trust = build_trust(name, as_of, {key: tables.get(key) for key in SCHEMAS})
    if "curves" in tables:
        with collecting(faults):
            curves = read_curves(tables["curves"])
    if "indices" in tables:
        with collecting(faults):
            indices = read_indices(tables["indices"])
    since = as_of.replace(day=1) - dt.timedelta(days=1)
    ledger = _read_ledger(name, since, as_of, tables, sources, faults)
    sales: dict[str, Sale] = {}
    with collecting(faults):
        sales = read_sales(tables.get("sales"), since, as_of)
    if trust is not None and curves is not None:
        faults.extend(requirements(trust, curves, indices))
    if trust is not None and "yields" in tables:
        with collecting(faults):
            yields = read_yields(tables["yields"], trust)
    if trust is not None and "quotes" in tables:
        with collecting(faults):
            quotes = read_quotes(tables["quotes"], trust)
    if trust is not None and "remittance" in tables:
        with collecting(faults):
            read_remittance(tables["remittance"], trust)
    if trust is not None and "sales" in tables:
        faults.extend(_sold_and_owned(trust, sales, tables["sales"]))
    refuse_if(faults)
    assert trust is not None
    assert curves is not None
    return TrustMonth(trust, curves, indices, tables, sources, ledger, yields, tuple(quotes), sales)


def _sold_and_owned(trust: Trust, sales: dict[str, Sale], table: Table) -> list[Fault]:
    """Properties that were sold and still stand in the table of REO."""
    owned = set(map(str, trust["reo"]["loan_id"]))
    rows = {str(cell).strip(): row for row, cell in enumerate(table.columns["loan_id"])}
    todo = "take it out of reo, or out of the sales"
    return [
        Fault(
            f"{name} was sold on {sale.date} and still stands in reo", table.where(rows.get(name, 0), "loan_id"), todo
        )
        for name, sale in sales.items()
        if name in owned
    ]


def _read_ledger(
    name: str, since: dt.date, as_of: dt.date, tables: dict[str, Table], sources: dict[str, str], faults: list[Fault]
) -> Ledger:
    """The month's postings: a ledger, or a table of actuals; both would count everything twice."""
    given = [table for table in ("ledger", "activity") if table in tables]
    if len(given) > 1:
        where = " and ".join(sources.get(table, table) for table in given)
        faults.append(Fault(f"{name} has both a ledger and an activity", where, "keep one"))
    if given:
        with collecting(faults):
            return read_ledger(tables[given[0]], name, since, as_of)
    return Ledger({})
