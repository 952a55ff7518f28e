"""What a deal keeps beside its classes, in cells: its accounts, insurers and derivatives, month by month."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

import numpy as np

from xlfv.excel.arguments import Arg
from xlfv.excel.functions.projection import PROJECTION
from xlfv.excel.registry import Example, function
from xlfv.excel.words import did_you_mean
from xlfv.projection.projection import Projection
from xlfv.tables import Fault, Refused
from xlfv.valuation.hedge_legs import hedge_legs

_SOURCE = "the trust's own waterfall"
_ALL = "blank: all of them, one after another"


def _rows_named(projection: Projection, what: str, names: Iterable[object], wanted: str | None) -> list[int]:
    """Which rows are asked for: the one of that name, or all.

    Raises:
        Refused: there is none of that name; ``code`` is ``#N/A``.
    """
    known = [str(name) for name in names]
    if wanted is None:
        return list(range(len(known)))
    found = [row for row, name in enumerate(known) if name.lower() == wanted.strip().lower()]
    if not found:
        todo = did_you_mean(wanted, known) or f"its {what}s: {', '.join(known) or 'none'}"
        raise Refused(Fault(f"{projection.name} has no {what} '{wanted}'", todo=todo), code="#N/A")
    return found


def _months(projection: Projection, name: str, columns: Sequence[np.ndarray | object]) -> list[list[object]]:
    """A row a month from month 1: the name, month, date, and a cell of each column; what is no array stands in every row."""
    dates = projection.timeline.dates
    cells = [each.tolist() if isinstance(each, np.ndarray) else [each] * len(dates) for each in columns]
    return [[name, t, dates[t], *(column[t] for column in cells)] for t in range(1, projection.months + 1)]


@function(
    "XLFV_ACCOUNTS",
    family="projection",
    args=[PROJECTION, Arg("account", "text", f"which account; {_ALL}", default=None)],
    result="grid",
    unit="dollars",
    source=_SOURCE,
    errors=["#N/A: when the trust has no such account"],
    example=Example(
        "=XLFV_ACCOUNTS(reserve_projection)",
        [
            ["account", "month", "date", "begin", "deposited", "drawn", "released", "end", "target"],
            ["reserve", 1.0, dt.date(2010, 1, 31), 100.0, 500.0, 0.0, 0.0, 600.0, 700.0],
            ["reserve", 2.0, dt.date(2010, 2, 28), 600.0, 100.0, 0.0, 0.0, 700.0, 700.0],
            ["reserve", 3.0, dt.date(2010, 3, 31), 700.0, 0.0, 50.0, 0.0, 650.0, 700.0],
        ],
    ),
)
def accounts(projection: Projection, account: str | None) -> list[list[object]]:
    """Every account of the deal month by month: what it held, was given, paid, released and holds after, and its target.

    begin and deposited less drawn and released is end. Steps draw on it by its name; what a step releases joins the excess.
    A trust without accounts gives the header alone.
    """
    record = projection.distributions.record.accounts
    rows: list[list[object]] = [
        ["account", "month", "date", "begin", "deposited", "drawn", "released", "end", "target"]
    ]
    names = projection.trust["accounts"]["account"]
    for a in _rows_named(projection, "account", names, account):
        rows += _months(projection, str(names[a]), list(record[a].T))
    return rows


@function(
    "XLFV_INSURERS",
    family="projection",
    args=[PROJECTION, Arg("insurer", "text", f"which insurer; {_ALL}", default=None)],
    result="grid",
    unit="dollars",
    source=_SOURCE,
    errors=["#N/A: when the trust has no such insurer"],
    example=Example(
        "=XLFV_INSURERS(reserve_projection)",
        [
            ["insurer", "month", "date", "drawn", "reimbursed", "outstanding"],
            ["FSA", 1.0, dt.date(2010, 1, 31), 5000.0, 0.0, 5000.0],
            ["FSA", 2.0, dt.date(2010, 2, 28), 0.0, 350.0, 4650.0],
            ["FSA", 3.0, dt.date(2010, 3, 31), 0.0, 0.0, 4650.0],
        ],
    ),
)
def insurers(projection: Projection, insurer: str | None) -> list[list[object]]:
    """Every insurer of classes month by month: what steps drew on it, what it was paid back, and what it is owed after.

    Premiums are costs of the trust and not in it. A trust without insured classes gives the header alone.
    """
    record = projection.distributions.record.insurers
    rows: list[list[object]] = [["insurer", "month", "date", "drawn", "reimbursed", "outstanding"]]
    names = projection.trust.insurers
    for n in _rows_named(projection, "insurer", names, insurer):
        rows += _months(projection, names[n], list(record[n].T))
    return rows


@function(
    "XLFV_HEDGE_CASHFLOW",
    family="projection",
    args=[PROJECTION, Arg("hedge", "text", f"which derivative; {_ALL}", default=None)],
    result="grid",
    unit="dollars, rates in decimals a year, accrual a share of a year",
    source=_SOURCE,
    errors=["#N/A: when the trust has no such derivative"],
    example=Example(
        "=XLFV_HEDGE_CASHFLOW(projection)",
        [
            ["hedge", "month", "date", "type", "notional", "accrual", "index_rate", "pay_rate", "strike", "ceiling",
             "received_leg", "paid_leg", "termination", "net", "received", "paid", "unpaid"],
            ["SWAP", 1.0, dt.date(2010, 1, 25), "swap", 200000.0, 0.083333, 0.0023094, 0.0435, None, None, 38.49, 725.0,
             0.0, -686.51, 0.0, 686.51, 0.0],
        ],
    ),
)  # fmt: skip
def hedge_cashflow(projection: Projection, hedge: str | None) -> list[list[object]]:
    """Every swap, cap, corridor and floor month by month: notional, rates, what each side owes, and what is really paid.

    index_rate is the index with the margin; received_leg and paid_leg are what the counterparty and the trust owe before they
    are netted (a cap, corridor or floor has one leg); termination is the market value to the trust of what remains as a call ends
    it; net is what the trust is owed, below 0 what it owes. received and paid are cash: of a derivative inside the trust that
    of the waterfall's steps, and unpaid is what it still owes. A trust without derivatives gives the header alone.
    """
    rows: list[list[object]] = [
        ["hedge", "month", "date", "type", "notional", "accrual", "index_rate", "pay_rate", "strike", "ceiling",
         "received_leg", "paid_leg", "termination", "net", "received", "paid", "unpaid"]
    ]  # fmt: skip
    hedges = projection.trust["hedges"]
    for h in _rows_named(projection, "derivative", hedges["hedge"], hedge):
        legs = hedge_legs(projection, h)
        fixed = [float(hedges[name][h]) for name in ("pay_rate", "strike", "ceiling")]
        rates = [None if np.isnan(rate) else rate for rate in fixed]
        rows += _months(
            projection, legs.name,
            [legs.kind, legs.notional, legs.accrual, legs.index_rate, *rates, legs.received_leg, legs.paid_leg,
             legs.termination, legs.net, legs.received, legs.paid, legs.unpaid],
        )  # fmt: skip
    return rows
