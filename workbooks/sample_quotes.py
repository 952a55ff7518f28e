"""What pricing service and brokers quoted of the three trusts' classes: prices and yields around the register's quote."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from workbooks.sample_deals import DEALS, Row
from workbooks.sample_market import MONTHS
from workbooks.sample_views import business_day, quoted
from xlfv.market.curves import read_curves
from xlfv.market.indices import read_indices
from xlfv.projection.projection import Projection, project
from xlfv.tables.files import read_file
from xlfv.trust.trust import Trust
from xlfv.valuation.quote_cash import settled_cash

SERVICE, BROKER, LIST, SELLER = "Pricing service A", "Broker B", "Broker C", "Broker D"
APART = 0.01  # of the yield: how far service and broker each stand from their middle
LISTED = {"ICMB-2005-A": "M-1", "ICMB-2004-F": "B-1", "IMFC-2006-MF": "M-1"}
"""The class of each trust on broker C's list, which comes out in the middle month of a quarter: stale a month later."""
FORCED = {
    ("ICMB-2005-A", "A-2", "2009-02"): "a fund's liquidation, offers within two days",
    ("ICMB-2005-A", "A-2", "2009-03"): "a fund's liquidation, offers within two days",
    ("ICMB-2004-F", "B-2", "2009-07"): "bought in by a warehouse lender",
    ("ICMB-2005-A", "M-4", "2009-12"): "year-end sale after a margin call, one bid",
}
"""Sales that were not orderly: what the broker said of them."""
ASSUMED = {("ICMB-2004-F", "A-4"): {"assumptions": "12 CPR", "assumed_cpr": "0.12"}}
"""Where broker B quotes on a prepayment rate of its own."""
FORCED_YIELD = 1.45  # times the quoted yield
HEADER = (
    "item",
    "source",
    "date",
    "quote",
    "quote_type",
    "basis",
    "settlement",
    "assumptions",
    "assumed_cpr",
    "orderly",
)


def project_month(trust: Trust, folder: Path, indices: Path) -> Projection:
    """A trust as its month's curves project it."""
    curves = read_curves(read_file(folder / "curves.csv", "curves"))
    return project(trust, curves, read_indices(read_file(indices, "indices")))


def quote_rows(trust: str, at: int, month_end: dt.date, projection: Projection) -> list[Row]:
    """A trust's quotes at a month-end: two a class, three of some; of the residual there are none."""
    rows = []
    day = business_day(month_end.isoformat(), 0)
    before = business_day(day.isoformat(), -1)
    for c in DEALS[trust].classes:
        middle = quoted(trust, c.name, at)
        apart = round(APART * middle, 4)
        balance = float(projection.trust.classes["balance"][projection.trust.tranches.index(c.name)])
        priced = c.kind == "senior" and balance > 0.0
        rows.append(
            _price(projection, c.name, SERVICE, day, middle - apart) if priced
            else _yield(c.name, SERVICE, day, middle - apart)
        )  # fmt: skip
        rows.append({**_yield(c.name, BROKER, before, middle + apart), **ASSUMED.get((trust, c.name), {})})
        if c.name == LISTED[trust]:
            rows.append(_listed(trust, c.name, at))
        if (trust, c.name, MONTHS[at]) in FORCED:
            words = FORCED[trust, c.name, MONTHS[at]]
            forced = _price(projection, c.name, SELLER, business_day(day.isoformat(), -2), middle * FORCED_YIELD)
            rows.append({**forced, "assumptions": words, "orderly": "no"})
    return rows


def _yield(item: str, source: str, day: dt.date, rate: float) -> Row:
    return {"item": item, "source": source, "date": day.isoformat(), "quote": f"{rate:.4f}", "quote_type": "yield",
            "basis": "monthly", "assumptions": "your curves"}  # fmt: skip


def _price(projection: Projection, item: str, source: str, day: dt.date, rate: float) -> Row:
    """A clean price per 100 at which our own cash yields so much, settled three business days later."""
    settled = business_day(day.isoformat(), 3)
    cash = settled_cash(projection, item, settled)
    price = cash.price(cash.worth_at(rate, "monthly"), clean=True)
    return {"item": item, "source": source, "date": day.isoformat(), "quote": f"{price:.4f}", "quote_type": "price",
            "settlement": settled.isoformat()}  # fmt: skip


def _listed(trust: str, item: str, at: int) -> Row:
    """The last list of broker C: February, May, August, November."""
    month = next((m for m in reversed(MONTHS[: at + 1]) if m[-2:] in ("02", "05", "08", "11")), "")
    since = MONTHS.index(month) if month else 0
    last = (dt.date.fromisoformat(f"{month or '2008-11'}-28") + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(
        days=1
    )
    return {**_yield(item, LIST, business_day(last.isoformat(), 0), quoted(trust, item, since)),
            "assumptions": "quarterly list"}  # fmt: skip
