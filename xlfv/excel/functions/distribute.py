"""The waterfall on collateral cash from anywhere, in cells."""

from __future__ import annotations

from xlfv.excel.arguments import Arg
from xlfv.excel.functions.projection import INDICES, attempt
from xlfv.excel.functions.trust import TRUST
from xlfv.excel.registry import Example, function
from xlfv.market.indices import NO_INDICES, read_indices
from xlfv.projection.given_cash import read_cash
from xlfv.projection.projection import Projection, distribute_cash
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
