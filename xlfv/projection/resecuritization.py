"""A bond as collateral: what a class of one projection is paid, as the table of cash that another trust's waterfall takes."""

from __future__ import annotations

import datetime as dt

import numpy as np

from xlfv.projection.projection import Projection
from xlfv.tables import Fault, Refused

COLUMNS = (
    "month", "group", "balance", "scheduled_principal", "prepaid_principal", "losses", "subsequent_recoveries",
    "net_interest", "net_wac",
)  # fmt: skip
"""The columns of ``cash`` that a class fills; ``payment_date`` stands behind them where remittances are dated."""


def tranche_collateral(
    projection: Projection, tranche: str, group: str = "1", *, dates: bool = True
) -> list[list[object]]:
    """A class month by month as rows of the table ``cash``, with a header.

    Its balance is the pool's. Principal paid is scheduled principal, or prepaid where the class accretes in the same month,
    whose accretion is negative scheduled principal. Write-downs are losses, write-ups losses below zero; cash for losses
    (``unpaid_loss``) is subsequent recoveries. Interest is all that is paid: current, unpaid before, and carried forward;
    the net rate is that of the interest due, so that a shortfall of the class is one of the trust that holds it. It is
    paid on the remittance date plus the delay days of the class.

    Args:
        projection: of the trust that issued the class.
        tranche: the class.
        group: the loan group that it shall be.
        dates: with payment dates, where the projection has any; without them the terms of the other trust say when.

    Returns:
        Rows from month 1 to the last in which the class is outstanding or paid.

    Raises:
        Refused: there is no such class (``#N/A``), or it is an io, which has no balance.
    """
    name = projection.check_tranche(tranche)
    bonds, row = projection.trust.classes, projection.trust.tranches.index(name)
    if bonds["kind"][row] == "io":
        raise Refused(Fault(f"{name} is an io: it has a notional and no balance", todo="name a class with a balance"))
    class_ = projection.distributions.tranche(name)
    accretes = class_["accreted"] > 0.0
    interest = class_["interest_paid"] + class_["shortfall_paid"] + class_["basis_risk_paid"]
    columns = {
        "balance": class_["begin_balance"],
        "scheduled_principal": np.where(accretes, -class_["accreted"], class_["principal_paid"]),
        "prepaid_principal": np.where(accretes, class_["principal_paid"], 0.0),
        "losses": class_["writedown"] - class_["writeup"],
        "subsequent_recoveries": class_["loss_paid"],
        "net_interest": interest,
    }
    alive = np.flatnonzero((class_["begin_balance"] > 0.0) | (class_["cash"] > 0.0) | (class_["end_balance"] > 0.0))
    last = max(int(alive.max()) if alive.size else 1, 1)
    dated = dates and projection.timeline.dated
    delay = dt.timedelta(days=int(bonds["delay_days"][row]))
    rows: list[list[object]] = [[*COLUMNS, "payment_date"] if dated else [*COLUMNS]]
    for month in range(1, last + 1):
        balance, due = float(class_["begin_balance"][month]), float(class_["interest_due"][month])
        values = [float(columns[name][month]) for name in COLUMNS if name in columns]
        rate = 12.0 * due / balance if balance > 0.0 else None
        paid_on = [projection.timeline.dates[month] + delay] if dated else []
        rows.append([month, group, *values, rate, *paid_on])
    return rows
