"""The waterfall on collateral cash from anywhere, in cells."""

from __future__ import annotations

import datetime as dt

from xlfv.excel.arguments import Arg
from xlfv.excel.functions.projection import INDICES, PROJECTION, TRANCHE, attempt
from xlfv.excel.functions.trust import TRUST
from xlfv.excel.registry import Example, function
from xlfv.market.indices import NO_INDICES, read_indices
from xlfv.projection.given_cash import read_cash
from xlfv.projection.projection import Projection, distribute_cash
from xlfv.projection.resecuritization import COLUMNS, tranche_collateral
from xlfv.tables import Fault, Refused, Table
from xlfv.trust.trust import Trust


@function(
    "XLFV_DISTRIBUTE",
    family="projection",
    args=[
        TRUST,
        Arg("cash", "table", "collateral cash, one row a month (and group): month, balance, net_interest, scheduled_principal,"
            " prepaid_principal, liquidation_proceeds, losses and more"),
        INDICES,
    ],
    result="handle",
    makes="projection",
    source="the trust's own waterfall",
    errors=["#VALUE!: when cash or indices have faults, balances do not roll, or a bond or derivative names what is not given"],
    example=Example("=XLFV_DISTRIBUTE(trust, cash, indices)", "projection:SAMPLE-1:2009-12:..."),
)  # fmt: skip
def distribute(trust: Trust, cash: Table, indices: Table | None) -> Projection:
    """The trust's waterfall on collateral cash from a table: a projection like any other, whose cash is proved to be conserved.

    Months are those of the table, from 1 on without a gap; groups that end early bring nothing more. Remittance dates are its
    payment_date, else those of the deal's terms; what counts act/360 takes its days, else the days between these dates. A trust
    may have no loans then; where it has, they are not looked at, nor is the table reo. The delinquency of month 0 is taken to be
    that of month 1. XLFV_LOAN_CASHFLOW has nothing to tell of such a projection.
    """
    faults: list[Fault] = []
    forward = attempt(read_indices, indices, faults) if indices is not None else NO_INDICES
    if forward is None:
        read_cash(cash, trust, faults)  # its faults must be told too
        raise Refused(faults)
    return distribute_cash(trust, cash, forward)


@function(
    "XLFV_TRANCHE_COLLATERAL",
    family="projection",
    args=[
        PROJECTION,
        TRANCHE,
        Arg("group", "text", "loan group that the class is of the trust that holds it", default="1"),
        Arg("dates", "text", "yes: with payment dates; no: the terms of the trust that holds it say when", default="yes",
            choices=("yes", "no")),
    ],
    result="grid",
    unit="dollars a month, net_wac a decimal a year",
    source="the trust's own waterfall",
    errors=["#N/A: when there is no such class", "#VALUE!: when it is an io, which has no balance"],
    example=Example(
        '=XLFV_TRANCHE_COLLATERAL(projection, "A")',
        [
            [*COLUMNS, "payment_date"],
            [1.0, "1", 945000.0, 6186.03, 0.0, 0.0, 0.0, 407.64, 0.0051764, dt.date(2010, 1, 25)],
            [2.0, "1", 938813.97, 6351.59, 0.0, 0.0, 0.0, 404.97, 0.0051764, dt.date(2010, 2, 25)],
        ],
    ),
)  # fmt: skip
def collateral_of_tranche(projection: Projection, tranche: str, group: str, dates: str) -> list[list[object]]:
    """A class as collateral of another trust: the columns of cash that XLFV_DISTRIBUTE takes, month by month, with a header.

    Principal paid is scheduled_principal (prepaid_principal in a month in which the class accretes: its accretion is negative
    scheduled_principal). Write-downs are losses, write-ups losses below 0, cash for losses subsequent_recoveries. Interest is
    all that is paid, current, unpaid before and carried forward; net_wac is what is due. Dates are those of its payments,
    delay days included. Classes of several projections are groups: stack their rows under one header; where they are
    paid on different days leave the dates out.
    """
    return tranche_collateral(projection, tranche, group, dates=dates == "yes")
