"""Projections in cells: expected cash of collateral, tranches and residual, and what each step of the waterfall did."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TypeVar

import numpy as np

from xlfv.excel import handles
from xlfv.excel.arguments import Arg
from xlfv.excel.cash_columns import DEAL, LOANS, TRANCHE_USUAL, of_deal, of_loans, of_tranche, wanted
from xlfv.excel.cash_columns import TRANCHE as TRANCHE_COLUMNS
from xlfv.excel.functions.trust import TRUST
from xlfv.excel.reading import Texts
from xlfv.excel.registry import Example, function
from xlfv.market.curves import read_curves
from xlfv.market.indices import NO_INDICES, read_indices
from xlfv.projection.aging import later_cash
from xlfv.projection.call import bought
from xlfv.projection.collateral import MOST_MONTHS, project_loan
from xlfv.projection.projection import Projection, project
from xlfv.tables import Fault, Refused, Table
from xlfv.trust.trust import Trust

handles.register(Projection)
T = TypeVar("T")
CURVES = Arg("curves", "table", "month (or age); cpr (smm, psa, abs); cdr (mdr, sda, cumulative_default); severity; lag,"
             " advances, cures and timelines of late loans as given")  # fmt: skip
INDICES = Arg("indices", "table", "forward indices by month from 0 (today): month, LIBOR_1M and others", default=None)
PROJECTION = Arg("projection", "handle", "the projection, as XLFV_PROJECT or XLFV_DISTRIBUTE gives it", of="projection")
TRANCHE = Arg("tranche", "text", "name of the class")
COLUMNS = Arg("columns", "texts", 'which columns, as "net_interest,principal"; blank: the usual ones', default=None)


@function(
    "XLFV_PROJECT",
    family="projection",
    args=[
        TRUST,
        CURVES,
        INDICES,
        Arg("months", "integer", "horizon; blank: to the last maturity and liquidation", unit="months", default=None, low=1,
            high=MOST_MONTHS),
    ],
    result="handle",
    makes="projection",
    source="Bond Market Association, Standard Formulas (1999), SF-16 to SF-19, and the trust's own waterfall",
    errors=["#VALUE!: when curves or indices have faults, or lack what a loan, bond or derivative names"],
    example=Example("=XLFV_PROJECT(trust, curves, indices)", "projection:SAMPLE-1:2009-12:..."),
)  # fmt: skip
def project_trust(trust: Trust, curves: Table, indices: Table | None, months: int | None) -> Projection:
    """The trust's expected cash under curves: every loan month by month, then the waterfall; cash is proved to be conserved.

    XLFV_WHY of the handle tells its notices: late loans for which the curves give no timeline, rates that look like percents,
    loans outstanding where it stops.
    """
    faults: list[Fault] = []
    read = attempt(read_curves, curves, faults)
    forward = attempt(read_indices, indices, faults) if indices is not None else NO_INDICES
    if read is None or forward is None:
        raise Refused(faults)
    return project(trust, read, forward, months)


def attempt(reader: Callable[[Table], T], table: Table, faults: list[Fault]) -> T | None:
    """A table read, or None with its faults added: those of the other table must be told too."""
    try:
        return reader(table)
    except Refused as refused:
        faults.extend(refused.faults)
        return None


def _group_rows(projection: Projection, group: str | None) -> list[int]:
    groups = projection.collateral.groups
    if group is None:
        return list(range(len(groups)))
    if group not in groups:
        raise Refused(
            Fault(f"{projection.name} has no loan group '{group}'", todo=f"its groups: {', '.join(groups)}"),
            code="#N/A",
        )
    return [groups.index(group)]


def _monthly(projection: Projection, columns: dict[str, np.ndarray]) -> list[list[object]]:
    """A grid: month, date and the columns, from month 1."""
    dates = projection.timeline.dates
    rows: list[list[object]] = [["month", "date", *columns]]
    values = [column.tolist() for column in columns.values()]
    rows.extend([t, dates[t], *(v[t] for v in values)] for t in range(1, projection.months + 1))
    return rows


@function(
    "XLFV_TRUST_CASHFLOW",
    family="projection",
    args=[PROJECTION, COLUMNS, Arg("group", "text", "loan group; blank: all", default=None)],
    result="grid",
    unit="dollars a month",
    source="Bond Market Association, Standard Formulas (1999), SF-16 to SF-19",
    errors=["#N/A: when there is no such loan group", "#VALUE!: when a column does not exist"],
    example=Example(
        '=XLFV_TRUST_CASHFLOW(projection, "net_interest,principal")',
        [
            ["month", "date", "net_interest", "principal"],
            [1.0, dt.date(2010, 1, 25), 5914.06, 6186.03],
            [2.0, dt.date(2010, 2, 25), 5882.99, 6351.59],
            [3.0, dt.date(2010, 3, 25), 5851.09, 6511.53],
        ],
    ),
)
def trust_cashflow(projection: Projection, columns: Texts | None, group: str | None) -> list[list[object]]:
    """Cash of the trust's collateral month by month from month 1, with a header: all of it, or a loan group's.

    Columns are in dollars of the month, balances in dollars at its end, rates in decimals a year.

    Balances: begin_balance (at the month's start), performing_balance, delinquent_balance (late today on a timeline, neither
    cured nor liquidated), foreclosure_balance (in foreclosure today, and new defaults until they are liquidated),
    reo_balance, end_balance (the sum of these four), late_balance (what of performing and delinquent is 60 days late or
    more), sixty_plus_balance (late_balance, foreclosures and REO).

    Principal: scheduled_principal (amortization, balloons), prepaid_principal (in full), curtailed_principal (in part),
    advanced_principal (amortization of late balances that the servicer advances), principal (all principal cash: these
    four, liquidation_proceeds, subsequent_recoveries, reo_proceeds, and call_price, what loans are bought for in the month
    of a clean-up call).

    Defaults and liquidations: new_defaults, cured_balance (late today and paying again), liquidated_balance,
    liquidation_proceeds (liquidated_balance less losses), mi_proceeds (mortgage insurance, within liquidation_proceeds),
    losses, liquidation_expenses (paid from what the property brings), subsequent_recoveries (of earlier losses), reo_sold
    (balance of REO sold), reo_proceeds, reo_losses, all_losses (losses and reo_losses).

    Interest: interest_due, which is interest_paid (by borrowers) + interest_capitalized (added to balances) +
    interest_advanced (by the servicer) + interest_lost; gross_interest (paid and advanced), servicing_due (servicing,
    insurance premium and other loan fees), servicing_fee (what of it is taken: on interest paid or advanced), net_interest
    (gross_interest less servicing_fee), penalties (on prepayments), interest_funds (what the waterfall receives as interest:
    net_interest, and penalties where the terms leave them to the trust), loan_cash (interest_funds and principal less
    reo_proceeds: what the collateral's fair value discounts).

    The servicer's account: advances_repaid (to the servicer), advances_outstanding (principal and interest advanced and not
    repaid).

    Rates: gross_wac (12 times interest_due over the balance that accrues: begin_balance less REO), net_wac (the same after
    servicing_due); 0 once nothing accrues.

    For all groups together also: costs, hedge_received, hedge_paid, account_cash and insurer_cash (what accounts and
    insurers give less what they get), bond_cash, accreted (interest of z classes that joins their balances; it is no cash),
    residual_cash, oc, oc_target, stepped_down (1 from the step-down date on).
    """
    rows = _group_rows(projection, group)
    known = LOANS if group is not None else (*LOANS, *DEAL)
    return _monthly(
        projection,
        {
            name: of_deal(projection, name) if name in DEAL else of_loans(projection.collateral, name, rows)
            for name in wanted(columns, known)
        },
    )


@function(
    "XLFV_LOAN_CASHFLOW",
    family="projection",
    args=[
        PROJECTION,
        Arg("loan_id", "text", "the loan, as the tape names it; a number stands for its digits"),
        COLUMNS,
    ],
    result="grid",
    unit="dollars a month",
    source="Bond Market Association, Standard Formulas (1999), SF-16 to SF-19",
    errors=["#N/A: when the trust has no such loan", "#VALUE!: when a column does not exist"],
    example=Example(
        '=XLFV_LOAN_CASHFLOW(projection, 1001, "interest_due,scheduled_principal,prepaid_principal,end_balance")',
        [
            ["month", "date", "interest_due", "scheduled_principal", "prepaid_principal", "end_balance"],
            [1.0, dt.date(2010, 1, 25), 1733.33, 376.79, 1643.81, 317977.11],
            [2.0, dt.date(2010, 2, 25), 1722.38, 374.60, 1696.23, 315901.71],
        ],
    ),
)
def loan_cashflow(projection: Projection, loan_id: str, columns: Texts | None) -> list[list[object]]:
    """Cash of one loan month by month from month 1, with a header: to the last bit what went into the trust's totals.

    Columns are those of XLFV_TRUST_CASHFLOW that tell of loans, in the same units: expected amounts, as a share of the loan
    prepays and a share defaults. A loan in REO shows the REO's balance, sale and loss.
    """
    names = wanted(columns, LOANS)
    whole = projection.opening or projection  # of one seen from a later date: that which knows its loans
    if projection.given is not None:
        what = f"the collateral cash of {projection.name} was given as a table: nothing is known of its loans"
        raise Refused(
            Fault(what, todo="ask XLFV_TRUST_CASHFLOW for its groups, or project the trust's loans"), code="#N/A"
        )
    try:
        cash = project_loan(whole.trust, loan_id, whole.curves, whole.indices, whole.months)
        cash = bought(whole.trust, cash, whole.called, loan_id, whole.call_premium)
    except KeyError:
        raise _no_loan(whole, loan_id) from None
    if projection.opening is not None:
        cash = later_cash(cash, whole.months - projection.months)
    return _monthly(projection, {name: of_loans(cash, name) for name in names})


def _no_loan(projection: Projection, loan_id: str) -> Refused:
    """Says that there is no such loan; and which has the same name but for zeros in front, spaces or capitals."""
    ids = np.union1d(projection.trust["loans"]["loan_id"], projection.trust["reo"]["loan_id"])
    bare = np.char.lstrip(np.char.lower(ids), "0 ")
    near = ids[bare == loan_id.lower().strip().lstrip("0 ")]
    if near.size:
        todo = f"did you mean {near[0]}? (zeros in front and capitals count)"
    elif ids.size:
        todo = f"write a loan_id of its tape: it has {ids.size:,}, {ids[0]} to {ids[-1]}"
    else:
        todo = "its tape holds no loans"
    return Refused(Fault(f"{projection.name} has no loan '{loan_id}'", todo=todo), code="#N/A")


@function(
    "XLFV_TRANCHE_CASHFLOW",
    family="projection",
    args=[PROJECTION, TRANCHE, COLUMNS],
    result="grid",
    unit="dollars a month, coupon a decimal a year, factor a share",
    source="the trust's own waterfall",
    errors=["#N/A: when there is no such class", "#VALUE!: when a column does not exist"],
    example=Example(
        '=XLFV_TRANCHE_CASHFLOW(projection, "A")',
        [
            ["month", "date", *TRANCHE_USUAL],
            [1.0, dt.date(2010, 1, 25), 945000.0, 0.0050094, 407.64, 407.64, 0.0, 0.0, 0.0, 0.0, 6186.03, 0.0, 0.0, 0.0,
             0.0, 938813.97, 6593.67],
            [2.0, dt.date(2010, 2, 25), 938813.97, 0.0050094, 404.97, 404.97, 0.0, 0.0, 0.0, 0.0, 6351.59, 0.0, 0.0, 0.0,
             0.0, 932462.38, 6756.56],
        ],
    ),
)  # fmt: skip
def tranche_cashflow(projection: Projection, tranche: str, columns: Texts | None) -> list[list[object]]:
    """What a class is due and paid month by month from month 1, with a header; the column cash is all it is paid.

    Balance: begin_balance less principal_paid, plus accreted (interest of a z class that joins it), less writedown, plus
    writeup (by subsequent recoveries) is end_balance; of an io these are notionals. factor is end_balance over the original
    balance.

    Interest: coupon (after a net WAC cap), interest_due, interest_paid; interest_shortfall (unpaid, after the month),
    shortfall_interest (interest on it this month), shortfall_paid; capped_interest (cut off by the cap this month),
    basis_risk_carryforward (capped and not made good, after the month), basis_risk_interest (on it this month),
    basis_risk_paid.

    Losses: unpaid_loss (write-downs not made good, after the month), loss_paid (cash for them, which moves no balance). cash
    is interest_paid, shortfall_paid, basis_risk_paid, principal_paid and loss_paid; what an insurer pays is in them.
    """
    names = wanted(columns, TRANCHE_COLUMNS, TRANCHE_USUAL)
    found = of_tranche(projection, tranche)
    return _monthly(projection, {name: found[name] for name in names})


@function(
    "XLFV_RESIDUAL_CASHFLOW",
    family="projection",
    args=[PROJECTION],
    result="grid",
    unit="dollars a month",
    source="the trust's own waterfall",
    example=Example(
        "=XLFV_RESIDUAL_CASHFLOW(projection)",
        [
            ["month", "date", "cash", "oc", "oc_target"],
            [1.0, dt.date(2010, 1, 25), 3513.54, 40000.0, 40000.0],
            [2.0, dt.date(2010, 2, 25), 3485.29, 40000.0, 40000.0],
        ],
    ),
)
def residual_cashflow(projection: Projection) -> list[list[object]]:
    """Cash to the residual month by month from month 1, with overcollateralization and its target beside it."""
    deal = projection.distributions.record.deal
    return _monthly(projection, {"cash": deal[:, 0], "oc": deal[:, 2], "oc_target": deal[:, 3]})


@function(
    "XLFV_WATERFALL",
    family="projection",
    args=[PROJECTION, Arg("month", "integer", "month of the projection, 1 is the next", unit="months", low=1)],
    result="grid",
    unit="dollars",
    source="the trust's own waterfall",
    errors=["#N/A: when the projection does not run that far"],
    example=Example(
        "=XLFV_WATERFALL(projection, 1)",
        [
            ["step", "from", "pay", "to", "available", "due", "paid", "short"],
            ["1", "interest", "trustee", "", 5914.06, 31.375, 31.375, 0.0],
            ["2", "interest", "hedge", "SWAP", 5882.69, 686.51, 686.51, 0.0],
            ["3", "interest", "interest", "A, M, B", 5196.18, 1682.64, 1682.64, 0.0],
            ["4", "principal", "principal", "A, M, B", 6186.03, 6186.03, 6186.03, 0.0],
            ["5", "excess", "interest_shortfall", "A, M, B", 3513.54, 0.0, 0.0, 0.0],
            ["6", "excess", "oc", "A, M, B", 3513.54, 0.0, 0.0, 0.0],
            ["7", "excess", "basis_risk", "A, M, B", 3513.54, 0.0, 0.0, 0.0],
            ["8", "excess", "principal", "A, M, B", 0.0, 0.0, 0.0, 0.0],
            ["9", "excess", "writedown", "B, M", 270000.0, 0.0, 0.0, 0.0],
            ["10", "excess", "residual", "", 3513.54, 3513.54, 3513.54, 0.0],
            ["left over", "", "residual", "", 0.0, 0.0, 0.0, 0.0],
        ],
    ),
)
def waterfall(projection: Projection, month: int) -> list[list[object]]:
    """Every step of the waterfall in one month: the cash it saw, what was due, paid and short; last, what was left over.

    A write-down moves no cash: available is the balance that can be written down, due the loss to be borne. What no step
    takes goes to the residual in the last row.
    """
    if month > projection.months:
        raise Refused(Fault(f"month {month} lies past the projection's {projection.months} months"), code="#N/A")
    record = projection.distributions.steps
    rows: list[list[object]] = [["step", "from", "pay", "to", "available", "due", "paid", "short"]]
    for s, step in enumerate(projection.trust.steps):
        pay = step.cost or step.pay
        rows.append([step.name, step.source, pay, ", ".join(step.targets), *record[s, month, :].tolist()])
    rows.append(["left over", "", "residual", "", *record[len(projection.trust.steps), month, :].tolist()])
    return rows


@function(
    "XLFV_TRIGGERS",
    family="projection",
    args=[PROJECTION, Arg("trigger", "text", "which trigger; blank: all of them, one after another", default=None)],
    result="grid",
    unit="shares in decimals; oc in dollars, month and deal_age in months",
    source="the trust's own waterfall",
    errors=["#N/A: when the trust has no such trigger"],
    example=Example(
        "=XLFV_TRIGGERS(projection)",
        [
            ["trigger", "month", "date", "measure", "value", "test", "threshold", "state"],
            ["losses", 1.0, dt.date(2010, 1, 25), "cumulative_loss", 0.04000, ">", 0.08, "off"],
        ],
    ),
)
def triggers(projection: Projection, trigger: str | None) -> list[list[object]]:
    """Every trigger of the deal month by month: what was measured, the threshold it was held against, and its state.

    A trigger is on where value test threshold holds, and once on stays so unless it cures. It is measured before anything is
    paid in the month; steps whose "when" names it follow its state. A trust without triggers gives the header alone.
    """
    rules, record = projection.trust["triggers"], projection.distributions.record.triggers
    rows: list[list[object]] = [["trigger", "month", "date", "measure", "value", "test", "threshold", "state"]]
    for x in _trigger_rows(projection, trigger):
        name, measure, test = (str(rules[column][x]) for column in ("trigger", "measure", "test"))
        for month in range(1, projection.months + 1):
            value, threshold, on = record[x, month, :3].tolist()
            date = projection.timeline.dates[month]
            rows.append([name, month, date, measure, value, test, threshold, "on" if on else "off"])
    return rows


def _trigger_rows(projection: Projection, trigger: str | None) -> list[int]:
    names = [str(name) for name in projection.trust["triggers"]["trigger"]]
    wanted = [x for x, name in enumerate(names) if trigger is None or name.lower() == trigger.strip().lower()]
    if trigger is not None and not wanted:
        todo = f"its triggers: {', '.join(names) or 'none'}"
        raise Refused(Fault(f"{projection.name} has no trigger '{trigger}'", todo=todo), code="#N/A")
    return wanted
